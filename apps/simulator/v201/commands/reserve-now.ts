/** ReserveNow (H01): without an EVSE any that is free is held back. All connectors here are of one type. */
import type { EvseId } from "@wattward/kernel";
import { wireTimeMs } from "../../station/dialect.ts";
import { answering201 } from "../answering.ts";

const statuses = {
  accepted: "Accepted",
  occupied: "Occupied",
  unavailable: "Unavailable",
  rejected: "Rejected",
} as const;

export const reserveNow = answering201("ReserveNow", async (request, station) => {
  const { evseId, expiryDateTime, id, idToken } = request;
  const evse = evseId === undefined ? 0 : (evseId as EvseId);
  const expiresAtMs = wireTimeMs(expiryDateTime);
  const result = await station.reserve({ id, evse, token: idToken.idToken, expiresAtMs });
  return { payload: { status: statuses[result] }, after: () => station.tellChanges() };
});
