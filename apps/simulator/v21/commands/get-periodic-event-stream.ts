/** GetPeriodicEventStream (N12): the streams that are in use. */
import { STREAM_ID, STREAM_MONITOR } from "../../station/event-streams.ts";
import { answering21 } from "../answering.ts";

export const getPeriodicEventStream = answering21("GetPeriodicEventStream", (_request, { streams }) => {
  const { params } = streams;
  if (params === undefined) return { payload: {} };
  const { intervalS: interval, values } = params;
  const stream = { id: STREAM_ID, variableMonitoringId: STREAM_MONITOR, params: { interval, values } };
  return { payload: { constantStreamData: [stream] } };
});
