/** UnlockConnector (1.6 §5.18): ends a running transaction first. */
import type { EvseId } from "@wattward/kernel";
import { answering16 } from "../answering.ts";

export const unlockConnector = answering16("UnlockConnector", async ({ connectorId }, station) => {
  const result = await station.unlock(connectorId as EvseId, "end");
  return { payload: { status: result === "unlocked" ? "Unlocked" : "NotSupported" } };
});
