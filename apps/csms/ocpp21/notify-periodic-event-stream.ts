/** NotifyPeriodicEventStream (OCPP 2.1 N15): values of an open stream, as a SEND that nobody answers. */
import type { RequestOf } from "@wattward/ocpp";
import type { SendHandler } from "../core/call.ts";
import { takeStreamed } from "../stations/event-streams.ts";

export const notifyPeriodicEventStream: SendHandler<RequestOf<"2.1", "NotifyPeriodicEventStream">> = (
  tx,
  send,
) => takeStreamed(tx, send);
