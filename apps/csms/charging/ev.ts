/**
 * What a car wants and what it will do, as its station passes it on (2.0.1, 2.1 K15 to K19): kept for each EVSE, the
 * newest alone. No schedule is made from it yet, and the answer says so (K15.FR.04, K18.FR.04).
 */
import type { RequestOf } from "@wattward/ocpp";
import { dateTimeMs } from "@wattward/ocpp";
import type { Call, Version2 } from "../core/call.ts";
import { observe } from "../core/observations.ts";
import type { StationAnswer } from "../core/port.ts";
import { belowZero, tell } from "../stations/told.ts";
import type { Tx } from "../store/writer.ts";
import { headOf } from "../transactions/record.ts";

/** The refusal to answer with, or undefined where it was taken. */
export async function takeNeeds(
  tx: Tx,
  call: Call<RequestOf<Version2, "NotifyEVChargingNeeds">>,
): Promise<StationAnswer | undefined> {
  const { evseId: evse, maxScheduleTuples, chargingNeeds } = call.payload;
  const refused = belowZero(evse);
  if (refused !== undefined) return refused;
  const body = { chargingNeeds, ...(maxScheduleTuples !== undefined && { maxScheduleTuples }) };
  await tell(tx, call, { subject: "ev-needs", about: evse, body });
  const { requestedEnergyTransfer: transfer, departureTime } = chargingNeeds;
  const departureAtMs = departureTime === undefined ? null : (dateTimeMs(departureTime) ?? null);
  observe(tx, { ...headOf(call), kind: "station.ev-needs", data: { evse, transfer, departureAtMs } });
  return undefined;
}

export async function takeSchedule(
  tx: Tx,
  call: Call<RequestOf<Version2, "NotifyEVChargingSchedule">>,
): Promise<StationAnswer | undefined> {
  const { evseId: evse, timeBase, chargingSchedule } = call.payload;
  const refused = belowZero(evse);
  if (refused !== undefined) return refused;
  await tell(tx, call, { subject: "ev-schedule", about: evse, body: { timeBase, chargingSchedule } });
  const data = { evse, periods: chargingSchedule.chargingSchedulePeriod.length };
  observe(tx, { ...headOf(call), kind: "station.ev-schedule", data });
  return undefined;
}
