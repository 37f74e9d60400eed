/** ReportChargingProfiles (OCPP 2.1 K09): charging profiles that the station has. */
import type { RequestOf, ResponseOf } from "@wattward/ocpp";
import { takeProfiles } from "../charging/profiles.ts";
import { type Handler, result } from "../core/call.ts";

export const reportChargingProfiles: Handler<RequestOf<"2.1", "ReportChargingProfiles">> = async (tx, call) =>
  (await takeProfiles(tx, call)) ?? result<ResponseOf<"2.1", "ReportChargingProfiles">>({});
