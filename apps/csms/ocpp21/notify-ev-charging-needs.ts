/**
 * NotifyEVChargingNeeds (OCPP 2.1 K15.FR.04, K18.FR.04, K19): what a car wants; no schedule is made of it here. To a car
 * of ISO 15118-20, which says how it is to be controlled, Rejected would mean that its kind of energy is not to be had.
 */
import type { RequestOf, ResponseOf } from "@wattward/ocpp";
import { takeNeeds } from "../charging/ev.ts";
import { type Handler, result } from "../core/call.ts";

export const notifyEVChargingNeeds: Handler<RequestOf<"2.1", "NotifyEVChargingNeeds">> = async (tx, call) => {
  const { controlMode, v2xChargingParameters } = call.payload.chargingNeeds;
  const is20 = controlMode !== undefined || v2xChargingParameters !== undefined;
  const status = is20 ? "NoChargingProfile" : "Rejected";
  return (await takeNeeds(tx, call)) ?? result<ResponseOf<"2.1", "NotifyEVChargingNeeds">>({ status });
};
