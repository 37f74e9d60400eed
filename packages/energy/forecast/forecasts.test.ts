import assert from "node:assert/strict";
import { test } from "node:test";
import type { SessionId } from "../inputs.ts";
import type { OutletId } from "../site.ts";
import { Forecasts } from "./forecasts.ts";
import { Fullness } from "./fullness.ts";
import { LocalTime } from "./local-time.ts";
import { quantile, spreadAbove, spreadOf } from "./spread.ts";
import { VISITS_MAX } from "./stay.ts";

const ZONE = "Europe/Berlin";
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** A Monday, midnight in Berlin. */
const MONDAY_MS = Date.UTC(2026, 5, 1) - 2 * HOUR_MS;
const outlet = "o1" as OutletId;

test("local time: the wall's clock, also on the day on which it is set", () => {
  const time = new LocalTime(ZONE);
  assert.deepEqual(time.of(MONDAY_MS), { day: time.of(MONDAY_MS).day, weekday: 1, msOfDay: 0 });
  const before = Date.UTC(2026, 9, 25, 0, 30);
  assert.equal(time.of(before).msOfDay, 2.5 * HOUR_MS);
  assert.equal(time.of(before + HOUR_MS).msOfDay, 2.5 * HOUR_MS, "the hour that comes twice");
});

test("spread: equally likely values of weighted samples, from least to most", () => {
  const samples = [
    { value: 3, weight: 1 },
    { value: 1, weight: 2 },
    { value: 9, weight: 0 },
    { value: 2, weight: 1 },
  ];
  assert.deepEqual(spreadOf(samples, 4), [1, 1, 2, 3]);
  assert.deepEqual(spreadOf([], 4), []);
  const sorted = [...samples].sort((a, b) => a.value - b.value);
  assert.deepEqual(spreadAbove(sorted, 1, 2), [2, 3]);
  assert.deepEqual(spreadAbove(sorted, 9, 2), []);
});

/** Four weeks of a building that works from 8 to 18 on workdays. */
function worked(forecasts: Forecasts): void {
  for (let ms = MONDAY_MS; ms < MONDAY_MS + 28 * DAY_MS; ms += 60_000 * 5) {
    const local = new Date(ms + 2 * HOUR_MS);
    const works =
      local.getUTCDay() >= 1 &&
      local.getUTCDay() <= 5 &&
      local.getUTCHours() >= 8 &&
      local.getUTCHours() < 18;
    forecasts.sawLoad(ms, works ? 20_000 : 3_000);
  }
}

test("load: knows workdays from weekends after four weeks, and how wrong it is used to being", () => {
  const forecasts = new Forecasts(ZONE);
  worked(forecasts);
  const next = MONDAY_MS + 28 * DAY_MS;
  const monday = forecasts.loadW(next, 96);
  assert.equal(monday.likely[12 * 4], 20_000);
  assert.equal(monday.likely[22 * 4], 3_000);
  const sunday = forecasts.loadW(next + 6 * DAY_MS, 96);
  assert.equal(sunday.likely[12 * 4], 3_000);
  assert(forecasts.errors.loadW < 2_000, `${forecasts.errors.loadW} W`);
  for (let i = 0; i < 96; i++)
    assert(monday.low[i]! <= monday.likely[i]! && monday.likely[i]! <= monday.high[i]!);
});

test("load: nothing seen is nothing said, and no number is not learnt", () => {
  const forecasts = new Forecasts(ZONE);
  forecasts.sawLoad(MONDAY_MS, Number.NaN);
  forecasts.sawLoad(Number.POSITIVE_INFINITY, 5);
  assert.deepEqual(forecasts.loadW(MONDAY_MS, 2).likely, [0, 0]);
});

