/** Meters that fall silent, stand still or jump: told once, held for review, and not where a car only pauses. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { StationId } from "@wattward/kernel";
import { bodyOf, iso, type TestCore, testCore } from "../core/testing/test-core.ts";
import { FROZEN_MS_MIN, SILENT_MS_MIN } from "./meter-watch.ts";

const minute = 60_000;

/** Station A, connected, with an open transaction; what it tells, and what is found a minute at a time. */
async function charging() {
  const core = await testCore({ A: "direct" });
  await presence(core, true);
  const begun = bodyOf(
    await core.call("A", "1.6", "StartTransaction", {
      ...{ connectorId: 1, idTag: "T", meterStart: 1_000, timestamp: iso(core.nowMs) },
    }),
  );
  const transactionId = Number(begun["transactionId"]);
  const tell = (values: { meterWh?: number; powerW?: number }) =>
    core.call("A", "1.6", "MeterValues", {
      connectorId: 1,
      transactionId,
      meterValue: [{ timestamp: iso(core.nowMs), sampledValue: sampled(values) }],
    });
  const pass = async (minutes: number) => {
    core.nowMs += minutes * minute;
    await core.decide("transactions.tend", { atMs: core.nowMs });
  };
  const stop = (meterStop: number, atMs = core.nowMs) =>
    core.call("A", "1.6", "StopTransaction", { transactionId, meterStop, timestamp: iso(atMs) });
  const review = async () => (await core.rows("transactions"))[0]?.review;
  return { core, tell, pass, stop, review };
}

const sampled = ({ meterWh, powerW }: { meterWh?: number; powerW?: number }) => [
  ...(meterWh === undefined ? [] : [{ value: String(meterWh), unit: "Wh" }]),
  ...(powerW === undefined ? [] : [{ value: String(powerW), measurand: "Power.Active.Import", unit: "W" }]),
];

const presence = (core: TestCore, connected: boolean) =>
  core.decide("station.presence", {
    ...{ station: "A" as StationId, route: { kind: "direct" }, connected, generation: 1, version: "1.6" },
    ...{ address: "", atMs: core.nowMs },
  });

test("AT-O18: values that came while it charged and come no more are told once, by its own pace, and held for review", async () => {
  const { core, tell, pass, stop, review } = await charging();
  for (let n = 1; n <= 4; n++) {
    await pass(10);
    await tell({ meterWh: 1_000 + n * 1_500, powerW: 9_000 });
  }
  await pass(39);
  assert.deepEqual(await core.outbox("transaction.silent"), [], "four of its intervals are not over");
  await pass(2);
  await pass(9);
  assert.deepEqual(await core.outbox("transaction.silent"), [], "what waited for a link may still come");
  await pass(1);
  await pass(10);
  const told = await core.outbox("transaction.silent");
  assert.deepEqual(
    told.map(({ station, live, data }) => [station, live, data["minutes"], data["powerW"]]),
    [["A", 1, 51, 9_000]],
  );
  assert.equal(await review(), "meter-silent");
  await stop(9_000);
  assert.equal(await review(), "meter-silent", "its end resolves nothing");
  await core.close();
});

test("AT-O18: no silence: a car that pauses, one value an hour, a station that is away", async () => {
  const paused = await charging();
  const hourly = await charging();
  const away = await charging();
  for (let n = 1; n <= 4; n++) {
    for (const one of [paused, away]) await one.pass(5);
    await paused.tell({ meterWh: 1_000 + n, powerW: n === 4 ? 0 : 9_000 });
    await away.tell({ meterWh: 1_000 + n * 700, powerW: 9_000 });
    await hourly.pass(60);
    await hourly.tell({ meterWh: 1_000 + n * 9_000, powerW: 9_000 });
  }
  await presence(away.core, false);
  for (const one of [paused, away]) await one.pass(SILENT_MS_MIN / minute + 60);
  for (const one of [paused, away]) await one.pass(30);
  await hourly.pass(4 * 60 - 1);
  for (const { core, review } of [paused, hourly, away]) {
    assert.deepEqual(await core.outbox("transaction.silent"), []);
    assert.equal(await review(), null);
    await core.close();
  }
});

