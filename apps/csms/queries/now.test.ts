/** What needs somebody: each kind by what makes it one, and no more; and what today has brought. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { firstIdAt } from "../core/decision.ts";
import type { NowView } from "../core/port.ts";
import { queries } from "../core/queries.ts";
import { type QueryWorld, queryWorld } from "./world.ts";

const DAY_MS = 86_400_000;
const NOW = Date.UTC(2026, 0, 5, 15);
const TODAY = Date.UTC(2026, 0, 5);
const ago = (minutes: number) => NOW - minutes * 60_000;

const now = (world: QueryWorld): Promise<NowView> =>
  queries["fleet.now"](world.db, { nowMs: NOW, todayMs: TODAY });
const told = async (world: QueryWorld) =>
  (await now(world)).needs.map(
    ({ kind, site, station, evse, concerned, words, next }) =>
      `${kind} ${site}/${station}${evse === null ? "" : `/${evse}`} ${concerned} ${words} → ${next.place} ${next.id}`,
  );

/** A site with link and one without, and a station of each kind that is well. */
async function well(): Promise<QueryWorld> {
  const world = await queryWorld();
  await world.add("sites", {
    id: "north",
    connected: 1,
    seen_at_ms: ago(1),
    clock_quality: "synced",
    bundle_version: 3,
  });
  await world.add("stations", { id: "A", site_id: "north", connected: 1, seen_at_ms: ago(500) });
  await world.add("stations", { id: "D", route: "direct", connected: 1, seen_at_ms: ago(10) });
  await world.add("stations", { id: "new", route: "direct" });
  await world.add("connectors", { station_id: "A", status: "Charging" });
  return world;
}

test("now: a site without its link needs somebody at once, with its stations; the others of it are not told one by one", async () => {
  const world = await well();
  await world.add("sites", { id: "south", seen_at_ms: NOW - 1 });
  await world.add("stations", { id: "S1", site_id: "south", seen_at_ms: NOW - 90_000 });
  assert.deepEqual(await told(world), ["site-offline south/null 1 null → site south"]);
  world.close();
});

test("now: nothing needs anybody where all is well, nor where a station was away for a moment", async () => {
  const world = await well();
  await world.add("stations", { id: "B", site_id: "north", seen_at_ms: NOW - 30_000 });
  await world.add("bundles", { site_id: "north", version: 3, issued_at_ms: ago(60) });
  await world.add("bundles", { site_id: "north", version: 4, issued_at_ms: NOW - 1_000 });
  await world.add("nodes", { id: "n1" });
  const { needs, counts } = await now(world);
  assert.deepEqual([needs, counts], [[], []]);
  world.close();
});

