/**
 * What is told to the CSMS once, and again only where it changed or has lasted: a fault that comes and goes each second fills no log.
 * What waits is bounded; the oldest goes first, and how many went is told.
 */
import type { Log } from "@wattward/kernel";
import type { EnergyKind } from "../energy-link/messages.ts";
import { OBSERVATIONS_WAITING_MAX, OBSERVE_AGAIN_MS } from "./limits.ts";

export type Observation = { readonly kind: EnergyKind; readonly detail: string };

/** Things that are remembered as told; a site has fewer devices, outlets and meters. */
const TOLD_MAX = 4_000;
const DETAIL_CHARS_MAX = 1_000;

export class Observer {
  private readonly log: Log;
  private waiting: Observation[] = [];
  private lost = 0;
  private readonly told = new Map<string, { readonly text: string; readonly atMs: number }>();

  constructor(log: Log) {
    this.log = log;
  }

  /** A moment. `about` and kind together are what may not be told too often; `detail` is JSON. */
  saw(kind: EnergyKind, about: string, detail: object, nowMs: number): void {
    const key = `${kind} ${about}`;
    const text = JSON.stringify(detail).slice(0, DETAIL_CHARS_MAX);
    const before = this.told.get(key);
    if (before !== undefined && nowMs - before.atMs < OBSERVE_AGAIN_MS) return;
    this.remember(key, text, nowMs);
    this.push({ kind, detail: text });
  }

  /**
   * A state: told when it becomes another, `undefined` being none. Told back where it was told before, unless that is younger than
   * the time between two.
   */
  is(kind: EnergyKind, about: string, detail: object | undefined, nowMs: number): void {
    const key = `${kind} ${about}`;
    const text = detail === undefined ? "" : JSON.stringify(detail).slice(0, DETAIL_CHARS_MAX);
    const before = this.told.get(key);
    if ((before?.text ?? "") === text) return;
    if (before !== undefined && before.text !== "" && nowMs - before.atMs < OBSERVE_AGAIN_MS) return;
    this.remember(key, text, nowMs);
    this.push({ kind, detail: text === "" ? JSON.stringify({ about, over: true }) : text });
  }

  /** Everything that waits, at most `max`, how many were lost among it. */
  take(max: number): readonly Observation[] {
    if (this.lost === 0) return this.waiting.splice(0, max);
    const lost: Observation = {
      kind: "energy.observations-lost",
      detail: JSON.stringify({ count: this.lost }),
    };
    this.lost = 0;
    return [...this.waiting.splice(0, max - 1), lost];
  }

  private push(observation: Observation): void {
    this.log.warn(observation.kind, { detail: observation.detail });
    this.waiting.push(observation);
    if (this.waiting.length <= OBSERVATIONS_WAITING_MAX) return;
    this.waiting.shift();
    this.lost++;
  }

  private remember(key: string, text: string, atMs: number): void {
    this.told.delete(key);
    this.told.set(key, { text, atMs });
    if (this.told.size <= TOLD_MAX) return;
    const [oldest] = this.told.keys();
    if (oldest !== undefined) this.told.delete(oldest);
  }
}
