/** NotifyReport (OCPP 2.0.1 B07.FR.10, B08): a part of a report of the device model. */
import type { RequestOf, ResponseOf } from "@wattward/ocpp";
import { type Handler, result } from "../core/call.ts";
import { takeReport } from "../stations/notices.ts";

export const notifyReport: Handler<RequestOf<"2.0.1", "NotifyReport">> = async (tx, call) => {
  await takeReport(tx, call);
  return result<ResponseOf<"2.0.1", "NotifyReport">>({});
};
