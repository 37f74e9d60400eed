/** SetChargingProfile (2.0.1 K01; 2.1 K01, K28): one profile at one EVSE, or at 0 for the whole station. */
import { keepProfile } from "../../stations/charging-profiles.ts";
import type { Answer2, Answered, Asked2, Check } from "../route.ts";
import { objectToProfile, type PlainProfile } from "../rules/charging-profile.ts";

type Request = Asked2<"SetChargingProfile">;

export const plainProfile2 = (profile: Request["chargingProfile"], evse: number): PlainProfile => ({
  id: profile.id,
  evse,
  stackLevel: profile.stackLevel,
  purpose: profile.chargingProfilePurpose,
  kind: profile.chargingProfileKind,
  recurrency: profile.recurrencyKind,
  validFrom: profile.validFrom,
  validTo: profile.validTo,
  transaction: profile.transactionId,
  schedules: profile.chargingSchedule,
});

export const checkProfile: Check<Request> = (asking) =>
  objectToProfile(asking, plainProfile2(asking.payload.chargingProfile, asking.payload.evseId));

export async function storeProfile(
  answered: Answered<Request, Answer2<"SetChargingProfile">>,
): Promise<void> {
  const { tx, station, command, payload, answer, atMs } = answered;
  if (answer.status !== "Accepted") return;
  const { chargingProfile: body, evseId } = payload;
  await keepProfile(tx, station, { ...plainProfile2(body, evseId), body }, { source: "set", command, atMs });
}