test("the first day: what is seen goes on, the sun goes down, and what a day has told of replaces it", () => {
  const forecasts = new Forecasts(ZONE);
  const noon = MONDAY_MS + 12 * HOUR_MS;
  for (let ms = noon; ms <= noon + 4 * 60_000; ms += 60_000) {
    forecasts.sawLoad(ms, 20_000);
    forecasts.sawSolar(ms, 40_000);
  }
  const [load, sun] = [forecasts.loadW(noon, 96), forecasts.solarW(noon, 96)];
  assert(load.likely.every((w) => w === 20_000));
  assert.equal(sun.likely[0], 40_000);
  assert(sun.likely[8]! < 16_000 && sun.likely[32]! < 1_000, `${sun.likely[8]}, ${sun.likely[32]}`);
  for (const { low, likely, high } of [load, sun]) assert.deepEqual([low, high], [likely, likely]);
  const tomorrow = noon + DAY_MS;
  forecasts.sawLoad(noon + 20 * 60_000, 20_000);
  forecasts.sawLoad(tomorrow, 5_000);
  assert.deepEqual(forecasts.loadW(tomorrow, 3).likely, [20_000, 20_000, 5_000]);
});

test("load: a clock that goes back learns nothing wrong, and does not stop it", () => {
  const forecasts = new Forecasts(ZONE);
  forecasts.sawLoad(MONDAY_MS + DAY_MS, 5_000);
  forecasts.sawLoad(MONDAY_MS, 7_000);
  for (let ms = 0; ms <= HOUR_MS; ms += 60_000) forecasts.sawLoad(MONDAY_MS + ms, 7_000);
  assert.equal(forecasts.loadW(MONDAY_MS + DAY_MS, 1).likely[0], 7_000);
});

test("load: a clock that was ahead for a while and is set back leaves a forecast of numbers, about as it was", () => {
  for (const aheadMs of [DAY_MS, 365 * DAY_MS]) {
    const forecasts = new Forecasts(ZONE);
    worked(forecasts);
    const now = MONDAY_MS + 28 * DAY_MS;
    for (let ms = 0; ms < HOUR_MS; ms += 60_000) forecasts.sawLoad(now + aheadMs + ms, 5_000);
    forecasts.sawLoad(now, 3_000);
    const { low, likely, high } = forecasts.loadW(now, 96);
    const far = [...low, ...likely, ...high].filter((w) => !(w >= 0 && w <= 30_000));
    assert.deepEqual(far, [], `${aheadMs / DAY_MS} days ahead`);
  }
});

const visit = (day: number, hour: number, hours: number, extra: object = {}) => ({
  outlet,
  arrivedWallMs: MONDAY_MS + day * DAY_MS + hour * HOUR_MS,
  leftWallMs: MONDAY_MS + day * DAY_MS + (hour + hours) * HOUR_MS,
  takenWh: 10_000,
  ...extra,
});
const arrival = (day: number, hour: number, extra: object = {}) => ({
  id: `s${day}-${hour}` as SessionId,
  outlet,
  arrivedWallMs: MONDAY_MS + day * DAY_MS + hour * HOUR_MS,
  ...extra,
});

/** The likely rest of the stay, in hours. */
function restHours(forecasts: Forecasts, of: ReturnType<typeof arrival>, afterHours = 0): number {
  const nowMs = of.arrivedWallMs + afterHours * HOUR_MS;
  const { leavesWallMs } = forecasts.session(of.id, nowMs, 0)!;
  return (quantile(leavesWallMs, 0.5)! - nowMs) / HOUR_MS;
}

test("stays: who comes in the morning stays for the day, who comes at noon for an hour", () => {
  const forecasts = new Forecasts(ZONE);
  for (let day = 0; day < 20; day++) {
    forecasts.learn(visit(day, 8, 9));
    forecasts.learn(visit(day, 12, 1));
  }
  const [morning, noon] = [arrival(21, 8), arrival(21, 12)];
  forecasts.arrived(morning);
  forecasts.arrived(noon);
  assert(Math.abs(restHours(forecasts, morning) - 9) < 0.5);
  assert(Math.abs(restHours(forecasts, noon) - 1) < 0.5);
  assert(Math.abs(restHours(forecasts, morning, 8) - 1) < 0.5, "what it has stayed counts");
  assert.equal(forecasts.session(morning.id, morning.arrivedWallMs, 0)!.learntVisits, 40);
});

