import assert from "node:assert/strict";
import { test } from "node:test";
import { nearTime, span } from "./instant.ts";
import { energy, power, roundScale, written } from "./quantity.ts";

test("unknown is a dash and never a zero", () => {
  assert.equal(written(power(null)), "–");
  assert.equal(written(power(undefined)), "–");
  assert.equal(written(energy(null)), "–");
  assert.equal(nearTime(null, 0), "–");
  assert.equal(written(power(0)), "0.0 kW");
});

test("power and energy at the precision that matters", () => {
  const table: readonly [number, string, string][] = [
    [7_360, "7.4 kW", "7.36 kWh"],
    [-7_360, "−7.4 kW", "−7.36 kWh"],
    [-4, "0.0 kW", "0.00 kWh"],
    [58, "0.1 kW", "0.06 kWh"],
    [9_994, "10.0 kW", "9.99 kWh"],
    [9_995, "10.0 kW", "10.0 kWh"],
    [999_960, "1,000 kW", "1,000.0 kWh"],
    [1_204_400, "1,204 kW", "1,204.4 kWh"],
    [12_345_678, "12,346 kW", "12.3 MWh"],
  ];
  for (const [amount, powerText, energyText] of table) {
    assert.equal(written(power(amount)), powerText);
    assert.equal(written(energy(amount)), energyText);
  }
});

test("spans read in two units and are never negative", () => {
  const table: readonly [number, string][] = [
    [-5_000, "0 s"],
    [59_999, "59 s"],
    [60_000, "1 min"],
    [3_599_000, "59 min"],
    [3_900_000, "1 h 05 min"],
    [86_400_000 * 3 + 3_600_000 * 4, "3 d 4 h"],
  ];
  for (const [ms, text] of table) assert.equal(span(ms), text);
});

test("an axis ends on a round number that holds the most", () => {
  const table: readonly [number, number, number][] = [
    [0, 10, 10],
    [11, 10, 12],
    [22, 10, 25],
    [50.1, 10, 60],
    [100, 10, 100],
    [233, 10, 250],
    [1201, 10, 1500],
  ];
  for (const [most, least, end] of table) assert.equal(roundScale(most, least), end);
});
