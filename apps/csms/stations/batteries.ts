/** Batteries of a swap station (2.1 S01 to S03): what was last put into, or taken out of, each slot. */
import type { RequestOf } from "@wattward/ocpp";
import type { Call } from "../core/call.ts";
import { maskedToken, observe } from "../core/observations.ts";
import type { Tx } from "../store/writer.ts";
import { headOf } from "../transactions/record.ts";
import { subjects, tell } from "./told.ts";

/** A battery that nobody took in time stays where it is (S03.FR.06). */
export async function takeSwap(tx: Tx, call: Call<RequestOf<"2.1", "BatterySwap">>): Promise<void> {
  const { batteryData, eventType: event, requestId, idToken } = call.payload;
  const ended = event === "BatteryOut";
  for (const { customData: _, ...battery } of batteryData.slice(0, subjects.battery)) {
    await tell(tx, call, {
      subject: "battery",
      about: battery.evseId,
      body: { event, requestId, battery },
      ended,
    });
  }
  const data = { requestId, event, token: maskedToken(idToken.idToken), batteries: batteryData.length };
  observe(tx, { ...headOf(call), kind: "station.battery-swap", data });
}
