/** Reset (1.6 §5.14): both kinds end running transactions first, each with its own reason. */
import { answering16 } from "../answering.ts";

export const reset = answering16("Reset", ({ type }, station) => {
  const { begin } = station.reset(type === "Hard" ? "hard" : "soft");
  return { payload: { status: "Accepted" }, after: begin };
});
