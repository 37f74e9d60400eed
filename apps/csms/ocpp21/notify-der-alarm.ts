/** NotifyDERAlarm (OCPP 2.1 R05): the grid makes a station deviate. */
import type { RequestOf, ResponseOf } from "@wattward/ocpp";
import { takeAlarm } from "../charging/der.ts";
import { type Handler, result } from "../core/call.ts";

export const notifyDERAlarm: Handler<RequestOf<"2.1", "NotifyDERAlarm">> = async (tx, call) => {
  await takeAlarm(tx, call);
  return result<ResponseOf<"2.1", "NotifyDERAlarm">>({});
};