test("stays: a driver who is known is believed by his own past, and so is who always tells the same", () => {
  const forecasts = new Forecasts(ZONE);
  for (let day = 0; day < 20; day++) {
    forecasts.learn(
      visit(day, 9, 2, { driver: "ann", departureWallMs: MONDAY_MS + day * DAY_MS + 17 * HOUR_MS }),
    );
    forecasts.learn(
      visit(day, 9, 8, { driver: "ben", departureWallMs: MONDAY_MS + day * DAY_MS + 17 * HOUR_MS }),
    );
  }
  const said = { departureWallMs: MONDAY_MS + 21 * DAY_MS + 17 * HOUR_MS };
  const ann = { ...arrival(21, 9, { ...said, driver: "ann" }), id: "a" as SessionId };
  const ben = { ...arrival(21, 9, { ...said, driver: "ben" }), id: "b" as SessionId };
  forecasts.arrived(ann);
  forecasts.arrived(ben);
  assert(restHours(forecasts, ann) < 3);
  assert(restHours(forecasts, ben) > 6);
});

test("stays: before anything was learnt the driver's word is what there is, and an answer never lies in the past", () => {
  const forecasts = new Forecasts(ZONE);
  const told = arrival(0, 9, { departureWallMs: MONDAY_MS + 12 * HOUR_MS });
  forecasts.arrived(told);
  const rest = restHours(forecasts, told);
  assert(rest > 2 && rest < 4, `${rest} h`);
  assert(restHours(forecasts, told, 400) > 0);
});

test("stays: the error of departures is told in minutes, and falls as habits are learnt", () => {
  const forecasts = new Forecasts(ZONE);
  let early = 0;
  for (let day = 0; day < 120; day++) {
    const one = arrival(day, 8);
    forecasts.arrived(one);
    forecasts.departed(one.id, { leftWallMs: one.arrivedWallMs + 9 * HOUR_MS, takenWh: 8_000 });
    if (day === 2) early = forecasts.errors.departureMin;
  }
  assert(
    early > 0 && forecasts.errors.departureMin < early,
    `${early}, then ${forecasts.errors.departureMin}`,
  );
});

test("stays: the error of the energy is told in Wh: between the likely one at plug-in and what the car took", () => {
  const forecasts = new Forecasts(ZONE);
  const stay = (day: number, takenWh: number) => {
    const one = arrival(day, 8);
    forecasts.arrived(one);
    forecasts.departed(one.id, { leftWallMs: one.arrivedWallMs + HOUR_MS, takenWh });
  };
  stay(0, 10_000);
  assert.equal(forecasts.errors.takenWh, 0, "of the first car nothing was forecast");
  stay(1, 13_000);
  assert.equal(forecasts.errors.takenWh, 3_000);
  stay(2, -5_000);
  assert.equal(forecasts.errors.takenWh, 3_000, "no car takes that");
  for (let day = 3; day < 60; day++) stay(day, 10_000);
  assert(forecasts.errors.takenWh > 0 && forecasts.errors.takenWh < 2_000, `${forecasts.errors.takenWh} Wh`);
  const { departureMin, takenWh } = new Forecasts(ZONE, JSON.parse(JSON.stringify(forecasts.state()))).errors;
  assert.deepEqual([departureMin, takenWh], [forecasts.errors.departureMin, forecasts.errors.takenWh]);
});

