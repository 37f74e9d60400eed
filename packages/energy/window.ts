/**
 * Highest and lowest of what was seen during the last `spanMs`. Two readings of one instant arrive at different times; what is true of
 * the whole window is true in spite of that. Memory is bounded: values are kept in cells of a fiftieth of the span,
 * and a cell leaves when its youngest value is too old, so that a window is never shorter than asked for.
 */
const CELLS = 50;

type Cell = { fromMs: number; high: number; low: number; lastMs: number };

export class Extremes {
  private readonly spanMs: number;
  private readonly cells: Cell[] = [];

  constructor(spanMs: number) {
    this.spanMs = spanMs;
  }

  add(nowMs: number, value: number): void {
    const last = this.cells.at(-1);
    if (last !== undefined && nowMs - last.fromMs < this.spanMs / CELLS) {
      last.high = Math.max(last.high, value);
      last.low = Math.min(last.low, value);
      last.lastMs = nowMs;
    } else this.cells.push({ fromMs: nowMs, high: value, low: value, lastMs: nowMs });
    while (nowMs - this.cells[0]!.lastMs > this.spanMs) this.cells.shift();
  }

  /** `undefined` before the first value. */
  get high(): number | undefined {
    return this.cells.length === 0 ? undefined : this.cells.reduce((h, c) => Math.max(h, c.high), -Infinity);
  }

  get low(): number | undefined {
    return this.cells.length === 0 ? undefined : this.cells.reduce((l, c) => Math.min(l, c.low), Infinity);
  }

  clear(): void {
    this.cells.length = 0;
  }
}
