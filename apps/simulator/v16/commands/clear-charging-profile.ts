/** ClearChargingProfile (1.6 §5.5), by connector alone: this station keeps one profile of each purpose. */
import type { EvseId } from "@wattward/kernel";
import { answering16 } from "../answering.ts";

export const clearChargingProfile = answering16("ClearChargingProfile", ({ connectorId }, station) => {
  station.clearLimits(connectorId === undefined || connectorId === 0 ? undefined : (connectorId as EvseId));
  return { payload: { status: "Accepted" } };
});
