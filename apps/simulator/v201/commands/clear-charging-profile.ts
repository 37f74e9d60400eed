/** ClearChargingProfile (K10), by EVSE alone: this station keeps one profile of each purpose. */
import type { EvseId } from "@wattward/kernel";
import { answering201 } from "../answering.ts";

export const clearChargingProfile = answering201("ClearChargingProfile", (request, station) => {
  const evse = request.chargingProfileCriteria?.evseId;
  station.clearLimits(evse === undefined || evse === 0 ? undefined : (evse as EvseId));
  return { payload: { status: "Accepted" } };
});
