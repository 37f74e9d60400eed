/** NotifyMonitoringReport (OCPP 2.1 N02): monitors that the station has. */
import type { RequestOf, ResponseOf } from "@wattward/ocpp";
import { type Handler, result } from "../core/call.ts";
import { takeMonitors } from "../stations/monitors.ts";

export const notifyMonitoringReport: Handler<RequestOf<"2.1", "NotifyMonitoringReport">> = async (
  tx,
  call,
) => {
  await takeMonitors(tx, call);
  return result<ResponseOf<"2.1", "NotifyMonitoringReport">>({});
};
