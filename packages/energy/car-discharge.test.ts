/** Cars that give back: only what the site draws itself, never what is kept, and in a way that none that stops overloads anything. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { seededChance } from "@wattward/testing";
import { checkSite } from "./check-site.ts";
import type { Plan, SessionPlan } from "./inputs.ts";
import type { PerPhase } from "./phases.ts";
import type { OutletId, Site } from "./site.ts";
import { type Car, Plant } from "./testing/plant.ts";
import { MAIN, outletId, smallSite, VOLTAGE_V } from "./testing/small-site.ts";

const HOUR_MS = 3_600_000;
const flat = (a: number): PerPhase => [a * 1_000, a * 1_000, a * 1_000];
const wattsOf = (a: number) => 3 * a * VOLTAGE_V;
const siteOf = (extra: Partial<Parameters<typeof smallSite>[0]> = {}): Site =>
  smallSite({
    ...{ outlets: 2, mainA: 63, baseA: 40, outlet: { dischargeMaMax: 16_000 } },
    ...extra,
  });

/** A plan of what each session does, that never ends by itself. */
const planOf = (cars: readonly (readonly [Car, SessionPlan])[]): Plan => ({
  ...{ madeAtMs: 0, validUntilMs: Number.POSITIVE_INFINITY, batteries: new Map() },
  sessions: new Map(cars.map(([{ id }, plan]) => [id, plan])),
});
const gives = (a: number): SessionPlan => ({ atLeastMa: 0, atMostMa: 0, dischargeMa: a * 1_000 });
const willing = (extra: Partial<Car> = {}): Partial<Car> => ({
  ...{ gotWh: 40_000, needWh: 40_000, laxityMs: 5 * HOUR_MS, gives: { wMax: 11_000, keepsWh: 10_000 } },
  ...extra,
});

/** One car that is planned to give 16 A beside a building; given two minutes to begin. */
function giving(site = siteOf(), { baseA = 20, plannedA = 16, car = willing() } = {}) {
  const plant = new Plant({ site, chance: seededChance(3) });
  plant.baseMa[0] = flat(baseA);
  const giver = plant.plugIn(outletId(0), car);
  plant.plan = planOf([[giver, gives(plannedA)]]);
  plant.run(120_000);
  return { plant, giver };
}
const givenA = ({ drawMa }: Car) => Math.max(0, -drawMa) / 1_000;
/** Watts exported at the worst moment of so long. */
function exported(plant: Plant, ms: number): number {
  let most = 0;
  plant.run(ms, ({ gridW }) => {
    most = Math.max(most, -gridW);
  });
  return most;
}

test("a car gives what is planned, told in whole amperes of its outlet's and the car's own power", () => {
  const { plant, giver } = giving();
  // 11 kW over three phases of 230 V are 15.9 A.
  assert.equal(givenA(giver), 15);
  assert(Math.abs(plant.gridW - wattsOf(5)) < 100, `${plant.gridW} W`);
  assert.equal(plant.last?.mode, "planned");
  assert(plant.sent.some(({ reason }) => reason === "gives-back"));
});

test("on one phase a car covers what the whole site draws: phases are netted where energy is paid for", () => {
  const outlet = { dischargeMaMax: 32_000, wiring: ["L2"] } as const;
  const car = willing({ terminals: 1, gives: { wMax: 7_400, keepsWh: 10_000 } });
  // 10 A on three phases are 6.9 kW; half a kilowatt is left to the grid.
  assert.equal(givenA(giving(siteOf({ outlet }), { baseA: 10, plannedA: 32, car }).giver), 27);
});

test("nothing is exported: what the building draws is the most, and where it falls the car gives less within seconds", () => {
  const { plant, giver } = giving(siteOf(), { baseA: 10 });
  assert.equal(givenA(giver), 9);
  assert(exported(plant, 300_000) < 100);
  plant.baseMa[0] = flat(4);
  plant.run(8_000);
  assert(exported(plant, 300_000) < 100);
  assert.equal(givenA(giver), 3);
});

test("it goes on by itself while it is refreshed, and does not hunt: one order an hour but for refreshments", () => {
  const { plant, giver } = giving();
  const before = plant.sent.length;
  let least = Number.POSITIVE_INFINITY;
  plant.run(HOUR_MS / 2, () => {
    least = Math.min(least, givenA(giver));
  });
  assert.equal(least, 15);
  assert.deepEqual([...new Set(plant.sent.slice(before).map(({ reason }) => reason))], ["refreshed"]);
});

