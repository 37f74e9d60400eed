/** BootNotification (OCPP 1.6 §4.2, §6.4): the answer carries the time and, as `interval`, the heartbeat's seconds. */
import { rfc3339 } from "@wattward/kernel";
import type { RequestOf, ResponseOf } from "@wattward/ocpp";
import { type Handler, result } from "../core/call.ts";
import { boot } from "../stations/boot.ts";

export const bootNotification: Handler<RequestOf<"1.6", "BootNotification">> = async (tx, call) => {
  const { payload } = call;
  const booted = await boot(tx, call, {
    vendor: payload.chargePointVendor,
    model: payload.chargePointModel,
    firmware: payload.firmwareVersion ?? null,
    reason: null,
    identity: {
      serialNumber: payload.chargePointSerialNumber,
      boxSerialNumber: payload.chargeBoxSerialNumber,
      meterSerialNumber: payload.meterSerialNumber,
      iccid: payload.iccid,
      imsi: payload.imsi,
    },
  });
  return result<ResponseOf<"1.6", "BootNotification">>({
    status: booted.status,
    currentTime: rfc3339(call.receivedAtMs),
    interval: booted.intervalS,
  });
};
