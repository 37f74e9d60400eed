/**
 * TLS handshakes cost most of what a connection costs, and a fleet returns at once: so many are under way at a time,
 * and the others wait. Sources take turns, first come first served within each, and one has half of the turns at most:
 * whoever opens a thousand connections and says nothing on them waits behind himself. How many wait is bounded by the
 * places of unfinished connections (places.ts), how long by the caller.
 */

/** One's turn, waited for or under way. */
export type Turn = {
  /** Over, or no longer wanted; may be called again. */
  end(): void;
};

type Waiting = { readonly source: string; readonly start: () => void; underWay: boolean; over: boolean };

export class Turns {
  private readonly most: number;
  private readonly mostOfOne: number;
  private readonly underWay = new Map<string, number>();
  private count = 0;
  /** By source, in order of turns: the first is the next served. */
  private readonly waiting = new Map<string, Set<Waiting>>();

  constructor(most: number) {
    this.most = most;
    this.mostOfOne = Math.ceil(most / 2);
  }

  /** Calls `start` when its turn comes: within this call, or later. */
  wait(source: string, start: (turn: Turn) => void): Turn {
    const turn = { end: () => this.end(one) };
    const one: Waiting = { source, start: () => start(turn), underWay: false, over: false };
    const queue = this.waiting.get(source) ?? new Set();
    this.waiting.set(source, queue.add(one));
    this.next();
    return turn;
  }

  private end(one: Waiting): void {
    if (one.over) return;
    one.over = true;
    if (one.underWay) this.giveBack(one.source);
    else this.leave(one);
  }

  private giveBack(source: string): void {
    const left = (this.underWay.get(source) ?? 0) - 1;
    if (left > 0) this.underWay.set(source, left);
    else this.underWay.delete(source);
    this.count--;
    this.next();
  }

  private next(): void {
    for (const [source, [one]] of this.waiting) {
      if (this.count >= this.most) return;
      const already = this.underWay.get(source) ?? 0;
      if (already >= this.mostOfOne || one === undefined) continue;
      this.leave(one);
      this.underWay.set(source, already + 1);
      this.count++;
      one.underWay = true;
      one.start();
    }
  }

  /** Its source then goes to the end of the line. A map walks on through what is added meanwhile. */
  private leave(one: Waiting): void {
    const queue = this.waiting.get(one.source);
    if (queue === undefined || !queue.delete(one)) return;
    this.waiting.delete(one.source);
    if (queue.size > 0) this.waiting.set(one.source, queue);
  }
}
