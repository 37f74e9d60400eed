/** A sample of seeded worlds, half a day each, with every misfortune there is; the soak runs two hundred days of them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { misfortuneNames } from "./misfortunes.ts";
import { seededWorld, told } from "./seeded.ts";

const SEEDS = [101, 102, 103, 104, 105, 106];
const DAYS = 0.5;
const met = new Set<string>();
const sum = { ended: 0, energyWh: 0, answeredOffline: 0, replayed: 0 };

for (const seed of SEEDS) {
  test(`half a day of misfortunes, seed ${seed}: nothing lost, nothing counted twice, every promise kept`, async () => {
    const world = await seededWorld(seed, DAYS);
    assert.deepEqual([...world.findings, ...world.violations], [], told(world, world.repeat));
    const { transactions, energyWh, answeredOffline, replayed } = world.counts;
    assert(transactions.ended > 0 && energyWh > 0, JSON.stringify(world.counts));
    sum.ended += transactions.ended;
    sum.energyWh += energyWh;
    sum.answeredOffline += answeredOffline;
    sum.replayed += replayed;
    for (const name of Object.keys(world.faults)) met.add(name);
  });
}

test("the sample met every misfortune there is, and they bit", () => {
  assert(sum.ended > 100 && sum.energyWh > 1_000_000, JSON.stringify(sum));
  assert(sum.answeredOffline > 100 && sum.replayed > 100, JSON.stringify(sum));
  assert.deepEqual(
    misfortuneNames.filter((name) => !met.has(name)),
    [],
  );
});

test("the same seed is the same world again", async () => {
  const { repeat: _, ...first } = await seededWorld(42, 0.1);
  const { repeat: __, ...again } = await seededWorld(42, 0.1);
  assert.deepEqual(again, first);
});
