/**
 * What always holds of cars that give back, hunted for on random sites with plans that know nothing: cars that stop at any instant, leave, or
 * are told something else each minute. The seed stands in every failure.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Chance } from "@wattward/kernel";
import { seededChance } from "@wattward/testing";
import type { SessionId, SessionPlan } from "./inputs.ts";
import { Plant } from "./testing/plant.ts";
import { smallSite } from "./testing/small-site.ts";

const SEEDS = 25;
const RUN_S = 20 * 60;
const KEEPS_WH = 10_000;
/** An order's time to show, and the next one's. */
const EXPORT_MS_MAX = 18_000;
/** More than a meter's noise, and what the load moves in a second. */
const EXPORT_W = 1_000;

type World = {
  readonly plant: Plant;
  readonly chance: Chance;
  readonly baseMa: number;
  readonly riseMa: number;
};

function world(seed: number): World {
  const chance = seededChance(seed);
  const outlets = chance.int(2, 8);
  const baseA = chance.int(5, 40);
  const riseA = chance.int(0, baseA);
  const mainA = baseA + chance.int(12, 20 * outlets);
  const subA = Math.min(mainA, chance.int(8, 40));
  const site = smallSite({
    ...{ outlets, baseA, riseA, mainA, subA },
    outlet: { dischargeMaMax: chance.int(6, 32) * 1_000 },
  });
  const plant = new Plant({
    ...{ site, chance },
    meterDelayMs: chance.int(1, 8) * 100,
    stationDelayMs: chance.int(2, 100) * 100,
    commandDelayMs: chance.int(1, 10) * 100,
    carDelayMs: chance.int(3, 40) * 100,
  });
  return { plant, chance, baseMa: baseA * 1_000, riseMa: riseA * 1_000 };
}

/** A second of the world: cars, their wishes, contactors that open, load within its declaration. */
function events({ plant, chance, baseMa, riseMa }: World): void {
  for (const { id } of plant.site.outlets) {
    const car = plant.cars.get(id);
    const dice = chance.int(1, 600);
    if (car === undefined && dice < 20)
      plant.plugIn(id, {
        ...{ mostMa: chance.int(6, 32) * 1_000, laxityMs: 4 * 3_600_000 },
        ...{ gotWh: KEEPS_WH + chance.int(0, 3_000), needWh: 40_000 },
        ...(chance.int(0, 2) > 0 && { gives: { wMax: chance.int(2, 22) * 1_000, keepsWh: KEEPS_WH } }),
      });
    else if (car !== undefined && dice < 3) plant.unplug(id);
    else if (dice > 590) plant.stations.get(id)!.dischargeMa = 0;
  }
  plant.baseMa.forEach((ma, i) => {
    const move = (x: number) =>
      Math.min(baseMa, Math.max(0, x + chance.int(-Math.floor(riseMa / 30), Math.floor(riseMa / 130))));
    plant.baseMa[i] = [move(ma[0]), move(ma[1]), move(ma[2])];
  });
}

/** Advice without sense. */
function plan({ plant, chance }: World): void {
  const sessions = new Map<SessionId, SessionPlan>();
  for (const { id } of plant.cars.values()) {
    if (chance.int(0, 1) === 1) sessions.set(id, { atLeastMa: 0, atMostMa: chance.int(0, 32) * 1_000 });
    else sessions.set(id, { atLeastMa: 0, atMostMa: 0, dischargeMa: chance.int(1, 40) * 1_000 });
  }
  plant.plan = { madeAtMs: plant.nowMs, validUntilMs: plant.nowMs + 300_000, sessions, batteries: new Map() };
}

test("property: whatever a plan says and whoever stops, no fuse is above its rating either way, what is kept is kept, and no export lasts", () => {
  let gave = 0;
  for (let seed = 1; seed <= SEEDS; seed++) {
    const it = world(seed);
    const { plant } = it;
    let exportsSinceMs: number | undefined;
    for (let s = 0; s < RUN_S; s++) {
      events(it);
      if (s % 60 === 0) plan(it);
      plant.run(1_000, ({ gridW, nowMs, worstLoad }) => {
        assert(worstLoad <= 1.0001, `seed ${seed} at ${nowMs}: ${worstLoad}`);
        exportsSinceMs = gridW < -EXPORT_W ? (exportsSinceMs ?? nowMs) : undefined;
        const exportMs = exportsSinceMs === undefined ? 0 : nowMs - exportsSinceMs;
        assert(exportMs <= EXPORT_MS_MAX, `seed ${seed} at ${nowMs}: exports ${-gridW} W for ${exportMs} ms`);
      });
      for (const { drawMa, gotWh, gives, id } of plant.cars.values()) {
        if (drawMa < 0) gave++;
        if (gives !== undefined)
          assert(gotWh >= KEEPS_WH, `seed ${seed} at ${plant.nowMs}: ${id} ${gotWh} Wh`);
      }
    }
  }
  assert(gave > 5_000, `${gave} seconds of giving: nothing was tried`);
});
