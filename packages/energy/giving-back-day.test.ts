/** An evening and a night in simulated time, planner and control loop together: dear hours, a building, one car that gives back and one that does not. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { seededChance } from "@wattward/testing";
import { inProcessSolver } from "./highs/in-process.ts";
import { createPlanner } from "./planner/create-planner.ts";
import type { Solver } from "./planner/linear-program.ts";
import type { Forecast, PlannedSession } from "./planner.ts";
import type { OutletId } from "./site.ts";
import { type Car, Plant } from "./testing/plant.ts";
import { outletId, smallSite } from "./testing/small-site.ts";

const HOUR_MS = 3_600_000;
const PLAN_EVERY_MS = 300_000;
const FIVE_PM = Date.UTC(2026, 0, 15, 17);
const STAYS_H = 9;
const LEAVES_MS = FIVE_PM + STAYS_H * HOUR_MS;
const DEAR_H = 3;
const price = {
  ...{ fromWallMs: FIVE_PM, stepMs: HOUR_MS },
  milliCentPerKwh: [...Array(DEAR_H).fill(60_000), ...Array(40).fill(15_000)] as number[],
};
const tariff = { feedInMilliCentPerKwh: 0, demandMilliCentPerKw: 0, batteryWearMilliCentPerKwh: 8_000 };
const BUILDING_A = 15;
const WANTS_WH = 40_000;
const KEEPS_WH = 12_000;

const flat = (w: number): Forecast => ({
  ...{ fromWallMs: FIVE_PM, stepMs: HOUR_MS, low: [w], likely: [w], high: [w] },
});

let solver: Solver;
before(async () => {
  solver = await inProcessSolver();
});
after(() => solver.close());

type Night = {
  readonly giver: Car;
  readonly other: Car;
  /** Bought in the dear hours, and after them. */
  readonly dearKwh: number;
  readonly cheapKwh: number;
  readonly exportedWMax: number;
  readonly worstLoad: number;
};

/** `stallsAtMs`: the car's contactor opens then, and stays open for ten minutes. */
async function night({ stallsAtMs = Number.POSITIVE_INFINITY } = {}): Promise<Night> {
  const site = smallSite({ outlets: 2, mainA: 50, baseA: 20, riseA: 2, outlet: { dischargeMaMax: 16_000 } });
  const plant = new Plant({ site, chance: seededChance(9) });
  plant.baseMa[0] = [BUILDING_A * 1_000, BUILDING_A * 1_000, BUILDING_A * 1_000];
  const giver = plant.plugIn(outletId(0), {
    ...{ gotWh: 35_000, needWh: WANTS_WH, mostMa: 16_000 },
    gives: { wMax: 11_000, keepsWh: KEEPS_WH },
  });
  const other = plant.plugIn(outletId(1), { needWh: 20_000, mostMa: 16_000 });
  const planned = ({ id, outlet, gotWh, needWh, mostMa, gives: word }: Car): PlannedSession => ({
    ...{ id, outlet: outlet as OutletId, deliveredWh: gotWh, energyWh: needWh, takesWh: [needWh] },
    ...{ wantsMa: mostMa, arrivedWallMs: FIVE_PM, departureWallMs: LEAVES_MS, leavesWallMs: [LEAVES_MS] },
    ...(word && { dischargeWMax: word.wMax, dischargeLeftWh: Math.max(0, gotWh - word.keepsWh) }),
  });
  const planner = createPlanner(solver);
  const told = { dearKwh: 0, cheapKwh: 0, exportedWMax: 0, worstLoad: 0 };
  const watch = ({ gridW, nowMs, worstLoad }: Plant) => {
    told[nowMs < DEAR_H * HOUR_MS ? "dearKwh" : "cheapKwh"] += (Math.max(0, gridW) * 100) / HOUR_MS / 1_000;
    told.exportedWMax = Math.max(told.exportedWMax, -gridW);
    told.worstLoad = Math.max(told.worstLoad, worstLoad);
    if (nowMs >= stallsAtMs && nowMs < stallsAtMs + 600_000) plant.stations.get(outletId(0))!.dischargeMa = 0;
  };
  while (plant.nowMs < STAYS_H * HOUR_MS) {
    const made = await planner.plan(
      {
        ...{ site, wallMs: FIVE_PM + plant.nowMs, nowMs: plant.nowMs, strategy: "cost", price, tariff },
        ...{ loadW: flat(3 * BUILDING_A * 230), solarW: flat(0), chargePermille: new Map() },
        sessions: [giver, other].map(planned),
      },
      5_000,
    );
    assert(made !== undefined, "no plan");
    plant.plan = made.plan;
    plant.run(PLAN_EVERY_MS, watch);
  }
  return { giver, other, ...told };
}

test("in the dear hours the car feeds the building; it stops once in the middle, exports and overloads nothing; both cars are as full as asked by departure, for less money", async () => {
  const { dearKwh, cheapKwh, giver, other, exportedWMax, worstLoad } = await night({
    stallsAtMs: 1.5 * HOUR_MS,
  });
  // 35 kWh, of which 12 are kept; without, everything that the building draws would be bought, and the cars charged when it is cheap.
  const buildingKw = (3 * BUILDING_A * 230) / 1_000;
  assert(DEAR_H * buildingKw - dearKwh > 18, `${dearKwh} kWh in the dear hours`);
  assert(giver.gotWh >= WANTS_WH - 200, `${giver.gotWh} Wh`);
  assert(other.gotWh >= 20_000 - 200, `${other.gotWh} Wh`);
  const cents = 60 * dearKwh + 15 * cheapKwh;
  const withoutCents = 60 * DEAR_H * buildingKw + 15 * ((STAYS_H - DEAR_H) * buildingKw + 5 + 20);
  assert(cents < 0.8 * withoutCents, `${cents} of ${withoutCents} cents`);
  assert(exportedWMax < 100, `${exportedWMax} W exported`);
  assert(worstLoad <= 1);
});
