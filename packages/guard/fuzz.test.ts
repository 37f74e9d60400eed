/** No write passes that the policy does not name; a million frames of the same: tests/soak/modbus.ts. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { seededChance } from "@wattward/testing";
import { fuzzGuard, noFigures } from "./testing/fuzz.ts";

test("any policy, any frames: what passes is named by the policy, nothing throws, every way is reached", () => {
  const figures = noFigures();
  for (let seed = 1; seed <= 10; seed++) {
    try {
      fuzzGuard(3_000, seededChance(seed), figures);
    } catch (error) {
      throw new Error(`seed ${seed}: ${(error as Error).message}`, { cause: error });
    }
  }
  assert.equal(figures.frames, 30_000);
  for (const code of [5, 6, 15, 16, 22, 23])
    assert((figures.writes[code] ?? 0) > 10, `function ${code}: ${JSON.stringify(figures)}`);
  for (const exception of [1, 2, 3, 6])
    assert((figures.denied[exception] ?? 0) > 100, JSON.stringify(figures));
  assert(
    figures.reads > 1_000 && figures.unreadable > 500 && figures.incidents > 100,
    JSON.stringify(figures),
  );
});
