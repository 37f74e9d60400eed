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
