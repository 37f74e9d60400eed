/** Limits that somebody other than us has set at a station, or taken away (2.0.1, 2.1 K11 to K14, Q06). EVSE 0: all of it. */
import type { RequestOf } from "@wattward/ocpp";
import type { Call, Version2 } from "../core/call.ts";
import { clipped, observe } from "../core/observations.ts";
import type { StationAnswer } from "../core/port.ts";
import { belowZero, tell } from "../stations/told.ts";
import type { Tx } from "../store/writer.ts";
import { headOf } from "../transactions/record.ts";

const placeOf = (evse: number, source: string): string => `${evse}|${source}`;

/** The refusal to answer with, or undefined where it was taken. */
export async function takeLimit(
  tx: Tx,
  call: Call<RequestOf<Version2, "NotifyChargingLimit">>,
): Promise<StationAnswer | undefined> {
  const { evseId, chargingLimit, chargingSchedule } = call.payload;
  const refused = belowZero(evseId);
  if (refused !== undefined) return refused;
  const { chargingLimitSource: source, isGridCritical: critical = false } = chargingLimit;
  const evse = evseId ?? 0;
  const body = { chargingLimit, ...(chargingSchedule && { chargingSchedule }) };
  await tell(tx, call, { subject: "charging-limit", about: placeOf(evse, source), body });
  const data = { evse, source: clipped(source, 40), critical, cleared: false };
  observe(tx, { ...headOf(call), kind: "station.charging-limit", data });
  return undefined;
}

export async function clearLimit(
  tx: Tx,
  call: Call<RequestOf<Version2, "ClearedChargingLimit">>,
): Promise<StationAnswer | undefined> {
  const { evseId, chargingLimitSource: source } = call.payload;
  const refused = belowZero(evseId);
  if (refused !== undefined) return refused;
  const evse = evseId ?? 0;
  const about = placeOf(evse, source);
  await tell(tx, call, { subject: "charging-limit", about, body: {}, ended: true });
  const data = { evse, source: clipped(source, 40), critical: false, cleared: true };
  observe(tx, { ...headOf(call), kind: "station.charging-limit", data });
  return undefined;
}
