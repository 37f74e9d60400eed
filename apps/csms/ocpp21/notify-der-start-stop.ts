/** NotifyDERStartStop (OCPP 2.1 R04.FR.20 to R04.FR.22): a grid control starts or stops. */
import type { RequestOf, ResponseOf } from "@wattward/ocpp";
import { takeStartStop } from "../charging/der.ts";
import { type Handler, result } from "../core/call.ts";

export const notifyDERStartStop: Handler<RequestOf<"2.1", "NotifyDERStartStop">> = async (tx, call) => {
  await takeStartStop(tx, call);
  return result<ResponseOf<"2.1", "NotifyDERStartStop">>({});
};
