/** Stations that wait for an answer of the CSMS, by record or relay number. Each wait ends: answer, deadline, or end of link. */
import type { Clock } from "@wattward/kernel";

type Waiter = (frame: string | undefined) => void;

export class Answers {
  private readonly clock: Clock;
  private readonly waiters = new Map<number, Waiter>();

  constructor(clock: Clock) {
    this.clock = clock;
  }

  get size(): number {
    return this.waiters.size;
  }

  has(number: number): boolean {
    return this.waiters.has(number);
  }

  wait(number: number, deadlineMs: number): Promise<string | undefined> {
    return new Promise((resolve) => {
      const cancel = this.clock.after(deadlineMs, () => settle(undefined));
      const settle = (frame: string | undefined) => {
        cancel();
        this.waiters.delete(number);
        resolve(frame);
      };
      this.waiters.set(number, settle);
    });
  }

  /** False where nobody waits any more: the site has answered in the meantime. */
  settle(number: number, frame: string): boolean {
    const waiter = this.waiters.get(number);
    waiter?.(frame);
    return waiter !== undefined;
  }

  /** The link is gone: nobody waits for it. */
  giveUp(): void {
    for (const waiter of [...this.waiters.values()]) waiter(undefined);
  }
}
