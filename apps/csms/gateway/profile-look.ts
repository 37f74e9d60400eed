/**
 * A look at what holds at an outlet, before a charging profile is sent there and after it was accepted (AT-C4): the station's own composite
 * schedule. A profile that was accepted and does not hold, because another one sticks above it or keeps below it, is told to people with
 * what was there before; the station's yes is not taken for it.
 *
 * Only what must hold by itself is looked at: limits of a transaction, and of the whole station, that are in force now. What a
 * default says gives way to both. A site may hold less than was asked for (ADR 13), a station of its own may not. A station that
 * does not tell is sent its profile as ever.
 */
import type { Json, JsonObject } from "@wattward/kernel";
import type { StationLink } from "./station-link.ts";

/** Each of the two looks waits so long for its answer, and no longer. */
const LOOK_MS_MAX = 10_000;
const LOOKED_AHEAD_S = 60;
/** Stations round: to a tenth of an ampere, or a hundredth of what is said. */
const WITHIN = { a: 0.15, part: 0.01 } as const;
/** Clocks differ: one that begins within this has begun. */
const BEGINS_WITHIN_MS = 60_000;

const looked: ReadonlySet<string> = new Set([
  "TxProfile",
  "ChargePointMaxProfile",
  "ChargingStationMaxProfile",
]);

export type NotInForce = {
  readonly evse: number;
  readonly unit: string;
  /** What its periods allow, the least and the most. */
  readonly meant: readonly [number, number];
  readonly before: number;
  readonly after: number;
};

type Link = Pick<StationLink, "call" | "version" | "route">;
type Meant = Pick<NotInForce, "evse" | "unit" | "meant">;

/** Before it is sent; undefined: there is nothing to compare afterwards. */
export async function lookBefore(
  link: Link,
  { action, payload }: { readonly action: string; readonly payload: JsonObject },
  wallMs: number,
): Promise<{ after(): Promise<NotInForce | undefined> } | undefined> {
  const meant = action === "SetChargingProfile" ? meantBy(link, payload, wallMs) : undefined;
  if (meant === undefined) return undefined;
  const before = await shownAt(link, meant);
  if (before === undefined) return undefined;
  return {
    async after() {
      const after = await shownAt(link, meant);
      if (after === undefined) return undefined;
      const [least, most] = meant.meant;
      const within = meant.unit === "A" ? WITHIN.a : WITHIN.part * most;
      const below = link.route.kind === "direct" && after < least - within;
      return after > most + within || below ? { ...meant, before, after } : undefined;
    },
  };
}

function meantBy({ version }: Link, payload: JsonObject, wallMs: number): Meant | undefined {
  const profile = objectIn(payload, version === "1.6" ? "csChargingProfiles" : "chargingProfile");
  const said = profile["chargingSchedule"];
  const schedule = Array.isArray(said) ? said[0] : said;
  if (!looked.has(String(profile["chargingProfilePurpose"])) || !isObject(schedule)) return undefined;
  if (!holdsAt(profile, schedule, wallMs)) return undefined;
  const periods = schedule["chargingSchedulePeriod"];
  const limits = Array.isArray(periods) ? periods.map((one) => numberIn(one, "limit")) : [];
  const known = limits.filter((limit) => limit !== undefined);
  if (known.length === 0 || known.length < limits.length) return undefined;
  const evse = numberIn(payload, version === "1.6" ? "connectorId" : "evseId") ?? 0;
  const unit = String(schedule["chargingRateUnit"]);
  return { evse, unit, meant: [Math.min(...known), Math.max(...known)] };
}

/** As far as its dates say: one that is over, or yet to come, holds nothing now. */
function holdsAt(profile: JsonObject, schedule: JsonObject, wallMs: number): boolean {
  const at = (from: JsonObject, name: string) => {
    const ms = Date.parse(String(from[name]));
    return Number.isNaN(ms) ? undefined : ms;
  };
  const startMs = at(schedule, "startSchedule");
  const lastsS = numberIn(schedule, "duration") ?? Number.POSITIVE_INFINITY;
  const begun = (startMs ?? 0) <= wallMs + BEGINS_WITHIN_MS;
  const over = startMs !== undefined && startMs + lastsS * 1_000 <= wallMs;
  const valid = (at(profile, "validFrom") ?? 0) <= wallMs && wallMs < (at(profile, "validTo") ?? Infinity);
  return begun && !over && valid;
}

/** The limit at this moment; undefined where the station does not say. */
async function shownAt(link: Link, { evse, unit }: Meant): Promise<number | undefined> {
  const place = link.version === "1.6" ? { connectorId: evse } : { evseId: evse };
  const asked = { ...place, duration: LOOKED_AHEAD_S, chargingRateUnit: unit };
  const outcome = await link.call("GetCompositeSchedule", asked, { timeoutMs: LOOK_MS_MAX });
  if (outcome.kind !== "result" || outcome.payload["status"] !== "Accepted") return undefined;
  const schedule = objectIn(outcome.payload, link.version === "1.6" ? "chargingSchedule" : "schedule");
  const periods = schedule["chargingSchedulePeriod"];
  return schedule["chargingRateUnit"] === unit && Array.isArray(periods)
    ? numberIn(periods[0], "limit")
    : undefined;
}

function objectIn(from: JsonObject, name: string): JsonObject {
  const found = from[name];
  return isObject(found) ? found : {};
}
function numberIn(from: Json | undefined, name: string): number | undefined {
  const found = isObject(from) ? from[name] : undefined;
  return typeof found === "number" ? found : undefined;
}
const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);
