/** What is kept how long, on the tables themselves; and what is given up first when the disk is short. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { StationId } from "@wattward/kernel";
import type { LoggedMessage } from "../core/port.ts";
import { type Setting, writeMeta } from "../core/settings.ts";
import { START_MS, type TestCore, testCore } from "../core/testing/test-core.ts";
import { keptForEver, OUTBOX_TAIL, rules } from "./rules.ts";
import { SLICE_ROWS } from "./trim.ts";

const DAY_MS = 86_400_000;

const message = (station: string, frame = '[2,"m1","Heartbeat",{}]'): LoggedMessage => ({
  station: station as StationId,
  receivedAtMs: START_MS,
  sender: "station",
  route: "direct",
  version: "1.6",
  kind: "call",
  action: "Heartbeat",
  messageId: "m1",
  trace: null,
  verdict: "valid",
  chars: frame.length,
  frame,
});
const write = (core: TestCore, messages: LoggedMessage[], atMs = core.nowMs) =>
  core.decide("messages.write", { messages, atMs });
const set = (core: TestCore, name: Setting, value: number) =>
  core.writer.submit("set", undefined, (tx) => tx.run(writeMeta, { key: name, value: String(value) }));
async function trimAll(core: TestCore): Promise<number> {
  for (let slices = 1; ; slices += 1) {
    assert(slices < 1_000, "it never ends");
    if (!(await core.decide("retention.trim", { atMs: core.nowMs })).more) return slices;
  }
}
const count = async (core: TestCore, table: "messages" | "outbox" | "meter_samples") =>
  (await core.rows(table)).length;

test("retention: every table of the schema is trimmed by a rule, or says why not", async () => {
  const core = await testCore();
  const tables = (await core.db.introspection.getTables()).map(({ name }) => name);
  const known = new Set<string>([...rules.map(({ table }) => table), ...Object.keys(keptForEver)]);
  assert.deepEqual(
    tables.filter((table) => !known.has(table)),
    [],
  );
  assert.deepEqual(
    [...known].filter((table) => !tables.includes(table)),
    [],
  );
});

test("retention: messages go after their days, oldest first, and their ids are not given again", async () => {
  const core = await testCore({ box: "direct" });
  await write(core, [message("box"), message("box")], START_MS);
  await write(core, [message("box")], START_MS + 10 * DAY_MS);
  core.nowMs = START_MS + 31 * DAY_MS;
  await trimAll(core);
  assert.deepEqual(
    (await core.rows("messages")).map(({ id }) => id),
    [3],
  );
  core.nowMs = START_MS + 60 * DAY_MS;
  await trimAll(core);
  assert.equal(await count(core, "messages"), 0);
  await write(core, [message("box")]);
  assert.deepEqual(
    (await core.rows("messages")).map(({ id }) => id),
    [4],
  );
});

test("retention: messages are capped by rows and by characters, in slices", async () => {
  const core = await testCore({ box: "direct" });
  await set(core, "message_log_rows", 1_000);
  const hundred = Array.from({ length: 100 }, () => message("box"));
  for (let i = 0; i < 16; i += 1) await write(core, hundred);
  const slices = await trimAll(core);
  assert(slices >= 600 / SLICE_ROWS, `${slices}`);
  assert.equal(await count(core, "messages"), 1_000);
  await set(core, "message_log_mb", 1);
  await write(core, [message("box", "x".repeat(1024 * 1024))]);
  await trimAll(core);
  const left = await core.rows("messages");
  assert(left.reduce((sum, { frame }) => sum + frame.length, 0) <= 1024 * 1024);
  assert.equal(left.length, 1, "the newest stays");
});

test("retention: no message log where it is switched off, and what was there goes", async () => {
  const core = await testCore({ box: "direct" });
  await write(core, [message("box")]);
  await set(core, "message_log_days", 0);
  assert.deepEqual(await write(core, [message("box")]), { kind: "off" });
  await trimAll(core);
  assert.equal(await count(core, "messages"), 0);
});

test("retention: at the watermark the message log goes first and alone; told once each way", async () => {
  const core = await testCore({ box: "direct" });
  await set(core, "disk_free_min_mb", 100);
  const measured = (mb: number) =>
    core.decide("storage.measured", { measured: { kind: "free", mb }, atMs: core.nowMs });
  await core.call("box", "1.6", "StartTransaction", {
    connectorId: 1,
    idTag: "CARD",
    meterStart: 0,
    timestamp: new Date(START_MS).toISOString(),
  });
  await write(core, [message("box")]);
  assert.deepEqual(await measured(101), { low: false });
  assert.deepEqual(await measured(99), { low: true });
  assert.deepEqual(await measured(98), { low: true });
  assert.deepEqual(await write(core, [message("box")]), { kind: "off" });
  await trimAll(core);
  assert.equal(await count(core, "messages"), 0);
  assert.equal((await core.rows("transactions")).length, 1);
  assert.deepEqual(await measured(110), { low: true }, "not at once: it would come and go");
  assert.deepEqual(await measured(126), { low: false });
  assert.equal((await write(core, [message("box")])).kind, "written");
  assert.deepEqual(
    [(await core.outbox("storage.low")).length, (await core.outbox("storage.recovered")).length],
    [1, 1],
  );
});

test("retention: a server's database is measured by what it uses", async () => {
  const core = await testCore();
  await set(core, "database_max_mb", 1_000);
  const measured = (mb: number) =>
    core.decide("storage.measured", { measured: { kind: "used", mb }, atMs: core.nowMs });
  assert.deepEqual(
    [await measured(999), await measured(1_001), await measured(900), await measured(700)].map(
      ({ low }) => low,
    ),
    [false, true, true, false],
  );
});

test("retention: the outbox keeps its tail whatever its age, and goes on counting", async () => {
  const core = await testCore();
  const row = (seq: number) => ({
    seq,
    at_ms: START_MS,
    source: "csms",
    kind: "csms.started",
    station_id: null,
    site_id: null,
    cause: null,
    trace: null,
    live: 1,
    data: "{}",
  });
  const before = (await core.rows("outbox")).length;
  const rows = Array.from({ length: OUTBOX_TAIL + 500 - before }, (_, i) => row(before + 1 + i));
  for (let from = 0; from < rows.length; from += 1_000)
    await core.db
      .insertInto("outbox")
      .values(rows.slice(from, from + 1_000))
      .execute();
  core.nowMs = START_MS + 400 * DAY_MS;
  await trimAll(core);
  const left = (await core.rows("outbox")).map(({ seq }) => seq).sort((a, b) => a - b);
  assert.deepEqual([left[0], left.at(-1), left.length], [501, OUTBOX_TAIL + 500, OUTBOX_TAIL]);
  await core.decide("observe", { kind: "x", detail: {}, atMs: core.nowMs });
  assert.equal(Math.max(...(await core.rows("outbox")).map(({ seq }) => seq)), OUTBOX_TAIL + 501);
});

test("retention: samples outside transactions go; those within stay for the auditor", async () => {
  const core = await testCore({ box: "direct" });
  const sample = (transaction_id: string | null) => ({
    station_id: "box",
    evse_id: 1,
    transaction_id,
    at_ms: START_MS,
    meter_wh: 1,
    power_w: null,
    soc_percent: null,
  });
  await core.db
    .insertInto("meter_samples")
    .values([sample(null), sample("T"), sample(null)])
    .execute();
  core.nowMs = START_MS + 91 * DAY_MS;
  await trimAll(core);
  assert.deepEqual(
    (await core.rows("meter_samples")).map(({ transaction_id }) => transaction_id),
    ["T"],
  );
});

test("retention: 0 days is for ever", async () => {
  const core = await testCore();
  await set(core, "outbox_days", 0);
  await core.decide("observe", { kind: "x", detail: {}, atMs: START_MS });
  const before = await count(core, "outbox");
  core.nowMs = START_MS + 10_000 * DAY_MS;
  await trimAll(core);
  assert.equal(await count(core, "outbox"), before);
});
