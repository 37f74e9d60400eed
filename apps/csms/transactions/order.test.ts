/**
 * Whatever way its messages take, a transaction is the same in the end: in any order, some twice, each on a socket or out of
 * a site's journal, under either version of 2.x, between those of a station that uses the same ids.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { seededChance } from "@wattward/testing";
import { iso, START_MS, type TestCore, testCore } from "../core/testing/test-core.ts";

const SEEDS = 40;
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

/** What is billed and shown, without which way it came. */
async function outcome(core: TestCore) {
  const rows = await core.rows("transactions");
  const details = await core.rows("transaction_details");
  return {
    transactions: rows.map(
      ({ id: _, ocpp_version, offline, power_w, power_at_ms, changed_at_ms, ...kept }) => kept,
    ),
    states: rows.map(({ id }) => details.find((row) => row.transaction_id === id)?.charging_state),
    events: (await core.rows("transaction_events")).length,
    samples: (await core.rows("meter_samples")).length,
  };
}

async function told(seed: number | undefined) {
  const core = await testCore({ a: "either", b: "either" });
  core.nowMs = START_MS + EVENTS * 60_000;
  const all = ["a", "b"].flatMap((station) => Array.from({ length: EVENTS }, (_, n) => ({ station, n })));
  const chance = seededChance(seed ?? 0);
  const sent = seed === undefined ? all : [...all, ...all.filter(() => chance.int(0, 2) === 0)];
  if (seed !== undefined) {
    for (let i = sent.length - 1; i > 0; i -= 1) {
      const j = chance.int(0, i);
      [sent[i], sent[j]] = [sent[j]!, sent[i]!];
    }
  }
  for (const { station, n } of sent) {
    const payload = event(station, n);
    const version = seed !== undefined && chance.int(0, 1) === 0 ? "2.1" : "2.0.1";
    if (seed === undefined || chance.int(0, 1) === 0) {
      await core.call(station, version, "TransactionEvent", payload);
    } else {
      await core.record({ station, version, action: "TransactionEvent", payload, live: false });
    }
  }
  const ended = await outcome(core);
  await core.close();
  return ended;
}

test("transaction: order, repetition, route, version and a neighbour's ids leave no trace in what is billed", async () => {
  const plain = await told(undefined);
  assert.equal(plain.transactions.length, 2);
  assert.deepEqual(
    plain.transactions.map(({ state, energy_wh, stop_reason, missing_seq }) => [
      state,
      energy_wh,
      stop_reason,
      missing_seq,
    ]),
    [
      ["ended", 77, "Remote", ""],
      ["ended", 77, "Remote", ""],
    ],
  );
  for (let seed = 1; seed <= SEEDS; seed += 1) assert.deepEqual(await told(seed), plain, `seed ${seed}`);
});
