/** What a site brings of its stations, where a station deviates: repaired, judged and counted at this end of the link. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { frame, north, record, welcomed } from "./testing/site-messages.ts";

test("quirk 34: a transaction message past repair is handed over as a call with its fault, and acknowledged", async () => {
  const w = await north();
  const link = await welcomed(w);
  await link.say(record(1, { frame: frame("a", "MeterValues", { connectorId: 1 }) }, true));
  const [first] = w.core.inputs("site.record");
  assert.deepEqual([first?.call?.action, first?.call?.fault?.code], ["MeterValues", "ProtocolError"]);
  assert.equal(link.heard("answer")[0]?.frame, '[3,"a",{}]');
});

test("quirk 04: a record's frame is repaired on its way to the core, unless its station is held strictly", async () => {
  const loose =
    '[2,"a","MeterValues",{"connectorId":1,"meterValue":{"timestamp":"2026-01-05T08:00:00","sampledValue":{"value":5}}}]';
  for (const strict of [false, true]) {
    const w = await north();
    const station = w.core.stations.get("CP-1") ?? assert.fail("no station CP-1");
    w.core.stations.set("CP-1", { ...station, handling: { strict, pinged: true } });
    const link = await welcomed(w);
    await link.say(record(1, { frame: loose }, true));
    const [told] = w.core.inputs("site.record");
    assert(told?.record.kind === "frame" && told.record.frame === loose, "the frame stays as it was sent");
    const rules = told.call?.deviations?.map(({ rule }) => rule);
    assert.deepEqual(
      rules,
      strict ? undefined : ["lone-object", "time-without-zone", "lone-object", "meter-value-number"],
    );
    const answered = link.heard("answer")[0]?.frame ?? "";
    assert.match(answered, strict ? /^\[4,"a","TypeConstraintViolation"/ : /^\[3,"a",\{\}\]$/);
  }
});

test("quirk 36: a refusal that comes up through a site is judged by its status", async () => {
  const w = await north();
  const link = await welcomed(w);
  await link.say({
    t: "presence",
    station: "CP-1",
    connected: true,
    generation: 1,
    version: "1.6",
    address: "10.1.1.1",
  });
  w.core.request("CP-1");
  await w.time.advance(500);
  const [down] = link.heard("down");
  const id = JSON.parse(down?.frame ?? "[]")[1];
  await link.say({
    t: "up",
    station: "CP-1",
    frame: `[3,"${id}",{"status":"Rejected","scheduleStart":"0"}]`,
  });
  await w.time.advance(2_000);
  assert.deepEqual(
    w.core.outcomes.map(({ state, outcome }) => [state, outcome]),
    [["refused", { status: "Rejected" }]],
  );
  const [told] = w.core.inputs("station.deviations");
  assert.deepEqual([told?.station, told?.deviations.map(({ rule }) => rule)], ["CP-1", ["padded-refusal"]]);
});

test("quirk 08: what a site noticed of its own station is counted; under a name of its own, it is not", async () => {
  const w = await north();
  const link = await welcomed(w);
  const told = { t: "observed", atMs: 1, detail: "the message is not JSON" };
  await link.say(
    { ...told, kind: "deviation frame-unreadable", station: "CP-1" },
    { ...told, kind: "deviation made-up-by-the-site", station: "CP-1" },
    { ...told, kind: "deviation frame-unreadable" },
  );
  await w.time.advance(2_000);
  const counted = w.core.inputs("station.deviations");
  assert.deepEqual(
    counted.map(({ station, route }) => [station, route]),
    [["CP-1", { kind: "site", site: "north" }]],
  );
  assert.equal(w.core.inputs("observe").length, 2, "the others are observations like any");
});
