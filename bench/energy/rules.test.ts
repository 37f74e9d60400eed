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
    const around = {
      ...{ capKw, feedInCent: 0, sameFor: some.steps + 1, rows: [] },
      ...{ priceCent: () => 0, solarKw: () => 0 },
    };
    const most = total((await offline(some, around, solver)).gotKwh);
    for (const [name, rule] of Object.entries(rules)) {
      const got = total(byRule(rule, some, { capKw }));
      assert(got <= most + 1e-3, `seed ${seed}: ${name} gets ${got} of ${most}`);
    }
    const best = total(byRule(rules.leastLaxityTrue, some, { capKw }));
    assert(best >= 0.97 * most, `seed ${seed}: ${best} of ${most}`);
  }
  await solver.close();
});
