/** One linear program through HiGHS, in whatever thread this runs. Simplex, strategy 1 (dual), one thread: measured as the fastest here. */
import highsModule, { type BasisInput, type Highs } from "highs";
import type { LinearProgram } from "../planner/linear-program.ts";

const OPTIMAL = 7;
/** Its types say CommonJS, its entry for imports is a module: the default is the loader itself. */
const loadHighs = highsModule as unknown as () => Promise<Highs>;

export class HighsProgram {
  private readonly highs: Highs;
  private last: { readonly columns: number; readonly rows: number; readonly basis: BasisInput } | undefined;

  constructor(highs: Highs) {
    this.highs = highs;
  }

  static async load(): Promise<HighsProgram> {
    return new HighsProgram(await loadHighs());
  }

  /** Blocks this thread. The basis of the last program of the same size is where the search begins. */
  solve(program: LinearProgram, deadlineMs: number): Float64Array | undefined {
    const columns = program.cost.length;
    const rows = program.rowLow.length;
    const model = this.highs.createModel();
    try {
      model.options.set({
        output_flag: false,
        solver: "simplex",
        simplex_strategy: 1,
        time_limit: deadlineMs / 1000,
      });
      model.passModel({
        numCols: columns,
        numRows: rows,
        colCost: program.cost,
        colLower: program.low,
        colUpper: program.high,
        rowLower: program.rowLow,
        rowUpper: program.rowHigh,
        matrix: {
          format: "csr",
          numRows: rows,
          numCols: columns,
          starts: program.starts,
          indices: program.indices,
          values: program.values,
        },
      });
      const { last } = this;
      if (last?.columns === columns && last.rows === rows) model.setBasis(last.basis);
      if (model.run().modelStatus !== OPTIMAL) return undefined;
      this.last = { columns, rows, basis: model.getBasis() as BasisInput };
      return model.getSolution().colValue.slice();
    } finally {
      model.dispose();
    }
  }
}
