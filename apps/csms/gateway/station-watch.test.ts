/** What a socket shows over time: told once, and never at the cost of a station that is only clumsy. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonObject, MessageId } from "@wattward/kernel";
import {
  CLOCK_CONFIRM_MS,
  HEARTBEATS_MAX,
  INVALID_MAX,
  MESSAGE_IDS_KEPT_MAX,
  WATCH_WINDOW_MS,
} from "./limits.ts";
import { StationWatch } from "./station-watch.ts";
import { world } from "./testing/world.ts";

const NOON_MS = Date.UTC(2026, 0, 5, 12);
const minute = 60_000;

const called = (id: string, action: string, payload: JsonObject = {}) =>
  ({ kind: "call", id: id as MessageId, action, payload }) as const;
const frame = (id: string, action: string, payload: JsonObject = {}) =>
  JSON.stringify([2, id, action, payload]);
const status = (atMs: number, word = "Available"): JsonObject => ({
  ...{ connectorId: 1, errorCode: "NoError", status: word, timestamp: new Date(atMs).toISOString() },
});

/** A status a minute for so long, by a clock that is off by `offMs`; what was noticed. */
function minutes(watch: StationWatch, from: number, count: number, offMs: number) {
  return Array.from({ length: count }, (_, n) => {
    const nowMs = (from + n) * minute;
    return watch.heard(called(`s${from + n}`, "StatusNotification", status(NOON_MS + nowMs + offMs)), nowMs);
  }).flat();
}

test("AT-O13: a message id that comes again with other content is told; the same content, and a full memory, are not", () => {
  const watch = new StationWatch();
  const first = called("7", "StopTransaction", { transactionId: 1, meterStop: 10 });
  assert.deepEqual(watch.heard(first, 0), []);
  assert.deepEqual(watch.heard(first, 1_000), [], "a station that did not get its answer asks again");
  const other = called("7", "StopTransaction", { transactionId: 1, meterStop: 99 });
  assert.deepEqual(watch.heard(other, 2_000), [
    { kind: "gateway.message-id-reused", detail: { message: "7", action: "StopTransaction" } },
  ]);
  for (let n = 0; n < MESSAGE_IDS_KEPT_MAX; n++) watch.heard(called(`x${n}`, "DataTransfer"), 3_000);
  assert.deepEqual(watch.heard(first, 4_000), [], "the oldest are forgotten: a peer cannot make it grow");
});

test("AT-O7: heartbeats beyond any interval are told once a window, and other messages are no heartbeats", () => {
  const watch = new StationWatch();
  const beat = (n: number, nowMs: number) => watch.heard(called(`h${n}`, "Heartbeat"), nowMs);
  for (let n = 0; n < HEARTBEATS_MAX; n++) assert.deepEqual(beat(n, n), []);
  for (let n = 0; n < 500; n++) watch.heard(called(`s${n}`, "DataTransfer"), 100);
  assert.deepEqual(
    beat(1_000, 200).map(({ kind }) => kind),
    ["gateway.heartbeat-flood"],
  );
  assert.deepEqual(beat(1_001, 201), []);
  assert.deepEqual(beat(1_002, WATCH_WINDOW_MS), [], "a window later it is counted anew");
});

test("AT-O9: one refused message after the other is told once; now and then one is not", () => {
  const watch = new StationWatch();
  const refused = (nowMs: number) => watch.refused({ action: "NoSuch" }, "NotImplemented", nowMs);
  for (let n = 0; n < 100; n++) assert.deepEqual(refused(n * minute), [], "one a minute");
  const quick = Array.from({ length: INVALID_MAX + 5 }, (_, n) => refused(1e9 + n)).flat();
  assert.deepEqual(
    quick.map(({ kind, detail }) => [kind, detail["code"]]),
    [["gateway.invalid-messages", "NotImplemented"]],
  );
});

for (const steppedMs of [-3_600_000, 90_000]) {
  test(`AT-O16: a clock that is set by ${steppedMs / 1_000} s is told once, with by how much`, () => {
    const watch = new StationWatch();
    assert.deepEqual(minutes(watch, 0, 5, 2_000), []);
    assert.deepEqual(minutes(watch, 5, 5, 2_000 + steppedMs), [
      { kind: "gateway.clock-stepped", detail: { steppedMs, action: "StatusNotification" } },
    ]);
  });
}

