/** NotifySettlement (OCPP 2.1 C19 to C22): what became of a payment. */
import type { RequestOf, ResponseOf } from "@wattward/ocpp";
import { type Handler, result } from "../core/call.ts";
import { takeSettlement } from "../payments/settlements.ts";

export const notifySettlement: Handler<RequestOf<"2.1", "NotifySettlement">> = async (tx, call) => {
  await takeSettlement(tx, call);
  return result<ResponseOf<"2.1", "NotifySettlement">>({});
};
