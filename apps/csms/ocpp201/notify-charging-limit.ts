/** NotifyChargingLimit (OCPP 2.0.1 K11, K12): somebody other than us limits the station. */
import type { RequestOf, ResponseOf } from "@wattward/ocpp";
import { takeLimit } from "../charging/limits.ts";
import { type Handler, result } from "../core/call.ts";

export const notifyChargingLimit: Handler<RequestOf<"2.0.1", "NotifyChargingLimit">> = async (tx, call) =>
  (await takeLimit(tx, call)) ?? result<ResponseOf<"2.0.1", "NotifyChargingLimit">>({});
