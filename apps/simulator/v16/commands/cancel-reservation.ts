/** CancelReservation (1.6 §5.2). */
import { answering16 } from "../answering.ts";

export const cancelReservation = answering16("CancelReservation", async ({ reservationId }, station) => {
  const cancelled = await station.cancelReservation(reservationId);
  return {
    payload: { status: cancelled ? "Accepted" : "Rejected" },
    after: () => station.tellChanges(),
  };
});