test("AT-O18: no silence: what was offline, came back, and tells what waited", async () => {
  const { core, tell, pass } = await charging();
  for (let n = 1; n <= 4; n++) {
    await tell({ meterWh: 1_000 + n * 700, powerW: 9_000 });
    await pass(5);
  }
  await presence(core, false);
  await pass(120);
  await presence(core, true);
  await pass(1);
  await tell({ meterWh: 20_000, powerW: 9_000 });
  for (let n = 0; n < 4; n++) {
    await pass(5);
    await tell({ meterWh: 20_000 + n * 700, powerW: 9_000 });
  }
  assert.deepEqual(await core.outbox("transaction.silent"), []);
  assert.deepEqual(await core.rows("transaction_doubts"), []);
  await core.close();
});

test("AT-O18: a register that stands still while it charges is told once and held for review", async () => {
  const { core, tell, pass, review } = await charging();
  for (let n = 0; n <= FROZEN_MS_MIN / (5 * minute); n++) {
    assert.deepEqual(await core.outbox("transaction.frozen"), [], `after ${5 * n} minutes`);
    await tell({ meterWh: 4_000, powerW: 11_000 });
    await pass(5);
  }
  await pass(1);
  const told = await core.outbox("transaction.frozen");
  assert.deepEqual(
    told.map(({ data }) => [data["powerW"], Number(data["minutes"]) >= 30]),
    [[11_000, true]],
  );
  assert.equal(await review(), "meter-frozen");
  await core.close();
});

test("AT-O18: no frozen meter: one that counts whole kWh, no power, a power that only begins, too few values", async () => {
  const cases: readonly (readonly [number, (n: number) => { meterWh?: number; powerW?: number }])[] = [
    [5, (n) => ({ meterWh: 1_000 + 1_000 * Math.floor((n * 11 * 5) / 60), powerW: 11_000 })],
    [5, () => ({ meterWh: 4_000, powerW: 0 })],
    [5, () => ({ meterWh: 4_000 })],
    [5, (n) => ({ meterWh: 4_000, powerW: n < 4 ? 0 : 11_000 })],
    [15, () => ({ meterWh: 4_000, powerW: 11_000 })],
  ];
  for (const [every, values] of cases) {
    const { core, tell, pass } = await charging();
    for (let n = 0; n * every <= 40; n++) {
      await tell(values(n));
      await pass(every);
    }
    assert.deepEqual(await core.outbox("transaction.frozen"), [], String(values));
    await core.close();
  }
});

test("AT-O15: energy that no charger gives in the time is kept as told, told and held for review; much in long is not", async () => {
  const jumped = await charging();
  await jumped.pass(30);
  await jumped.stop(1_000 + 22_000_000);
  assert.equal(
    await jumped.review(),
    "meter-jump",
    "watt-hours told as kilowatt-hours, or a meter that was changed",
  );
  const [row] = await jumped.core.rows("transactions");
  assert.equal(row?.energy_wh, 22_000_000);
  const codes = (await jumped.core.outbox("transaction.review")).map(({ data }) => data["codes"]);
  assert.deepEqual(codes, [["meter-jump"]]);

  const lorry = await charging();
  await lorry.pass(60);
  await lorry.stop(1_000 + 3_700_000);
  assert.equal(await lorry.review(), null);
  for (const { core } of [jumped, lorry]) await core.close();
});

test("AT-O11: events that never came are a reason to look; while it was offline a station may drop them", async () => {
  const core = await testCore({ B: "direct" });
  const event = (id: string, seqNo: number, eventType: string, more: object = {}) =>
    core.call("B", "2.0.1", "TransactionEvent", {
      ...{ eventType, seqNo, timestamp: iso(core.nowMs + seqNo), triggerReason: "ChargingStateChanged" },
      ...{ transactionInfo: { transactionId: id }, evse: { id: 1 } },
      ...{ meterValue: [{ timestamp: iso(core.nowMs), sampledValue: [{ value: 100 + seqNo }] }], ...more },
    });
  const reviews = async () =>
    Object.fromEntries((await core.rows("transactions")).map(({ wire_id, review }) => [wire_id, review]));
  for (const [id, offline] of [
    ["LIVE", false],
    ["OFFLINE", true],
  ] as const) {
    await event(id, 0, "Started", { offline });
    await event(id, 3, "Ended", { offline });
  }
  assert.deepEqual(await reviews(), { LIVE: "events-missing", OFFLINE: null });
  await event("LIVE", 2, "Updated");
  assert.equal((await reviews())["LIVE"], "events-missing");
  await event("LIVE", 1, "Updated");
  assert.equal((await reviews())["LIVE"], null, "they were only late");
  await core.close();
});
