/** SecurityEventNotification (Improved security for OCPP 1.6-J, A04): kept as an observation. */
import type { RequestOf, ResponseOf } from "@wattward/ocpp";
import { type Handler, result } from "../core/call.ts";
import { observeSecurityEvent } from "../stations/security-event.ts";

export const securityEventNotification: Handler<RequestOf<"1.6", "SecurityEventNotification">> = async (
  tx,
  call,
) => {
  observeSecurityEvent(tx, call, call.payload);
  return result<ResponseOf<"1.6", "SecurityEventNotification">>({});
};
