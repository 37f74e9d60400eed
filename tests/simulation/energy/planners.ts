/** Planners for the fault harness: the real one, its solver in this thread; and one that costs nothing, for days by the hundred. */
import {
  createPlanner,
  type Planned,
  type Planner,
  type SessionId,
  type SessionPlan,
  type SourceId,
} from "@wattward/energy";
import { inProcessSolver } from "@wattward/energy/highs";
import type { Chance } from "@wattward/kernel";

const LIVES_MS = 15 * 60_000;
const STEPS = 4;
const HOUR_MS = 3_600_000;
const nothing = { atLeastMa: 0, atMostMa: 0 };

let real: Promise<Planner> | undefined;
export const realPlanner = (): Promise<Planner> => (real ??= inProcessSolver().then(createPlanner));

/** Wishes at random, all within what can be: the loop must keep every bound whatever a plan says. */
export function cheapPlanner(chance: Chance): Planner {
  return {
    async plan({ nowMs, sessions, site, wallMs }): Promise<Planned> {
      const each = sessions.map(({ dischargeWMax = 0, id, wantsMa }): [SessionId, SessionPlan] => {
        const atMostMa = chance.int(0, 3) === 0 ? chance.int(0, 32_000) : wantsMa;
        const atLeastMa = Math.min(atMostMa, chance.int(0, 1) * 6_000);
        if (dischargeWMax > 0 && chance.int(0, 1) === 0)
          return [
            id,
            { ...nothing, dischargeMa: chance.int(1, 16_000), laxityMs: chance.int(1, 8) * HOUR_MS },
          ];
        return [id, { atLeastMa, atMostMa }];
      });
      const batteries = site.sources.flatMap((source): [SourceId, number][] =>
        source.kind === "battery" ? [[source.id, chance.int(-source.chargeWMax, source.dischargeWMax)]] : [],
      );
      const still = Array<number>(STEPS).fill(0);
      return {
        plan: {
          madeAtMs: nowMs,
          validUntilMs: nowMs + LIVES_MS,
          sessions: new Map(each),
          batteries: new Map(batteries),
        },
        view: {
          ...{ madeAtWallMs: wallMs, fromWallMs: wallMs, stepMs: 900_000 },
          ...{
            gridW: still,
            carsW: still,
            batteryW: still,
            solarW: still,
            buildingW: still,
            chargePermille: still,
          },
        },
        why: "at random",
      };
    },
  };
}
