/** Boots that belong together, and such that do not. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { StationId } from "@wattward/kernel";
import { BOOT_TOGETHER_MS } from "./limits.ts";
import { PowerReturn } from "./power-return.ts";

/** Of five stations: which boot was the power's return. */
const returns = (boots: readonly (readonly [station: string, atMs: number])[], of = 5) => {
  const power = new PowerReturn();
  return boots.map(([station, nowMs]) => power.boots(station as StationId, { of, nowMs }));
};

test("power: half of the stations boot together, and once is enough", () => {
  const boots = ["a", "b", "c", "d", "e"].map((station, i) => [station, i * 1_000] as const);
  assert.deepEqual(returns(boots), [false, false, true, false, false]);
});

test("power: one that boots again and again, boots far apart, and a station alone are no return", () => {
  assert.deepEqual(returns([0, 1_000, 2_000].map((atMs) => ["a", atMs] as const)), [false, false, false]);
  const apart = ["a", "b", "c"].map((station, i) => [station, i * (BOOT_TOGETHER_MS + 1)] as const);
  assert.deepEqual(returns(apart), [false, false, false]);
  assert.deepEqual(returns([["a", 0]], 1), [false]);
});
