/** Rows of QUIRKS about transactions and boots: raw frames of a direct station through the real gateway and core. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Bench, bench, bodyOf, bootOf, minute, type RawStation } from "./testing/bench.ts";

let count = 0;
const fresh = () => `f${(count += 1)}`;
const startFrame = (b: Bench, { id = fresh(), connector = 1, tag = "A", meter = 0, at = b.at() } = {}) =>
  `[2,"${id}","StartTransaction",{"connectorId":${connector},"idTag":"${tag}","meterStart":${meter},"timestamp":"${at}"}]`;
const stopFrame = (b: Bench, { transactionId = 0, meter = 0, at = b.at(), more = "" }) =>
  `[2,"${fresh()}","StopTransaction",{"transactionId":${transactionId},"meterStop":${meter},"timestamp":"${at}"${more}}]`;
const meterFrame = (b: Bench, { transactionId = 0, value = 0, at = b.at() }) =>
  `[2,"${fresh()}","MeterValues",{"connectorId":1,"transactionId":${transactionId},"meterValue":[{"timestamp":"${at}","sampledValue":[{"value":"${value}"}]}]}]`;
const statusFrame = (status: string) =>
  `[2,"${fresh()}","StatusNotification",{"connectorId":1,"errorCode":"NoError","status":"${status}"}]`;

/** Starts, and gives the transaction id of the answer. */
async function start(cp: RawStation, frame: string): Promise<number> {
  const [answer] = await cp.say(frame);
  return Number(bodyOf(answer)["transactionId"]);
}
async function world(): Promise<{ b: Bench; cp: RawStation }> {
  const b = await bench();
  await b.add("CP-1");
  return { b, cp: await b.booted("CP-1") };
}
const states = async (b: Bench) =>
  (await b.transactions("CP-1")).map(({ state, stopReason }) => [state, stopReason]);

test("quirk 11: an id of 0 or -1 is none; a stop is bound only where exactly one open transaction fits", async () => {
  const { b, cp } = await world();
  const first = await start(cp, startFrame(b, { tag: "A", meter: 100 }));
  assert(first > 0, "none is ever given out");
  assert.deepEqual(bodyOf((await cp.say(meterFrame(b, { transactionId: -1, value: 150 })))[0]), {});
  await start(cp, startFrame(b, { connector: 2, tag: "A", meter: 200 }));
  const vague = stopFrame(b, { transactionId: -1, meter: 900, more: ',"idTag":"A"' });
  assert.equal((await cp.say(vague))[0]?.[0], 3);
  assert.deepEqual(
    (await states(b)).map(([state]) => state),
    ["open", "open"],
    "two fit: none is ended",
  );
  assert.equal((await b.outbox("transaction.unmatched-stop")).length, 1);
  await cp.say(stopFrame(b, { transactionId: 0, meter: 150 }));
  const ended = (await b.transactions("CP-1")).find(({ state }) => state === "ended");
  assert.deepEqual([ended?.wireId, ended?.energyWh], [String(first), 50], "the only one whose register fits");
  assert.equal((await b.deviations("CP-1"))["transaction-id-not-positive"], 3);
  await b.close();
});

test("quirk 12: a stop for another station's transaction ends nothing, is acknowledged and counted", async () => {
  const { b, cp } = await world();
  const mine = await start(cp, startFrame(b));
  await b.add("CP-2");
  const other = await b.booted("CP-2");
  assert.deepEqual(bodyOf((await other.say(stopFrame(b, { transactionId: mine, meter: 10 })))[0]), {});
  assert.deepEqual(bodyOf((await other.say(stopFrame(b, { transactionId: 4711, meter: 10 })))[0]), {});
  assert.deepEqual(await states(b), [["open", null]]);
  const seen = await b.outbox("security.foreign-transaction");
  assert.deepEqual(
    seen.map(({ data }) => data["of"]),
    ["other-station", "nobody"],
  );
  assert.equal((await b.deviations("CP-2"))["foreign-transaction"], 2);
  await b.close();
});

test("quirk 13: the same start again gets the same id, whatever its message id; a reused message id hides no other start", async () => {
  const { b, cp } = await world();
  const at = b.at();
  const first = await start(cp, startFrame(b, { id: "1", at }));
  assert.equal(await start(cp, startFrame(b, { id: "1", at })), first);
  assert.equal(await start(cp, startFrame(b, { id: "2", at })), first);
  assert.notEqual(await start(cp, startFrame(b, { id: "1", at, connector: 2 })), first);
  assert.equal((await b.transactions("CP-1")).length, 2);
  await b.close();
});

test("quirk 14: two different starts have two ids; a second stop that differs is kept beside the first", async () => {
  const { b, cp } = await world();
  const first = await start(cp, startFrame(b, { meter: 0 }));
  const second = await start(cp, startFrame(b, { meter: 1 }));
  assert.notEqual(first, second);
  const at = b.at();
  for (const meter of [500, 500, 700]) {
    assert.equal((await cp.say(stopFrame(b, { transactionId: second, meter, at })))[0]?.[0], 3);
  }
  const ended = (await b.transactions("CP-1")).find(({ wireId }) => wireId === String(second));
  assert.deepEqual([ended?.energyWh, ended?.review], [499, "stop-differs"]);
  await b.close();
});

