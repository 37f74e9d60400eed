/** ClearChargingProfile (K10): by id, or by all of EVSE, purpose and level that are named. */
import { answering201 } from "../answering.ts";
import { criteriaOf } from "../charging-profile.ts";

export const clearChargingProfile = answering201("ClearChargingProfile", async (request, station) => {
  const { chargingProfileCriteria: { evseId, ...criterion } = {}, chargingProfileId } = request;
  const criteria =
    chargingProfileId === undefined ? criteriaOf(criterion, evseId) : { ids: [chargingProfileId] };
  const cleared = criteria === undefined ? 0 : await station.profiles.clear(criteria);
  return { payload: { status: cleared > 0 ? "Accepted" : "Unknown" } };
});
