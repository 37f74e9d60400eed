/** The benchmark's own rules and bound, on cases that can be worked out by hand. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { inProcessSolver } from "@wattward/energy/highs";
import type { Session } from "@wattward/energy/sessions";
import { stationId, type WattHours } from "@wattward/kernel";
import { seededChance } from "@wattward/testing";
import { type Fleet, fleetOf, STEP_MS } from "./cars.ts";
import { offline } from "./offline.ts";
import { byRule, rules, uncontrolledPeakKw } from "./rules.ts";

const HOUR_MS = 3_600_000;
const START_MS = Date.UTC(2026, 0, 5);
const KW = 6;

/** Arrives, leaves and says it will leave, in hours; needs kWh. */
const fleet = (
  ...cars: readonly (readonly [from: number, to: number, said: number, kwh: number])[]
): Fleet => {
  const station = stationId("S1");
  assert(station.ok);
  const sessions = cars.map(
    ([from, to, said, kwh], line): Session => ({
      id: `c${line}`,
      line,
      station: station.value,
      arriveAtMs: START_MS + from * HOUR_MS,
      leaveAtMs: START_MS + to * HOUR_MS,
      energyWh: (kwh * 1000) as WattHours,
      estimatedLeaveAtMs: START_MS + said * HOUR_MS,
    }),
  );
  return { ...fleetOf(sessions, KW), days: 1 };
};
const kwh = (name: keyof typeof rules, cars: Fleet, capKw: number) =>
  byRule(rules[name], cars, { capKw }).map((x) => Math.round(x * 100) / 100);
const bare = { feedInCent: 0, sameFor: 100_000, rows: [], priceCent: () => 0, solarKw: () => 0 };
const total = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

test("rules: two cars, power for one: who leaves first, who waits least, who came first", () => {
  // The first stays four hours and needs one of them; the second has one hour and needs all of it.
  const two = fleet([0, 4, 4, 6], [0, 1, 1, 6]);
  assert.deepEqual(kwh("firstCome", two, KW), [6, 0]);
  assert.deepEqual(kwh("earliestDepartureSaid", two, KW), [6, 6]);
  assert.deepEqual(kwh("leastLaxitySaid", two, KW), [6, 6]);
  assert.deepEqual(kwh("equalShare", two, KW), [6, 3]);
});

test("rules: equal share wastes what a small need leaves, max-min gives it to others", () => {
  const uneven = fleet([0, 1, 1, 1], [0, 1, 1, 6]);
  const [, equal] = kwh("equalShare", uneven, KW);
  const [, fair] = kwh("maxMin", uneven, KW);
  assert(equal! < fair!, `${equal} < ${fair}`);
  assert.equal(fair, 5);
});

test("rules: a wrong word misleads whoever believes it, and not who knows the truth", () => {
  // The second says four hours and leaves after one.
  const liar = fleet([0, 2, 2, 6], [0, 1, 4, 6]);
  assert.deepEqual(kwh("leastLaxitySaid", liar, KW), [6, 0]);
  assert.deepEqual(kwh("leastLaxityTrue", liar, KW), [6, 6]);
});

test("cars: needs no more than its stay allows; nobody held back, they peak together", () => {
  const hour = fleet([0, 1, 1, 20], [0, 1, 1, 6]);
  assert.equal(hour.cars[0]!.needKwh, KW);
  assert.equal(uncontrolledPeakKw(hour), 2 * KW);
});

test("cars: who claimed nothing tells nothing where only claimed words count; his middle stay is taken", () => {
  const { cars } = fleet([0, 2, 9, 6], [0, 4, 4, 6], [0, 3, 3, 6]);
  const sessions = cars.map(
    ({ session }, i): Session => (i === 0 ? { ...session, unclaimed: true } : session),
  );
  const hours = (to: number) => (to * STEP_MS) / HOUR_MS;
  assert.equal(hours(fleetOf(sessions, KW).cars[0]!.saidTo), 9);
  const silent = fleetOf(sessions, KW, true).cars[0]!;
  assert.deepEqual(silent.told, {});
  assert.equal(hours(silent.saidTo), 3);
});

test("cars: years between two of them, and as many as a file may have, are no trouble", () => {
  const years = fleet([0, 1, 1, 6], [24 * 600, 24 * 600 + 1, 24 * 600 + 1, 6]);
  assert.equal(uncontrolledPeakKw(years), KW);
  const [{ session } = assert.fail()] = years.cars;
  const many = Array.from({ length: 150_000 }, (_, i): Session => ({ ...session, id: `c${i}` }));
  assert.equal(fleetOf(many, KW).steps, 13);
});

test("bound: no rule that knows departures beats it where cars stay for days beyond its window", async () => {
  const solver = await inProcessSolver();
  for (let seed = 1; seed <= 6; seed++) {
    const chance = seededChance(seed);
    const cars = Array.from({ length: 40 }, () => {
      const from = chance.int(0, 9 * 24);
      const to = from + chance.int(2, 9 * 24);
      return [from, to, to, chance.int(10, 60)] as const;
    });
    const some = fleet(...cars);
    const capKw = chance.int(4, 9);
    const most = total((await offline(some, { capKw, ...bare }, solver)).gotKwh);
    const got = total(byRule(rules.leastLaxityTrue, some, { capKw }));
    assert(got <= most + 1e-3, `seed ${seed}: ${got} of ${most}`);
  }
  await solver.close();
});

test("bound: where energy is paid for taking, a battery that is charged does not discharge with all its power too", async () => {
  const solver = await inProcessSolver();
  const battery = { kwh: 10, kw: 5, lowKwh: 1, highKwh: 10, startKwh: 5, efficiency: 0.95 };
  const day = fleet([0, 24, 24, 1]);
  const { cent } = await offline(
    day,
    { ...bare, capKw: 8, battery, sameFor: 12, priceCent: () => -10 },
    solver,
  );
  // The car's 1 kWh, 5 kWh of room, and 5 kW split between both directions, of which a tenth is lost; with all of both it were 17 kWh.
  assert(cent > -130 && cent < -60, `${cent}`);
  await solver.close();
});

test("bound: its sun is the mean of a segment", async () => {
  const solver = await inProcessSolver();
  const solarKw = (step: number) => (step % 3 === 1 ? 6 : 0);
  const { gotKwh } = await offline(fleet([0, 1, 1, 6]), { ...bare, capKw: 0, sameFor: 3, solarKw }, solver);
  assert(Math.abs(total(gotKwh) - 2) < 1e-6, `${gotKwh}`);
  await solver.close();
});

test("bound: no rule beats it, whatever comes; with one cap the true least laxity all but reaches it", async () => {
  const solver = await inProcessSolver();
  for (let seed = 1; seed <= 10; seed++) {
    const chance = seededChance(seed);
    const cars = Array.from({ length: 12 }, () => {
      const from = chance.int(0, 40) / 4;
      const to = from + chance.int(1, 32) / 4;
      return [from, to, from + chance.int(1, 32) / 4, chance.int(1, 30)] as const;
    });
    const some = fleet(...cars);
    const capKw = chance.int(8, 30);
    const most = total((await offline(some, { capKw, ...bare }, solver)).gotKwh);
    for (const [name, rule] of Object.entries(rules)) {
      const got = total(byRule(rule, some, { capKw }));
      assert(got <= most + 1e-3, `seed ${seed}: ${name} gets ${got} of ${most}`);
    }
    const best = total(byRule(rules.leastLaxityTrue, some, { capKw }));
    assert(best >= 0.97 * most, `seed ${seed}: ${best} of ${most}`);
  }
  await solver.close();
});
