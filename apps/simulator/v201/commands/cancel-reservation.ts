/** CancelReservation (H02). */
import { answering201 } from "../answering.ts";

export const cancelReservation = answering201("CancelReservation", async ({ reservationId }, station) => {
  const cancelled = await station.cancelReservation(reservationId);
  return {
    payload: { status: cancelled ? "Accepted" : "Rejected" },
    after: () => station.tellChanges(),
  };
});
