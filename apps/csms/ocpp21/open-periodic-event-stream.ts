/** OpenPeriodicEventStream (OCPP 2.1 N11.FR.04 to N11.FR.07): values of a monitor are going to come by SEND. */
import type { RequestOf, ResponseOf } from "@wattward/ocpp";
import { type Handler, result } from "../core/call.ts";
import { openStream } from "../stations/event-streams.ts";

type Response = ResponseOf<"2.1", "OpenPeriodicEventStream">;

export const openPeriodicEventStream: Handler<RequestOf<"2.1", "OpenPeriodicEventStream">> = async (
  tx,
  call,
) => {
  if (await openStream(tx, call, call.payload.constantStreamData))
    return result<Response>({ status: "Accepted" });
  const statusInfo = {
    reasonCode: "OutOfMemory",
    additionalInfo: "no more streams of one station are followed",
  };
  return result<Response>({ status: "Rejected", statusInfo });
};
