/** ReservationStatusUpdate (OCPP 2.1 H03.FR.11, H04): a reservation has ended, though nobody charged. */
import type { RequestOf, ResponseOf } from "@wattward/ocpp";
import { type Handler, result } from "../core/call.ts";
import { takeReservationEnd } from "../stations/reservation-end.ts";

type Payload = RequestOf<"2.1", "ReservationStatusUpdate">;
const states = {
  Expired: "expired",
  Removed: "removed",
  NoTransaction: "no-transaction",
} as const;

export const reservationStatusUpdate: Handler<Payload> = async (tx, call) => {
  const { reservationId: id, reservationUpdateStatus } = call.payload;
  await takeReservationEnd(tx, call, { id, state: states[reservationUpdateStatus] });
  return result<ResponseOf<"2.1", "ReservationStatusUpdate">>({});
};
