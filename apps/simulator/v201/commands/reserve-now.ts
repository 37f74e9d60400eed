/** ReserveNow (H01): without an EVSE any that is free is held back. All connectors here are of one type. */
import type { EvseId } from "@wattward/kernel";
import { wireTimeMs } from "../../station/dialect.ts";
import { reserveStatuses } from "../../station/reservations.ts";
import { answering201 } from "../answering.ts";

export const reserveNow = answering201("ReserveNow", async (request, station) => {
  const { evseId, expiryDateTime, id, idToken } = request;
  const evse = evseId === undefined ? 0 : (evseId as EvseId);
  const expiresAtMs = wireTimeMs(expiryDateTime);
  const result = await station.reserve({ id, evse, token: idToken.idToken, expiresAtMs });
  return { payload: { status: reserveStatuses[result] }, after: () => station.tellChanges() };
});
