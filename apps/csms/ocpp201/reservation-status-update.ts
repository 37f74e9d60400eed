/** ReservationStatusUpdate (OCPP 2.0.1 H03, H04): a reservation has ended, though nobody charged. */
import type { RequestOf, ResponseOf } from "@wattward/ocpp";
import { type Handler, result } from "../core/call.ts";
import { takeReservationEnd } from "../stations/reservation-end.ts";

type Payload = RequestOf<"2.0.1", "ReservationStatusUpdate">;
const states = { Expired: "expired", Removed: "removed" } as const;

export const reservationStatusUpdate: Handler<Payload> = async (tx, call) => {
  const { reservationId: id, reservationUpdateStatus } = call.payload;
  await takeReservationEnd(tx, call, { id, state: states[reservationUpdateStatus] });
  return result<ResponseOf<"2.0.1", "ReservationStatusUpdate">>({});
};
