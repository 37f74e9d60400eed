import assert from "node:assert/strict";
import { test } from "node:test";
import { barOf, costPerKwh, ownShare, type Sums, solarKept, totalOf } from "./days.ts";

const day: Sums = {
  ...{ importWh: 60_000, exportWh: 10_000, solarWh: 50_000, batteryInWh: 5_000, batteryOutWh: 5_000 },
  ...{ buildingWh: 40_000, carsWh: 60_000, costMilliCent: 2_000_000, peakW: 21_000, measured: 1 },
};
const nothing: Sums = { ...totalOf([]) };

test("shares and price of a day that a person can check by hand", () => {
  assert.equal(solarKept(day), 0.8);
  assert.equal(ownShare(day), 0.4);
  assert.equal(costPerKwh(day), 20_000, "20 cents");
  assert.deepEqual(barOf(day), { gridWh: 60_000, ownWh: 40_000 });
});

test("shares of nothing are unknown, never 0 or 100 per cent", () => {
  assert.deepEqual(
    [solarKept(nothing), ownShare(nothing), costPerKwh(nothing)],
    [undefined, undefined, undefined],
  );
  assert.equal(nothing.peakW, null);
});

test("a battery that was filled from the grid makes no share below zero, nor a bar beyond what was used", () => {
  const filled = { ...day, importWh: 150_000, solarWh: 1, exportWh: 5 };
  assert.equal(ownShare(filled), 0);
  assert.equal(solarKept(filled), 0);
  assert.deepEqual(barOf(filled), { gridWh: 100_000, ownWh: 0 });
});

test("days add up; the peak is the highest, and a day without one is no peak of zero", () => {
  const all = totalOf([day, { ...day, peakW: null, measured: 0.5 }]);
  assert.deepEqual([all.carsWh, all.peakW, all.measured], [120_000, 21_000, 0.75]);
});
