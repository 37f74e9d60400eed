/** Modes and refusals out of what sites observe: in the outbox, with the alert that each mode asks for. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { MODES } from "@wattward/energy";
import type { JsonObject, SiteId, StationId } from "@wattward/kernel";
import { MODE_OBSERVED } from "@wattward/sitelink";
import { sql } from "kysely";
import { queries } from "../core/queries.ts";
import { SITE, START_MS, type TestCore, testCore } from "../core/testing/test-core.ts";

const observe = (core: TestCore, kind: string, detail: string, site: SiteId | undefined = SITE) =>
  core.decide("observe", { kind, detail: { detail }, atMs: START_MS, ...(site && { site }) });
const ask = <N extends "energy.modes" | "energy.guard">(core: TestCore, name: N, more: object = {}) =>
  core.writer.between(() => queries[name](core.db, { site: SITE, most: 10, ...more }));

test("each mode of the table becomes an observation with its alert, and is in the site's history", async () => {
  const core = await testCore({ "CP-1": "site" });
  for (const { mode } of MODES)
    await observe(
      core,
      MODE_OBSERVED,
      JSON.stringify({ mode, islanded: mode === "default", reason: `now ${mode}`, before: "planned" }),
    );
  const modes = (await ask(core, "energy.modes")) ?? assert.fail();
  assert.deepEqual(
    modes
      .map(({ mode, alert, islanded, before, reason }) => [mode, alert, islanded, before, reason])
      .toReversed(),
    MODES.map(({ mode, alert }) => [mode, alert, mode === "default", "planned", `now ${mode}`]),
  );
  assert.deepEqual(
    MODES.map(({ alert }) => alert),
    ["none", "none", "notice", "alarm", "alarm"],
  );
  const rest = await ask(core, "energy.modes", { beforeSeq: modes[3]?.seq });
  assert.deepEqual(
    rest?.map(({ mode }) => mode),
    ["planned"],
  );
});

test("a mode that there is not, or that cannot be read, is an observation like any other, and no mode", async () => {
  const core = await testCore({ "CP-1": "site" });
  const rows = ["", "fallback", "[]", "{}", '{"mode":"warp"}', '{"mode":["fallback"]}', `{"mode":"planned"`];
  for (const detail of rows) await observe(core, MODE_OBSERVED, detail);
  assert.deepEqual(await ask(core, "energy.modes"), []);
  assert.equal((await core.outbox("observed")).length, rows.length);
  await observe(
    core,
    MODE_OBSERVED,
    '{"mode":"fallback","islanded":"yes","reason":7,"before":"warp","alert":"none"}',
  );
  const [only] = (await core.outbox("site.mode")).map(({ data }) => data);
  assert.deepEqual(only, { mode: "fallback", islanded: false, reason: "", before: null, alert: "alarm" });
});

test("what the guard refused is kept decoded: a sentence or an object, bounded either way", async () => {
  const core = await testCore({ "CP-1": "site" });
  await observe(core, "modbus.denied", "ems wrote 40123 = 7 at battery: not allowed (exception 2)");
  const wide: JsonObject = Object.fromEntries(
    Array.from({ length: 100 }, (_, i) => [`f${i}`, "x".repeat(2_000)]),
  );
  await observe(core, "modbus.pattern", JSON.stringify(wide));
  await observe(core, "modbusx", "no word of the guard");
  const guard = (await ask(core, "energy.guard")) ?? assert.fail();
  assert.deepEqual(
    guard.map(({ what }) => what),
    ["modbus.pattern", "modbus.denied"],
  );
  assert.deepEqual(guard[1]?.detail, { text: "ems wrote 40123 = 7 at battery: not allowed (exception 2)" });
  assert(JSON.stringify(guard[0]?.detail).length < 40 * 600);
  assert.equal((await core.outbox("observed")).length, 1);
});

test("what a site tells again, since its link ended, is there once; the same of another station, or at another time, is another", async () => {
  const core = await testCore({ "CP-1": "site", "CP-2": "site" });
  const mode = JSON.stringify({ mode: "fallback", islanded: false, reason: "x" });
  for (let twice = 0; twice < 2; twice++) {
    await observe(core, MODE_OBSERVED, mode);
    await observe(core, "station-clock-set", "by an hour");
    for (const station of ["CP-1", "CP-2"] as StationId[]) {
      const seen = { kind: "station-clock-set", site: SITE, station, detail: { detail: "by an hour" } };
      await core.decide("observe", { ...seen, atMs: START_MS });
      await core.decide("observe", { ...seen, atMs: START_MS + 1 });
    }
  }
  assert.equal((await core.outbox("site.mode")).length, 1);
  assert.equal((await core.outbox("observed")).length, 5);
});

test("no one but a site tells modes and refusals: the gateway's own words stay observations", async () => {
  const core = await testCore({ "CP-1": "site" });
  await core.decide("observe", {
    kind: MODE_OBSERVED,
    detail: { detail: '{"mode":"default"}' },
    atMs: START_MS,
  });
  assert.deepEqual(
    (await core.outbox()).filter(({ kind }) => kind.startsWith("site.mode")),
    [],
  );
});

test("histories are of one site, unknown ones have none, and are read by an index of their own kind", async () => {
  const core = await testCore({ "CP-1": "site" });
  await core.decide("station.add", {
    ...{
      station: "N-1" as never,
      serial: "N-1",
      route: "site",
      site: "north" as SiteId,
      actor: "t",
      atMs: 1,
    },
  });
  await observe(core, MODE_OBSERVED, '{"mode":"fallback","islanded":false,"reason":""}', "north" as SiteId);
  assert.deepEqual(await ask(core, "energy.modes"), []);
  assert.equal(await ask(core, "energy.modes", { site: "moon" }), undefined);
  assert.equal(await ask(core, "energy.guard", { site: "moon" }), undefined);
  const tables = await core.db.introspection.getTables();
  // Another engine plans by what is in the tables, which here is next to nothing.
  if (tables.some(({ schema }) => schema !== undefined)) return;
  const plan = await sql<{ detail: string }>`EXPLAIN QUERY PLAN SELECT * FROM outbox WHERE site_id = ${SITE}
    AND kind = 'site.mode' ORDER BY seq DESC LIMIT 10`.execute(core.db);
  assert.match(plan.rows.map(({ detail }) => detail).join(), /outbox_modes/);
});
