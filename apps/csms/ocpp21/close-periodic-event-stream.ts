/** ClosePeriodicEventStream (OCPP 2.1 N13.FR.02). */
import type { RequestOf, ResponseOf } from "@wattward/ocpp";
import { type Handler, result } from "../core/call.ts";
import { closeStream } from "../stations/event-streams.ts";

export const closePeriodicEventStream: Handler<RequestOf<"2.1", "ClosePeriodicEventStream">> = async (
  tx,
  call,
) => {
  await closeStream(tx, call, call.payload.id);
  return result<ResponseOf<"2.1", "ClosePeriodicEventStream">>({});
};
