/** BootNotification (OCPP 2.0.1 B01.FR.02, B02, B03): status, the time, and as `interval` the heartbeat's seconds. */
import { rfc3339 } from "@wattward/kernel";
import type { RequestOf, ResponseOf } from "@wattward/ocpp";
import { type Handler, result } from "../core/call.ts";
import { boot } from "../stations/boot.ts";

export const bootNotification: Handler<RequestOf<"2.0.1", "BootNotification">> = async (tx, call) => {
  const { chargingStation, reason } = call.payload;
  const booted = await boot(tx, call, {
    vendor: chargingStation.vendorName,
    model: chargingStation.model,
    firmware: chargingStation.firmwareVersion ?? null,
    reason,
  });
  return result<ResponseOf<"2.0.1", "BootNotification">>({
    status: booted.status,
    currentTime: rfc3339(call.receivedAtMs),
    interval: booted.intervalS,
  });
};
