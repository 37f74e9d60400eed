/** Without a planner whoever can wait least is served first, by his own word or by what was learnt; where nobody knows anything, in slots. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { PlannedSession, SessionId, Strategy } from "@wattward/energy";
import { outletId, smallSite } from "@wattward/energy/testing";
import { laxitiesOf } from "./laxities.ts";
import { SmallPlant } from "./testing/small-plant.ts";

const HOUR_MS = 3_600_000;
const WALL_MS = Date.UTC(2026, 5, 1, 9);
const site = smallSite({ outlets: 3, mainA: 63 });

const session = (i: number, told: Partial<PlannedSession> = {}): PlannedSession => ({
  ...{
    id: `s${i}` as SessionId,
    outlet: outletId(i),
    arrivedWallMs: WALL_MS,
    deliveredWh: 0,
    wantsMa: 32_000,
  },
  ...told,
});
const laxities = (sessions: readonly PlannedSession[], strategy: Strategy = "guaranteed-energy") =>
  laxitiesOf(sessions, { site, strategy, wallMs: WALL_MS });

test("the time a session stays, by its own word, less the time that its energy takes at full power", () => {
  // 32 A on three phases of 230 V are 22.08 kW.
  const told = { departureWallMs: WALL_MS + 3 * HOUR_MS, energyWh: 22_080 };
  assert.deepEqual([...laxities([session(0, told)])], [["s0", 2 * HOUR_MS]]);
  const half = { ...told, deliveredWh: 11_040 };
  assert.deepEqual([...laxities([session(0, half)])], [["s0", 2.5 * HOUR_MS]]);
  const late = { ...told, departureWallMs: WALL_MS + HOUR_MS / 2 };
  assert.deepEqual([...laxities([session(0, late)])], [["s0", -HOUR_MS / 2]]);
});

test("nothing is said of whom nobody knows anything, before visits are learnt; nor of anybody where all are to get alike", () => {
  const told = session(0, { departureWallMs: WALL_MS + HOUR_MS });
  assert.deepEqual([...laxities([told, session(1)]).keys()], ["s0"]);
  const learnt = session(1, { learntVisits: 20 });
  assert.deepEqual([...laxities([told, learnt], "cost").keys()], ["s0", "s1"]);
  assert.deepEqual([...laxities([told, learnt], "fairness").keys()], []);
});

/** Room for one minimum alone; two cars, of which the second can wait least. */
async function crowded(strategy: Strategy, secondStaysMs: number) {
  const plant = new SmallPlant({ outlets: 2, mainA: 12, baseA: 4, config: { strategy } });
  await plant.start();
  await plant.time.advance(75_000);
  const leavesAfter = (ms: number) => ({ departureWallMs: plant.time.now().wallMs + ms, energyWh: 10_000 });
  const patient = plant.plugIn(0, 32_000, leavesAfter(10 * HOUR_MS));
  await plant.time.advance(60_000);
  assert.equal(patient.limitMa, 7_000);
  const hurried = plant.plugIn(1, 32_000, leavesAfter(secondStaysMs));
  await plant.time.advance(90_000);
  assert.equal(plant.turns.at(-1)!.turn.mode, "reactive");
  return { patient, hurried };
}

test("with no planner at all the loop takes the minimum from who can wait and gives it to who cannot", async () => {
  const { patient, hurried } = await crowded("guaranteed-energy", HOUR_MS);
  assert.deepEqual([patient.limitMa, hurried.limitMa], [0, 7_000]);
});

test("a word that comes later counts from then on", async () => {
  const plant = new SmallPlant({ outlets: 2, mainA: 12, baseA: 4, config: { strategy: "cost" } });
  await plant.start();
  await plant.time.advance(75_000);
  const wallMs = plant.time.now().wallMs;
  const first = plant.plugIn(0, 32_000, { departureWallMs: wallMs + 10 * HOUR_MS, energyWh: 1_000 });
  const second = plant.plugIn(1, 32_000, { departureWallMs: wallMs + 10 * HOUR_MS, energyWh: 1_000 });
  await plant.time.advance(60_000);
  assert.deepEqual([first.limitMa, second.limitMa], [7_000, 0]);
  second.needs = { departureWallMs: wallMs + HOUR_MS, energyWh: 20_000 };
  await plant.time.advance(60_000);
  assert.deepEqual([first.limitMa, second.limitMa], [0, 7_000]);
});

test("who can wait as long as the other does not take its place; nor does the word count where all are to get alike", async () => {
  const patientToo = await crowded("guaranteed-energy", 10 * HOUR_MS);
  assert.deepEqual([patientToo.patient.limitMa, patientToo.hurried.limitMa], [7_000, 0]);
  const slots = await crowded("fairness", HOUR_MS);
  assert.deepEqual([slots.patient.limitMa, slots.hurried.limitMa], [7_000, 0]);
});
