import assert from "node:assert/strict";
import { test } from "node:test";
import { siteId, stationId } from "@wattward/kernel";
import { queries } from "../core/queries.ts";
import { type QueryWorld, queryWorld } from "./world.ts";

const site = (text: string) => {
  const id = siteId(text);
  assert(id.ok);
  return id.value;
};
const station = (text: string) => {
  const id = stationId(text);
  assert(id.ok);
  return id.value;
};

/** Sites `north` (A, B) and `south` (C). A charges with 7 kW, B with unknown power; C ended. */
async function twoSites(): Promise<QueryWorld> {
  const world = await queryWorld();
  await world.add("sites", {
    id: "north",
    connected: 1,
    seen_at_ms: 5,
    clock_quality: "synced",
    bundle_version: 3,
  });
  await world.add("sites", { id: "south" });
  await world.add("stations", { id: "A", site_id: "north", connected: 1 });
  await world.add("stations", { id: "B", site_id: "north" });
  await world.add("stations", { id: "C", site_id: "south", connected: 1 });
  await world.add("connectors", { station_id: "A", evse_id: 2, status: "Charging" });
  await world.add("connectors", { station_id: "A", evse_id: 1, status: "Charging" });
  await world.add("transactions", {
    id: "1",
    wire_id: "w1",
    station_id: "A",
    power_w: 3000,
    power_at_ms: 90,
  });
  await world.add("transactions", {
    id: "2",
    wire_id: "w2",
    station_id: "A",
    evse_id: 2,
    power_w: 4000,
    power_at_ms: 70,
    meter_start_wh: 100,
    meter_last_wh: 350,
  });
  await world.add("transactions", { id: "3", wire_id: "w3", station_id: "B" });
  await world.add("transactions", {
    id: "4",
    wire_id: "w4",
    station_id: "C",
    state: "ended",
    ended_at_ms: 1_000,
    energy_wh: -5,
    power_w: 9999,
    offline: 1,
  });
  return world;
}

test("sites: stations, open transactions and power are added up per site; ended ones and unknown powers are not", async () => {
  const { db, close } = await twoSites();
  const rows = await queries["sites.list"](db, undefined);
  assert.deepEqual(rows, [
    {
      id: "north",
      connected: true,
      seenAtMs: 5,
      stations: 2,
      stationsConnected: 1,
      charging: 3,
      powerW: 7000,
    },
    {
      id: "south",
      connected: false,
      seenAtMs: null,
      stations: 1,
      stationsConnected: 1,
      charging: 0,
      powerW: null,
    },
  ]);
  close();
});

test("stations: power is the sum of what is known, as old as its oldest part; unknown is null, never zero", async () => {
  const { db, close } = await twoSites();
  const a = await queries["station.get"](db, { station: station("A") });
  assert.equal(a?.powerW, 7000);
  assert.equal(a?.powerAtMs, 70);
  assert.deepEqual(
    a?.connectors.map((c) => c.evse),
    [1, 2],
  );
  const b = await queries["station.get"](db, { station: station("B") });
  assert.equal(b?.powerW, null);
  assert.equal(await queries["station.get"](db, { station: station("Z") }), undefined);
  close();
});

test("stations: pages follow one another by id, within a site", async () => {
  const { db, close } = await twoSites();
  const page = (afterId?: string) =>
    queries["stations.list"](db, {
      site: site("north"),
      most: 1,
      ...(afterId === undefined ? {} : { afterId }),
    });
  assert.deepEqual(
    (await page()).map((s) => s.id),
    ["A"],
  );
  assert.deepEqual(
    (await page("A")).map((s) => s.id),
    ["B"],
  );
  assert.deepEqual(await page("B"), []);
  close();
});

test("transactions: newest first, by site, station and openness, in pages; energy so far, and never clamped", async () => {
  const { db, close } = await twoSites();
  const ids = async (input: object) =>
    (await queries["transactions.list"](db, { openOnly: false, most: 10, ...input })).map((t) => t.id);
  assert.deepEqual(await ids({}), ["4", "3", "2", "1"]);
  assert.deepEqual(await ids({ openOnly: true }), ["3", "2", "1"]);
  assert.equal(await queries["transactions.openCount"](db, undefined), 3);
  assert.deepEqual(await ids({ site: site("south") }), ["4"]);
  assert.deepEqual(await ids({ station: station("A"), beforeId: "2" }), ["1"]);
  assert.deepEqual(await ids({ most: -7 }), ["4"], "a page is at least one row, whatever is asked");
  const all = await queries["transactions.list"](db, { openOnly: false, most: 10 });
  assert.deepEqual(
    all.map((t) => t.energyWh),
    [-5, null, 250, null],
  );
  assert.equal(all[0]?.offline, true);
  close();
});

