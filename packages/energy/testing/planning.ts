/** Plans by the real solver, in this thread, for tests of the planner. */
import assert from "node:assert/strict";
import { after, before } from "node:test";
import { inProcessSolver } from "../highs/in-process.ts";
import { createPlanner } from "../planner/create-planner.ts";
import type { Solver } from "../planner/linear-program.ts";
import type { Forecast, Planned, PlannerInput } from "../planner.ts";

const HOUR_MS = 3_600_000;
const DEADLINE_MS = 5_000;

/** `w` from an instant on, for certain. */
export const flatFrom =
  (fromWallMs: number) =>
  (w: number): Forecast => ({
    ...{ fromWallMs, stepMs: HOUR_MS, low: [w], likely: [w], high: [w] },
  });

/** One solver for all tests of a file; each input has a plan, or its test fails. */
export function solverOfFile(): {
  readonly solver: () => Solver;
  readonly made: (given: PlannerInput) => Promise<Planned>;
} {
  let solver: Solver;
  before(async () => {
    solver = await inProcessSolver();
  });
  after(() => solver.close());
  return {
    solver: () => solver,
    async made(given) {
      const planned = await createPlanner(solver).plan(given, DEADLINE_MS);
      assert(planned !== undefined, "no plan");
      return planned;
    },
  };
}