test("quirk 15: a start where a stop belongs supersedes what was open there, from its last sample, and is counted", async () => {
  const { b, cp } = await world();
  const first = await start(cp, startFrame(b, { meter: 100 }));
  await b.time.advance(minute);
  await cp.say(meterFrame(b, { transactionId: first, value: 800 }));
  await start(cp, startFrame(b, { meter: 900 }));
  const over = (await b.transactions("CP-1")).find(({ wireId }) => wireId === String(first));
  assert.deepEqual(
    [over?.state, over?.stopReason, over?.energyWh, over?.review],
    ["ended", "Superseded", 700, "superseded"],
  );
  assert.equal((await b.deviations("CP-1"))["start-while-open"], 1);
  await b.close();
});

test("quirk 16: late values attach to the ended transaction and never reopen it", async () => {
  const { b, cp } = await world();
  const id = await start(cp, startFrame(b, { meter: 100 }));
  await cp.say(
    stopFrame(b, { transactionId: id, meter: 600 }),
    meterFrame(b, { transactionId: id, value: 600 }),
  );
  assert.deepEqual(await states(b), [["ended", "Local"]]);
  assert.deepEqual(await b.outbox("security.foreign-transaction"), []);
  await b.close();
});

test("quirk 17: no boot after a reconnect is served; a 1.6 station that never booted is asked to, once; 2.0.1 is refused", async () => {
  const { b, cp } = await world();
  cp.wire.close(1000, "");
  await b.time.advance(minute);
  const again = await b.connect("CP-1");
  assert.equal((await again.say('[2,"h","Heartbeat",{}]'))[0]?.[0], 3);
  assert.deepEqual(again.asked(), []);

  await b.add("CP-2");
  const never = await b.connect("CP-2");
  never.answering(() => ({ status: "Accepted" }));
  assert.equal((await never.say('[2,"h","Heartbeat",{}]'))[0]?.[0], 3);
  await b.time.advance(2_000);
  await never.say('[2,"i","Heartbeat",{}]', statusFrame("Available"));
  await b.time.advance(2_000);
  assert.deepEqual(never.asked(), [["TriggerMessage", { requestedMessage: "BootNotification" }]]);

  await b.add("CP-3");
  const modern = await b.connect("CP-3", ["ocpp2.0.1"]);
  assert.deepEqual((await modern.say('[2,"h","Heartbeat",{}]'))[0]?.slice(0, 3), [4, "h", "SecurityError"]);
  await b.close();
});

test("quirk 19: each of a loop's boots is answered, with `interval`; the loop is told once, and onboards nobody", async () => {
  const { b, cp } = await world();
  for (let boots = 0; boots < 30; boots += 1) {
    await b.time.advance(10_000);
    const [answer] = await cp.say(bootOf["1.6"]);
    assert.deepEqual(Object.keys(bodyOf(answer)).sort(), ["currentTime", "interval", "status"]);
  }
  assert.equal((await b.outbox("station.boot-loop")).length, 1);
  assert.equal((await b.outbox("station.booted")).length, 10, "what follows the alarm changes a count alone");
  assert.equal((await b.deviations("CP-1"))["boot-loop"], 22);
  await b.close();
});

test("quirk 37: connector 0 is the station and overwrites no other; -1 is refused; a new one is made by its first word", async () => {
  const { b, cp } = await world();
  const status = (connectorId: number, word: string) =>
    `[2,"${fresh()}","StatusNotification",{"connectorId":${connectorId},"errorCode":"NoError","status":"${word}"}]`;
  await cp.say(status(7, "Charging"), status(0, "Unavailable"));
  const [refused] = await cp.say(status(-1, "Available"));
  assert.equal(refused?.[2], "PropertyConstraintViolation");
  const connectors = async (id: string) =>
    (await b.detail(id)).connectors.map(({ evse, status: said }) => [evse, said]);
  assert.deepEqual(await connectors("CP-1"), [
    [0, "Unavailable"],
    [7, "Charging"],
  ]);
  await b.add("CP-2");
  const modern = await b.booted("CP-2", "2.0.1");
  const whole = `[2,"w","StatusNotification",{"timestamp":"${b.at()}","connectorStatus":"Faulted","evseId":0,"connectorId":1}]`;
  assert.deepEqual((await modern.say(whole))[0], [3, "w", {}]);
  assert.deepEqual(await connectors("CP-2"), [[0, "Faulted"]]);
  await b.close();
});

