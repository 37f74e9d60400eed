/**
 * Whatever way its messages take, a transaction is the same in the end: in any order, some twice, each on a socket or out of
 * a site's journal, under either version of 2.x, between those of a station that uses the same ids.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { seededChance } from "@wattward/testing";
import { iso, START_MS, type TestCore, testCore } from "../core/testing/test-core.ts";

const SEEDS = 20;
const EVENTS = 12;

const event = (station: string, seqNo: number) => ({
  eventType: seqNo === 0 ? "Started" : seqNo === EVENTS - 1 ? "Ended" : "Updated",
  ...{ seqNo, timestamp: iso(START_MS + seqNo * 60_000), triggerReason: "MeterValuePeriodic" },
  transactionInfo: {
    transactionId: "T",
    ...(seqNo === EVENTS - 1 && { stoppedReason: "Remote" }),
    ...(seqNo % 3 === 0 && { chargingState: seqNo === 0 ? "Charging" : "SuspendedEV" }),
  },
  ...(seqNo === 0 && { evse: { id: 1, connectorId: 1 }, idToken: { idToken: station, type: "Central" } }),
  meterValue: [{ timestamp: iso(START_MS + seqNo * 60_000), sampledValue: [{ value: 1_000 + seqNo * 7 }] }],
});

/** What is billed and shown of one station, without its name and which way it came. */
async function outcome(core: TestCore, station: string) {
  const of = ({ station_id }: { station_id: string }) => station_id === station;
  const [row, ...more] = (await core.rows("transactions")).filter(of);
  assert(row !== undefined && more.length === 0, `${more.length} too many`);
  const {
    id,
    station_id: _,
    token,
    ocpp_version,
    offline,
    power_w,
    power_at_ms,
    changed_at_ms,
    ...kept
  } = row;
  const details = (await core.rows("transaction_details")).find((one) => one.transaction_id === id);
  return {
    ...kept,
    itsToken: token === station,
    chargingState: details?.charging_state,
    events: (await core.rows("transaction_events")).filter(of).length,
    samples: (await core.rows("meter_samples")).filter(of).length,
  };
}

/** Seed 0: as it happened, each once, on a socket. */
async function tell(core: TestCore, stations: readonly string[], seed: number): Promise<void> {
  const all = stations.flatMap((station) => Array.from({ length: EVENTS }, (_, n) => ({ station, n })));
  const chance = seededChance(seed);
  const sent = seed === 0 ? all : [...all, ...all.filter(() => chance.int(0, 2) === 0)];
  for (let i = sent.length - 1; seed !== 0 && i > 0; i -= 1) {
    const j = chance.int(0, i);
    [sent[i], sent[j]] = [sent[j]!, sent[i]!];
  }
  for (const { station, n } of sent) {
    const version = seed !== 0 && chance.int(0, 1) === 0 ? "2.1" : "2.0.1";
    const message = { action: "TransactionEvent", payload: event(station, n) };
    if (seed === 0 || chance.int(0, 1) === 0) {
      await core.call(station, version, message.action, message.payload);
    } else {
      await core.record({ station, version, ...message, live: false });
    }
  }
}

test("transaction: order, repetition, route, version and a neighbour's ids leave no trace in what is billed", async () => {
  const pairs = Array.from({ length: SEEDS + 1 }, (_, seed) => [`a-${seed}`, `b-${seed}`] as const);
  const core = await testCore(Object.fromEntries(pairs.flat().map((station) => [station, "either"])));
  core.nowMs = START_MS + EVENTS * 60_000;
  for (const [seed, pair] of pairs.entries()) await tell(core, pair, seed);
  const plain = await outcome(core, "a-0");
  assert.deepEqual(
    [plain.state, plain.energy_wh, plain.stop_reason, plain.missing_seq, plain.itsToken, plain.chargingState],
    ["ended", 77, "Remote", "", true, "SuspendedEV"],
  );
  for (const [seed, pair] of pairs.entries()) {
    for (const station of pair) assert.deepEqual(await outcome(core, station), plain, `seed ${seed}`);
  }
  await core.close();
});
