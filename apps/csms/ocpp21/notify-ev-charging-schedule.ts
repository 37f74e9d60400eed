/** NotifyEVChargingSchedule (OCPP 2.1 K15.FR.11): what a car will do, which no schedule of ours forbids. */
import type { RequestOf, ResponseOf } from "@wattward/ocpp";
import { takeSchedule } from "../charging/ev.ts";
import { type Handler, result } from "../core/call.ts";

export const notifyEVChargingSchedule: Handler<RequestOf<"2.1", "NotifyEVChargingSchedule">> = async (
  tx,
  call,
) =>
  (await takeSchedule(tx, call)) ??
  result<ResponseOf<"2.1", "NotifyEVChargingSchedule">>({ status: "Accepted" });
