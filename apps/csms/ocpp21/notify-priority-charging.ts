/** NotifyPriorityCharging (OCPP 2.1 K21.FR.09, K22.FR.06). */
import type { RequestOf, ResponseOf } from "@wattward/ocpp";
import { takePriority } from "../charging/priority.ts";
import { type Handler, result } from "../core/call.ts";

export const notifyPriorityCharging: Handler<RequestOf<"2.1", "NotifyPriorityCharging">> = async (
  tx,
  call,
) => {
  await takePriority(tx, call);
  return result<ResponseOf<"2.1", "NotifyPriorityCharging">>({});
};
