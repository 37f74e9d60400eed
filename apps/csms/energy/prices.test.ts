import assert from "node:assert/strict";
import { test } from "node:test";
import type { EnergyConfig } from "@wattward/energy";
import type { SiteId } from "@wattward/kernel";
import { seededChance } from "@wattward/testing";
import { SITE, START_MS, type TestCore, testCore } from "../core/testing/test-core.ts";
import { checkDocument } from "./check-document.ts";
import { PRICES_MAX, PRICES_PAST_MS_MAX } from "./limits.ts";
import { joined, type Series } from "./prices.ts";
import { changed, example } from "./testing/example.ts";

const HOUR_MS = 3_600_000;
const hours = (fromHour: number, ...milliCentPerKwh: number[]): Series => ({
  fromMs: fromHour * HOUR_MS,
  stepMs: HOUR_MS,
  milliCentPerKwh,
});

test("prices told again: those of before stay up to where the new begin; what does not fit is replaced", () => {
  const rows: readonly [name: string, before: Series | undefined, told: Series, wanted: Series][] = [
    ["none before", undefined, hours(0, 1, 2), hours(0, 1, 2)],
    ["tomorrow's", hours(0, 1, 2), hours(2, 3, 4), hours(0, 1, 2, 3, 4)],
    ["a correction", hours(0, 1, 2, 3), hours(1, 9), hours(0, 1, 9)],
    ["from the beginning", hours(0, 1, 2), hours(0, 9), hours(0, 9)],
    ["of earlier", hours(5, 1, 2), hours(0, 9), hours(0, 9)],
    ["with a gap", hours(0, 1, 2), hours(3, 9), hours(3, 9)],
    [
      "by the quarter of an hour, after some by the hour",
      hours(0, 1, 2),
      { ...hours(1, 9), stepMs: 900_000 },
      { ...hours(0, 1, 1, 1, 1, 9), stepMs: 900_000 },
    ],
    [
      "from within an hour",
      hours(0, 1, 2),
      { ...hours(1.5, 9), stepMs: 900_000 },
      { ...hours(0, 1, 1, 1, 1, 2, 2, 9), stepMs: 900_000 },
    ],
    [
      "by the hour, after some by the quarter",
      { ...hours(0, 1, 2), stepMs: 900_000 },
      hours(0.5, 9),
      hours(0.5, 9),
    ],
    ["between two steps", hours(0, 1, 2), { ...hours(0, 9), fromMs: 5 }, { ...hours(0, 9), fromMs: 5 }],
  ];
  for (const [name, before, told, wanted] of rows) assert.deepEqual(joined(before, told, 0), wanted, name);
});

test("prices told again, in any order and for ever: bounded, on its steps, and what was told now is all in it (seeded)", () => {
  const chance = seededChance(11);
  let known: Series | undefined;
  let nowMs = 0;
  for (let turn = 0; turn < 2_000; turn++) {
    nowMs += chance.int(0, 30) * HOUR_MS;
    const fromHour = Math.max(0, Math.floor(nowMs / HOUR_MS) + chance.int(-30, 30));
    const told = hours(fromHour, ...Array.from({ length: chance.int(1, 100) }, () => chance.int(-500, 500)));
    known = joined(known, told, nowMs);
    const at = (told.fromMs - known.fromMs) / HOUR_MS;
    assert(Number.isInteger(at) && at >= 0, `turn ${turn}`);
    assert.deepEqual(known.milliCentPerKwh.slice(at), told.milliCentPerKwh, `turn ${turn}`);
    assert(known.milliCentPerKwh.length <= PRICES_MAX, `turn ${turn}`);
    if (at > 0) assert(known.fromMs >= nowMs - PRICES_PAST_MS_MAX - HOUR_MS, `turn ${turn}: the past stays`);
  }
});

async function managed(text = example): Promise<TestCore> {
  const core = await testCore({ "CP-1": "site", "CP-2": "site", "CP-3": "site", "CP-4": "site" });
  const { compiled } = checkDocument(text);
  const set = await core.decide("energy.set", {
    ...{ site: SITE, base: 0, text, energy: compiled?.energy ?? "", stations: compiled?.stations ?? [] },
    ...{ actor: "ada", reason: "first", atMs: START_MS },
  });
  assert.equal(set.kind, "set");
  return core;
}
const tell = (core: TestCore, prices: Series, site?: SiteId) =>
  core.decide("energy.prices", { ...prices, actor: "feed", atMs: core.nowMs, ...(site && { site }) });
async function tariffOf(core: TestCore): Promise<EnergyConfig["tariff"]["energy"]> {
  const { body } = await core.decide("bundle.compile", { site: SITE, atMs: core.nowMs });
  return JSON.parse(JSON.parse(body).energy).tariff.energy;
}
const asTariff = ({ fromMs, stepMs, milliCentPerKwh }: Series) => ({
  kind: "series",
  fromWallMs: fromMs,
  stepMs,
  milliCentPerKwh,
});

test("prices: the fleet's stand in each bundle whose tariff is a series, until the site has its own", async () => {
  const core = await managed();
  const written = await tariffOf(core);
  assert.equal(written.kind, "series");
  const fleet = hours(START_MS / HOUR_MS, 10, 20);
  assert.deepEqual(await tell(core, fleet), { kind: "set", fromMs: fleet.fromMs, steps: 2 });
  assert.deepEqual(await tariffOf(core), asTariff(fleet));
  const own = hours(START_MS / HOUR_MS, 30);
  await tell(core, own, SITE);
  assert.deepEqual(await tariffOf(core), asTariff(own));
  assert.deepEqual(await tell(core, own, "moon" as SiteId), { kind: "unknown-site" });
  assert.deepEqual(
    (await core.outbox("energy.prices-set")).map(({ data }) => [data["steps"], data["actor"]]),
    [
      [2, "feed"],
      [1, "feed"],
    ],
  );
});

test("prices: a site gives up its own, and the fleet's hold there again; where it has none nothing changes", async () => {
  const core = await managed();
  const written = await tariffOf(core);
  const drop = (site: SiteId) => core.decide("energy.prices-drop", { site, actor: "ada", atMs: core.nowMs });
  const fleet = hours(START_MS / HOUR_MS, 10, 20);
  await tell(core, fleet);
  await tell(core, hours(START_MS / HOUR_MS, 30), SITE);
  assert.deepEqual(await drop(SITE), { kind: "dropped" });
  assert.deepEqual(await tariffOf(core), asTariff(fleet));
  assert.deepEqual(await drop(SITE), { kind: "none" });
  assert.deepEqual(await drop("moon" as SiteId), { kind: "unknown-site" });
  assert.deepEqual(
    (await core.outbox("energy.prices-dropped")).map(({ data }) => data["actor"]),
    ["ada"],
  );
  const alone = await managed();
  await tell(alone, hours(START_MS / HOUR_MS, 30), SITE);
  await alone.decide("energy.prices-drop", { site: SITE, actor: "ada", atMs: alone.nowMs });
  assert.deepEqual(await tariffOf(alone), written, "without the fleet's it is as the document says");
});

test("prices: a tariff that is flat, or by the hour, is as it was written", async () => {
  const core = await managed(
    changed(/energy: \{ kind: series.*\}/, "energy: { kind: flat, milliCentPerKwh: 25000 }"),
  );
  await tell(core, hours(START_MS / HOUR_MS, 10, 20));
  assert.deepEqual(await tariffOf(core), { kind: "flat", milliCentPerKwh: 25_000 });
});
