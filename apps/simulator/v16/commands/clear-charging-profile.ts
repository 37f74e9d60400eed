/** ClearChargingProfile (1.6 §5.5): by id, or by all of connector, purpose and level that are named. */
import type { EvseId } from "@wattward/kernel";
import { answering16 } from "../answering.ts";
import { purposes } from "../charging-profile.ts";

export const clearChargingProfile = answering16("ClearChargingProfile", async (request, station) => {
  const { chargingProfilePurpose: purpose, connectorId, id, stackLevel } = request;
  const cleared = await station.profiles.clear(
    id !== undefined
      ? { ids: [id] }
      : {
          ...(connectorId !== undefined && { evse: connectorId === 0 ? 0 : (connectorId as EvseId) }),
          ...(purpose !== undefined && { purpose: purposes[purpose] }),
          ...(stackLevel !== undefined && { stackLevel }),
        },
  );
  return { payload: { status: cleared > 0 ? "Accepted" : "Unknown" } };
});
