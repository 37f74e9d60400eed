/**
 * A linear program, and the port of whoever solves it.
 *
 *     min cost·x   low ≤ x ≤ high   rowLow ≤ A·x ≤ rowHigh
 *
 * `A` row by row, sparse (compressed rows: row r holds the entries `starts[r]` … `starts[r + 1]`). Plain typed arrays, so that it passes to
 * a worker as it is. Infinity stands for no bound.
 */
export type LinearProgram = {
  readonly cost: Float64Array;
  readonly low: Float64Array;
  readonly high: Float64Array;
  readonly rowLow: Float64Array;
  readonly rowHigh: Float64Array;
  readonly starts: Int32Array;
  readonly indices: Int32Array;
  readonly values: Float64Array;
};

export interface Solver {
  /** The optimal `x`, within `deadlineMs`; `undefined`: not in time, or there is none. Never throws for what a program holds. */
  solve(program: LinearProgram, deadlineMs: number): Promise<Float64Array | undefined>;
  close(): Promise<void>;
}

/** A program of more is refused: it would not be solved in time, and its memory is not ours to spend. */
const COLUMNS_MAX = 200_000;
export const ROWS_MAX = 100_000;

/** Columns and rows one after the other; the index that `column` answers stands for the variable in `row`. */
export class ProgramBuilder {
  private readonly cost: number[] = [];
  private readonly low: number[] = [];
  private readonly high: number[] = [];
  private readonly rowLow: number[] = [];
  private readonly rowHigh: number[] = [];
  private readonly starts: number[] = [0];
  private readonly indices: number[] = [];
  private readonly values: number[] = [];

  /** A variable between `low` and `high`, at `cost` for each unit. */
  column(cost: number, low: number, high: number): number {
    this.cost.push(cost);
    this.low.push(low);
    this.high.push(high);
    return this.cost.length - 1;
  }

  /** `low ≤ Σ value·x ≤ high`; entries of 0 are left out. */
  row(low: number, high: number, entries: readonly (readonly [column: number, value: number])[]): void {
    for (const [column, value] of entries) {
      if (value === 0) continue;
      this.indices.push(column);
      this.values.push(value);
    }
    this.rowLow.push(low);
    this.rowHigh.push(high);
    this.starts.push(this.indices.length);
  }

  build(): LinearProgram {
    return {
      cost: Float64Array.from(this.cost),
      low: Float64Array.from(this.low),
      high: Float64Array.from(this.high),
      rowLow: Float64Array.from(this.rowLow),
      rowHigh: Float64Array.from(this.rowHigh),
      starts: Int32Array.from(this.starts),
      indices: Int32Array.from(this.indices),
      values: Float64Array.from(this.values),
    };
  }
}

/** What makes a program one that no solver should be given; our own fault, or absurd input that was not refused before. */
export function faultOfProgram(program: LinearProgram): string | undefined {
  if (program.cost.length > COLUMNS_MAX || program.rowLow.length > ROWS_MAX) return "too large";
  if (!program.cost.every(Number.isFinite) || !program.values.every(Number.isFinite))
    return "a cost or a factor is no number";
  if (program.low.some((low, i) => !(low <= program.high[i]!)))
    return "bounds of a column are the wrong way round";
  if (program.rowLow.some((low, i) => !(low <= program.rowHigh[i]!)))
    return "bounds of a row are the wrong way round";
  return undefined;
}
