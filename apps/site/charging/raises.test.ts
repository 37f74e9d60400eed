import assert from "node:assert/strict";
import { test } from "node:test";
import type { OutletId } from "@wattward/energy";
import { seededChance } from "@wattward/testing";
import { Raises } from "./raises.ts";

const chance = seededChance(1);
const free = { rampWPerS: 1_000_000, dwellMs: 0, reversalsPer10MinMax: 600, randomDelayMsMax: 0 };
const change = (fromMa: number, toMa: number, outlet = "a") => ({
  outlet: outlet as OutletId,
  fromMa,
  toMa,
  leastMa: 6_000,
  wattsPerMa: 0.69,
});

test("raises: a lowering passes whole, at once, whatever happened before", () => {
  const raises = new Raises(
    { rampWPerS: 1, dwellMs: 3_600_000, reversalsPer10MinMax: 1, randomDelayMsMax: 3_600_000 },
    chance,
  );
  raises.returned(0);
  for (let atMs = 0; atMs < 100; atMs++) {
    assert.equal(raises.allowed(change(32_000, 0), atMs), 0);
    raises.wrote(change(32_000, 0), atMs);
  }
});

test("raises: a step is what the ramp gives in ten seconds, and takes its time; a start is never less than the least", () => {
  const raises = new Raises({ ...free, rampWPerS: 690 }, chance);
  assert.equal(raises.allowed(change(6_000, 32_000), 0), 16_000);
  raises.wrote(change(6_000, 16_000), 0);
  assert.equal(raises.allowed(change(16_000, 32_000), 9_000), 16_000);
  assert.equal(raises.allowed(change(6_000, 32_000, "b"), 9_000), 6_000, "of the whole site");
  assert.equal(raises.allowed(change(16_000, 32_000), 10_000), 26_000);
  const slow = new Raises({ ...free, rampWPerS: 1 }, chance);
  assert.equal(slow.allowed(change(0, 32_000), 0), 6_000);
  assert.equal(slow.allowed(change(6_000, 6_200), 0), 6_000, "less than a tenth of an ampere is none");
});

test("raises: dwell and reversals are the outlet's own", () => {
  const raises = new Raises({ ...free, dwellMs: 10_000, reversalsPer10MinMax: 2 }, chance);
  let atMs = 0;
  for (let i = 0; i < 2; i++) {
    raises.wrote(change(16_000, 6_000), atMs);
    assert.equal(raises.allowed(change(6_000, 16_000), atMs + 9_999), 6_000);
    atMs += 10_000;
    assert.equal(raises.allowed(change(6_000, 16_000), atMs), 16_000);
    raises.wrote(change(6_000, 16_000), atMs);
    atMs += 10_000;
  }
  raises.wrote(change(16_000, 6_000), atMs);
  assert.equal(raises.allowed(change(6_000, 16_000), atMs + 60_000), 6_000, "twice in ten minutes");
  assert.equal(raises.allowed(change(6_000, 16_000, "b"), atMs + 60_000), 16_000);
  assert.equal(raises.allowed(change(6_000, 16_000), 620_000), 16_000, "ten minutes later");
});

test("raises: what is asked swings, and the outlet is not raised for ten minutes after that has ended; lowering passes", () => {
  const told: string[] = [];
  const raises = new Raises(free, chance, (outlet, what) => told.push(`${outlet} ${what}`));
  const a = "a" as OutletId;
  for (let atMs = 0; atMs <= 60_000; atMs += 500) raises.asks(a, atMs % 1_000 === 0 ? 0 : 32_000, atMs);
  assert.deepEqual(told, ["a asked"], "once");
  assert.equal(raises.allowed(change(6_000, 16_000), 650_000), 6_000);
  assert.equal(raises.allowed(change(16_000, 6_000), 650_000), 6_000);
  assert.equal(raises.allowed(change(6_000, 16_000, "b"), 650_000), 16_000);
  assert.equal(raises.allowed(change(6_000, 16_000), 660_000), 16_000);
});

test("raises: an outlet that has no change of direction left is told of, once in ten minutes; one that only rises is not", () => {
  const told: string[] = [];
  const raises = new Raises({ ...free, reversalsPer10MinMax: 2 }, chance, (outlet) => told.push(outlet));
  const to = (toMa: number, fromMa: number, atMs: number, outlet = "a") => {
    const may = raises.allowed(change(fromMa, toMa, outlet), atMs);
    if (may !== fromMa) raises.wrote(change(fromMa, may, outlet), atMs);
    return may;
  };
  for (let atMs = 0, ma = 6_000; atMs < 1_200_000; atMs += 1_000)
    ma = to(ma < 10_000 ? 16_000 : 6_000, ma, atMs);
  assert.deepEqual(told, ["a", "a"]);
  for (let atMs = 0, ma = 6_000; atMs < 60_000; atMs += 1_000) ma = to(ma + 200, ma, atMs, "b");
  assert.deepEqual(told, ["a", "a"]);
});
