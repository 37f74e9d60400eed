/** Deviations, messages set aside, handling and doubts as the core keeps them, on both engines. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonObject, MessageId, StationId } from "@wattward/kernel";
import type { StationCall } from "../core/port.ts";
import { iso, SITE, START_MS, type TestCore, testCore, trace } from "../core/testing/test-core.ts";
import { UNCERTAIN_MS_MAX, UNMETERED_MS_MAX } from "../transactions/doubts.ts";

/** A CALL that came with what the gateway found in it. */
const told = (
  core: TestCore,
  action: string,
  payload: JsonObject,
  found: Pick<StationCall, "deviations" | "fault">,
) =>
  core.decide("station.call", {
    station: "A" as StationId,
    route: { kind: "direct" },
    version: "1.6",
    trace: trace(1),
    id: "m" as MessageId,
    action,
    payload,
    receivedAtMs: core.nowMs,
    clockQuality: "synced",
    ...found,
  });

const rows = async (core: TestCore) =>
  (await core.rows("deviations")).map(({ rule, count, last_example }) => [rule, count, last_example]).sort();

test("deviations: counted by places, in the commit of their message; a record told again counts nothing", async () => {
  const core = await testCore({ A: "either" });
  const lone = { rule: "lone-object", path: "/meterValue", was: "{a, b}", places: 2 };
  const deviations = [lone];
  await told(core, "Heartbeat", {}, { deviations });
  await told(core, "Heartbeat", {}, { deviations: [...deviations, { ...lone, was: "{c}" }] });
  assert.deepEqual(await rows(core), [["lone-object", 6, "/meterValue: {c}"]]);
  assert.equal((await core.outbox("station.deviates")).length, 1);

  const odd = { action: "StatusNotification", version: "1.6", station: "A" } as const;
  const status = {
    connectorId: 1,
    errorCode: "NoError",
    status: "Available",
    timestamp: "1970-01-01T00:00:00Z",
  };
  await core.record({ ...odd, payload: status, seq: 1 });
  await core.record({ ...odd, payload: status, seq: 1 });
  assert.deepEqual((await rows(core))[0], ["clock-not-believable", 1, "/timestamp: 1970-01-01T00:00:00Z"]);
  await core.close();
});

test("a message past repair: set aside once, its tokens masked, and a start answered the same each time", async () => {
  const core = await testCore({ A: "either" });
  const fault = { code: "ProtocolError", description: "the payload lacks 'meterStart'" };
  const payload = {
    connectorId: 1,
    idTag: "SECRET-CARD-0042",
    timestamp: iso(START_MS),
    extra: { idToken: "SECRET-2" },
  };
  const first = await told(core, "StartTransaction", payload, { fault });
  const again = await told(core, "StartTransaction", payload, { fault });
  assert.deepEqual(first, again);
  const [kept, ...others] = await core.rows("set_aside");
  assert.deepEqual(others, []);
  assert(!/SECRET/.test(kept?.message ?? "SECRET"), kept?.message);
  assert.match(kept?.message ?? "", /0042/);
  assert.deepEqual(await core.rows("transactions"), []);
  assert(!JSON.stringify(await core.outbox()).includes("SECRET"));
  await core.close();
});

test("handling: in the admission, and in the bundle of its site, which changes with it and not without", async () => {
  const core = await testCore({ A: "either", B: "site" });
  const compile = () => core.decide("bundle.compile", { site: SITE, atMs: core.nowMs });
  const before = await compile();
  const handle = (strict: boolean) =>
    core.decide("station.handle", {
      station: "B" as StationId,
      strict,
      assumed: "1.6",
      actor: "test",
      atMs: 1,
    });
  assert.equal((await handle(true)).kind, "changed");
  assert.equal((await handle(true)).kind, "unchanged");
  const after = await compile();
  assert.equal(after.version, before.version + 1);
  assert.deepEqual(
    (JSON.parse(after.body) as { stations: JsonObject[] }).stations.map(({ handling }) => handling),
    [undefined, { strict: true, pinged: true, assumed: "1.6" }],
  );
  const admitted = await core.decide("station.admit", {
    station: "A" as StationId,
    route: { kind: "direct" },
    certificate: { serial: "A", key: "k", notBeforeMs: 1 },
    atMs: 1,
  });
  assert.deepEqual(admitted, { kind: "admitted", pending: false, handling: { strict: false, pinged: true } });
  await core.close();
});

const boot = { chargePointVendor: "V", chargePointModel: "M" };
const start = (atMs: number) => ({ connectorId: 1, idTag: "T", meterStart: 0, timestamp: iso(atMs) });

test("doubts: a boot that comes again out of a journal doubts nothing anew; one in order doubts what was open then", async () => {
  const core = await testCore({ A: "site" });
  const record = { station: "A", version: "1.6", live: false } as const;
  await core.record({ ...record, action: "BootNotification", payload: boot, seq: 1 });
  await core.record({
    ...record,
    action: "StartTransaction",
    payload: start(core.nowMs),
    seq: 2,
    transactionId: 5,
  });
  await core.record({ ...record, action: "BootNotification", payload: boot, seq: 1 });
  const review = async () => (await core.rows("transactions")).map(({ review: codes }) => codes);
  assert.deepEqual(await review(), ["unleased-id"]);
  core.nowMs += 1_000;
  await core.record({ ...record, action: "BootNotification", payload: boot, seq: 3 });
  assert.deepEqual(await review(), ["uncertain,unleased-id"]);
  assert.equal((await core.outbox("transaction.uncertain"))[0]?.live, 0, "history raises no live alarm");
  await core.close();
});

test("tended: uncertain ends after its limit and not before; silence of the meter is told once, of connected stations alone", async () => {
  const core = await testCore({ A: "direct" });
  const connected = (yes: boolean) =>
    core.decide("station.presence", {
      station: "A" as StationId,
      route: { kind: "direct" },
      connected: yes,
      generation: 1,
      version: "1.6",
      address: "",
      atMs: core.nowMs,
    });
  const tend = () => core.decide("transactions.tend", { atMs: core.nowMs });
  await core.call("A", "1.6", "StartTransaction", start(core.nowMs));
  core.nowMs += UNMETERED_MS_MAX + 1;
  await tend();
  assert.equal((await core.outbox("transaction.unmetered")).length, 0, "away: nothing can be expected of it");
  await connected(true);
  await tend();
  await tend();
  assert.equal((await core.outbox("transaction.unmetered")).length, 1);

  await core.call("A", "1.6", "BootNotification", boot);
  core.nowMs += UNCERTAIN_MS_MAX - 1;
  await tend();
  const states = async () => (await core.rows("transactions")).map(({ state }) => state);
  assert.deepEqual(await states(), ["open"]);
  core.nowMs += 1;
  await tend();
  assert.deepEqual(await states(), ["ended"]);
  assert.deepEqual(
    (await core.rows("transaction_doubts")).map(({ doubt }) => doubt),
    ["unmetered"],
  );
  await core.close();
});