test("what car and driver keep is not touched, not even by a grant that nobody ends", () => {
  const { plant, giver } = giving(siteOf(), { car: willing({ gotWh: 12_000 }) });
  plant.run(2 * HOUR_MS);
  assert.equal(givenA(giver), 0);
  assert(giver.gotWh >= 10_000 && giver.gotWh < 10_500, `${giver.gotWh} Wh`);
});

test("were the controller to die at any moment, the last grant would end before what is kept is touched", () => {
  const { plant, giver } = giving(siteOf(), { car: willing({ gotWh: 12_000 }) });
  let least = Number.POSITIVE_INFINITY;
  plant.run(HOUR_MS / 2, () => {
    const { limitUntilMs } = plant.stations.get(outletId(0))!;
    const untilEndWh = (wattsOf(givenA(giver)) * (limitUntilMs - plant.nowMs)) / HOUR_MS;
    least = Math.min(least, giver.gotWh - 10_000 - untilEndWh);
  });
  assert(least >= 0, `${least} Wh`);
});

for (const [what, spoil] of [
  ["the plan is gone", (plant: Plant) => void (plant.plan = undefined)],
  ["the meter is lost", (plant: Plant) => void (plant.meterFault = "lost")],
  ["its driver leaves within the hour", (_: Plant, car: Car) => void (car.laxityMs = HOUR_MS / 2)],
  ["nobody knows any longer how long it can wait", (_: Plant, car: Car) => void delete car.laxityMs],
  ["the car does not want any more", (_: Plant, car: Car) => void (car.gives = undefined)],
] as const)
  test(`it stops where ${what}`, () => {
    const { plant, giver } = giving();
    assert.equal(givenA(giver), 15);
    spoil(plant, giver);
    plant.run(15_000);
    assert.equal(givenA(giver), 0);
  });

for (const [what, site, car] of [
  ["its outlet may not", siteOf({ outlet: {} }), willing()],
  ["it is not willing", siteOf(), willing({ gives: undefined })],
  ["it can spare less than an hour and a half", siteOf(), willing({ laxityMs: 1.4 * HOUR_MS })],
  ["all that it got is kept", siteOf(), willing({ gives: { wMax: 11_000, keepsWh: 40_000 } })],
] as const)
  test(`nothing is given where ${what}, whatever the plan says`, () => {
    const { plant } = giving(site, { car });
    assert.equal(
      plant.sent.some(({ reason }) => reason === "gives-back"),
      false,
    );
  });

test("a station that takes no such order is not asked again, and its car waits", () => {
  const { plant, giver } = giving();
  plant.unplug(outletId(0));
  plant.stations.get(outletId(0))!.fault = "refuses";
  const next = plant.plugIn(outletId(0), willing());
  plant.plan = planOf([[next, gives(16)]]);
  const before = plant.sent.length;
  plant.run(HOUR_MS / 4);
  const asked = plant.sent.slice(before).filter(({ reason }) => reason === "gives-back");
  assert.equal(asked.length, 1);
  assert.equal(givenA(giver), 15);
  assert.equal(givenA(next), 0);
});

test("who can wait longest gives first where there is less to give than there are cars", () => {
  const plant = new Plant({ site: siteOf(), chance: seededChance(4) });
  plant.baseMa[0] = flat(10);
  const hurried = plant.plugIn(outletId(0), willing({ laxityMs: 2 * HOUR_MS }));
  const patient = plant.plugIn(outletId(1), willing({ laxityMs: 9 * HOUR_MS }));
  plant.plan = planOf([
    [hurried, gives(6)],
    [patient, gives(6)],
  ]);
  plant.run(120_000);
  assert.deepEqual([givenA(patient), givenA(hurried)], [6, 3]);
});

