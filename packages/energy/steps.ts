/** The limits that a station's model really knows (quantised chargers): a limit is 0, or at least the minimum, and one of its steps. */
import { MINIMUM_MA } from "./limits.ts";
import type { Outlet } from "./site.ts";

type Stepped = Pick<Outlet, "steps" | "minMa" | "ratedMa">;

/** The highest possible limit that is not above `ma`; 0 where that is below the minimum. */
export function stepDown({ steps, minMa, ratedMa }: Stepped, ma: number): number {
  const atMostMa = Math.min(ma, ratedMa);
  if (steps.kind === "list")
    return steps.ma.reduce(
      (best, step) => (step <= atMostMa && step >= minMa ? Math.max(best, step) : best),
      0,
    );
  const stepped = Math.floor((atMostMa + 1e-6) / steps.stepMa) * steps.stepMa;
  return stepped >= minMa ? stepped : minMa <= atMostMa ? minMa : 0;
}

/** The next possible limit above `ma`; `undefined` at the top. */
export function stepUp({ steps, minMa, ratedMa }: Stepped, ma: number): number | undefined {
  if (ma < minMa) return lowest({ steps, minMa, ratedMa });
  const next =
    steps.kind === "list"
      ? steps.ma.filter((step) => step > ma).sort((a, b) => a - b)[0]
      : Math.floor(ma / steps.stepMa + 1 + 1e-9) * steps.stepMa;
  return next === undefined || next > ratedMa ? undefined : next;
}

/** The least that charges at all. */
export function lowest({ steps, minMa }: Stepped): number {
  if (steps.kind === "every") return minMa;
  const possible = steps.ma.filter((step) => step >= minMa);
  return possible.length === 0 ? Math.max(minMa, MINIMUM_MA) : Math.min(...possible);
}

/** The most that a car is offered that takes `wantsMa`: no less than its station can offer at all, where it can charge on that. */
export const wantedMa = (outlet: Stepped, wantsMa: number): number =>
  wantsMa < MINIMUM_MA ? wantsMa : Math.max(wantsMa, lowest(outlet));
