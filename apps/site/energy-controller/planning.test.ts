/** The planner beside the loop: asked in time, followed, never waited for, and absent without harm; what was learnt survives a restart. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  createPlanner,
  Forecasts,
  type OutletId,
  type Planned,
  type Planner,
  type PlannerInput,
  parseSnapshot,
} from "@wattward/energy";
import { inProcessSolver } from "@wattward/energy/highs";
import type { Clock } from "@wattward/kernel";
import { SmallPlant } from "./testing/small-plant.ts";

const HOUR_MS = 3_600_000;
const last = (plant: SmallPlant) => plant.turns.at(-1)!.turn;

/** Answers what it is told to, when it is told to. */
function byHand(answer: (input: PlannerInput) => Planned | undefined | Promise<Planned | undefined>) {
  const asked: PlannerInput[] = [];
  const planner: Planner = {
    plan: async (input) => {
      asked.push(input);
      return answer(input);
    },
  };
  return { asked, planner };
}

const planned = ({ nowMs, wallMs, sessions }: PlannerInput): Planned => {
  const steps = [1_000, 2_000, 3_000];
  return {
    plan: {
      ...{ madeAtMs: nowMs, validUntilMs: nowMs + 300_000, batteries: new Map() },
      sessions: new Map(sessions.map(({ id }) => [id, { atLeastMa: 0, atMostMa: 10_000 }])),
    },
    view: {
      ...{ madeAtWallMs: wallMs, fromWallMs: wallMs, stepMs: 900_000, chargePermille: steps },
      ...{ gridW: steps, carsW: steps, batteryW: steps, solarW: steps, buildingW: steps },
    },
    why: "by hand",
  };
};

test("a plan is asked for at the start, every two minutes, and soon after a car comes; what it says is followed and shown", async () => {
  const { asked, planner } = byHand(planned);
  const plant = new SmallPlant({ planner });
  await plant.start();
  await plant.time.advance(75_000);
  assert.equal(last(plant).mode, "planned");
  const before = asked.length;
  const car = plant.plugIn(0);
  await plant.time.advance(20_000);
  assert.equal(asked.length, before + 1);
  assert.equal(asked.at(-1)!.sessions[0]!.id, car.id);
  await plant.time.advance(60_000);
  assert(car.limitMa <= 10_000 && car.limitMa >= 6_000, `${car.limitMa}`);
  assert.deepEqual(plant.snapshot?.plan?.gridW, [1_000, 2_000, 3_000]);
  const steady = asked.length;
  await plant.time.advance(600_000);
  assert(asked.length - steady >= 4 && asked.length - steady <= 7, `${asked.length - steady} in ten minutes`);
});

test("what a driver says after plugging in is forecast with, and planned with soon", async () => {
  const { asked, planner } = byHand(planned);
  const plant = new SmallPlant({ planner });
  await plant.start();
  const car = plant.plugIn(0);
  await plant.time.advance(30_000);
  const { wallMs } = plant.time.now();
  car.needs = { energyWh: 33_000, departureWallMs: wallMs + 20 * HOUR_MS };
  await plant.time.advance(20_000);
  const { leavesWallMs, takesWh } = asked.at(-1)!.sessions[0]!;
  assert(Math.max(...leavesWallMs!) >= wallMs + 20 * HOUR_MS, "nobody stays so long who says nothing");
  assert.equal(Math.max(...takesWh!), 33_000);
});

test("a clock that is set makes nobody come or leave sooner: who is there is forecast by the new one", async () => {
  const { asked, planner } = byHand(planned);
  let setMs = 0;
  const now = (clock: Clock) => {
    const { wallMs, ...rest } = clock.now();
    return { ...rest, wallMs: wallMs + setMs };
  };
  const plant = new SmallPlant({ planner, clock: (clock) => ({ ...clock, now: () => now(clock) }) });
  await plant.start();
  plant.plugIn(0);
  await plant.time.advance(150_000);
  const stayMs = () => Math.max(...asked.at(-1)!.sessions[0]!.leavesWallMs!) - asked.at(-1)!.wallMs;
  const beforeMs = stayMs();
  for (setMs of [30 * 24 * HOUR_MS, -2 * HOUR_MS]) {
    await plant.time.advance(150_000);
    assert(Math.abs(stayMs() - beforeMs) < HOUR_MS / 4, `${stayMs()} ms, ${beforeMs} before`);
  }
});

test("another time zone holds for what is forecast at once, and who is there is known as before", async () => {
  const { asked, planner } = byHand(planned);
  const plant = new SmallPlant({ planner, config: { timeZone: "UTC" } });
  const learnt = new Forecasts("UTC");
  const { wallMs } = plant.time.now();
  for (let day = 1; day <= 7; day++) {
    const arrivedWallMs = wallMs - day * 24 * HOUR_MS + HOUR_MS;
    learnt.learn({
      outlet: "o0" as OutletId,
      arrivedWallMs,
      leftWallMs: arrivedWallMs + HOUR_MS,
      takenWh: 9_000,
    });
  }
  plant.disk.damage("energy/forecasts.json", new TextEncoder().encode(JSON.stringify(learnt.state())));
  await plant.start();
  plant.plugIn(0);
  await plant.time.advance(20_000);
  /** Somebody comes in the middle of an hour of the site's clock. */
  const comes = () => asked.at(-1)!.expected!.at(-1)!.arriveWallMs % HOUR_MS;
  const stays = () => asked.at(-1)!.sessions.map(({ leavesWallMs }) => leavesWallMs !== undefined);
  assert.deepEqual([comes(), stays()], [HOUR_MS / 2, [true]]);
  plant.publish({ ...plant.config, timeZone: "Asia/Kolkata" });
  await plant.time.advance(150_000);
  assert.deepEqual([comes(), stays()], [0, [true]]);
});

