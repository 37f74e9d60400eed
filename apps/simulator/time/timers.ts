/** Timers in the order in which they fall due, and of those due together in the order in which they were set. */

export type Timer = {
  readonly dueMs: number;
  readonly order: number;
  readonly run: () => void;
  cancelled: boolean;
};

/** A binary heap; cancelled timers are dropped when they come to its top. */
export class Timers {
  private readonly heap: Timer[] = [];
  private nextOrder = 0;

  add(dueMs: number, run: () => void): Timer {
    const timer: Timer = { dueMs, order: this.nextOrder++, run, cancelled: false };
    const { heap } = this;
    let i = heap.push(timer) - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!isBefore(heap[i]!, heap[parent]!)) break;
      [heap[i], heap[parent]] = [heap[parent]!, heap[i]!];
      i = parent;
    }
    return timer;
  }

  /** The next one, which stays; undefined where none is set. */
  get first(): Timer | undefined {
    while (this.heap[0]?.cancelled === true) this.dropFirst();
    return this.heap[0];
  }

  dropFirst(): void {
    const { heap } = this;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    heap[0] = last;
    for (let i = 0; ; ) {
      let least = i;
      for (const child of [2 * i + 1, 2 * i + 2]) {
        if (child < heap.length && isBefore(heap[child]!, heap[least]!)) least = child;
      }
      if (least === i) return;
      [heap[i], heap[least]] = [heap[least]!, heap[i]!];
      i = least;
    }
  }
}

const isBefore = (a: Timer, b: Timer) => a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.order < b.order);
