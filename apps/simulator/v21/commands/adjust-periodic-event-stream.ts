/** AdjustPeriodicEventStream (N14): how often values go out, or how many together. */
import { answering21 } from "../answering.ts";

export const adjustPeriodicEventStream = answering21(
  "AdjustPeriodicEventStream",
  ({ id, params: { interval = 0, values = 0 } }, { streams }) => {
    const adjusted = streams.adjust(id, { intervalS: interval, values });
    return { payload: { status: adjusted ? "Accepted" : "Rejected" } };
  },
);
