/**
 * What all parts of a world share: its time, what falls due in it, its chance, and, where somebody traces, what happened. Everything runs
 * within one call, without promises: hundreds of hours are played.
 */
import type { Chance } from "@wattward/kernel";

/** Seconds of a run that are told. */
export type Window = { readonly fromS: number; readonly toS: number };

export class Scene {
  nowMs = 0;
  readonly chance: Chance;
  readonly lines: string[] = [];
  private readonly window: Window | undefined;
  private due: { readonly atMs: number; readonly run: () => void }[] = [];

  constructor(chance: Chance, window: Window | undefined) {
    this.chance = chance;
    this.window = window;
  }

  /** In a later step, and in the order of asking. */
  after(ms: number, run: () => void): void {
    this.due.push({ atMs: this.nowMs + ms, run });
  }

  pass(ms: number): void {
    this.nowMs += ms;
    if (!this.due.some(({ atMs }) => atMs <= this.nowMs)) return;
    const now = this.due.filter(({ atMs }) => atMs <= this.nowMs);
    this.due = this.due.filter(({ atMs }) => atMs > this.nowMs);
    for (const { run } of now) run();
  }

  get traced(): boolean {
    const { nowMs, window } = this;
    return window !== undefined && nowMs >= window.fromS * 1_000 && nowMs <= window.toS * 1_000;
  }

  say(what: string): void {
    if (this.traced) this.lines.push(`${(this.nowMs / 1_000).toFixed(1)} ${what}`);
  }
}
