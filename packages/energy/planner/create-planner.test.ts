import assert from "node:assert/strict";
import { test } from "node:test";
import type { SessionId } from "../inputs.ts";
import type { PlannedSession, PlannerInput } from "../planner.ts";
import type { SourceId } from "../site.ts";
import { flatFrom, solverOfFile } from "../testing/planning.ts";
import { outletId, smallSite } from "../testing/small-site.ts";
import { createPlanner } from "./create-planner.ts";
import type { Solver } from "./linear-program.ts";
import { laxityMs } from "./stays.ts";

const HOUR_MS = 3_600_000;
const NOW_MS = Date.UTC(2026, 5, 1, 8);
const flat = flatFrom(NOW_MS);
const car = (i: number, extra: Partial<PlannedSession> = {}): PlannedSession => ({
  id: `s${i}` as SessionId,
  outlet: outletId(i),
  arrivedWallMs: NOW_MS,
  deliveredWh: 0,
  wantsMa: 32_000,
  energyWh: 20_000,
  departureWallMs: NOW_MS + 8 * HOUR_MS,
  ...extra,
});
const input = (extra: Partial<PlannerInput> = {}): PlannerInput => ({
  site: smallSite({ outlets: 4, mainA: 100 }),
  wallMs: NOW_MS,
  nowMs: 1_000,
  strategy: "cost",
  sessions: [],
  loadW: flat(0),
  solarW: flat(0),
  chargePermille: new Map(),
  price: { fromWallMs: NOW_MS, stepMs: HOUR_MS, milliCentPerKwh: [30_000] },
  tariff: { feedInMilliCentPerKwh: 0, demandMilliCentPerKw: 0, batteryWearMilliCentPerKwh: 0 },
  ...extra,
});

const { made, solver } = solverOfFile();
const atLeast = async (given: PlannerInput) =>
  [...(await made(given)).plan.sessions.values()].map(({ atLeastMa }) => Math.round(atLeastMa / 100) / 10);

test("planner: an empty site has an empty plan", async () => {
  const { plan } = await made(input());
  assert.equal(plan.sessions.size, 0);
  assert.equal(plan.madeAtMs, 1_000);
});

test("planner: a car that stays waits for the cheap hours, one that is about to leave does not", async () => {
  const price = {
    fromWallMs: NOW_MS,
    stepMs: HOUR_MS,
    milliCentPerKwh: [40_000, 40_000, 10_000, 10_000, 10_000],
  };
  const learntVisits = 10_000;
  const stays = { leavesWallMs: [NOW_MS + 8 * HOUR_MS], takesWh: [20_000], learntVisits };
  const leaves = { leavesWallMs: [NOW_MS + HOUR_MS], takesWh: [20_000], learntVisits };
  const [later, now] = await atLeast(input({ price, sessions: [car(0, stays), car(1, leaves)] }));
  assert.equal(later, 0);
  assert(now! > 25, `${now} A`);
});

test("planner: where power is short, who is likely to leave soon goes first", async () => {
  const site = smallSite({ outlets: 4, mainA: 32 });
  // More than it can get: each moment counts.
  const soon = { leavesWallMs: [NOW_MS + HOUR_MS], takesWh: [30_000], energyWh: 30_000 };
  const late = { leavesWallMs: [NOW_MS + 9 * HOUR_MS], takesWh: [20_000] };
  const [a, b] = await atLeast(input({ site, strategy: "fairness", sessions: [car(0, late), car(1, soon)] }));
  assert(a! <= 1 && b! >= 29, `${a} A, ${b} A`);
});

test("planner: how much is bought when prices differ is the program's, and who can wait least has it first", async () => {
  const site = smallSite({ outlets: 4, mainA: 32 });
  const price = { fromWallMs: NOW_MS, stepMs: HOUR_MS, milliCentPerKwh: [10_000, 40_000] };
  const learnt = { learntVisits: 10_000, takesWh: [15_000] };
  // Both may leave early; the program, in expectation, would serve either: one in five of the first leaves within the hour.
  const early = { ...learnt, leavesWallMs: [1, 8, 8, 8, 8].map((h) => NOW_MS + h * HOUR_MS) };
  const late = { ...learnt, leavesWallMs: [6, 6, 6, 6, 6].map((h) => NOW_MS + h * HOUR_MS) };
  for (const sessions of [
    [car(0, early), car(1, late)],
    [car(0, late), car(1, early)],
  ]) {
    const { plan } = await made(input({ site, price, sessions }));
    const served = [...plan.sessions.values()].sort((a, b) => a.laxityMs! - b.laxityMs!);
    assert(served[0]!.atLeastMa >= 31_000, `${served[0]!.atLeastMa} mA for who can wait least`);
    assert(served[1]!.atMostMa <= 1_000, `${served[1]!.atMostMa} mA for who can wait`);
  }
});

