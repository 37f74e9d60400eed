/**
 * A sample of what `.ci/soak` does by the hundred days: every single fault of ENERGY's set once, and a seeded handful of pairs, at whole sites of
 * production code. The bounds (a) to (c) hold on every fuse and phase, modes are entered and left by their rules, and charging goes on.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { seededChance } from "@wattward/testing";
import { deck, type FaultDay, faultDay, type Slot } from "./fault-day.ts";
import { faultNames } from "./faults.ts";

const SINGLES_MS = 215_000;
const PAIRS_MS = 330_000;
const PAIRS = 4;
/** Everybody is there: power is short. */
const busy = { gapMs: { least: 20_000, most: 120_000 }, stayMs: { least: 300_000, most: 2_400_000 } };

function judged(day: FaultDay): void {
  const again = `seed ${day.seed}: ${day.findings.length} findings`;
  assert.deepEqual(day.findings, [], again);
  assert(day.heatShareMax <= 1, again);
  assert(day.kWh > 5 && day.kWhInFaults > 1, `hardly anybody charged: ${JSON.stringify(day)}`);
}

for (const [seed, half] of [
  [1, faultNames.filter((_, i) => i % 2 === 0)],
  [2, faultNames.filter((_, i) => i % 2 === 1)],
] as const) {
  test(`energy faults: every single one, site ${seed}`, async () => {
    const day = await faultDay({
      seed,
      slots: half.map((name): Slot => [name]),
      slotMs: SINGLES_MS,
      pace: busy,
    });
    judged(day);
    assert.equal(Object.keys(day.befell).length, half.length);
    assert((day.secondsByMode["planned"] ?? 0) > 0 && (day.secondsByMode["conservative"] ?? 0) > 0);
  });
}

test("energy faults: pairs, with the real planner", async () => {
  const slots = deck(seededChance(5)).filter((slot) => slot.length === 2);
  judged(
    await faultDay({ seed: 3, slots: slots.slice(0, PAIRS), slotMs: PAIRS_MS, pace: busy, planner: "real" }),
  );
});
