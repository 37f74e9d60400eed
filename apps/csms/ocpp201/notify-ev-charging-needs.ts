/** NotifyEVChargingNeeds (OCPP 2.0.1 K15.FR.04): what a car wants; no schedule is made of it here. */
import type { RequestOf, ResponseOf } from "@wattward/ocpp";
import { takeNeeds } from "../charging/ev.ts";
import { type Handler, result } from "../core/call.ts";

export const notifyEVChargingNeeds: Handler<RequestOf<"2.0.1", "NotifyEVChargingNeeds">> = async (tx, call) =>
  (await takeNeeds(tx, call)) ?? result<ResponseOf<"2.0.1", "NotifyEVChargingNeeds">>({ status: "Rejected" });
