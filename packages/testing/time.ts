/**
 * Simulated time: nothing happens until a test says how much time passes. Timers fire in order of due time, then of
 * arming, and between two timers everything that runs on promises alone runs to its end.
 */
import type { Clock, ClockQuality } from "@wattward/kernel";

type Timer = {
  readonly dueMs: number;
  readonly order: number;
  readonly run: () => void;
  cancelled: boolean;
};

export type SimulatedTime = Clock & {
  /** Passes `ms` of time, firing every timer that falls due. */
  advance(ms: number): Promise<void>;
  /** Fires timers until `done()` or `limitMs` have passed; says which. */
  until(done: () => boolean, limitMs: number): Promise<boolean>;
  /** Moves the wall clock alone, as a person or a dead RTC battery would. */
  setWall(wallMs: number, quality?: ClockQuality): void;
  /** Another clock on the same monotonic time, with a wall clock of its own: each simulated machine has one. */
  machine(wallMs?: number, quality?: ClockQuality): SimulatedTime;
};

/** Starts at `wallMs` with monotonic time 0. */
export function simulatedTime(
  wallMs = Date.UTC(2026, 0, 5, 8),
  quality: ClockQuality = "synced",
): SimulatedTime {
  const timers = new Heap();
  let monotonicMs = 0;
  let order = 0;

  const after = (ms: number, run: () => void) => {
    const timer: Timer = { dueMs: monotonicMs + Math.max(0, ms), order: order++, run, cancelled: false };
    timers.push(timer);
    return () => void (timer.cancelled = true);
  };

  async function until(done: () => boolean, limitMs: number): Promise<boolean> {
    const endMs = monotonicMs + limitMs;
    await settle();
    while (!done()) {
      const next = timers.peek();
      if (next === undefined || next.dueMs > endMs) {
        monotonicMs = endMs;
        return done();
      }
      timers.pop();
      monotonicMs = Math.max(monotonicMs, next.dueMs);
      next.run();
      await settle();
    }
    return true;
  }

  const machine = (startWallMs: number, startQuality: ClockQuality): SimulatedTime => {
    let offsetMs = startWallMs - monotonicMs;
    let current = startQuality;
    return {
      now: () => ({ wallMs: monotonicMs + offsetMs, quality: current, monotonicMs }),
      after,
      advance: async (ms) => void (await until(() => false, ms)),
      until,
      setWall(toMs, toQuality = current) {
        offsetMs = toMs - monotonicMs;
        current = toQuality;
      },
      machine: (w = monotonicMs + offsetMs, q = current) => machine(w, q),
    };
  };
  return machine(wallMs, quality);
}

/** Timers between two turns of the event loop: it has to turn now and then, but costs more than most timers do. */
const TURN_EVERY = 64;
let settled = 0;

/**
 * Resolves when every promise reaction has run, however many they chain: a tick that is asked for in a reaction comes
 * after the last of them.
 */
const settle = (): Promise<void> =>
  new Promise((resolve) => {
    if (settled++ % TURN_EVERY === 0) setImmediate(resolve);
    else queueMicrotask(() => process.nextTick(resolve));
  });

/** Binary heap by due time, then order; cancelled timers are dropped when they surface. */
class Heap {
  private readonly items: Timer[] = [];

  push(timer: Timer): void {
    const { items } = this;
    let i = items.push(timer) - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!before(items[i]!, items[parent]!)) break;
      [items[i], items[parent]] = [items[parent]!, items[i]!];
      i = parent;
    }
  }

  peek(): Timer | undefined {
    while (this.items[0]?.cancelled === true) this.drop();
    return this.items[0];
  }

  pop(): void {
    if (this.peek() !== undefined) this.drop();
  }

  private drop(): void {
    const { items } = this;
    const last = items.pop()!;
    if (items.length === 0) return;
    items[0] = last;
    for (let i = 0; ; ) {
      let least = i;
      for (const child of [2 * i + 1, 2 * i + 2]) {
        if (child < items.length && before(items[child]!, items[least]!)) least = child;
      }
      if (least === i) return;
      [items[i], items[least]] = [items[least]!, items[i]!];
      i = least;
    }
  }
}

const before = (a: Timer, b: Timer) => a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.order < b.order);

/** A clock for one process: once killed, none of its timers fires again. */
export function mortalClock(clock: Clock): Clock & { kill(): void } {
  let alive = true;
  return {
    now: () => clock.now(),
    after: (ms, run) => clock.after(ms, () => void (alive && run())),
    kill: () => void (alive = false),
  };
}