test("now: by consequence, then by how much is concerned, then the oldest; each with its next step", async () => {
  const world = await well();
  await world.db.insertInto("meta").values({ key: "storage_low", value: "1" }).execute();
  await world.add("sites", { id: "south", seen_at_ms: ago(9) });
  await world.add("sites", { id: "west" });
  for (const id of ["S1", "S2"]) await world.add("stations", { id, site_id: "south", seen_at_ms: ago(9) });
  // A quiet one since yesterday, and one with a car since a minute and a half.
  await world.add("stations", { id: "B", site_id: "north", seen_at_ms: ago(2000) });
  await world.add("stations", { id: "C", site_id: "north", seen_at_ms: NOW - 90_000 });
  await world.add("transactions", { id: "T", wire_id: "1", station_id: "C" });
  await world.add("connectors", {
    station_id: "A",
    evse_id: 2,
    status: "Faulted",
    error_code: "GroundFailure",
    status_at_ms: ago(5),
  });
  await world.add("connectors", { station_id: "B", evse_id: 1, status: "Faulted" });
  await world.add("deaf_stations", { station_id: "A" });
  await world.add("deaf_stations", { station_id: "B" });
  await world.add("commands", { id: "w", station_id: "A" });
  await world.add("stations", {
    id: "P",
    admission: "pending",
    serial: "SN-9",
    route: "direct",
    connected: 1,
    seen_at_ms: ago(1),
  });
  await world.add("stations", { id: "Q", route: "direct", connected: 1, seen_at_ms: ago(90) });
  await world.add("bundles", { site_id: "north", version: 4, issued_at_ms: ago(6) });
  await world.add("dispensations", { station_id: "D", until_ms: NOW + 6 * DAY_MS });
  await world.add("dispensations", { station_id: "A", until_ms: NOW + 8 * DAY_MS });
  await world.db.updateTable("sites").set({ clock_quality: "unknown" }).where("id", "=", "north").execute();
  assert.deepEqual(await told(world), [
    "storage-low null/null 0 null → settings null",
    "site-offline south/null 2 null → site south",
    "connector-faulted north/A/2 0 GroundFailure → station A",
    "station-offline north/C 1 null → station C",
    "station-offline north/B 0 null → station B",
    "station-deaf north/A 1 Reset → station A",
    "station-silent null/Q 0 null → station Q",
    "dispensation-ending null/D 0 null → dispensations D",
    "site-behind north/null 1 null → site north",
    "site-clock north/null 0 unknown → site north",
    "station-pending null/P 0 SN-9 → station P",
    "site-waiting west/null 0 null → site west",
  ]);
  // Of each site, what is its own: together all but what is nobody's.
  const all = await now(world);
  const ofSite = (site: string) => queries["fleet.now"](world.db, { nowMs: NOW, todayMs: TODAY, site });
  for (const site of ["north", "south", "west"]) {
    const own = await ofSite(site);
    assert.deepEqual(
      own.needs,
      all.needs.filter((need) => need.site === site),
    );
    assert.deepEqual(
      own.sites,
      all.sites.filter(({ id }) => id === site),
    );
    assert.equal(own.fleet.stations, own.sites[0]?.stations);
  }
  assert.deepEqual((await ofSite("nowhere")).needs, []);
  world.close();
});

test("now: sessions and messages to look at stand once for each station, and for a while", async () => {
  const world = await well();
  const id = (daysAgo: number, end: string) => firstIdAt(NOW - daysAgo * DAY_MS) + end;
  for (const [key, review] of [
    [id(1, "1"), "clock"],
    [id(2, "2"), "sequence"],
    [id(2, "3"), null],
    [id(8, "4"), "clock"],
  ] as const) {
    await world.add("transactions", {
      id: key,
      wire_id: key,
      station_id: "A",
      review,
      state: "ended",
      ended_at_ms: 1,
    });
  }
  await world.add("set_aside", { station_id: "D", digest: "1", received_at_ms: ago(1) });
  await world.add("set_aside", { station_id: "D", digest: "2", received_at_ms: ago(1) });
  await world.add("set_aside", { station_id: "A", received_at_ms: NOW - 31 * DAY_MS });
  assert.deepEqual(await told(world), [
    "message-set-aside null/D 2 StopTransaction → station D",
    "session-review north/A 2 sequence → sessions A",
  ]);
  world.close();
});

test("now: a command that did not happen, for a day, until another of its kind has ended; so each once", async () => {
  const world = await well();
  const command = (id: string, state: string, minutes: number, more = {}) =>
    world.add("commands", { id, station_id: "A", state, ended_at_ms: ago(minutes), ...more });
  await command("1", "failed", 9);
  await command("2", "accepted", 8);
  await command("3", "expired", 7);
  await command("35", "refused", 6.5, { action: "UnlockConnector" });
  await command("4", "refused", 6, { action: "UnlockConnector" });
  await command("5", "unknown", 25 * 60, { action: "ClearCache" });
  await command("6", "accepted", 5, { station_id: "D" });
  assert.deepEqual(await told(world), [
    "command-failed north/A 0 UnlockConnector refused → command 4",
    "command-failed north/A 0 Reset expired → command 3",
  ]);
  world.close();
});

