/** ReserveNow (1.6 §5.13): connector 0 is any that is free. */
import type { EvseId } from "@wattward/kernel";
import { wireTimeMs } from "../../station/dialect.ts";
import { reserveStatuses } from "../../station/reservations.ts";
import { answering16 } from "../answering.ts";

export const reserveNow = answering16(
  "ReserveNow",
  async ({ connectorId, expiryDate, idTag, reservationId }, station) => {
    const evse = connectorId === 0 ? 0 : (connectorId as EvseId);
    const expiresAtMs = wireTimeMs(expiryDate);
    const result = await station.reserve({ id: reservationId, evse, token: idTag, expiresAtMs });
    return { payload: { status: reserveStatuses[result] }, after: () => station.tellChanges() };
  },
);