test("AT-O16: history, old times told again, a clock that drifts or is set after its boot are no steps", () => {
  const watch = new StationWatch();
  assert.deepEqual(minutes(watch, 0, 5, 0), []);
  // What waited while it was offline, all at once, and the present in between.
  for (let n = 0; n < 20; n++) {
    const old = called(`q${n}`, "StatusNotification", status(NOON_MS - (20 - n) * minute));
    assert.deepEqual(watch.heard(old, 5 * minute + n), []);
  }
  assert.deepEqual(minutes(watch, 6, 3, 0), []);
  // One state told every minute with the time at which it began.
  for (let n = 9; n < 15; n++) {
    const again = called(`a${n}`, "StatusNotification", status(NOON_MS));
    assert.deepEqual(watch.heard(again, n * minute), []);
  }
  // Half a second a minute is a bad clock, and nobody's attack.
  for (let n = 15; n < 300; n++) assert.deepEqual(minutes(watch, n, 1, (n - 15) * 500), []);
  watch.heard(called("b", "BootNotification"), 300 * minute);
  assert.deepEqual(minutes(watch, 301, 5, 7_200_000), []);
});

test("AT-O7: at the gateway: a flood of heartbeats is answered with the time, the core hears of few, and people once", async () => {
  const w = await world();
  const peer = await w.station("CP-1", { identity: await w.addStation("CP-1") });
  const SENT = 150;
  for (let n = 0; n < SENT; n++) peer.wire.send(frame(`h${n}`, "Heartbeat"));
  await w.time.advance(5_000);
  const answers = peer.received.map((text) => JSON.parse(text));
  assert.deepEqual(
    answers.map(([kind, id]) => [kind, id]),
    Array.from({ length: SENT }, (_, n) => [3, `h${n}`]),
  );
  assert.match(answers.at(-1)[2].currentTime, /^\d{4}-.*Z$/);
  const heard = w.core.inputs("station.call").length;
  assert(heard >= 1 && heard <= 2, `${heard} reached the core`);
  assert.deepEqual(
    w.core.inputs("observe").map(({ kind, station }) => [kind, station]),
    [["gateway.heartbeat-flood", "CP-1"]],
  );
  await peer.say(frame("s", "StatusNotification", status(NOON_MS)));
  assert.equal(w.core.inputs("station.call").at(-1)?.id, "s", "everything else is decided as ever");
  await w.time.advance(WATCH_WINDOW_MS);
  await peer.say(frame("later", "Heartbeat"));
  assert.equal(w.core.inputs("station.call").at(-1)?.id, "later");
});

test("AT-O13: at the gateway: an id with other content is answered, and told to people with its station", async () => {
  const w = await world();
  const peer = await w.station("CP-1", { identity: await w.addStation("CP-1") });
  const data = frame("1", "DataTransfer", { vendorId: "V" });
  await peer.say(data, data);
  assert.deepEqual(w.core.inputs("observe"), []);
  await peer.say(frame("1", "StatusNotification", status(NOON_MS)));
  const told = w.core
    .inputs("observe")
    .map(({ kind, station, detail }) => [kind, station, detail["message"]]);
  assert.deepEqual(told, [["gateway.message-id-reused", "CP-1", "1"]]);
  assert.equal(w.core.inputs("station.call").length, 3, "each is decided: it may be a clumsy station");
  assert.equal(peer.closed, undefined);
  // Another station's ids are its own.
  const other = await w.station("CP-2", { identity: await w.addStation("CP-2"), host: "10.0.0.2" });
  await other.say(frame("1", "Heartbeat"));
  assert.equal(w.core.inputs("observe").length, 1);
});

test("AT-O9: at the gateway: a station that sends nothing right is told of, and may still say what is right", async () => {
  const w = await world();
  const peer = await w.station("CP-1", { identity: await w.addStation("CP-1") });
  for (let n = 0; n <= INVALID_MAX; n++) await peer.say(frame(`x${n}`, "StatusNotification", { a: 1 }));
  assert.deepEqual(
    w.core.inputs("observe").map(({ kind }) => kind),
    ["gateway.invalid-messages"],
  );
  await peer.say(frame("1", "Heartbeat"));
  assert.match(peer.received.at(-1) ?? "", /^\[3,"1",/);
});

test("AT-O16: at the gateway: a station's clock that is set in operation is told to people", async () => {
  const w = await world();
  const peer = await w.station("CP-1", { identity: await w.addStation("CP-1") });
  for (let n = 0; n < 8; n++) {
    const offMs = n < 4 ? 0 : -10 * minute;
    await peer.say(frame(`s${n}`, "StatusNotification", status(w.time.now().wallMs + offMs)));
    await w.time.advance(CLOCK_CONFIRM_MS);
  }
  // To the second: messages travel for some milliseconds.
  const told = w.core
    .inputs("observe")
    .map(({ kind, detail }) => [kind, Math.round(Number(detail["steppedMs"]) / 1_000)]);
  assert.deepEqual(told, [["gateway.clock-stepped", -600]]);
});