test("now: a node that died, not one that its operator stopped, nor one that is back", async () => {
  const world = await well();
  for (const id of ["dead", "stopped", "back"]) {
    await world.add("nodes", { id, alive: id === "back" ? 1 : 0, changed_at_ms: ago(3) });
  }
  const say = (seq: number, kind: string, node: string) =>
    world.add("outbox", { seq, kind, at_ms: ago(3), data: JSON.stringify({ node, stations: 4 }) });
  await say(1, "node.started", "dead");
  await say(2, "node.lost", "stopped");
  await say(3, "node.started", "stopped");
  await say(4, "node.stopped", "stopped");
  await say(5, "node.lost", "dead");
  await say(6, "node.lost", "back");
  assert.deepEqual(await told(world), ["node-lost null/null 4 dead → nodes dead"]);
  world.close();
});

test("now: of very many of a kind the first fifty, and the number of all", async () => {
  const world = await well();
  const pending = Array.from({ length: 120 }, (_, i) => `P${String(i).padStart(3, "0")}`);
  for (const id of pending) await world.add("stations", { id, admission: "pending", route: "direct" });
  const { needs, counts } = await now(world);
  assert.equal(needs.length, 50);
  assert.equal(needs[0]?.station, "P000");
  assert.deepEqual(counts, [{ kind: "station-pending", count: 120 }]);
  world.close();
});

test("now: energy of today alone, also of what began yesterday; by site, with those that are at none", async () => {
  const world = await well();
  await world.add("sites", { id: "empty", connected: 1, seen_at_ms: NOW });
  const add = (id: string, station_id: string, more: object) =>
    world.add("transactions", { id, wire_id: id, station_id, ...more });
  // Began yesterday, had 1,500 at midnight, has 4,000 now: 2,500 today.
  await add("1", "A", {
    started_at_ms: TODAY - 9_000,
    meter_start_wh: 1_000,
    meter_last_wh: 4_000,
    power_w: 7_000,
    power_at_ms: ago(15),
  });
  // Told its power too long ago to be known.
  await add("5", "A", { started_at_ms: TODAY - 9_000, power_w: 50_000, power_at_ms: ago(17) });
  await world.add("meter_samples", {
    station_id: "A",
    transaction_id: "1",
    at_ms: TODAY - 5_000,
    meter_wh: 1_200,
  });
  await world.add("meter_samples", {
    station_id: "A",
    transaction_id: "1",
    at_ms: TODAY - 1_000,
    meter_wh: 1_500,
  });
  await world.add("meter_samples", {
    station_id: "A",
    transaction_id: "1",
    at_ms: TODAY + 1_000,
    meter_wh: 1_600,
  });
  // Began and ended today: 300.
  const over = { state: "ended", ended_at_ms: TODAY + 80 };
  await add("2", "A", {
    started_at_ms: TODAY + 5,
    meter_start_wh: 0,
    meter_stop_wh: 300,
    meter_last_wh: 290,
    power_w: 9,
    ...over,
  });
  // Ended yesterday; and one without any register.
  await add("3", "A", {
    started_at_ms: 1,
    meter_start_wh: 0,
    meter_stop_wh: 9_999,
    state: "ended",
    ended_at_ms: TODAY - 1,
  });
  await add("4", "D", { started_at_ms: TODAY + 1 });
  const { fleet, sites, seq } = await now(world);
  assert.equal(seq, 0);
  assert.deepEqual(
    sites.map((site) => [
      site.id,
      site.stations,
      site.stationsConnected,
      site.sessionsOpen,
      site.sessionsToday,
      site.energyTodayWh,
      site.powerW,
      site.powerAtMs,
      site.sessionsDark,
    ]),
    [
      ["empty", 0, 0, 0, 0, null, null, null, 0],
      ["north", 1, 1, 2, 1, 2_800, 7_000, ago(15), 1],
      [null, 2, 1, 1, 1, null, null, null, 1],
    ],
  );
  assert.deepEqual(fleet, {
    ...{
      stations: 3,
      stationsConnected: 2,
      sessionsOpen: 3,
      sessionsToday: 2,
      energyTodayWh: 2_800,
      powerW: 7_000,
      powerAtMs: ago(15),
      sessionsDark: 2,
    },
  });
  world.close();
});
