import assert from "node:assert/strict";
import { test } from "node:test";
import { AROUND, ROW_PX, windowOf } from "./window.ts";

test("a table draws what is in sight and a little more, at any size and place", () => {
  assert.deepEqual(windowOf(0, 0, 600), { from: 0, to: 0 });
  assert.deepEqual(windowOf(3, 0, 600), { from: 0, to: 3 });
  const middle = windowOf(10_000, 5_000 * ROW_PX, 600);
  assert.deepEqual(middle, { from: 5_000 - AROUND, to: 5_015 + AROUND });
  // Filtered down while scrolled far below: the end is shown, not nothing.
  const taller = windowOf(10_000, 5_000 * 2 * ROW_PX, 600, 2 * ROW_PX);
  assert.deepEqual([taller.from, taller.to], [middle.from, 5_000 + Math.ceil(600 / (2 * ROW_PX)) + AROUND]);
  assert.deepEqual(windowOf(5, 5_000 * ROW_PX, 600), { from: 4, to: 5 });
  assert.deepEqual(windowOf(10, -80, 600), { from: 0, to: 10 });
});
