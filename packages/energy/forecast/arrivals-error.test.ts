/** The forecast of arrivals held against who came, hour by hour, on simulated days of the site's clock. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { SessionId } from "../inputs.ts";
import type { OutletId } from "../site.ts";
import { Forecasts } from "./forecasts.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const LOOK_MS = 60_000;
const outlet = "o1" as OutletId;
/** A Monday, midnight in Berlin. */
const MONDAY_MS = Date.UTC(2026, 5, 1) - 2 * HOUR_MS;

/** A site at which each car stays for 20 minutes, and somebody looks at the clock once a minute. */
class Site {
  forecasts: Forecasts;
  readonly nightMs: number;
  private cars = 0;

  constructor(timeZone = "Europe/Berlin", nightMs = MONDAY_MS) {
    this.forecasts = new Forecasts(timeZone);
    this.nightMs = nightMs;
  }

  /** So many come at a quarter past each of these hours, from `from` to `to` o'clock; clocks are `setMs` ahead. */
  day(
    day: number,
    came: Readonly<Record<number, number>>,
    { from = 0, to = 24, setMs = 0 }: { from?: number; to?: number; setMs?: number } = {},
  ): void {
    const midnight = this.nightMs + day * DAY_MS + setMs;
    for (let ms = midnight + from * HOUR_MS; ms < midnight + to * HOUR_MS; ms += LOOK_MS) {
      const hour = (ms - midnight) / HOUR_MS;
      for (let i = 0; i < (came[hour - 0.25] ?? 0); i++) this.stay(ms);
      this.forecasts.passed(ms);
    }
  }

  /** By way of the disk. */
  restart(change: (state: object) => object = (state) => state): void {
    const state = JSON.parse(JSON.stringify(this.forecasts.state()));
    this.forecasts = new Forecasts("Europe/Berlin", change(state));
  }

  private stay(arrivedWallMs: number): void {
    const id = `s${this.cars++}` as SessionId;
    this.forecasts.arrived({ id, outlet, arrivedWallMs });
    this.forecasts.departed(id, { leftWallMs: arrivedWallMs + HOUR_MS / 3, takenWh: 9_000 });
  }

  get error(): number {
    return this.forecasts.errors.arrivals;
  }
}

test("arrivals: the hours of the first day are not forecast; of the next, as many too many or too few are the error", () => {
  const site = new Site();
  // A Tuesday: the day before would be like it, but nobody was there to see it.
  site.day(1, { 8: 4, 9: 1 });
  site.day(2, {}, { to: 8.5 });
  assert.equal(site.error, 0, "nobody knows yet: no hour with cars in it has ended");
  site.day(2, { 9: 1 }, { from: 8.5, to: 10.5 });
  // Four were expected at eight; of nine it was right.
  assert.equal(site.error.toFixed(3), (4 * (1 - 1 / 200)).toFixed(3));
});

test("arrivals: who comes in an hour in which nobody was expected is an error, too, and also while he is there", () => {
  const site = new Site();
  site.day(0, { 8: 1 });
  site.day(1, {}, { to: 3 });
  const arrivedWallMs = MONDAY_MS + DAY_MS + 3.5 * HOUR_MS;
  const one = { id: "late" as SessionId, outlet, arrivedWallMs };
  // The driver's word comes after the plug: that is no second car.
  site.forecasts.arrived(one);
  site.forecasts.arrived({ ...one, energyWh: 5_000 });
  site.day(1, {}, { from: 3, to: 4.1 });
  assert.equal(site.error, 1);
});

test("arrivals: quiet hours make no forecast good; a site that is every day the same is forecast ever better", () => {
  const site = new Site();
  site.day(0, { 8: 3 });
  site.day(1, { 8: 1 });
  assert.equal(site.error, 2);
  for (let day = 2; day < 5; day++) site.day(day, { 8: 3 });
  const early = site.error;
  assert(early > 1.9, `${early}`);
  for (let day = 5; day < 60; day++) site.day(day, { 8: 3 });
  assert(site.error > 0 && site.error < early, `${early}, then ${site.error}`);
});

