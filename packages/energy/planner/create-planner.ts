/**
 * The planner (ADR 18): a linear program over 36 hours, solved elsewhere within a deadline. What it answers is advice. No plan is an
 * answer too: the loop goes on without, in *reactive*.
 */
import type { Planned, Planner, PlannerInput } from "../planner.ts";
import type { Solver } from "./linear-program.ts";
import { modelOf } from "./model.ts";
import { faultOfSolution, planFrom, viewOf } from "./read-plan.ts";
import { STRATEGIES } from "./strategies.ts";

/** Sessions beyond this many are left to the loop: an absurd list must not cost the planner's time. */
const SESSIONS_MAX = 500;

export function createPlanner(solver: Solver): Planner {
  return {
    async plan(
      input: PlannerInput,
      deadlineMs: number,
      refused: (why: string) => void = () => {},
    ): Promise<Planned | undefined> {
      const unfit = faultOfInput(input);
      if (unfit !== undefined) {
        refused(`nothing can be planned from what is known: ${unfit}`);
        return undefined;
      }
      const model = modelOf(input);
      const x = await solver.solve(model.program, deadlineMs);
      const absurd = x === undefined ? undefined : faultOfSolution(x, model);
      if (x === undefined || absurd !== undefined) {
        refused(
          absurd === undefined
            ? `the solver had no solution within ${deadlineMs} ms`
            : `the solver's solution is absurd: ${absurd}`,
        );
        return undefined;
      }
      return {
        plan: planFrom(x, model, input),
        view: viewOf(x, model, input),
        why: STRATEGIES[input.strategy].sentence,
      };
    },
  };
}

/** What no plan is made from; the sentence is for a log. */
function faultOfInput({ sessions, loadW, solarW, price, wallMs, tariff }: PlannerInput): string | undefined {
  if (!Number.isFinite(wallMs)) return "no time";
  if (sessions.length > SESSIONS_MAX) return `more than ${SESSIONS_MAX} sessions`;
  const series = [
    loadW.low,
    loadW.likely,
    loadW.high,
    solarW.low,
    solarW.likely,
    solarW.high,
    price.milliCentPerKwh,
  ];
  if (!series.every((values) => values.every(Number.isFinite))) return "a forecast or a price is no number";
  if (!Object.values(tariff).every(Number.isFinite)) return "a tariff is no number";
  const bad = sessions.find(
    ({ deliveredWh, wantsMa, leavesWallMs = [], takesWh = [] }) =>
      ![deliveredWh, wantsMa, ...leavesWallMs, ...takesWh].every(Number.isFinite),
  );
  return bad === undefined ? undefined : `session ${bad.id} has a value that is no number`;
}
