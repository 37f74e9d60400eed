/** Plans by chance: what no planner would think of, and yet may say. Milliamperes, watts. */
import type { BatteryLeeway, Plan, SessionId, SessionPlan, SourceId } from "@wattward/energy";
import type { Chance } from "@wattward/kernel";
import { onceIn } from "./dice.ts";
import type { Plant } from "./plant.ts";
import type { Scene } from "./scene.ts";
import type { Evse } from "./stations.ts";

const VALID_MS = 200_000;
const A = 1_000;

/** For some of the sessions, and for the battery perhaps. */
export function randomPlan({ chance, nowMs }: Scene, { batteries, evses }: Plant): Plan {
  const sessions = new Map<SessionId, SessionPlan>();
  for (const evse of evses)
    if (evse.session !== undefined && !onceIn(chance, 4))
      sessions.set(evse.session.id, sessionPlan(chance, evse));
  const feedsW = new Map<SourceId, number>();
  const leeway = new Map<SourceId, BatteryLeeway>();
  for (const { source } of batteries) {
    if (onceIn(chance, 3)) continue;
    feedsW.set(source.id, chance.int(-source.chargeWMax, source.dischargeWMax));
    const may = () => onceIn(chance, 2);
    leeway.set(source.id, { covers: may(), absorbs: may(), exports: may() });
  }
  return { madeAtMs: nowMs, validUntilMs: nowMs + VALID_MS, sessions, batteries: feedsW, leeway };
}

function sessionPlan(chance: Chance, { outlet }: Evse): SessionPlan {
  if (outlet.dischargeMaMax !== undefined && onceIn(chance, 2))
    return { atLeastMa: 0, atMostMa: 0, dischargeMa: chance.int(1, 20) * A };
  return { atLeastMa: onceIn(chance, 2) ? chance.int(0, 16) * A : 0, atMostMa: 32 * A };
}
