/**
 * What the simulated world waits for from the real one: answers of the central system, dials, disks. A clock that runs
 * faster than real time must not run away from them: a central system that answers in 5 ms would, at a thousand times
 * the speed, seem to take 5 s, and stations would take it for dead.
 *
 *     an operation that began at simulated time t holds the clock at t + slack until it ends, or really takes too long
 */
import type { Cancel, Clock } from "@wattward/kernel";

/** What an operation may seem to take, ms of simulated time: far less than what any station waits. */
export const SLACK_MS = 2_000;
/** What it may really take, ms: after that nobody waits for it, and simulated time goes on without it. */
export const PATIENCE_MS = 30_000;

type Operation = { readonly beganMs: number; readonly forget: Cancel };

export class Underway {
  private readonly real: Clock;
  /** In the order in which they began. */
  private readonly operations = new Set<Operation>();
  private changed = (): void => {};
  private nowMs: () => number = () => 0;
  /** Operations that really took too long. */
  lost = 0;

  constructor(real: Clock) {
    this.real = real;
  }

  /** The clock that is held; `changed` is called when it may go on. */
  holds(nowMs: () => number, changed: () => void): void {
    this.nowMs = nowMs;
    this.changed = changed;
  }

  /** How far simulated time may go now. */
  get limitMs(): number {
    for (const { beganMs } of this.operations) return beganMs + SLACK_MS;
    return Number.POSITIVE_INFINITY;
  }

  /** Something begins; call what is returned when it has ended. More than once changes nothing. */
  begin(): () => void {
    const forget = this.real.after(PATIENCE_MS, () => {
      this.lost++;
      this.end(operation);
    });
    const operation: Operation = { beganMs: this.nowMs(), forget };
    this.operations.add(operation);
    return () => this.end(operation);
  }

  async during<T>(work: Promise<T>): Promise<T> {
    const end = this.begin();
    try {
      return await work;
    } finally {
      end();
    }
  }

  private end(operation: Operation): void {
    if (!this.operations.delete(operation)) return;
    operation.forget();
    this.changed();
  }
}
