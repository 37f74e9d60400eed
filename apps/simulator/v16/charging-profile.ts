/** A charging profile as OCPP 1.6 writes it (§7.8), read into this station's own words. */
import type { EvseId, JsonObject } from "@wattward/kernel";
import type { RequestOf } from "@wattward/ocpp";
import type { Kind, Profile, Purpose } from "../charging/profile.ts";
import { scheduleOf, timesOf } from "../charging/wire-profile.ts";

type Wire = RequestOf<"1.6", "SetChargingProfile">["csChargingProfiles"];

export const purposes: Readonly<Record<Wire["chargingProfilePurpose"], Purpose>> = {
  ChargePointMaxProfile: "station-max",
  TxDefaultProfile: "tx-default",
  TxProfile: "tx",
};
const kinds: Readonly<Record<Wire["chargingProfileKind"], Kind>> = {
  Absolute: "absolute",
  Recurring: "recurring",
  Relative: "relative",
};

/** `transaction`: our own reference of the one that it is for, once that runs. */
export function profileOf(
  wire: Wire,
  about: { evse: EvseId | 0; receivedAtMs: number; transaction: string | undefined },
): Profile {
  return {
    ...{ id: wire.chargingProfileId, stackLevel: wire.stackLevel, evse: about.evse },
    ...{ purpose: purposes[wire.chargingProfilePurpose], kind: kinds[wire.chargingProfileKind] },
    ...timesOf(wire),
    ...(about.transaction !== undefined && { transaction: about.transaction }),
    ...{ schedule: scheduleOf(wire.chargingSchedule), receivedAtMs: about.receivedAtMs },
    wire: wire as JsonObject,
  };
}
