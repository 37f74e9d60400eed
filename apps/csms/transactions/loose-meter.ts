/** Meter values that belong to no transaction: kept as samples of their EVSE, once, and shown as its present power. */
import type { RequestOf } from "@wattward/ocpp";
import type { Call, Version2 } from "../core/call.ts";
import { observe } from "../core/observations.ts";
import { setConnectorPower } from "../stations/rows.ts";
import type { Tx } from "../store/writer.ts";
import { type Reading, readMeter } from "./reading.ts";
import { digestOf, type EventKey, headOf, storeEvent, storeSamples } from "./record.ts";
import { sampledAt } from "./sampled.ts";

export type LooseMeter = {
  readonly key: EventKey;
  readonly evse: number;
  readonly connector: number;
  readonly reading: Reading;
};

/** MeterValues of 2.x: outside transactions, for an EVSE or (0) the station's own meter. */
export async function takeMeterValues(tx: Tx, call: Call<RequestOf<Version2, "MeterValues">>): Promise<void> {
  const { evseId: evse, meterValue } = call.payload;
  await storeLooseMeter(tx, call, {
    // The values' own times are in the digest: the same digest is the same message.
    key: { dedupe: `meter|${evse}|${digestOf(call)}`, kind: "meter" },
    evse,
    connector: evse === 0 ? 0 : 1,
    reading: readMeter(meterValue.map(sampledAt), call),
  });
}

export async function storeLooseMeter(tx: Tx, call: Call<object>, meter: LooseMeter): Promise<void> {
  const { key, evse, connector, reading } = meter;
  // Nothing that we keep was in it (QUIRKS 7): acknowledged, and no row made.
  if (reading.samples.length === 0 && reading.signed.length === 0) return;
  const atMs = reading.samples.at(-1)?.atMs ?? call.receivedAtMs;
  const fresh = await storeEvent(tx, call, key, {
    transaction_id: "",
    at_ms: atMs,
    meter_wh: reading.lastWh,
    power_w: reading.powerW,
    signed_values: reading.signed.length === 0 ? null : JSON.stringify(reading.signed),
  });
  if (!fresh) return;
  await storeSamples(tx, call.station.id, { id: null, evse_id: evse }, reading.samples);
  if (call.live && reading.powerW !== null) {
    const { powerW } = reading;
    await tx.run(setConnectorPower, { station: call.station.id, evse, connector, powerW, atMs });
  }
  const data = { evse, meterWh: reading.lastWh, powerW: reading.powerW };
  observe(tx, { ...headOf(call), kind: "station.meter", data });
}
