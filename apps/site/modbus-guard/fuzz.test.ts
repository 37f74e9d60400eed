/** Fuzzed masters and a fuzzed device around the whole guard; of its verdicts alone, a million times: `node tests/soak/modbus.ts`. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { seededChance } from "@wattward/testing";
import { fuzzGuard } from "./testing/fuzz.ts";

for (const seed of [1, 2, 3]) {
  test(`fuzz: no write passes that the policy does not name, and the guard goes on serving (seed ${seed})`, async () => {
    const figures = await fuzzGuard(1_500, seededChance(seed), seed);
    // It has to get through to mean anything.
    assert(figures.heard > 50 && figures.writes > 8 && figures.denied > 100, JSON.stringify(figures));
  });
}