test("a second car that begins before the meter shows the first exports nothing", () => {
  const plant = new Plant({ site: siteOf(), chance: seededChance(5), meterDelayMs: 5_000 });
  plant.baseMa[0] = flat(10);
  const first = plant.plugIn(outletId(0), willing());
  const second = plant.plugIn(outletId(1), willing());
  const waits: SessionPlan = { atLeastMa: 0, atMostMa: 0 };
  plant.plan = planOf([
    [first, waits],
    [second, waits],
  ]);
  plant.run(60_000);
  plant.plan = planOf([
    [first, gives(6)],
    [second, waits],
  ]);
  while (givenA(first) === 0) plant.run(500);
  plant.plan = planOf([
    [first, gives(6)],
    [second, gives(6)],
  ]);
  assert(exported(plant, 180_000) < 100);
  assert.deepEqual([givenA(first), givenA(second)], [6, 3]);
});

/** One car gives all that there is to give, and then the plan and its patience favour another. */
function takenOver() {
  const plant = new Plant({ site: siteOf(), chance: seededChance(6) });
  plant.baseMa[0] = flat(10);
  const first = plant.plugIn(outletId(0), willing());
  const second = plant.plugIn(outletId(1), willing());
  const plans = (one: SessionPlan) =>
    planOf([
      [first, gives(9)],
      [second, one],
    ]);
  plant.plan = plans({ atLeastMa: 0, atMostMa: 0 });
  plant.run(120_000);
  assert.deepEqual([givenA(first), givenA(second)], [9, 0]);
  plant.plan = plans(gives(9));
  return { plant, first, second };
}

test("where one car takes over from another it begins when the other has ended: one that does not hear so exports nothing", () => {
  const { plant, first, second } = takenOver();
  plant.stations.get(outletId(0))!.fault = "deaf";
  second.laxityMs = 9 * HOUR_MS;
  assert(exported(plant, 90_000) < 100);
  assert.equal(givenA(first), 9);
});

test("two cars that are alike do not take turns: whoever gives has less time with all that it gives", () => {
  const { plant, first, second } = takenOver();
  const before = plant.sent.length;
  const beganWh = [first.gotWh, second.gotWh];
  plant.run(HOUR_MS / 2, () => {
    [first, second].forEach((car, i) => {
      const gaveWh = beganWh[i]! - car.gotWh;
      car.laxityMs = 5 * HOUR_MS - (gaveWh / 11_000) * HOUR_MS;
    });
  });
  const reasons = [...new Set(plant.sent.slice(before).map(({ reason }) => reason))];
  assert.deepEqual(reasons, ["refreshed"]);
  assert.equal(givenA(first), 9);
});

test("a fuse lets out no more than its backfeed, and other sources below it count at their nameplates", () => {
  const sub = siteOf({ subA: 32 });
  const fuses = sub.fuses.map((fuse) => (fuse.id === MAIN ? fuse : { ...fuse, backfeedMa: 7_000 }));
  assert.equal(givenA(giving({ ...sub, fuses }).giver), 7);
  const solar = { kind: "solar", id: "s", fuse: "sub", wiring: ["L1", "L2", "L3"], feedWMax: 2_070 } as const;
  const sources = [solar as unknown as Site["sources"][number]];
  assert.equal(givenA(giving({ ...sub, fuses, sources }).giver), 4);
});

/** Charging beside a car that gives, on a fuse that both of them and the building could overload together. */
function beside(seed: number, baseA = 22) {
  const site = siteOf({ mainA: 40, baseA, riseA: 1, carriesPermille: 1_500 });
  const plant = new Plant({ site, chance: seededChance(seed), stationDelayMs: 10_000 });
  plant.baseMa[0] = flat(20);
  const giver = plant.plugIn(outletId(0), willing());
  const taker = plant.plugIn(outletId(1), { laxityMs: HOUR_MS });
  const takes: SessionPlan = { atLeastMa: 32_000, atMostMa: 32_000 };
  plant.plan = planOf([
    [giver, gives(15)],
    [taker, takes],
  ]);
  return { plant, giver, taker };
}

