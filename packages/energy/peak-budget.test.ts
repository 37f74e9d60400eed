/** The quarter's budget, by figures that a person can check. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { seededChance } from "@wattward/testing";
import { PeakBudget } from "./peak-budget.ts";

const MINUTE_MS = 60_000;

test("peak: a quarter used evenly allows its limit all along", () => {
  const budget = new PeakBudget(30_000);
  for (let s = 0; s < 900; s++) assert.equal(Math.round(budget.allowedW(s * 1_000, 30_000)), 30_000);
});

test("peak: what was not used early may be used later", () => {
  const budget = new PeakBudget(30_000);
  budget.allowedW(0, 0);
  assert.equal(budget.allowedW(5 * MINUTE_MS, 0), 45_000);
});

test("peak: what was used too early is missed, down to nothing", () => {
  const budget = new PeakBudget(30_000);
  budget.allowedW(0, 0);
  assert.equal(budget.allowedW(5 * MINUTE_MS, 60_000), 15_000);
  assert.equal(budget.allowedW(10 * MINUTE_MS, 60_000), 0);
});

test("peak: without a trusted clock the limit itself, without a meter the limit's use", () => {
  const budget = new PeakBudget(30_000);
  assert.equal(budget.allowedW(undefined, 90_000), 30_000);
  budget.allowedW(0, 0);
  assert.equal(budget.allowedW(10 * MINUTE_MS, undefined), 30_000);
});

test("peak: begun in the middle, the past counts at the limit; a clock set back begins anew", () => {
  const budget = new PeakBudget(30_000);
  assert.equal(budget.allowedW(10 * MINUTE_MS, 0), 30_000);
  assert.equal(budget.allowedW(2 * MINUTE_MS, 0), 30_000);
});

test("peak: a clock that is set back by a moment forgets nothing of the quarter", () => {
  const budget = new PeakBudget(10_000);
  budget.allowedW(0, 20_000);
  assert.equal(budget.allowedW(450_000, 20_000), 0);
  assert.equal(budget.allowedW(449_980, 20_000), 0);
  assert.equal(Math.round(budget.allowedW(451_000, 0)), 0);
});

test("peak: begun in the middle by who knows of the quarter's beginning: that is used, and what nobody measured counts at the limit", () => {
  const quarter = { fromWallMs: 0, importWh: 2_000, measuredS: 360 };
  const after = (atMs: number, known = quarter) => new PeakBudget(10_000).allowedW(atMs, 0, known);
  assert.equal(after(450_000), Math.round(((2_500 - 2_000 - 250) * 3_600) / 450));
  assert.equal(after(450_000, { ...quarter, importWh: 2_500, measuredS: 450 }), 0);
  assert.equal(after(450_000, { ...quarter, importWh: 0, measuredS: 450 }), 20_000);
  assert.equal(after(450_000, { ...quarter, fromWallMs: -900_000 }), 10_000, "of another quarter");
});

test("property: whoever takes what is allowed, and starts below, never passes the mean", () => {
  for (let seed = 1; seed <= 200; seed++) {
    const chance = seededChance(seed);
    const budget = new PeakBudget(30_000);
    let usedWs = 0;
    let takesW = 0;
    for (let s = 0; s < 900; s++) {
      const allowedW = budget.allowedW(s * 1_000, takesW);
      takesW = (allowedW * chance.int(0, 100)) / 100;
      usedWs += takesW;
    }
    assert(usedWs <= 30_000 * 900 * 1.001, `seed ${seed}: ${usedWs / 900} W`);
  }
});
