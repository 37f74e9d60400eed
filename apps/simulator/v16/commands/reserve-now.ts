/** ReserveNow (1.6 §5.13): connector 0 is any that is free. */
import type { EvseId } from "@wattward/kernel";
import { wireTimeMs } from "../../station/dialect.ts";
import { answering16 } from "../answering.ts";

const statuses = {
  accepted: "Accepted",
  occupied: "Occupied",
  unavailable: "Unavailable",
  rejected: "Rejected",
} as const;

export const reserveNow = answering16(
  "ReserveNow",
  async ({ connectorId, expiryDate, idTag, reservationId }, station) => {
    const evse = connectorId === 0 ? 0 : (connectorId as EvseId);
    const expiresAtMs = wireTimeMs(expiryDate);
    const result = await station.reserve({ id: reservationId, evse, token: idTag, expiresAtMs });
    return { payload: { status: statuses[result] }, after: () => station.tellChanges() };
  },
);
