/** Highest and lowest of a window: as if each were sought anew every time, and nothing stays that has left. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { seededChance } from "@wattward/testing";
import { Extremes } from "./window.ts";

const SPAN_MS = 10_000;
/** What is kept together leaves together: so much later than it might. */
const CELL_MS = SPAN_MS / 50;

test("extremes: never less than the window holds, never more than what was just before it", () => {
  for (let seed = 1; seed <= 50; seed++) {
    const chance = seededChance(seed);
    const window = new Extremes(SPAN_MS);
    const seen: { atMs: number; value: number }[] = [];
    let atMs = 0;
    for (let i = 0; i < 400; i++) {
      atMs += chance.int(0, 1) === 0 ? 0 : chance.int(1, chance.int(0, 20) === 0 ? 3 * SPAN_MS : 700);
      const value = chance.int(0, 3) === 0 ? 50 : chance.int(0, 100);
      seen.push({ atMs, value });
      window.add(atMs, value);
      const since = (ms: number) => seen.filter((one) => atMs - one.atMs <= ms).map((one) => one.value);
      const [inside, around] = [since(SPAN_MS), since(SPAN_MS + CELL_MS)];
      const says = `seed ${seed} at ${atMs}`;
      assert(window.high! >= Math.max(...inside) && window.high! <= Math.max(...around), says);
      assert(window.low! <= Math.min(...inside) && window.low! >= Math.min(...around), says);
    }
  }
});

test("extremes: what is no number leaves with its time, like any other", () => {
  const window = new Extremes(SPAN_MS);
  window.add(0, Number.NaN);
  for (let atMs = 500; atMs <= SPAN_MS + 1_000; atMs += 500) window.add(atMs, 7);
  assert.deepEqual([window.high, window.low], [7, 7]);
});

test("extremes: cleared, it has seen nothing", () => {
  const window = new Extremes(SPAN_MS);
  window.add(0, 5);
  window.clear();
  assert.deepEqual([window.high, window.low], [undefined, undefined]);
  window.add(1, 3);
  assert.deepEqual([window.high, window.low], [3, 3]);
});
