/**
 * Bound (c): under every single fault and every pair of the fault set that this package can meet, no fuse sees more than it carries for a
 * minute within 0.8 of its I²t curve, and cars go on charging. Heat is reckoned as ∫((I/In)² − 1)dt, cooling likewise, never below 0;
 * what `carriesPermille` for a minute makes is the limit.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Chance } from "@wattward/kernel";
import { seededChance } from "@wattward/testing";
import { Plant } from "./testing/plant.ts";
import { MAIN, outletId, smallSite } from "./testing/small-site.ts";

const OUTLETS = 6;
const BASE_A = 50;
const CARRIES = 1.3;
const HEAT_MAX = (CARRIES ** 2 - 1) * 60;
const STEP_S = 0.1;

/** Each begins a fault; those of a meter exclude one another. */
const faults: Readonly<Record<string, (plant: Plant, chance: Chance) => void>> = {
  "meter lost": (plant) => void (plant.meterFault = "lost"),
  "meter frozen": (plant) => void (plant.meterFault = "frozen"),
  "meter without numbers": (plant) => void (plant.meterFault = "nan"),
  "meter turned": (plant) => void (plant.meterFault = "turned"),
  "meter 30 s late": (plant) => void (plant.meterDelayMs = 30_000),
  "station deaf": (plant, chance) =>
    void (plant.stations.get(outletId(chance.int(0, OUTLETS - 1)))!.fault = "deaf"),
  "station disobedient": (plant, chance) =>
    void (plant.stations.get(outletId(chance.int(0, OUTLETS - 1)))!.fault = "disobeys"),
  "station clock an hour fast": (plant) => {
    for (const station of plant.stations.values()) station.limitUntilMs -= 3_600_000;
  },
  "battery trips": (plant) => void (plant.batteryTripped = true),
  "battery tells absurd charge": (plant) => void (plant.battery.toldFault = "soc"),
  "solar gone": (plant) => void (plant.solarW = 0),
  "base load at its declared highest": (plant) =>
    void (plant.baseMa[0] = [BASE_A * 1_000, BASE_A * 1_000, BASE_A * 1_000]),
};

function suffer(names: readonly string[], seed: number): { heat: number; chargedWh: number } {
  const chance = seededChance(seed);
  const site = smallSite({
    outlets: OUTLETS,
    mainA: 125,
    baseA: BASE_A,
    riseA: 10,
    battery: {},
    solarW: 15_000,
  });
  const plant = new Plant({ site, chance });
  plant.baseMa[0] = [20_000, 22_000, 18_000];
  plant.solarW = 9_000;
  for (let i = 0; i < OUTLETS; i++) plant.plugIn(outletId(i));
  plant.run(120_000 + chance.int(0, 60) * 500);
  let heat = 0;
  let most = 0;
  const watch = () => {
    const x = Math.max(...plant.trueMa(MAIN)) / 125_000;
    heat = Math.max(0, heat + (x * x - 1) * STEP_S);
    most = Math.max(most, heat);
  };
  for (const name of names) {
    faults[name]!(plant, chance);
    plant.run(chance.int(0, 60) * 500, watch);
  }
  const before = charged(plant);
  plant.run(240_000, watch);
  return { heat: most, chargedWh: charged(plant) - before };
}

const charged = (plant: Plant) => [...plant.cars.values()].reduce((wh, { gotWh }) => wh + gotWh, 0);
const names = Object.keys(faults);
const pairs = names.flatMap((a) => names.filter((b) => b !== a).map((b) => [a, b]));

for (const name of names) {
  test(`faults: ${name}: no fuse is overheated, and cars go on charging`, () => {
    for (let seed = 1; seed <= 3; seed++) {
      const { heat, chargedWh } = suffer([name], seed);
      assert(heat <= HEAT_MAX, `seed ${seed}: ${heat} of ${HEAT_MAX}`);
      assert(chargedWh > 200, `seed ${seed}: ${chargedWh} Wh`);
    }
  });
}

test("faults: every ordered pair of them: no fuse is overheated, and cars go on charging", () => {
  for (const [i, pair] of pairs.entries()) {
    const { heat, chargedWh } = suffer(pair, i);
    assert(heat <= HEAT_MAX, `${pair.join(", then ")}, seed ${i}: ${heat} of ${HEAT_MAX}`);
    assert(chargedWh > 200, `${pair.join(", then ")}, seed ${i}: ${chargedWh} Wh`);
  }
});
