/** SetChargingProfile (1.6 §5.16). */
import type { RequestOf, ResponseOf } from "@wattward/ocpp";
import { keepProfile } from "../../stations/charging-profiles.ts";
import type { Answered, Check } from "../route.ts";
import { objectToProfile, type PlainProfile } from "../rules/charging-profile.ts";

type Request = RequestOf<"1.6", "SetChargingProfile">;
export type Profile16 =
  | Request["csChargingProfiles"]
  | NonNullable<RequestOf<"1.6", "RemoteStartTransaction">["chargingProfile"]>;

export const plainProfile16 = (profile: Profile16, connector: number): PlainProfile => ({
  id: profile.chargingProfileId,
  evse: connector,
  stackLevel: profile.stackLevel,
  purpose: profile.chargingProfilePurpose,
  kind: profile.chargingProfileKind,
  recurrency: profile.recurrencyKind,
  validFrom: profile.validFrom,
  validTo: profile.validTo,
  transaction: profile.transactionId === undefined ? undefined : String(profile.transactionId),
  schedules: [profile.chargingSchedule],
});

export const checkProfile: Check<Request> = (asking) => {
  const { csChargingProfiles, connectorId } = asking.payload;
  return objectToProfile(asking, plainProfile16(csChargingProfiles, connectorId));
};

export async function storeProfile(
  answered: Answered<Request, ResponseOf<"1.6", "SetChargingProfile">>,
): Promise<void> {
  const { tx, station, command, payload, answer, atMs } = answered;
  if (answer.status !== "Accepted") return;
  const { csChargingProfiles: body, connectorId } = payload;
  const profile = { ...plainProfile16(body, connectorId), body };
  await keepProfile(tx, station, profile, { source: "set", command, atMs });
}
