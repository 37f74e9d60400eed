/** BootNotification of 2.x (B01 to B03): the facts in it, and the body of the answer in either version. */
import { rfc3339 } from "@wattward/kernel";
import type { RequestOf } from "@wattward/ocpp";
import type { Call, Version2 } from "../core/call.ts";
import type { Tx } from "../store/writer.ts";
import { type Booted, boot } from "./boot.ts";

export async function answerBoot(
  tx: Tx,
  call: Call<RequestOf<Version2, "BootNotification">>,
): Promise<{ readonly status: Booted["status"]; readonly currentTime: string; readonly interval: number }> {
  const { chargingStation, reason } = call.payload;
  const { serialNumber, modem } = chargingStation;
  const booted = await boot(tx, call, {
    vendor: chargingStation.vendorName,
    model: chargingStation.model,
    firmware: chargingStation.firmwareVersion ?? null,
    reason,
    identity: { serialNumber, iccid: modem?.iccid, imsi: modem?.imsi },
  });
  return { status: booted.status, currentTime: rfc3339(call.receivedAtMs), interval: booted.intervalS };
}
