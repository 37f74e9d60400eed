/** ChangeAvailability (1.6 §5.2): connector 0 is the whole charge point. */
import type { EvseId } from "@wattward/kernel";
import { answering16 } from "../answering.ts";

const statuses = { accepted: "Accepted", scheduled: "Scheduled", rejected: "Rejected" } as const;

export const changeAvailability = answering16(
  "ChangeAvailability",
  async ({ connectorId, type }, station) => {
    const evse = connectorId === 0 ? 0 : (connectorId as EvseId);
    const result = await station.setAvailability(evse, type === "Operative");
    return { payload: { status: statuses[result] }, after: () => station.tellChanges() };
  },
);
