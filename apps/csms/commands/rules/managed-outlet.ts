/**
 * A charging profile for a station whose site manages its energy: the site keeps it and answers it, and the station never sees it (ADR 13).
 * So what the station told of how much it takes says nothing; what its outlets can carry does (AT-C3). The site clamps whatever is sent
 * by force.
 */
import type { ManagedOutlets } from "../../energy/managed-outlets.ts";
import { type Objection, unlessForced } from "../route.ts";
import type { PlainProfile } from "./charging-profile.ts";

/** `ofStation`: it bounds the whole station, all outlets together. */
export function objectToRating(
  { outlets, voltageV }: ManagedOutlets,
  { evse, schedules }: PlainProfile,
  ofStation: boolean,
): Objection | undefined {
  const meant = outlets.filter((outlet) => evse === 0 || outlet.evse === evse);
  if (meant.length === 0) return undefined;
  const amperes = meant.map(({ ratedMa }) => ratedMa / 1_000);
  const watts = meant.map(({ ratedMa, wiring }) => (ratedMa / 1_000) * voltageV * wiring.length);
  const most = (ratings: readonly number[]) =>
    ofStation ? ratings.reduce((sum, one) => sum + one, 0) : Math.max(...ratings);
  for (const { chargingRateUnit: unit, chargingSchedulePeriod } of schedules) {
    const rated = most(unit === "W" ? watts : amperes);
    const above = chargingSchedulePeriod.find(({ limit }) => limit !== undefined && limit > rated);
    if (above !== undefined)
      return unlessForced(
        `a limit of ${above.limit} ${unit} is above the ${rated} ${unit} that it is rated for`,
      );
  }
  return undefined;
}