test("quirk 38: 2.0.1 events out of order, twice, offline and without a start: all stored, applied by seqNo, gaps listed", async () => {
  const b = await bench();
  await b.add("CP-1");
  const cp = await b.booted("CP-1", "2.0.1");
  const event = (seqNo: number, eventType: string, more = "") =>
    `[2,"${fresh()}","TransactionEvent",{"eventType":"${eventType}","timestamp":"${b.at()}","triggerReason":"Trigger","seqNo":${seqNo},"transactionInfo":{"transactionId":"T"},"evse":{"id":1}${more}}]`;
  const metered = (wh: number) =>
    `,"meterValue":[{"timestamp":"${b.at()}","sampledValue":[{"value":${wh}}]}]`;
  await cp.say(event(3, "Updated", metered(300)));
  assert.deepEqual((await b.transactions("CP-1"))[0]?.state, "partial");
  const ended = event(5, "Ended", `,"offline":true${metered(900)}`);
  await cp.say(event(0, "Started", metered(100)), ended, ended, event(1, "Updated", metered(200)));
  const [transaction] = await b.transactions("CP-1");
  assert.deepEqual([transaction?.state, transaction?.energyWh, transaction?.offline], ["ended", 800, true]);
  const [, , third] = await b.outbox("transaction.updated");
  assert.equal(third, undefined, "a repetition is acknowledged, and nothing else");
  assert(!(await b.outbox("transaction.ended"))[0]?.live, "offline tells of the past");
  await b.close();
});

test("quirk 39: a register that falls below its start is billed by nobody: kept as told, and held for review", async () => {
  const { b, cp } = await world();
  const id = await start(cp, startFrame(b, { meter: 50_000 }));
  await cp.say(
    meterFrame(b, { transactionId: id, value: 12 }),
    stopFrame(b, { transactionId: id, meter: 900 }),
  );
  const [transaction] = await b.transactions("CP-1");
  assert.deepEqual([transaction?.energyWh, transaction?.review], [-49_100, "meter-below-start"]);
  await b.close();
});

test("quirk 41: a transaction without meter values is an alarm, once; one with them is none", async () => {
  const { b, cp } = await world();
  const silent = await start(cp, startFrame(b));
  const heard = await start(cp, startFrame(b, { connector: 2 }));
  for (let minutes = 0; minutes < 45; minutes += 5) {
    await b.time.advance(5 * minute);
    await cp.say(meterFrame(b, { transactionId: heard, value: minutes }), '[2,"h","Heartbeat",{}]');
  }
  const alarms = await b.outbox("transaction.unmetered");
  assert.deepEqual(
    alarms.map(({ data, live }) => [data["wireId"], live]),
    [[String(silent), true]],
  );
  assert(Number(alarms[0]?.data["minutes"]) >= 20);
  assert.equal((await b.deviations("CP-1"))["no-meter-values"], 1);
  await b.close();
});

test("quirk 42: a boot in a transaction makes it uncertain; it goes on, and the doubt is gone", async () => {
  const { b, cp } = await world();
  const id = await start(cp, startFrame(b, { meter: 100 }));
  await cp.say(bootOf["1.6"], statusFrame("Preparing"));
  assert.deepEqual(await states(b), [["open", null]], "a boot does not prove an end");
  assert.equal((await b.transactions("CP-1"))[0]?.review, "uncertain");
  await cp.say(meterFrame(b, { transactionId: id, value: 300 }), statusFrame("Available"));
  const [transaction] = await b.transactions("CP-1");
  assert.deepEqual([transaction?.state, transaction?.review], ["open", null]);
  assert.equal((await b.deviations("CP-1"))["rebooted-in-transaction"], 1);
  await b.close();
});

test("quirk 42: uncertain ends with Available, with a new start, or after a day; and a real end still takes its place", async () => {
  const available = await world();
  await start(available.cp, startFrame(available.b, { meter: 100 }));
  const id = 1;
  await available.cp.say(
    meterFrame(available.b, { transactionId: id, value: 400 }),
    bootOf["1.6"],
    statusFrame("Available"),
  );
  assert.deepEqual(await states(available.b), [["ended", "NotTold"]]);
  const [assumed] = await available.b.transactions("CP-1");
  assert.deepEqual([assumed?.energyWh, assumed?.review], [300, "uncertain"]);
  await available.cp.say(stopFrame(available.b, { transactionId: id, meter: 700 }));
  const [told] = await available.b.transactions("CP-1");
  assert.deepEqual([told?.stopReason, told?.energyWh, told?.review], ["Local", 600, null]);
  await available.b.close();

  const restarted = await world();
  await start(restarted.cp, startFrame(restarted.b));
  await restarted.cp.say(bootOf["1.6"]);
  await restarted.b.time.advance(minute);
  await start(restarted.cp, startFrame(restarted.b, { meter: 5 }));
  assert.deepEqual((await states(restarted.b)).map(([, reason]) => reason).sort(), ["Superseded", null]);
  await restarted.b.close();

  const forgotten = await world();
  await start(forgotten.cp, startFrame(forgotten.b));
  await forgotten.cp.say(bootOf["1.6"]);
  await forgotten.b.time.advance(25 * 60 * minute);
  assert.deepEqual(await states(forgotten.b), [["ended", "NotTold"]]);
  await forgotten.b.close();
});
