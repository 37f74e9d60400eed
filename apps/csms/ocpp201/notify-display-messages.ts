/** NotifyDisplayMessages (OCPP 2.0.1 O03, O04): messages that a display has. */
import type { RequestOf, ResponseOf } from "@wattward/ocpp";
import { type Handler, result } from "../core/call.ts";
import { takeDisplayMessages } from "../stations/notices.ts";

export const notifyDisplayMessages: Handler<RequestOf<"2.0.1", "NotifyDisplayMessages">> = async (
  tx,
  call,
) => {
  await takeDisplayMessages(tx, call);
  return result<ResponseOf<"2.0.1", "NotifyDisplayMessages">>({});
};
