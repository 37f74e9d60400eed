/**
 * HiGHS in the caller's own thread, which stands still meanwhile: for tests and benchmarks, where time is simulated. A running
 * program must not use it: nothing here can end a solver that hangs.
 */
import { faultOfProgram, type Solver } from "../planner/linear-program.ts";
import { HighsProgram } from "./program.ts";

export async function inProcessSolver(): Promise<Solver> {
  const highs = await HighsProgram.load();
  return {
    solve: async (program, deadlineMs) =>
      faultOfProgram(program) === undefined ? highs.solve(program, deadlineMs) : undefined,
    close: async () => {},
  };
}
