/** ClearChargingProfile (2.0.1 K10): one by its id, or all that fit. */
import { forgetProfiles, type ProfileCriterion } from "../../stations/charging-profiles.ts";
import { type Answer2, type Answered, type Asked2, type Check, never } from "../route.ts";
import { objectToPlace } from "../rules/places.ts";

type Request = Asked2<"ClearChargingProfile">;

export const checkClearing: Check<Request> = async (asking) => {
  const { chargingProfileCriteria: fits } = asking.payload;
  if (fits?.chargingProfilePurpose === "ChargingStationExternalConstraints") {
    return never("external constraints are set by the grid, and not cleared by a central system (K10.FR.06)");
  }
  const evse = fits?.evseId;
  return evse === undefined ? undefined : objectToPlace(asking, { evse }, { whole: true });
};

export async function forgetCleared(
  answered: Answered<Request, Answer2<"ClearChargingProfile">>,
): Promise<void> {
  const { tx, station, payload, answer } = answered;
  if (answer.status !== "Accepted" && answer.status !== "Unknown") return;
  const { chargingProfileId: id, chargingProfileCriteria: fits } = payload;
  const criterion: ProfileCriterion =
    id !== undefined
      ? { id }
      : { evse: fits?.evseId, purpose: fits?.chargingProfilePurpose, stackLevel: fits?.stackLevel };
  await forgetProfiles(tx, station, criterion);
}
