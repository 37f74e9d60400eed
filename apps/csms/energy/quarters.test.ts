/** Quarters of an hour on the tables themselves: once each, and nothing absurd, whatever a site tells. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { EnergyQuarter } from "@wattward/energy";
import type { SiteId } from "@wattward/kernel";
import { seededChance } from "@wattward/testing";
import { queries } from "../core/queries.ts";
import { SITE, START_MS, type TestCore, testCore } from "../core/testing/test-core.ts";
import { QUARTER_AGE_MS_MAX, QUARTER_MS } from "./limits.ts";

const quarter = (fromWallMs: number, more: Partial<EnergyQuarter> = {}): EnergyQuarter => ({
  fromWallMs,
  ...{
    importWh: 100.4,
    exportWh: 0,
    solarWh: 50,
    batteryInWh: 1,
    batteryOutWh: 2,
    buildingWh: 60,
    carsWh: 89.6,
  },
  ...{ carsWhByMode: { planned: 80, fallback: 9.6 }, costMilliCent: -3.2, measuredS: 899.7 },
  ...more,
});
const tell = (core: TestCore, ...quarters: EnergyQuarter[]) =>
  core.decide("site.quarters", { site: SITE, quarters, atMs: core.nowMs });
const kept = (core: TestCore, site = SITE) =>
  core.writer.between(() =>
    queries["energy.quarters"](core.db, { site, fromMs: 0, toMs: Number.MAX_SAFE_INTEGER }),
  );

test("quarters: kept as whole numbers, acknowledged up to the last, told again without effect", async () => {
  const core = await testCore({ "CP-1": "site" });
  const [first, second] = [START_MS - 2 * QUARTER_MS, START_MS - QUARTER_MS];
  const planned = { gridWh: 10.5, carsWh: 5, batteryWh: -7.4 };
  const told = [quarter(first), quarter(second, { planned, chargePermille: 512.2 })];
  assert.deepEqual(await tell(core, ...told), { refused: 0, untilWallMs: second });
  const rows = await kept(core);
  assert.deepEqual(rows?.[0], {
    fromMs: first,
    ...{
      importWh: 100,
      exportWh: 0,
      solarWh: 50,
      batteryInWh: 1,
      batteryOutWh: 2,
      buildingWh: 60,
      carsWh: 90,
    },
    ...{
      carsWhByMode: { planned: 80, fallback: 10 },
      costMilliCent: -3,
      planned: null,
      chargePermille: null,
    },
    measuredS: 900,
  });
  assert.deepEqual(rows?.[1]?.planned, { gridWh: 11, carsWh: 5, batteryWh: -7 });
  assert.equal(rows?.[1]?.chargePermille, 512);
  core.nowMs += 60_000;
  assert.deepEqual(await tell(core, ...told), { refused: 0, untilWallMs: second });
  assert.deepEqual(await kept(core), rows);
});

test("quarters: one told at a stop gives way to what was measured longer, and never to less", async () => {
  const core = await testCore({ "CP-1": "site" });
  const told = async (measuredS: number, importWh: number) => {
    await tell(core, quarter(START_MS, { measuredS, importWh }));
    return (await kept(core))?.map((row) => [row.measuredS, row.importWh]);
  };
  assert.deepEqual(await told(300, 10), [[300, 10]]);
  assert.deepEqual(await told(900, 30), [[900, 30]]);
  assert.deepEqual(await told(100, 99), [[900, 30]]);
});

test("quarters: what cannot have been is kept nowhere, observed once a message, and acknowledged only where it is past", async () => {
  const core = await testCore({ "CP-1": "site" });
  const year9999 = Date.UTC(9999, 11, 31, 23, 45);
  const past = START_MS - QUARTER_AGE_MS_MAX - QUARTER_MS;
  const rows: readonly [name: string, told: EnergyQuarter, says: RegExp, acked: boolean][] = [
    ["the year 9999", quarter(year9999), /9999-12-31.*not begun/, false],
    [
      "beyond all years",
      quarter(Math.floor(Number.MAX_SAFE_INTEGER / QUARTER_MS) * QUARTER_MS),
      /ms has not begun/,
      false,
    ],
    ["an hour ahead", quarter(START_MS + 5 * QUARTER_MS), /not begun/, false],
    ["two years ago", quarter(past), /too long ago/, true],
    ["1970", quarter(0), /too long ago/, true],
    ["between two quarters", quarter(START_MS + 1), /no beginning/, true],
    ["all the energy of a country", quarter(START_MS, { importWh: 1e12 }), /more energy/, true],
    ["in one mode alone", quarter(START_MS, { carsWhByMode: { planned: 1e300 } }), /more energy/, true],
    [
      "planned",
      quarter(START_MS, { planned: { gridWh: -1e18, carsWh: 0, batteryWh: 0 } }),
      /more energy/,
      true,
    ],
    ["money without end", quarter(START_MS, { costMilliCent: -1e300 }), /costs more/, true],
  ];
  for (const [name, told, says, acked] of rows) {
    const done = await tell(core, told);
    assert.deepEqual(done, { refused: 1, ...(acked && { untilWallMs: told.fromWallMs }) }, name);
    assert.match(String((await core.outbox("energy.quarters-refused")).at(-1)?.data["example"]), says, name);
  }
  assert.deepEqual(await kept(core), []);
  const good = quarter(START_MS - QUARTER_MS);
  assert.deepEqual(await tell(core, quarter(year9999), good), { refused: 1, untilWallMs: good.fromWallMs });
  assert.equal((await kept(core))?.length, 1, "one that is absurd takes no other with it");
});

test("quarters: names that are no mode are not kept, and each site has its own", async () => {
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
  const odd = JSON.parse('{"planned":1,"__proto__":2,"constructor":3,"warp":4}') as Record<string, number>;
  await tell(core, quarter(START_MS, { carsWhByMode: odd }));
  assert.deepEqual((await kept(core))?.[0]?.carsWhByMode, { planned: 1 });
  assert.deepEqual(await kept(core, "north" as SiteId), []);
  assert.equal(await kept(core, "moon" as SiteId), undefined);
});

test("quarters in any order, each told any number of times: the longest measured of each stays (seeded)", async () => {
  const core = await testCore({ "CP-1": "site" });
  const chance = seededChance(5);
  const longest = new Map<number, number>();
  for (let turn = 0; turn < 100; turn++) {
    const told = Array.from({ length: chance.int(1, 20) }, () =>
      quarter(START_MS - chance.int(0, 50) * QUARTER_MS, { measuredS: chance.int(0, 900) }),
    );
    for (const { fromWallMs, measuredS } of told)
      longest.set(fromWallMs, Math.max(longest.get(fromWallMs) ?? 0, measuredS));
    await tell(core, ...told);
  }
  const rows = (await kept(core)) ?? [];
  assert.deepEqual(
    new Map(rows.map(({ fromMs, measuredS }) => [fromMs, measuredS])),
    new Map([...longest].sort(([a], [b]) => a - b)),
  );
});
