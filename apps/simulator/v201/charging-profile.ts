/**
 * A charging profile as OCPP 2.x writes it (ChargingProfileType), read into this station's own words. 2.1's purposes and
 * kinds stand here too: the schema of 2.0.1 lets none of them in.
 */
import type { EvseId, JsonObject } from "@wattward/kernel";
import type { RequestOf } from "@wattward/ocpp";
import type { Kind, Profile, Purpose } from "../charging/profile.ts";
import type { Criteria } from "../charging/profile-shelf.ts";
import { scheduleOf, timesOf } from "../charging/wire-profile.ts";

export type WireProfile = RequestOf<"2.0.1", "SetChargingProfile">["chargingProfile"];
type Criterion = RequestOf<"2.0.1", "GetChargingProfiles">["chargingProfile"];

const purposes: Readonly<Record<string, Purpose | undefined>> = {
  ChargingStationMaxProfile: "station-max",
  TxDefaultProfile: "tx-default",
  TxProfile: "tx",
  PriorityCharging: "priority",
};
const kinds: Readonly<Record<string, Kind | undefined>> = {
  Absolute: "absolute",
  Recurring: "recurring",
  Relative: "relative",
  Dynamic: "dynamic",
};

/**
 * Undefined for what no central system may set here (K01.FR.22), what this station does not know, or more than one
 * schedule: those are a car's to choose from (ISO 15118). `pullEveryS` is 2.1's dynUpdateInterval.
 */
export function profileOf(
  wire: WireProfile & {
    readonly dynUpdateInterval?: number;
    readonly maxOfflineDuration?: number;
    readonly invalidAfterOfflineDuration?: boolean;
  },
  about: { evse: EvseId | 0; receivedAtMs: number; transaction: string | undefined },
): Profile | undefined {
  const [schedule, ...others] = wire.chargingSchedule;
  const purpose = purposes[wire.chargingProfilePurpose];
  const kind = kinds[wire.chargingProfileKind];
  const pulled = wire.dynUpdateInterval !== undefined && kind !== "dynamic"; // K28.FR.04
  if (schedule === undefined || others.length > 0 || purpose === undefined || kind === undefined || pulled)
    return undefined;
  return {
    ...{ id: wire.id, stackLevel: wire.stackLevel, evse: about.evse, purpose, kind },
    ...timesOf(wire),
    ...(about.transaction !== undefined && { transaction: about.transaction }),
    ...{ schedule: scheduleOf(schedule), receivedAtMs: about.receivedAtMs },
    ...(wire.dynUpdateInterval !== undefined && { pullEveryS: wire.dynUpdateInterval }),
    ...(wire.maxOfflineDuration !== undefined && { offlineS: wire.maxOfflineDuration }),
    ...(wire.invalidAfterOfflineDuration === true && { endsOffline: true as const }),
    wire: wire as JsonObject,
  };
}

/** Undefined where nothing that is installed here can match: another's source, an unknown purpose. */
export function criteriaOf(
  { chargingProfileId, chargingProfilePurpose, stackLevel }: Criterion,
  evseId: number | undefined,
): Criteria | undefined {
  const purpose = chargingProfilePurpose === undefined ? undefined : purposes[chargingProfilePurpose];
  if (chargingProfilePurpose !== undefined && purpose === undefined) return undefined;
  return {
    ...(chargingProfileId !== undefined && { ids: chargingProfileId }),
    ...(evseId !== undefined && { evse: evseId === 0 ? 0 : (evseId as EvseId) }),
    ...(purpose !== undefined && { purpose }),
    ...(stackLevel !== undefined && { stackLevel }),
  };
}
