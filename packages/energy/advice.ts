/**
 * What a plan means to the control loop: levels of a session's share, a battery's wish. A plan is advice; whatever it says, the shares
 * stay within the rooms, and without one the same rules go on with what the cars show.
 */
import type { BatteryWish } from "./battery.ts";
import type { Plan } from "./inputs.ts";
import { HEADROOM_MA, OBEYS_WITHIN_MA } from "./limits.ts";
import type { OutletClaim } from "./outlet-claim.ts";
import type { Claim } from "./share.ts";
import type { Battery } from "./site.ts";

/** What a session asks for, in the levels that `share` knows: what the plan promises, what it is likely to draw, the most. */
export function claimOf(
  { claim, fuse }: { readonly claim: OutletClaim; readonly fuse: number },
  plan: Plan | undefined,
): Claim {
  const session = claim.session!;
  const planned = plan?.sessions.get(session.id);
  const mostMa = Math.max(0, Math.min(session.wantsMa, claim.outlet.ratedMa, planned?.atMostMa ?? Infinity));
  const steadyMa = claim.steadyDrawMa;
  // A car that meets its limit may want more than it shows; one below it has shown what it wants.
  const shows =
    steadyMa !== undefined && (steadyMa > 0 || claim.hasDrawn) && steadyMa < claim.limitMa - OBEYS_WITHIN_MA;
  const likelyMa = shows ? Math.min(mostMa, steadyMa + HEADROOM_MA) : mostMa;
  return {
    outlet: claim.outlet,
    fuse,
    uses: claim.usesPhases,
    starts: claim.limitMa === 0,
    // Nothing is promised to a car that leaves what it has: it is full, or waits for something else than us.
    levelsMa: [steadyMa === 0 && shows ? 0 : Math.min(planned?.atLeastMa ?? 0, likelyMa), likelyMa, mostMa],
  };
}

/** No number, or the wrong way round: a planner that says so is not followed at all. */
export function faultOf({ sessions, batteries }: Plan): string | undefined {
  for (const [id, { atLeastMa, atMostMa }] of sessions) {
    if (!(atLeastMa >= 0 && atMostMa >= atLeastMa)) return `absurd bounds for session ${id}`;
  }
  for (const [id, w] of batteries) if (!Number.isFinite(w)) return `absurd power for ${id}`;
  return undefined;
}

/** Solar first: what the site has to spare is stored, and given back before anything is bought. */
export function wishOf(battery: Battery, plan: Plan | undefined, gridW: number | undefined): BatteryWish {
  const plannedW = plan?.batteries.get(battery.id);
  if (plannedW !== undefined) return { kind: "planned", feedW: plannedW };
  if (gridW === undefined) return { kind: "rest", why: "the grid meter is not trusted" };
  return { kind: "follow", gridW, importMinW: 0, importMaxW: 0 };
}
