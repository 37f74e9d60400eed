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
  private highest = Number.NEGATIVE_INFINITY;
  private lowest = Number.POSITIVE_INFINITY;

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
    this.highest = Math.max(this.highest, value);
    this.lowest = Math.min(this.lowest, value);
    this.forget(nowMs);
  }

  /** `undefined` before the first value. */
  get high(): number | undefined {
    return this.cells.length === 0 ? undefined : this.highest;
  }

  get low(): number | undefined {
    return this.cells.length === 0 ? undefined : this.lowest;
  }

  clear(): void {
    this.cells.length = 0;
    this.seekAnew();
  }

  private forget(nowMs: number): void {
    const { cells } = this;
    const before = cells.length;
    while (nowMs - cells[0]!.lastMs > this.spanMs) cells.shift();
    if (cells.length === before) return;
    // Where nothing changes, which is nearly always, the youngest cell is as high and as low as any. What was no number is sought out, too.
    const { high, low } = cells.at(-1)!;
    if (!(high >= this.highest && low <= this.lowest)) this.seekAnew();
  }

  private seekAnew(): void {
    this.highest = Number.NEGATIVE_INFINITY;
    this.lowest = Number.POSITIVE_INFINITY;
    for (const { high, low } of this.cells) {
      this.highest = Math.max(this.highest, high);
      this.lowest = Math.min(this.lowest, low);
    }
  }
}
