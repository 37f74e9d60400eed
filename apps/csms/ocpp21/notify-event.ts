/** NotifyEvent (OCPP 2.1 N07, G01): what a station's monitors saw. */
import type { RequestOf, ResponseOf } from "@wattward/ocpp";
import { type Handler, result } from "../core/call.ts";
import { takeEvents } from "../stations/events.ts";

export const notifyEvent: Handler<RequestOf<"2.1", "NotifyEvent">> = async (tx, call) => {
  await takeEvents(tx, call);
  return result<ResponseOf<"2.1", "NotifyEvent">>({});
};