test("planner: what is bought for the cars of one phase is not planned for those of another, who cannot have it", async () => {
  const plain = smallSite({ outlets: 6, mainA: 32 });
  const outlets = plain.outlets.map((one, i) => ({
    ...one,
    wiring: [i < 4 ? "L1" : i < 5 ? "L2" : "L3"] as const,
  }));
  const price = { fromWallMs: NOW_MS, stepMs: HOUR_MS, milliCentPerKwh: [10_000, 40_000] };
  const sessions = plain.outlets.map((_, i) => {
    const leavesWallMs = [NOW_MS + (i < 4 ? 3 : 4) * HOUR_MS];
    return car(i, { learntVisits: 10_000, takesWh: [7_000], leavesWallMs });
  });
  const { plan } = await made(input({ site: { ...plain, outlets }, price, sessions }));
  const most = [...plan.sessions.values()].map(({ atMostMa }) => Math.round(atMostMa / 1_000));
  assert(most[4]! >= 28 && most[5]! >= 28, `${most} A: L2 and L3 stand idle`);
  const ofL1 = most.slice(0, 4).reduce((sum, a) => sum + a, 0);
  assert(ofL1 <= 33, `${most} A: more on L1 than its fuse`);
});

test("planner: a fuse bears the loads below it, not the whole building", async () => {
  const plain = smallSite({ outlets: 4, mainA: 200, baseA: 100, subA: 40 });
  const lamp = {
    ...plain.loads[0]!,
    id: "lamp" as never,
    fuse: plain.fuses[1]!.id,
    highestMa: [1_000, 1_000, 1_000] as const,
  };
  const site = { ...plain, loads: [...plain.loads, lamp] };
  const sessions = [0, 1].map((i) => car(i, { takesWh: [20_000], leavesWallMs: [NOW_MS + HOUR_MS] }));
  const price = { fromWallMs: NOW_MS, stepMs: HOUR_MS, milliCentPerKwh: [10_000, 40_000] };
  const both = await atLeast(input({ site, sessions, price, loadW: flat(60_000) }));
  assert(both[0]! + both[1]! > 35, `${both} A below a fuse of 40 A`);
});

test("planner: never infeasible: load beyond the fuse, an empty battery, nothing that fits", async () => {
  const site = smallSite({ outlets: 4, mainA: 10, battery: {} });
  const { plan } = await made(
    input({
      site,
      loadW: flat(50_000),
      sessions: [car(0), car(1)],
      chargePermille: new Map([["battery" as SourceId, 0]]),
      externalW: 0,
    }),
  );
  for (const { atLeastMa } of plan.sessions.values()) assert(atLeastMa < 1);
});

test("planner: never infeasible: a load that feeds, or may be, more than the connection carries; a sun that is uncertain", async () => {
  const site = { ...sunny("both"), peakW: 0 };
  const chargePermille = new Map([["battery" as SourceId, 1_000]]);
  for (const [says, courses] of Object.entries({
    feeds: { loadW: flat(-100_000) },
    "may draw": { loadW: { ...flat(1_000), high: [1_000_000] } },
    uncertain: { loadW: flat(5_000), solarW: { ...flat(500_000), low: [0] } },
  })) {
    const { view } = await made(input({ site, chargePermille, sessions: [car(0)], ...courses }));
    assert(Math.max(...view.carsW) <= 4 * 32 * 3 * 230, says);
  }
});

test("planner: nothing that a peak or a missed kWh is worth makes it plan with power that there is not", async () => {
  const lastDayMs = Date.UTC(2026, 5, 30, 8);
  const stays = { leavesWallMs: [lastDayMs + 4 * HOUR_MS], takesWh: [60_000], energyWh: 60_000 };
  const sessions = [0, 1, 2, 3].map((i) => car(i, stays));
  const usual = { feedInMilliCentPerKwh: 0, demandMilliCentPerKw: 0, batteryWearMilliCentPerKwh: 0 };
  for (const tariff of [
    { ...usual, demandMilliCentPerKw: 2_000_000 },
    { ...usual, missedMilliCentPerKwh: 2_000_000 },
  ]) {
    const site = smallSite({ outlets: 4, mainA: 20 });
    const { view } = await made(input({ site, wallMs: lastDayMs, tariff, sessions }));
    assert(view.carsW[0]! <= 20 * 3 * 230 + 1, `${view.carsW[0]} W of cars at a fuse of 13,800 W`);
  }
});

