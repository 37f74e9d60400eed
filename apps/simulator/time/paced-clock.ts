/**
 * Simulated time at a chosen speed: a thousand simulated seconds in a real one, or as fast as the machine and the other
 * end can. Timers fire in their order, each at its exact simulated instant; between two of them everything that waits on
 * promises alone runs to its end, and sockets get their turn.
 *
 * Always true: time never goes back, and stands still while anything runs; it never passes a timer that has not fired; it
 * never runs further ahead of what is underway than {@link Underway} allows. So `speed` is a ceiling: with much to do,
 * time goes slower, and nothing is lost.
 */
import type { Cancel, Clock } from "@wattward/kernel";
import { Timers } from "./timers.ts";
import type { Underway } from "./underway.ts";

export type PacedClockOptions = {
  /** Simulated time at the beginning, ms since 1970. */
  readonly startMs: number;
  /** Simulated seconds in a real one; infinity for as fast as it goes. */
  readonly speed: number;
  readonly real: Clock;
  readonly underway: Underway;
  /** Runs it when sockets and promises have had their turn. */
  readonly turn: (run: () => void) => void;
};

/** Real ms that may be caught up at full speed after the clock was held; more is given up. */
const CATCH_UP_MS = 1_000;
/** Real ms after which time moves even where no timer is due: what sockets bring is dated no worse than that. */
const TICK_MS = 10;

export class PacedClock implements Clock {
  private readonly options: PacedClockOptions;
  private readonly timers = new Timers();
  private speed: number;
  /** Simulated ms since the beginning. */
  private simMs = 0;
  /** How far time would be if nothing held it. */
  private reachMs = 0;
  private realMs: number;
  private turning = false;
  private wakeUp: Cancel = () => {};
  private stopped = false;

  constructor(options: PacedClockOptions) {
    this.options = options;
    this.speed = options.speed;
    this.realMs = options.real.now().monotonicMs;
    options.underway.holds(
      () => this.simMs,
      () => this.turnSoon(),
    );
  }

  now() {
    return { wallMs: this.options.startMs + this.simMs, quality: "synced" as const, monotonicMs: this.simMs };
  }

  after(ms: number, run: () => void): Cancel {
    const timer = this.timers.add(this.simMs + Math.max(0, ms), run);
    this.turnSoon();
    return () => {
      timer.cancelled = true;
    };
  }

  /** From now on. */
  runAt(speed: number): void {
    this.goOn();
    this.speed = speed;
    this.reachMs = this.simMs;
    this.turnSoon();
  }

  /** Time stands still for ever; no timer fires any more. */
  stop(): void {
    this.stopped = true;
    this.wakeUp();
  }

  /** Moves time as far as it may go without firing anything. */
  private goOn(): void {
    const { real, underway } = this.options;
    const realMs = real.now().monotonicMs;
    const passedMs = realMs - this.realMs;
    this.realMs = realMs;
    if (this.speed === Number.POSITIVE_INFINITY) {
      // As fast as it goes: from timer to timer, and nothing between them.
      this.reachMs = this.speed;
      return;
    }
    this.reachMs = Math.min(this.reachMs + passedMs * this.speed, this.simMs + CATCH_UP_MS * this.speed);
    const nextMs = this.timers.first?.dueMs ?? Number.POSITIVE_INFINITY;
    this.simMs = Math.max(this.simMs, Math.min(this.reachMs, underway.limitMs, nextMs));
  }

  private turnSoon(): void {
    if (this.turning || this.stopped) return;
    this.turning = true;
    this.options.turn(() => {
      this.turning = false;
      if (!this.stopped) this.turn();
    });
  }

  /** Fires the next timer if its time has come; otherwise waits until it may have. */
  private turn(): void {
    const { real, underway } = this.options;
    this.wakeUp();
    this.goOn();
    const next = this.timers.first;
    if (next === undefined) return;
    if (next.dueMs > Math.min(this.reachMs, underway.limitMs)) {
      // The end of what is underway wakes it too.
      const realMs = Math.max(0, (next.dueMs - this.reachMs) / this.speed);
      this.wakeUp = real.after(Math.min(TICK_MS, Math.ceil(realMs) || TICK_MS), () => this.turnSoon());
      return;
    }
    this.simMs = Math.max(this.simMs, next.dueMs);
    this.timers.dropFirst();
    next.run();
    this.turnSoon();
  }
}
