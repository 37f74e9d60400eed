/** What an energy manager chooses is what a plan does: each strategy on the site and the cars that tell it from the others. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { SessionId } from "../inputs.ts";
import type { PlannedSession, PlannerInput, Strategy } from "../planner.ts";
import { flatFrom, solverOfFile } from "../testing/planning.ts";
import { outletId, smallSite } from "../testing/small-site.ts";

const HOUR_MS = 3_600_000;
const NOW_MS = Date.UTC(2026, 5, 1, 8);
const flat = flatFrom(NOW_MS);
const { made } = solverOfFile();

const car = (i: number, extra: Partial<PlannedSession> = {}): PlannedSession => ({
  ...{ id: `s${i}` as SessionId, outlet: outletId(i), arrivedWallMs: NOW_MS, wantsMa: 32_000 },
  ...{ deliveredWh: 0, energyWh: 10_000, departureWallMs: NOW_MS + 8 * HOUR_MS },
  ...extra,
});
const input = (strategy: Strategy, extra: Partial<PlannerInput>): PlannerInput => ({
  ...{ site: smallSite({ outlets: 2, mainA: 100 }), wallMs: NOW_MS, nowMs: 0, strategy, sessions: [car(0)] },
  ...{ loadW: flat(0), solarW: flat(0), chargePermille: new Map() },
  price: { fromWallMs: NOW_MS, stepMs: HOUR_MS, milliCentPerKwh: [30_000] },
  tariff: { feedInMilliCentPerKwh: 0, demandMilliCentPerKw: 0, batteryWearMilliCentPerKwh: 0 },
  ...extra,
});
/** Kilowatts of all cars in the first step. */
async function now(strategy: Strategy, extra: Partial<PlannerInput>): Promise<number> {
  const { view } = await made(input(strategy, extra));
  return Math.round(view.carsW[0]! / 1000);
}

/** Sure to stay its eight hours: waiting costs nobody anything. */
const stays = car(0, { leavesWallMs: [NOW_MS + 8 * HOUR_MS], takesWh: [10_000], learntVisits: 10_000 });
/** Dark for two hours, then more sun than the car can take. */
const sunLater = {
  site: smallSite({ outlets: 2, mainA: 100, solarW: 30_000 }),
  solarW: { ...flat(0), low: [0, 0, 3e4, 3e4], likely: [0, 0, 3e4, 3e4], high: [0, 0, 3e4, 3e4] },
  sessions: [stays],
};
const cheapLater = {
  price: { fromWallMs: NOW_MS, stepMs: HOUR_MS, milliCentPerKwh: [40_000, 40_000, 10_000] },
  sessions: [stays],
};

test("self-consumption: at one price for all hours, and as much for what is fed in, a car waits for the sun; by cost it need not", async () => {
  const tariff = {
    feedInMilliCentPerKwh: 30_000,
    demandMilliCentPerKw: 0,
    batteryWearMilliCentPerKwh: 0,
  };
  assert.equal(await now("self-consumption", { ...sunLater, tariff }), 0);
  assert(Number(await now("cost", { ...sunLater, tariff })) > 0);
});

test("fairness: prices do not count; by cost the same car waits for the cheap hour", async () => {
  assert.equal(
    (await made(input("fairness", cheapLater))).view.carsW.findIndex((w) => w > 0),
    0,
  );
  assert.equal(await now("cost", cheapLater), 0);
});

test("guaranteed-energy: the departure that a driver told is kept, whatever was learnt of his leaving later", async () => {
  const told = car(0, {
    departureWallMs: NOW_MS + HOUR_MS,
    ...{ leavesWallMs: [NOW_MS + 8 * HOUR_MS], takesWh: [10_000], learntVisits: 10_000 },
  });
  assert((await now("guaranteed-energy", { ...cheapLater, sessions: [told] })) >= 9);
  assert.equal(await now("cost", { ...cheapLater, sessions: [told] }), 0);
});

test("cost: a kWh missed is worth what the operator says, and by fairness nothing else", async () => {
  // As likely to leave in the next hour as to stay for the day; energy is 30 cents cheaper from the third hour on.
  const leaves = [NOW_MS + 1.5 * HOUR_MS, NOW_MS + 8 * HOUR_MS];
  const unsure = {
    ...cheapLater,
    sessions: [car(0, { leavesWallMs: leaves, takesWh: [10_000], learntVisits: 10_000 })],
  };
  const worth = (cent?: number) => ({
    ...unsure,
    tariff: {
      ...{ feedInMilliCentPerKwh: 0, demandMilliCentPerKw: 0, batteryWearMilliCentPerKwh: 0 },
      ...(cent !== undefined && { missedMilliCentPerKwh: cent * 1_000 }),
    },
  });
  assert.equal(await now("cost", worth(0)), 0);
  assert((await now("cost", worth(50))) > 0);
  assert.equal(await now("cost", worth(100)), await now("cost", worth()));
  assert.equal(await now("fairness", worth(0)), await now("fairness", worth()));
});

test("each says in a sentence why", async () => {
  for (const strategy of ["fairness", "cost", "self-consumption", "guaranteed-energy"] as const)
    assert.match((await made(input(strategy, {}))).why, /^[A-Z].+\.$/);
});
