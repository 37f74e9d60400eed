/** SecurityEventNotification (OCPP 2.1 A04.FR.02): kept as an observation. */
import type { RequestOf, ResponseOf } from "@wattward/ocpp";
import { type Handler, result } from "../core/call.ts";
import { observeSecurityEvent } from "../stations/security-event.ts";

export const securityEventNotification: Handler<RequestOf<"2.1", "SecurityEventNotification">> = async (
  tx,
  call,
) => {
  observeSecurityEvent(tx, call, call.payload);
  return result<ResponseOf<"2.1", "SecurityEventNotification">>({});
};