test("snapshot: of its own site alone; names the outbox sequence it includes; ended transactions stay an hour", async () => {
  const world = await twoSites();
  for (let seq = 1; seq <= 120; seq++) {
    await world.add("outbox", { seq, site_id: seq % 2 === 0 ? "north" : "south", data: '{"n":1}' });
  }
  const snapshot = (id: string, nowMs: number) =>
    queries["site.snapshot"](world.db, { site: site(id), nowMs });
  const north = await snapshot("north", 2_000);
  assert.equal(north?.seq, 120);
  assert.equal(north?.site.bundleVersion, 3);
  assert.equal(north?.recent.length, 50);
  assert.deepEqual(
    north?.recent.slice(0, 2).map((e) => e.seq),
    [120, 118],
  );
  assert.deepEqual(
    north?.transactions.map((t) => t.id),
    ["3", "2", "1"],
  );
  assert.deepEqual(
    north?.stations.map((s) => s.id),
    ["A", "B"],
  );
  assert.equal((await snapshot("south", 2_000))?.transactions.length, 1);
  assert.equal((await snapshot("south", 1_000 + 3_600_001))?.transactions.length, 0);
  assert.equal(await snapshot("nowhere", 0), undefined);
  world.close();
});

test("outbox: a cursor by sequence, of all or of one site, bounded", async () => {
  const world = await queryWorld();
  assert.equal(await queries["outbox.head"](world.db, undefined), 0);
  for (let seq = 1; seq <= 9; seq++) {
    await world.add("outbox", { seq, site_id: seq % 3 === 0 ? "x" : null, live: seq % 2, cause: "c" });
  }
  const after = async (seq: number, most: number, id?: string) =>
    (
      await queries["outbox.after"](world.db, { seq, most, ...(id === undefined ? {} : { site: site(id) }) })
    ).map((e) => e.seq);
  assert.equal(await queries["outbox.head"](world.db, undefined), 9);
  assert.deepEqual(await after(0, 4), [1, 2, 3, 4]);
  assert.deepEqual(await after(7, 100), [8, 9]);
  assert.deepEqual(await after(3, 100, "x"), [6, 9]);
  const [first] = await queries["outbox.after"](world.db, { seq: 1, most: 1 });
  assert.deepEqual(first, {
    seq: 2,
    atMs: 0,
    source: "csms",
    kind: "observed",
    cause: "c",
    live: false,
    data: {},
  });
  await world.add("outbox", { seq: 10, kind: "denial.added" });
  const some = await queries["outbox.after"](world.db, { seq: 0, most: 5, kinds: ["denial.added", "none"] });
  assert.deepEqual(
    some.map(({ seq }) => seq),
    [10],
    "only the kinds that were asked for, however many others come before",
  );
  world.close();
});

test("people: an invitation counts once and in time; a session ends; service accounts are nobody to invite for", async () => {
  const world = await queryWorld();
  await world.add("people", { id: "p", name: "Pia" });
  await world.add("people", { id: "service", name: "script" });
  await world.add("passkeys", { id: "k1", person_id: "p", public_key: "AQ", counter: 7 });
  await world.add("passkeys", { id: "k2", person_id: "p" });
  await world.add("sessions", { hash: "s", person_id: "p", expires_at_ms: 100, name: "browser" });
  await world.add("invitations", { hash: "fresh", expires_at_ms: 100 });
  await world.add("invitations", { hash: "used", expires_at_ms: 100, used_at_ms: 1 });
  const invitation = (hash: string, nowMs: number) => queries["invitation.get"](world.db, { hash, nowMs });
  assert.deepEqual({ ...(await invitation("fresh", 99)) }, { role: "administrator" });
  assert.equal(await invitation("fresh", 100), undefined);
  assert.equal(await invitation("used", 99), undefined);
  assert.equal(await invitation("' or 1=1 --", 99), undefined);
  assert.equal(await queries["people.count"](world.db, undefined), 1);
  assert.deepEqual(
    { ...(await queries["passkey.get"](world.db, { id: "k1" })) },
    {
      id: "k1",
      person: "p",
      name: "Pia",
      publicKey: "AQ",
      counter: 7,
    },
  );
  const session = (nowMs: number) => queries["session.get"](world.db, { hash: "s", nowMs });
  assert.deepEqual(
    { ...(await session(99)) },
    { person: "p", name: "Pia", role: "administrator", kind: "cookie" },
  );
  assert.equal(await session(100), undefined);
  world.close();
});

test("commands: newest first, with payload and outcome as objects", async () => {
  const world = await twoSites();
  await world.db.updateTable("stations").set({ ocpp_version: "1.6" }).execute();
  await world.add("commands", { id: "c1", station_id: "A", payload: '{"type":"Soft"}' });
  await world.add("commands", { id: "c2", station_id: "B", outcome: '{"status":"Accepted"}' });
  assert.deepEqual((await queries["command.get"](world.db, { id: "c1" }))?.payload, { type: "Soft" });
  const rows = await queries["commands.list"](world.db, { most: 5 });
  assert.deepEqual(
    rows.map((c) => [c.id, c.outcome]),
    [
      ["c2", { status: "Accepted" }],
      ["c1", null],
    ],
  );
  assert.equal((await queries["commands.list"](world.db, { most: 5, station: station("A") })).length, 1);
  world.close();
});
