import assert from "node:assert/strict";
import { test } from "node:test";
import { siteId } from "@wattward/kernel";
import { queries } from "../core/queries.ts";
import { meanPower, type SampleGroup } from "./site-history.ts";
import { queryWorld } from "./world.ts";

const group = (more: Partial<SampleGroup>): SampleGroup => ({
  outlet: "A 1",
  firstMs: 0,
  lastMs: 0,
  meanW: 1000,
  endedMs: null,
  ...more,
});
const watts = (groups: SampleGroup[], toMs: number, stepMs = 60_000) =>
  meanPower(groups, { fromMs: 0, toMs, stepMs }).map((p) => p.powerW);
const minutes = (n: number) => n * 60_000;

test("history: a sample holds until the next one, and the steps are means over time", () => {
  const next = group({ firstMs: minutes(1.5), lastMs: minutes(1.5), meanW: 3000 });
  assert.deepEqual(watts([next, group({})], minutes(3)), [1000, 2000, 3000]);
});

test("history: outlets add up; before the first report nothing is known", () => {
  const other = group({ outlet: "B 1", firstMs: minutes(2), lastMs: minutes(2), meanW: 500 });
  const first = group({ firstMs: minutes(1), lastMs: minutes(1) });
  assert.deepEqual(watts([first, other], minutes(3)), [null, 1000, 1500]);
});

test("history: the end of a transaction ends its power; an hour of silence is not drawn as power", () => {
  assert.deepEqual(watts([group({ endedMs: minutes(1.5) })], minutes(3)), [1000, 500, null]);
  const silent = watts([group({})], minutes(60));
  assert.deepEqual(silent.map((w) => w !== null).lastIndexOf(true), 15, "held for 16 minutes, then unknown");
});

test("history: the last step may be cut short, and is a mean over what there is of it", () => {
  assert.deepEqual(watts([group({})], minutes(1.5)), [1000, 1000]);
});

test("history: from the database, by site, with what came shortly before the span, without EVSE 0", async () => {
  const world = await queryWorld();
  const atMs = 1_700_000_000_000;
  await world.add("sites", { id: "north" });
  await world.add("sites", { id: "south" });
  await world.add("stations", { id: "A", site_id: "north" });
  await world.add("stations", { id: "S", site_id: "south" });
  await world.add("transactions", {
    id: "t",
    wire_id: "w",
    station_id: "A",
    state: "ended",
    ended_at_ms: atMs + minutes(4),
  });
  const sample = (station_id: string, offsetMs: number, power_w: number | null, evse_id = 1) =>
    world.add("meter_samples", { station_id, evse_id, at_ms: atMs + offsetMs, power_w, transaction_id: "t" });
  await sample("A", -minutes(0.5), 6000);
  await sample("A", minutes(1), 1000);
  await sample("A", minutes(1) + 30_000, 3000);
  await sample("A", minutes(1) + 40_000, null);
  await sample("A", minutes(2), 5000);
  await sample("A", minutes(2), 90_000, 0);
  await sample("S", minutes(2), 90_000);
  const north = siteId("north");
  assert(north.ok);
  const points = await queries["site.history"](world.db, {
    site: north.value,
    fromMs: atMs,
    toMs: atMs + minutes(5),
    stepMs: minutes(1),
  });
  assert.deepEqual(
    points?.map((p) => [(p.atMs - atMs) / minutes(1), p.powerW]),
    [
      [0, 6000],
      [1, 2000],
      [2, 5000],
      [3, 5000],
      [4, null],
    ],
  );
  world.close();
});

test("history: never more points than allowed, and none for a span that makes no sense", async () => {
  const world = await queryWorld();
  const north = siteId("north");
  assert(north.ok);
  const count = async (fromMs: number, toMs: number, stepMs: number) =>
    (await queries["site.history"](world.db, { site: north.value, fromMs, toMs, stepMs }))?.length;
  assert.equal(await count(0, 1, 1), undefined, "a site that there is not");
  await world.add("sites", { id: "north" });
  assert.equal(await count(0, 1e12, 1), 5_000);
  assert.equal(await count(10, 5, 1), 0);
  assert.equal(await count(0, 10, 0), 0);
  assert.equal(await count(0, 10, Number.NaN), 0);
  world.close();
});
