/** GetChargingProfiles (2.0.1 K09): the profiles come as ReportChargingProfiles; `NoProfiles` says that there are none. */
import { forgetProfiles } from "../../stations/charging-profiles.ts";
import type { Answer2, Answered, Asked2, Check } from "../route.ts";
import { objectToPlace } from "../rules/places.ts";

type Request = Asked2<"GetChargingProfiles">;

export const checkPlace: Check<Request> = async (asking) => {
  const evse = asking.payload.evseId;
  return evse === undefined ? undefined : objectToPlace(asking, { evse }, { whole: true });
};

export async function forgetAbsent(
  answered: Answered<Request, Answer2<"GetChargingProfiles">>,
): Promise<void> {
  const { tx, station, payload, answer } = answered;
  if (answer.status !== "NoProfiles") return;
  const { chargingProfilePurpose: purpose, stackLevel, chargingProfileId: ids } = payload.chargingProfile;
  const criterion = { evse: payload.evseId, purpose, stackLevel };
  if (ids === undefined) return forgetProfiles(tx, station, criterion);
  for (const id of ids) await forgetProfiles(tx, station, { ...criterion, id });
}