test("arrivals: of a first Saturday no day like it tells, so it is not forecast", () => {
  const site = new Site();
  for (const day of [3, 4]) site.day(day, { 8: 3 });
  const friday = site.error;
  site.day(5, { 10: 7 });
  assert.equal(site.error, friday);
});

test("arrivals: hours are those of the site's clock, also where it is half an hour beside UTC's", () => {
  const site = new Site("Asia/Kolkata", Date.UTC(2026, 5, 1) - 5.5 * HOUR_MS);
  site.day(0, { 8: 4 });
  site.day(1, { 8: 2 }, { to: 8.99 });
  assert.equal(site.error, 0);
  site.day(1, {}, { from: 8.99, to: 9.1 });
  assert.equal(site.error, 2);
});

test("arrivals: an hour that was not followed as a whole is held against nothing: a restart, a gap, a clock that was set", () => {
  const site = new Site();
  site.day(0, { 8: 4 });
  site.day(1, {}, { to: 8.5 });
  site.restart();
  site.day(1, {}, { from: 8.5, to: 12 });
  assert.equal(site.error, 0, "a restart");
  site.day(2, {}, { to: 8.2 });
  site.day(2, {}, { from: 8.4, to: 12 });
  assert.equal(site.error, 0, "a gap");
  site.day(3, {}, { to: 8.5 });
  site.day(3, {}, { from: 8.5, to: 8.6, setMs: 365 * DAY_MS });
  site.day(3, {}, { from: 8.6, to: 12 });
  assert.equal(site.error, 0, "a year ahead for a while");
  site.day(4, {}, { to: 8.9 });
  site.day(4, {}, { from: 8.2, to: 12 });
  assert.equal(site.error, 0, "back by less than an hour");
  for (const ms of [Number.NaN, Number.POSITIVE_INFINITY]) site.forecasts.passed(ms);
  site.day(7, {}, { to: 9.1 });
  assert(site.error > 1 && site.error <= 4, `whole again: ${site.error}`);
});

test("arrivals: a clock that is put right by seconds ends no hour twice, and none too soon", () => {
  const site = new Site();
  site.day(0, { 8: 4 });
  site.day(1, {}, { to: 8 });
  const eight = MONDAY_MS + DAY_MS + 8 * HOUR_MS;
  for (const s of [1, -2, 2]) site.forecasts.passed(eight + s * 1_000);
  assert.equal(site.error, 0, "the hour has only begun");
  site.day(1, { 8: 4 }, { from: 8, to: 9 });
  const nine = eight + HOUR_MS;
  for (const s of [1, -2, 2]) site.forecasts.passed(nine + s * 1_000);
  assert.equal(site.error, 0, "as many as were expected");
});

test("arrivals: the hour that comes twice is forecast twice, and the one that is left out not at all", () => {
  for (const [name, night] of [
    ["autumn", Date.UTC(2026, 9, 25) - 2 * HOUR_MS],
    ["spring", Date.UTC(2026, 2, 29) - HOUR_MS],
  ] as const) {
    const site = new Site("Europe/Berlin", night - DAY_MS);
    site.day(0, { 2: 2 });
    site.day(1, { 2: 2 }, { to: 6 });
    // In autumn the second of the two stays empty; in spring two come at three, and nobody was expected.
    assert.equal(site.error, 2, name);
  }
});

test("arrivals: what is known of the error survives a restart; a state of before, without it, begins anew", () => {
  const site = new Site();
  site.day(0, { 8: 4 });
  site.day(1, { 8: 1 });
  assert.equal(site.error, 3);
  site.restart();
  assert.equal(site.error, 3);
  site.restart(({ arrivals: _, ...before }: { arrivals?: unknown }) => before);
  assert.equal(site.error, 0);
  site.day(2, { 8: 1 });
  assert(site.error > 0, "and what it learnt of arrivals is still there");
});