test("who charges beside it is granted nothing that rests on it, so one that stops overloads nothing", () => {
  for (let seed = 1; seed <= 6; seed++) {
    const { plant, giver, taker } = beside(seed);
    let worst = 0;
    const look = () => {
      worst = Math.max(worst, plant.worstLoad);
    };
    plant.run(180_000 + seed * 7_300, look);
    assert.equal(givenA(giver), 15);
    // 40 A less the building's 20, its rise, and the deadband: 18 at the most, where 33 would fit with what is given.
    assert(taker.drawMa >= 15_000 && taker.drawMa <= 18_000, `seed ${seed}: ${taker.drawMa} mA`);
    // Its contactor opens: nobody knows before its next reading, ten seconds later.
    let beyond = false;
    plant.run(120_000, () => {
      plant.stations.get(outletId(0))!.dischargeMa = 0;
      look();
      beyond ||= plant.last?.state.fuses.some(({ beyondDeclaration }) => beyondDeclaration) ?? false;
    });
    assert.equal(givenA(giver), 0);
    assert(worst <= 1, `seed ${seed}: ${worst} of the fuse`);
    assert.equal(beyond, false, "a car that stops is no load beyond declaration");
  }
});

test("one that gave and leaves hides nothing from whoever counts its safe default again, though the meter still shows what it gave", () => {
  const site = siteOf({ mainA: 40, baseA: 20, riseA: 2, outlet: { dischargeMaMax: 16_000, safeMa: 6_000 } });
  const plant = new Plant({ site, chance: seededChance(3), meterDelayMs: 2_500 });
  plant.baseMa[0] = flat(18);
  const giver = plant.plugIn(outletId(0), willing());
  plant.plugIn(outletId(1));
  plant.plan = planOf([[giver, gives(12)]]);
  plant.run(300_000);
  assert(givenA(giver) > 5, `${givenA(giver)} A`);
  const limitsMa = () => [...plant.stations.values()].reduce((ma, { limitMa }) => ma + limitMa, 0);
  plant.unplug(outletId(0));
  assert(limitsMa() + 18_000 > 40_000, "the safe default was to be too much");
  let overMs = 0;
  plant.run(30_000, () => {
    if (limitsMa() + 18_000 > 40_001) overMs += 100;
  });
  assert(overMs <= 1_000, `${overMs} ms`);
});

test("a building that rises slowly under what a car gives is seen: others are lowered, and the car may still stop", () => {
  const { plant, giver, taker } = beside(11, 27);
  plant.run(200_000);
  let worst = 0;
  assert(taker.drawMa >= 15_000, `${taker.drawMa} mA`);
  for (let a = 20; a <= 27; a += 0.5) {
    plant.baseMa[0] = flat(a);
    plant.run(120_000);
  }
  assert.equal(givenA(giver), 15);
  assert(taker.drawMa >= 10_000 && taker.drawMa <= 13_000, `${taker.drawMa} mA`);
  plant.unplug(outletId(0));
  plant.run(60_000, ({ worstLoad }) => {
    worst = Math.max(worst, worstLoad);
  });
  assert(worst <= 1, `${worst} of the fuse`);
});

test("a car that gives without being told to does not obey: its rating is budgeted", () => {
  const { plant, giver } = giving();
  plant.plan = undefined;
  plant.run(5_000);
  const station = plant.stations.get(outletId(0))!;
  // Its station forgets to end it.
  plant.run(120_000, () => {
    station.limitMa = 0;
    station.dischargeMa = 15_000;
  });
  assert.equal(givenA(giver), 15);
  const outlet = plant.last?.state.outlets.find(({ id }) => id === (outletId(0) as OutletId));
  assert.deepEqual([outlet?.standing, outlet?.mayMa], ["disobeys", flat(32)]);
});

test("a site's document: giving back needs a limit and an end that were seen, and no more than the ratings", () => {
  const faults = (outlet: object, fuse: object = {}) => {
    const site = siteOf();
    const read = checkSite({
      ...site,
      fuses: site.fuses.map((one) => ({ ...one, ...fuse })),
      outlets: site.outlets.map((one) => ({ ...one, ...outlet })),
    });
    return read.ok ? [] : read.fault.map(({ path }) => path);
  };
  assert.deepEqual(faults({}, { backfeedMa: 63_000 }), []);
  assert.deepEqual(
    faults({ expiry: "unproven" }),
    [0, 1].map((i) => `outlets[${i}].dischargeMaMax`),
  );
  assert.deepEqual(
    faults({ dischargeMaMax: 32_001 }),
    [0, 1].map((i) => `outlets[${i}].dischargeMaMax`),
  );
  assert.deepEqual(faults({}, { backfeedMa: 63_001 }), ["fuses[0].backfeedMa"]);
});