test("planner: a battery buys cheap and gives back dear", async () => {
  const site = smallSite({ outlets: 4, mainA: 100, battery: {} });
  const prices = (first: number, then: number) => ({
    fromWallMs: NOW_MS,
    stepMs: HOUR_MS,
    milliCentPerKwh: [first, first, then, then, then, first],
  });
  const battery = async (first: number, then: number) =>
    (
      await made(
        input({
          site,
          loadW: flat(15_000),
          chargePermille: new Map([["battery" as SourceId, 500]]),
          price: prices(first, then),
        }),
      )
    ).plan.batteries.get("battery" as SourceId)!;
  assert((await battery(5_000, 50_000)) < -1_000);
  assert((await battery(50_000, 5_000)) > 1_000);
});

test("planner: absurd input and absurd solutions are no plan", async () => {
  assert.equal(await createPlanner(solver()).plan(input({ loadW: flat(Number.NaN) }), 5_000), undefined);
  assert.equal(
    await createPlanner(solver()).plan(input({ sessions: [car(0, { deliveredWh: Number.NaN })] }), 5_000),
    undefined,
  );
  const lies = (of: (n: number) => Float64Array | undefined): Solver => ({
    solve: async (program) => of(program.cost.length),
    close: async () => {},
  });
  for (const solution of [
    () => undefined,
    () => new Float64Array(0),
    (n: number) => new Float64Array(n).fill(Number.NaN),
    (n: number) => new Float64Array(n).fill(1e9),
    (n: number) => new Float64Array(n).fill(-1),
  ])
    assert.equal(await createPlanner(lies(solution)).plan(input({ sessions: [car(0)] }), 5_000), undefined);
});

const hourly = (cents: readonly number[]) => ({
  fromWallMs: NOW_MS,
  stepMs: HOUR_MS,
  milliCentPerKwh: cents.map((cent) => cent * 1_000),
});
const sunny = (kind: "solar" | "battery" | "both") => {
  const site = smallSite({ outlets: 4, mainA: 32, battery: {} });
  const [battery] = site.sources;
  const wiring = battery!.wiring;
  const fuse = battery!.fuse;
  const solar = { kind: "solar", id: "solar" as SourceId, fuse, wiring, feedWMax: 10_000 } as const;
  return { ...site, sources: kind === "both" ? [battery!, solar] : kind === "solar" ? [solar] : [battery!] };
};

test("planner: a missed kWh is worth more than the dearest energy: cars are served whatever energy costs, and at a new month's first peak", async () => {
  const short = { leavesWallMs: [NOW_MS + HOUR_MS], takesWh: [5_000], energyWh: 5_000 };
  for (const demandMilliCentPerKw of [0, 1_200_000]) {
    const tariff = { feedInMilliCentPerKwh: 0, demandMilliCentPerKw, batteryWearMilliCentPerKwh: 0 };
    const { plan } = await made(input({ price: hourly([150, 200, 150]), tariff, sessions: [car(0, short)] }));
    const { atMostMa } = plan.sessions.get("s0" as SessionId)!;
    assert(atMostMa >= 6_000, `${atMostMa} mA with ${demandMilliCentPerKw}`);
  }
});

test("planner: prices that are not out yet are as the day before, not as the last evening hour", async () => {
  // Cheap from 2 to 6 of each day's hours, dear at the end of what is known.
  const day = Array.from({ length: 24 }, (_, hour) => (hour >= 2 && hour < 6 ? 5 : 30));
  const stays = { leavesWallMs: [NOW_MS + 34 * HOUR_MS], takesWh: [10_000], energyWh: 10_000 };
  const { view } = await made(
    input({ price: hourly([...day.slice(6), ...day.slice(0, 6)]), sessions: [car(0, stays)] }),
  );
  assert(view.carsW[0] === 0, "it waits");
});

test("planner: the sun is held back where buying is paid for, and only then", async () => {
  const solarW = flat(8_000);
  const site = sunny("solar");
  const limited = (cent: number) => made(input({ site, solarW, price: hourly([cent]), sessions: [car(0)] }));
  assert.deepEqual([...((await limited(-5)).plan.solar ?? [])], [["solar", 0]]);
  assert.equal((await limited(5)).plan.solar, undefined);
});

test("planner: room is left at the grid connection for a load, and a sun, that turn out worse than likely", async () => {
  const leaves = { leavesWallMs: [NOW_MS + 2 * HOUR_MS], takesWh: [60_000], energyWh: 60_000 };
  const site = smallSite({ outlets: 4, mainA: 32, solarW: 8_000 });
  const sessions = [car(0, leaves), car(1, leaves)];
  const carsW = async (loadHighW: number, sunLowW: number) => {
    const loadW = { ...flat(3_000), high: [loadHighW] };
    const solarW = { ...flat(4_000), low: [sunLowW] };
    return (await made(input({ site, sessions, loadW, solarW }))).view.carsW[0]!;
  };
  const sureW = await carsW(3_000, 4_000);
  assert(Math.abs((await carsW(9_000, 4_000)) - (sureW - 3_000)) < 1, "half of what the load may be more");
  assert(Math.abs((await carsW(3_000, 0)) - (sureW - 2_000)) < 1, "half of what the sun may be less");
});

