/** UnlockConnector (F05): leaves a running transaction alone (F05.FR.02). */
import type { EvseId } from "@wattward/kernel";
import { answering201 } from "../answering.ts";

const statuses = {
  unlocked: "Unlocked",
  busy: "OngoingAuthorizedTransaction",
  unknown: "UnknownConnector",
} as const;

export const unlockConnector = answering201("UnlockConnector", async ({ connectorId, evseId }, station) => {
  if (connectorId !== 1) return { payload: { status: "UnknownConnector" } };
  return { payload: { status: statuses[await station.unlock(evseId as EvseId, "leave")] } };
});
