/** Reset (B11, B12) of the whole station; it cannot reset one EVSE alone (B11.FR.09). */
import { answering201 } from "../answering.ts";

export const reset = answering201("Reset", ({ evseId, type }, station) => {
  if (evseId !== undefined) return { payload: { status: "Rejected" } };
  const { begin, status } = station.reset(type === "Immediate" ? "hard" : "idle");
  return { payload: { status: status === "accepted" ? "Accepted" : "Scheduled" }, after: begin };
});
