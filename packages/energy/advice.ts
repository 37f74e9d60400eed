/**
 * What a plan means to the control loop: levels of a session's share. A plan is advice; whatever it says, the shares
 * stay within the rooms, and without one the same rules go on with what the cars show.
 */
import type { Plan } from "./inputs.ts";
import { HEADROOM_MA, OBEYS_WITHIN_MA } from "./limits.ts";
import type { HeldOutlet, OutletClaim } from "./outlet-claim.ts";
import type { Claim } from "./share.ts";
import { lowest } from "./steps.ts";

/** What a session asks for, in the levels that `share` knows: what the plan promises, what it is likely to draw, the most. */
export function claimOf(
  { claim, place }: Pick<HeldOutlet, "claim" | "place">,
  plan: Plan | undefined,
): Claim {
  const session = claim.session!;
  const planned = plan?.sessions.get(session.id);
  const mostMa = Math.max(0, Math.min(claim.wantsMa, claim.outlet.ratedMa, planned?.atMostMa ?? Infinity));
  const steadyMa = claim.steadyDrawMa;
  // A car that meets its limit may want more than it shows; one below it has shown what it wants.
  const shows = steadyMa !== undefined && steadyMa < claim.limitMa - OBEYS_WITHIN_MA;
  const likelyMa = shows ? Math.min(mostMa, steadyMa + HEADROOM_MA) : mostMa;
  return {
    outlet: claim.outlet,
    place,
    uses: claim.usesPhases,
    starts: claim.limitMa === 0,
    insists: claim.limitMa === 0 && claim.insists,
    inTurn: laxityOf(claim, plan) !== undefined,
    // Nothing is promised to a car that leaves what it has: it is full, or waits for something else than us.
    levelsMa: claim.full
      ? [0, Math.min(mostMa, lowest(claim.outlet)), mostMa]
      : [steadyMa === 0 && shows ? 0 : Math.min(planned?.atLeastMa ?? 0, likelyMa), likelyMa, mostMa],
  };
}

/** How long the session can wait; `undefined`: nobody knows. */
export const laxityOf = ({ session }: OutletClaim, plan: Plan | undefined): number | undefined =>
  session === undefined ? undefined : (plan?.sessions.get(session.id)?.laxityMs ?? session.laxityMs);

/** No number, or the wrong way round: a planner that says so is not followed at all. */
export function faultOf({ sessions, batteries, solar = new Map() }: Plan): string | undefined {
  for (const [id, { atLeastMa, atMostMa, laxityMs }] of sessions) {
    if (!(atLeastMa >= 0 && atMostMa >= atLeastMa)) return `absurd bounds for session ${id}`;
    if (Number.isNaN(laxityMs)) return `absurd laxity for session ${id}`;
  }
  for (const [id, w] of batteries) if (!Number.isFinite(w)) return `absurd power for ${id}`;
  for (const [id, w] of solar) if (!(w >= 0)) return `absurd limit for ${id}`;
  return undefined;
}
