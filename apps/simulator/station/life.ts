/**
 * One life of a station's computer: from power-on to power cut or reboot. Whatever the firmware waits for, it waits
 * for through its life; when the life ends, nothing of it runs on: its timers are gone and its waits never return, as
 * with a processor that has lost its supply. So no line of the firmware has to ask whether it is still alive.
 */
import { type Cancel, type Clock, every } from "@wattward/kernel";

const never = new Promise<never>(() => {});

export class Life implements Clock {
  private readonly clock: Clock;
  private readonly failed: (error: unknown) => void;
  private readonly timers = new Set<Cancel>();
  private readonly endings: (() => void)[] = [];
  private ended = false;
  /** What waits for the end of a hang, in order; undefined while the processor runs. */
  private late: Set<() => void> | undefined;

  /** `failed` gets what no line of the firmware expected: our own fault, or the environment's. */
  constructor(clock: Clock, failed: (error: unknown) => void) {
    this.clock = clock;
    this.failed = failed;
  }

  get over(): boolean {
    return this.ended;
  }

  now() {
    return this.clock.now();
  }

  after(ms: number, run: () => void): Cancel {
    if (this.ended) return () => {};
    const due = () => {
      this.timers.delete(cancel);
      run();
    };
    const stop = this.clock.after(ms, () => this.whenAwake(due));
    const cancel = () => {
      this.timers.delete(cancel);
      this.late?.delete(due);
      stop();
    };
    this.timers.add(cancel);
    return cancel;
  }

  /** What `promise` gives, if this life is still going on by then; otherwise nothing, for ever. */
  async hold<T>(promise: Promise<T>): Promise<T> {
    if (this.ended) {
      // Nobody waits for it any more, so nobody else would take its failure.
      promise.catch(() => {});
      return never;
    }
    try {
      const value = await promise;
      if (this.late !== undefined) await this.awake();
      return this.ended ? await never : value;
    } catch (error) {
      if (this.ended) return never;
      throw error;
    }
  }

  /** Runs work that nobody waits for; a failure of it is not lost. */
  run(work: () => Promise<void>): void {
    if (this.ended) return;
    this.whenAwake(() => void work().catch((error: unknown) => this.fail(error)));
  }

  /** The processor hangs: nothing goes on until {@link wake}, and then everything does, in order. */
  hang(): void {
    this.late ??= new Set();
  }

  wake(): void {
    const late = this.late;
    this.late = undefined;
    for (const run of late ?? []) if (!this.ended) run();
  }

  /** Resolves when the processor runs: at once, or after the hang. */
  awake(): Promise<void> {
    return new Promise((resolve) => this.whenAwake(resolve));
  }

  private whenAwake(run: () => void): void {
    if (this.late === undefined) run();
    else this.late.add(run);
  }

  /** Runs work every `ms`; work that takes longer delays the next, and a failure of it is not lost. */
  every(ms: number, work: () => Promise<void>): Cancel {
    return every(this, ms, () => work().catch((error: unknown) => this.fail(error)));
  }

  /** Runs when this life ends, for those outside who wait for it; at once where it is over. */
  onEnd(run: () => void): void {
    if (this.ended) run();
    else this.endings.push(run);
  }

  end(): void {
    if (this.ended) return;
    this.ended = true;
    for (const cancel of [...this.timers]) cancel();
    for (const run of this.endings.splice(0)) run();
  }

  private fail(error: unknown): void {
    if (!this.ended) this.failed(error);
  }
}

/** Work done one after the other, in the order it was given, whatever each one waits for. */
export class InTurn {
  private last: Promise<unknown> = Promise.resolve();

  /** Starts `work` when everything given before has ended; its failure is its caller's alone. */
  do<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.last.then(work, work);
    this.last = mine.catch(() => {});
    return mine;
  }
}