test("a plan that is out of date is none: no quarter is told with it, nobody is shown it, and why there is no other is said", async () => {
  const { asked, planner } = byHand((input) => (asked.length === 1 ? planned(input) : undefined));
  const plant = new SmallPlant({ planner });
  await plant.start();
  await plant.time.advance(50 * 60_000);
  const meant = new Map(plant.quarters.map((quarter) => [quarter.fromWallMs, quarter.planned !== undefined]));
  assert.deepEqual([...meant.values()].slice(1), [false, false]);
  assert.equal(plant.snapshot?.plan, undefined);
  assert.equal(last(plant).reason, "There is no plan: the planner gave no reason.");
});

for (const [name, answer] of [
  ["says nothing", () => undefined],
  ["never answers", () => new Promise<undefined>(() => {})],
  ["fails", () => Promise.reject(new Error("broken"))],
  [
    "is absurd",
    (input: PlannerInput) => ({
      ...planned(input),
      plan: {
        ...planned(input).plan,
        sessions: new Map([["s" as never, { atLeastMa: Number.NaN, atMostMa: 1 }]]),
      },
    }),
  ],
] as const)
  test(`a planner that ${name}: reactive, and everybody charges`, async () => {
    const { planner } = byHand(answer as (input: PlannerInput) => Planned | undefined);
    const plant = new SmallPlant({ planner });
    await plant.start();
    await plant.time.advance(75_000);
    const car = plant.plugIn(0);
    await plant.time.advance(45_000);
    assert.equal(last(plant).mode, "reactive");
    assert(car.limitMa >= 20_000, `${car.limitMa}`);
    assert.deepEqual(plant.fatals, []);
  });

test("the real planner, in this thread: a plan for a site with car, battery and sun, and a snapshot that shows it", async () => {
  const planner = createPlanner(await inProcessSolver());
  const plant = new SmallPlant({ planner, baseA: 20, battery: {}, solarW: 15_000 });
  plant.sunW = 6_000;
  await plant.start();
  plant.plugIn(0);
  // HiGHS is loaded in real time, which simulated time does not wait for.
  for (let i = 0; i < 60 && last0(plant) !== "planned"; i++) {
    await plant.time.advance(5_000);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.equal(last(plant).mode, "planned");
  await plant.time.advance(2_000);
  const { plan, forecastError } = plant.snapshot!;
  assert(plan !== undefined && plan.gridW.length > 10 && plan.gridW.every(Number.isFinite));
  assert.equal(
    forecastError,
    undefined,
    "nothing was held against what came of it yet: that is no error of 0",
  );
});
const last0 = (plant: SmallPlant): string | undefined => plant.turns.at(-1)?.turn.mode;

test("what was learnt is on the disk: a restart goes on from it, and a file that is damaged is learnt anew", async () => {
  const { asked, planner } = byHand(planned);
  const plant = new SmallPlant({ planner });
  await plant.start();
  await plant.time.advance(1_900_000);
  const kept = plant.disk.peek("energy/forecasts.json");
  assert(kept !== undefined);
  plant.kill();
  await plant.start();
  await plant.time.advance(20_000);
  const { likely } = asked.at(-1)!.loadW;
  assert(
    likely.some((w) => w > 500),
    likely.slice(0, 5).join(),
  );
  plant.kill();
  plant.disk.damage("energy/forecasts.json", new TextEncoder().encode('{"version":1,"load":7}'));
  await plant.start();
  await plant.time.advance(20_000);
  assert.deepEqual(plant.fatals, []);
  assert(plant.nowMs - plant.turns.at(-1)!.atMs < 1_000);
});

test("how many cars come in an hour, and what one takes, is held against the forecast, and shown", async () => {
  // The wall's clock runs fast: an hour of it would be long to wait for.
  const now = (clock: Clock) => {
    const { wallMs, monotonicMs, ...rest } = clock.now();
    return { ...rest, monotonicMs, wallMs: wallMs + 11 * monotonicMs };
  };
  const plant = new SmallPlant({
    config: { timeZone: "UTC" },
    clock: (clock) => ({ ...clock, now: () => now(clock) }),
  });
  const { wallMs, monotonicMs } = plant.time.now();
  const startMs = wallMs + 11 * monotonicMs;
  const learnt = new Forecasts("UTC");
  // One in each hour of the week before, and each took the same.
  for (let hour = -7 * 24; hour < 0; hour++) {
    const arrivedWallMs = startMs + hour * HOUR_MS;
    const leftWallMs = arrivedWallMs + HOUR_MS / 2;
    learnt.learn({ outlet: "o0" as OutletId, arrivedWallMs, leftWallMs, takenWh: 9_000 });
  }
  plant.disk.damage("energy/forecasts.json", new TextEncoder().encode(JSON.stringify(learnt.state())));
  await plant.start();
  assert(startMs % HOUR_MS < 60_000, "an hour begins");
  await plant.time.advance(200_000);
  for (const outlet of [0, 1]) plant.plugIn(outlet);
  await plant.time.advance(30_000);
  plant.plugIn(2);
  plant.unplug(0);
  await plant.time.advance(90_000);
  // One was expected, and three came; one left, and the plant's cars are told to have taken nothing.
  const { takenWh, arrivals } = plant.snapshot?.forecastError ?? {};
  assert.deepEqual({ takenWh, arrivals }, { takenWh: 9_000, arrivals: 2 });
  assert(parseSnapshot(JSON.stringify(plant.snapshot)).ok);
});
