/** NotifyCustomerInformation (OCPP 2.0.1 N09.FR.05, N10): what a station has stored about a person. */
import type { RequestOf, ResponseOf } from "@wattward/ocpp";
import { type Handler, result } from "../core/call.ts";
import { takeCustomerInformation } from "../stations/notices.ts";

export const notifyCustomerInformation: Handler<RequestOf<"2.0.1", "NotifyCustomerInformation">> = async (
  tx,
  call,
) => {
  takeCustomerInformation(tx, call);
  return result<ResponseOf<"2.0.1", "NotifyCustomerInformation">>({});
};
