/** A site's energy over its link: snapshots in memory, quarters acknowledged once durable, and what a hostile site can do with either. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type EnergyQuarter, type EnergySnapshot, QUARTER_MS } from "@wattward/energy";
import type { SiteId } from "@wattward/kernel";
import { SNAPSHOT_CHARS_MAX } from "@wattward/sitelink";
import type { LiveEnergies } from "../energy/live.ts";
import { LiveEnergies as Energies } from "../energy/live.ts";
import { QUARTERS_WAITING_MAX, SNAPSHOT_RATE } from "./limits.ts";
import { beat, north, record, welcomed } from "./testing/site-messages.ts";

const NORTH = "north" as SiteId;
const snapshot = (gridW = 1_000): EnergySnapshot => ({
  atWallMs: 1,
  mode: "planned",
  islanded: false,
  reason: "Everything is known.",
  modeSinceWallMs: 1,
  flows: { gridW },
  externalLimit: undefined,
  ...{ fuses: [], outlets: [], batteries: [], meters: [] },
});
const energy = (told: unknown = snapshot()) => ({
  t: "energy",
  snapshot: typeof told === "string" ? told : JSON.stringify(told),
});
const quarter = (fromWallMs: number): EnergyQuarter => ({
  fromWallMs,
  ...{ importWh: 1, exportWh: 0, solarWh: 0, batteryInWh: 0, batteryOutWh: 0, buildingWh: 1, carsWh: 0 },
  ...{ carsWhByMode: {}, costMilliCent: 1, measuredS: 900 },
});
const quarters = (...fromMs: number[]) => ({
  t: "energy-quarters",
  quarters: JSON.stringify(fromMs.map(quarter)),
});

async function managed() {
  const energies: LiveEnergies = new Energies();
  const w = await north({ energies });
  return { ...w, energies, link: await welcomed(w) };
}

test("a snapshot is the newest at once, and stays as the last known when the link goes; nothing of it goes to the core", async () => {
  const { link, energies, core, time } = await managed();
  const heard: number[] = [];
  energies.follow(NORTH, ({ snapshot }) => heard.push(snapshot.flows.gridW ?? 0));
  await link.say(energy(snapshot(1)), energy(snapshot(2)));
  const now = energies.now(NORTH) ?? assert.fail("nothing was told");
  assert.deepEqual(now.snapshot, JSON.parse(JSON.stringify(snapshot(2))));
  assert(time.now().wallMs - now.receivedAtMs <= 200, "by our clock");
  assert.deepEqual(heard, [1, 2]);
  assert.deepEqual(
    core.seen.filter(({ name }) => name === "site.quarters" || name === "observe"),
    [],
  );
  link.wire.close(1000, "");
  await time.advance(500);
  assert.deepEqual(energies.now(NORTH), now, "how it stood, and when");
  assert.deepEqual(
    [...energies.silent(time.now().wallMs + 1)],
    [],
    "a site without link is not a silent one",
  );
});

test("a flood of snapshots is read at its rate, and costs the link nothing", async () => {
  const { link, energies, time } = await managed();
  let heard = 0;
  energies.follow(NORTH, () => (heard += 1));
  for (let second = 0; second < 10; second++) {
    for (let i = 0; i < 50; i++) link.wire.send(JSON.stringify(energy()));
    await link.say(beat);
    await time.advance(800);
  }
  assert(heard <= SNAPSHOT_RATE.burst + 10 * SNAPSHOT_RATE.perSecond && heard >= 10, `${heard}`);
  assert.equal(link.closed, undefined);
});

test("what cannot be read is observed at a bounded rate, changes nothing, and does not cut the stations off", async () => {
  const { link, energies, core } = await managed();
  await link.say(energy(snapshot(7)));
  const bad: object[] = [
    energy("no JSON"),
    energy({ ...snapshot(), mode: "warp" }),
    energy({ ...snapshot(), flows: { gridW: "1" } }),
    energy(JSON.stringify(snapshot()).replace("1000", "1e999")),
    energy({ ...snapshot(), more: 1 }),
    { t: "energy-quarters", quarters: "{}" },
    { t: "energy-quarters", quarters: JSON.stringify([{ ...quarter(0), importWh: -1 }]) },
    { t: "energy-quarters", quarters: JSON.stringify(Array.from({ length: 1_000 }, () => quarter(0))) },
  ];
  for (const message of bad) await link.say(message, beat);
  for (let i = 0; i < 100; i++) link.wire.send(JSON.stringify({ t: "energy-quarters", quarters: "[[" }));
  await link.say(record(1, {}, true));
  assert.equal(energies.now(NORTH)?.snapshot.flows.gridW, 7);
  const seen = core.inputs("observe").filter(({ kind }) => kind === "gateway.energy-unreadable");
  assert(seen.length >= 2 && seen.length <= 6, `${seen.length}`);
  assert(seen.every(({ site, detail }) => site === NORTH && JSON.stringify(detail).length < 500));
  assert.deepEqual(core.inputs("site.quarters"), []);
  assert.equal(link.heard("answer").length, 1, "its stations are served");
  assert.equal(link.closed, undefined);
});

test("a message that is too long is no message, and ends the link as any other", async () => {
  const { link } = await managed();
  await link.say(energy(" ".repeat(SNAPSHOT_CHARS_MAX + 1)));
  assert.equal(link.closed?.code, 1008);
});

test("quarters are acknowledged after their commit, up to the last", async () => {
  const { link, core, time } = await managed();
  const untilWallMs = 3 * QUARTER_MS;
  core.commitMs = 300;
  link.wire.send(JSON.stringify(quarters(QUARTER_MS, untilWallMs, 2 * QUARTER_MS)));
  await time.advance(250);
  assert.deepEqual(link.heard("energy-acked"), [], "nothing is acknowledged before its commit");
  await time.advance(250);
  assert.deepEqual(link.heard("energy-acked"), [{ t: "energy-acked", untilWallMs }]);
  assert.deepEqual(
    core.inputs("site.quarters").map(({ site, quarters }) => [site, quarters.length]),
    [[NORTH, 3]],
  );
  await link.say({ t: "energy-quarters", quarters: "[]" });
  assert.equal(core.inputs("site.quarters").length, 1);
});

test("after quarters that could not be stored nothing later is acknowledged, until they were told again", async () => {
  const { link, core } = await managed();
  core.failures.set("site.quarters", "full");
  await link.say(quarters(1 * QUARTER_MS));
  await link.say(quarters(2 * QUARTER_MS));
  assert.deepEqual(link.heard("energy-acked"), [], "acknowledged is 'up to then'");
  await link.say(quarters(1 * QUARTER_MS, 2 * QUARTER_MS));
  await link.say(quarters(3 * QUARTER_MS));
  assert.deepEqual(
    link.heard("energy-acked").map(({ untilWallMs }) => untilWallMs / QUARTER_MS),
    [2, 3],
  );
  assert.equal(link.closed, undefined);
});

test("a flood of quarters: one message at the core at a time, a few waiting, and the site is read more slowly", async () => {
  const { link, core, time } = await managed();
  core.commitMs = 1_000;
  for (let i = 1; i <= 3 * QUARTERS_WAITING_MAX; i++)
    link.wire.send(JSON.stringify(quarters(i * QUARTER_MS)));
  const taken = async (ms: number) => {
    await time.advance(ms);
    return core.inputs("site.quarters").length;
  };
  assert.deepEqual([await taken(500), await taken(1_000), await taken(1_000)], [1, 2, 3]);
  assert.equal(await taken(60_000), 3 * QUARTERS_WAITING_MAX, "nothing is lost");
  assert.equal(link.heard("energy-acked").at(-1)?.untilWallMs, 3 * QUARTERS_WAITING_MAX * QUARTER_MS);
});

test("before the welcome a site has no energy to tell", async () => {
  const w = await north();
  const link = await w.link();
  await link.say(energy());
  assert.equal(link.closed?.code, 1008);
});