test("planner: a fuse that the building fills now is free for single-phase cars when it no longer does", async () => {
  const site = smallSite({ outlets: 4, mainA: 32, baseA: 30, outlet: { wiring: ["L1"] } });
  const stays = { leavesWallMs: [NOW_MS + 20 * HOUR_MS], takesWh: [40_000], energyWh: 40_000 };
  const watts = [20_000, 20_000, 1_000];
  const loadW = { fromWallMs: NOW_MS, stepMs: HOUR_MS, low: watts, likely: watts, high: watts };
  const { view } = await made(input({ site, loadW, sessions: [0, 1, 2, 3].map((i) => car(i, stays)) }));
  assert(view.carsW[0]! < 1_000, `${view.carsW[0]} W beside the load`);
  assert(view.carsW[12]! > 6_500, `${view.carsW[12]} W of 7 kW on one phase`);
});

test("planner: cars are not planned into what the loss of the largest source would overload", async () => {
  const leaves = { leavesWallMs: [NOW_MS + 2 * HOUR_MS], takesWh: [60_000], energyWh: 60_000 };
  const sessions = [car(0, leaves), car(1, leaves), car(2, leaves)];
  const { view } = await made(input({ site: sunny("solar"), solarW: flat(8_000), sessions }));
  const fuseW = 3 * 32 * 230;
  assert(view.carsW[0]! <= fuseW * 1.001, `${view.carsW[0]} W of cars at a fuse of ${fuseW} W`);
});

test("planner: a battery that gives may cover more than foreseen, one that rests stores only what is to spare", async () => {
  const site = sunny("battery");
  const id = site.sources[0]!.id;
  const chargePermille = new Map([[id, 800]]);
  const dear = await made(
    input({ site, chargePermille, loadW: flat(3_000), price: hourly([40, 40, 5, 5, 5]) }),
  );
  assert.deepEqual(dear.plan.leeway?.get(id), { covers: true, absorbs: true, exports: false });
  const cheap = await made(
    input({ site, chargePermille, loadW: flat(3_000), price: hourly([5, 5, 40, 40, 40]) }),
  );
  assert.equal(cheap.plan.leeway?.get(id)?.covers, false);
});

test("planner: of a battery whose charge nobody knows nothing is planned: the loop goes on by what it measures", async () => {
  const site = sunny("battery");
  const { plan, view } = await made(input({ site, loadW: flat(3_000), price: hourly([40, 40, 5, 5, 5]) }));
  assert.deepEqual([plan.batteries.size, Math.max(...view.batteryW.map(Math.abs))], [0, 0]);
});

test("planner: where energy always costs the same, sessions go by the time they can wait, and nothing is promised", async () => {
  const { plan } = await made(
    input({
      sessions: [
        car(0, { departureWallMs: NOW_MS + 8 * HOUR_MS }),
        car(1, { departureWallMs: NOW_MS + HOUR_MS }),
        car(2, { departureWallMs: NOW_MS + HOUR_MS, idle: true }),
      ],
    }),
  );
  const [calm, soon, full] = [...plan.sessions.values()];
  assert(soon!.laxityMs! < calm!.laxityMs! && calm!.laxityMs! < full!.laxityMs!);
  for (const { atLeastMa, atMostMa } of plan.sessions.values()) {
    assert.equal(atLeastMa, 0);
    assert.equal(atMostMa, 32_000);
  }
});

test("planner: the driver's word counts the less the more visits were learnt from; one alone counts whole", () => {
  const powerKw = 10;
  const laxity = (extra: Partial<PlannedSession>, driversWord = 0.2) =>
    laxityMs(
      {
        id: "s" as SessionId,
        outlet: outletId(0),
        arrivedWallMs: NOW_MS,
        deliveredWh: 0,
        wantsMa: 32_000,
        ...extra,
      },
      { wallMs: NOW_MS, powerKw, driversWord },
    ) / HOUR_MS;
  const word = { departureWallMs: NOW_MS + 8 * HOUR_MS, energyWh: 20_000 };
  const learnt = { leavesWallMs: [NOW_MS + 4 * HOUR_MS], takesWh: [10_000] };
  assert.equal(laxity(word), 6);
  assert.equal(laxity(learnt), 3);
  assert.equal(laxity({ ...word, ...learnt }), 6);
  assert.equal(laxity({ ...word, ...learnt, learntVisits: 100 }), 4.5);
  assert.equal(laxity({ ...word, ...learnt, learntVisits: 300 }), 3.75);
  assert.equal(laxity({ ...word, ...learnt }, 1), 6);
  assert(Number.isFinite(laxity({})));
});
