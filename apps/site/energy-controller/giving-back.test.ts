/** A car that gives back, from the local controller's word through plan and loop to a grant, and what is told and counted of it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Planned, Planner, PlannerInput } from "@wattward/energy";
import { SmallPlant } from "./testing/small-plant.ts";

const HOUR_MS = 3_600_000;

/** Plans that the only car gives 10 A. */
function planner(asked: PlannerInput[]): Planner {
  return {
    plan: async (input): Promise<Planned> => {
      asked.push(input);
      const { nowMs, wallMs, sessions } = input;
      const steps = [1_000, -2_000, 3_000];
      return {
        plan: {
          ...{ madeAtMs: nowMs, validUntilMs: nowMs + 300_000, batteries: new Map() },
          sessions: new Map(
            sessions.map(({ id }) => [id, { atLeastMa: 0, atMostMa: 0, dischargeMa: 10_000 }]),
          ),
        },
        view: {
          ...{ madeAtWallMs: wallMs, fromWallMs: wallMs, stepMs: 900_000, chargePermille: [0, 0, 0] },
          ...{ gridW: steps, carsW: steps, batteryW: steps, solarW: steps, buildingW: steps },
        },
        why: "by hand",
      };
    },
  };
}

async function giving() {
  const asked: PlannerInput[] = [];
  const outlet = { dischargeMaMax: 16_000 };
  const plain = new SmallPlant({ outlets: 1, config: { strategy: "cost" } }).config;
  const site = { ...plain.site, outlets: plain.site.outlets.map((one) => ({ ...one, ...outlet })) };
  const plant = new SmallPlant({
    ...{ outlets: 1, planner: planner(asked) },
    config: { strategy: "cost", site, tariff: { ...plain.tariff, carWearMilliCentPerKwh: 7_000 } },
  });
  plant.baseMa = [15_000, 15_000, 15_000];
  await plant.start();
  await plant.time.advance(75_000);
  const departureWallMs = Math.round(plant.time.now().wallMs + 10 * HOUR_MS);
  const word = { deliveredWh: 20_000, dischargeWMax: 11_000, dischargeLeftWh: 15_000 };
  const car = plant.plugIn(0, 16_000, { ...word, energyWh: 20_000, departureWallMs });
  await plant.time.advance(120_000);
  return { plant, car, asked };
}

test("the planner hears of it, the loop grants it, the snapshot shows it, and what is told breaks no contract", async () => {
  const { plant, car, asked } = await giving();
  const [session] = asked.at(-1)!.sessions;
  assert.deepEqual([session?.dischargeWMax, session?.dischargeLeftWh], [11_000, 15_000]);
  assert.equal(asked.at(-1)!.tariff.carWearMilliCentPerKwh, 7_000);
  assert.equal(car.dischargeMa, 10_000);
  const outlet = plant.snapshot?.outlets[0];
  assert.deepEqual(
    [outlet?.dischargeMa, outlet?.reason, outlet?.observedMa],
    [10_000, "gives-back", -10_000],
  );
  assert(Math.abs((plant.snapshot?.flows.carsW ?? 0) + 6_900) < 10, `${plant.snapshot?.flows.carsW} W`);
  assert.deepEqual(plant.fatals, []);
  // Whole quarters of it: what was given is no energy that cars took.
  await plant.time.advance(2_000_000);
  assert(plant.quarters.length > 0 && plant.quarters.every(({ carsWh }) => carsWh >= 0));
  assert.equal(plant.nowMs - plant.turns.at(-1)!.atMs < 1_000, true);
});

test("what it has given is owed to it: a car that was full is none to the next plan", async () => {
  const { plant, car, asked } = await giving();
  car.needs = { ...car.needs, deliveredWh: 12_000, dischargeLeftWh: 7_000 };
  await plant.time.advance(150_000);
  const [session] = asked.at(-1)!.sessions;
  assert.deepEqual([session?.idle, session?.takesWh, session?.deliveredWh], [false, [20_000], 12_000]);
});

test("what it has given is owed to it by the energy controller that is started next, too", async () => {
  const { plant, car, asked } = await giving();
  car.needs = { ...car.needs, deliveredWh: 12_000, dischargeLeftWh: 7_000 };
  await plant.time.advance(310_000);
  plant.kill();
  await plant.time.advance(5_000);
  await plant.start();
  await plant.time.advance(150_000);
  const [session] = asked.at(-1)!.sessions;
  assert.deepEqual([session?.idle, session?.takesWh, session?.deliveredWh], [false, [20_000], 12_000]);
});

test("a word that is taken back ends it within seconds", async () => {
  const { plant, car } = await giving();
  const { dischargeWMax: _, dischargeLeftWh: __, ...needs } = car.needs;
  car.needs = needs;
  await plant.time.advance(5_000);
  assert.equal(car.dischargeMa, 0);
});