test("stays: who says what he wants is forecast with it, and held against it", () => {
  const forecasts = new Forecasts(ZONE);
  const one = arrival(0, 8, { energyWh: 20_000 });
  forecasts.arrived(one);
  forecasts.departed(one.id, { leftWallMs: one.arrivedWallMs + HOUR_MS, takenWh: 15_000 });
  assert.equal(forecasts.errors.takenWh, 5_000);
});

test("stays: a clock that leaps a year while cars are there teaches nobody to stay for a year", () => {
  const forecasts = new Forecasts(ZONE);
  for (let day = 0; day < 20; day++) forecasts.learn(visit(day, 9, 2));
  const there = Array.from({ length: 20 }, (_, i) => ({ ...arrival(20, 9), id: `t${i}` as SessionId }));
  for (const one of there) forecasts.arrived(one);
  for (const { id, arrivedWallMs } of there)
    forecasts.departed(id, { leftWallMs: arrivedWallMs + 365 * DAY_MS, takenWh: 10_000 });
  const next = arrival(21, 9);
  forecasts.arrived(next);
  const { leavesWallMs } = forecasts.session(next.id, next.arrivedWallMs, 0)!;
  assert(quantile(leavesWallMs, 0.8)! - next.arrivedWallMs < DAY_MS);
  assert(forecasts.errors.departureMin < 24 * 60, `${forecasts.errors.departureMin}`);
});

test("arrivals: as many as on days alike; a site that is quiet on Sundays is known as that", () => {
  const forecasts = new Forecasts(ZONE);
  for (let day = 0; day < 28; day++) {
    if (day % 7 >= 5) continue;
    for (let i = 0; i < 6; i++) forecasts.learn(visit(day, 8, 8));
  }
  const monday = forecasts.expected(MONDAY_MS + 28 * DAY_MS, 24, 11_000);
  const count = (all: readonly { readonly count: number }[]) => all.reduce((n, one) => n + one.count, 0);
  assert(Math.abs(count(monday) - 6) < 0.5, `${count(monday)} cars`);
  assert(Math.abs(monday[0]!.takesWh - 10_000) < 1);
  assert.deepEqual(forecasts.expected(MONDAY_MS + 33 * DAY_MS, 24, 11_000), []);
});

test("arrivals: hours are those of the clock, also where it is half an hour beside UTC's", () => {
  const forecasts = new Forecasts("Asia/Kolkata");
  const midnight = Date.UTC(2026, 5, 1) - 5.5 * HOUR_MS;
  for (let day = 0; day < 28; day++) {
    const arrivedWallMs = midnight + day * DAY_MS + 8.25 * HOUR_MS;
    forecasts.learn({ outlet, arrivedWallMs, leftWallMs: arrivedWallMs + HOUR_MS, takenWh: 5_000 });
  }
  for (const hour of [0, 7.5, 7.75]) {
    const at = midnight + 28 * DAY_MS;
    const [first] = forecasts.expected(at + hour * HOUR_MS, 12, 11_000);
    assert.equal(first?.arriveWallMs, at + 8.5 * HOUR_MS, `asked at ${hour}`);
  }
});

test("load: a clock that was ahead for weeks does not stop it from learning when it is right again", () => {
  const forecasts = new Forecasts(ZONE);
  worked(forecasts);
  const right = MONDAY_MS - 365 * DAY_MS;
  for (let ms = 0; ms < 3 * DAY_MS; ms += 5 * 60_000) forecasts.sawLoad(right + ms, 7_000);
  assert.equal(forecasts.loadW(right + 3 * DAY_MS, 96).likely[48], 7_000);
});

test("fullness: a clock that is set back does not make a full car one for ever", () => {
  const car = new Fullness();
  for (const ms of [0, 40_000]) car.saw(365 * DAY_MS + ms, { offeredMa: 16_000, drawnMa: 0 });
  assert.equal(car.full(0), false);
});

