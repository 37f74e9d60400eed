/** ReportDERControl (OCPP 2.1 R04.FR.31 to R04.FR.35): grid controls that the station has. */
import type { RequestOf, ResponseOf } from "@wattward/ocpp";
import { takeControls } from "../charging/der.ts";
import { type Handler, result } from "../core/call.ts";

export const reportDERControl: Handler<RequestOf<"2.1", "ReportDERControl">> = async (tx, call) => {
  await takeControls(tx, call);
  return result<ResponseOf<"2.1", "ReportDERControl">>({});
};