test("fullness: an offer left standing, remembered when it goes elsewhere; a draw says otherwise at once", () => {
  const car = new Fullness();
  const leaves = { offeredMa: 16_000, drawnMa: 0 };
  car.saw(0, leaves);
  assert.equal(car.full(0), false);
  car.saw(40_000, leaves);
  car.saw(50_000, { offeredMa: 0, drawnMa: 0 });
  assert.equal(car.full(60_000), true);
  car.saw(70_000, { offeredMa: 16_000, drawnMa: 9_000 });
  assert.equal(car.full(70_000), false);
  car.saw(80_000, { offeredMa: 0, drawnMa: 0 });
  car.saw(200_000, { offeredMa: 0, drawnMa: 0 });
  assert.equal(car.full(200_000), false, "nothing was offered");
});

test("state: goes on after a restart as if there had been none, through JSON", () => {
  const forecasts = new Forecasts(ZONE);
  worked(forecasts);
  for (let day = 0; day < 20; day++) forecasts.learn(visit(day, 8, 9));
  const again = new Forecasts(ZONE, JSON.parse(JSON.stringify(forecasts.state())));
  const next = MONDAY_MS + 28 * DAY_MS;
  assert.deepEqual(again.loadW(next, 96).likely.slice(20), forecasts.loadW(next, 96).likely.slice(20));
  assert.deepEqual(again.expected(next, 24, 11_000), forecasts.expected(next, 24, 11_000));
});

test("state: whatever has become of it, forecasts begin; and it is bounded", () => {
  const junk: unknown[] = [
    null,
    7,
    "x",
    [],
    { version: 2 },
    {
      version: 1,
      load: { days: [{ day: "x" }], errorMean: "y" },
      solar: 3,
      stays: { visits: [null, {}, { outlet: 5 }] },
    },
    { version: 1, load: { days: "x" }, stays: { visits: { length: 9 }, errorMeanMs: -1 } },
    { version: 1, stays: { visits: [], errorMeanMs: "x", takenErrorMeanWh: -1 }, arrivals: "x" },
    { version: 1, stays: { visits: [], takenErrorMeanWh: Number.POSITIVE_INFINITY }, arrivals: null },
    { version: 1, arrivals: { errorMean: Number.NaN } },
    { version: 1, arrivals: { errorMean: [3] } },
  ];
  for (const state of junk) {
    const forecasts = new Forecasts(ZONE, state);
    assert.deepEqual(forecasts.loadW(MONDAY_MS, 1).likely, [0]);
    assert.deepEqual(forecasts.errors, { loadW: 0, solarW: 0, departureMin: 0, takenWh: 0, arrivals: 0 });
  }
  const forecasts = new Forecasts(ZONE);
  for (let i = 0; i < VISITS_MAX + 50; i++) forecasts.learn(visit(i % 300, 8, 9));
  assert.equal(forecasts.state().stays.visits.length, VISITS_MAX);
});

test("forecasts: what was learnt by the days of another time zone is learnt again, but for stays, which are instants", () => {
  const learnt = new Forecasts("UTC");
  const noonMs = Date.UTC(2026, 5, 1, 12);
  for (let i = 0; i < 96 * 4; i++) learnt.sawSolar(noonMs + i * 900_000, i % 96 < 16 ? 9_000 : 0);
  learnt.learn({ outlet, arrivedWallMs: noonMs, leftWallMs: noonMs + 3_600_000, takenWh: 5_000 });
  const most = (forecasts: Forecasts) => Math.max(...forecasts.solarW(noonMs + 5 * 86_400_000, 4).likely);
  assert(most(new Forecasts("UTC", learnt.state())) > 5_000);
  const elsewhere = new Forecasts("Asia/Kolkata", learnt.state());
  assert.equal(most(elsewhere), 0);
  assert.equal(elsewhere.state().stays.visits.length, 1);
  const { timeZone: _, ...older } = learnt.state();
  assert(most(new Forecasts("UTC", older)) > 5_000, "of a program that did not say");
});
