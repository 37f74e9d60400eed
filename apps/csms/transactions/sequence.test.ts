import assert from "node:assert/strict";
import { test } from "node:test";
import { seededChance } from "@wattward/testing";
import { arrived, type Sequence } from "./sequence.ts";

const none: Sequence = { first: null, last: null, missing: "" };
const after = (numbers: readonly number[]) => numbers.reduce(arrived, none);

for (const [numbers, missing] of [
  [[5], ""],
  [[0, 1, 2], ""],
  [[0, 3], "1-2"],
  [[0, 3, 1], "2"],
  [[0, 3, 1, 2], ""],
  [[4, 9, 6], "5,7-8"],
  [[9, 4], "5-8"],
  [[3, 3, 3], ""],
  [[3, -3, -1, 0], "-2,1-2"],
] as const) {
  test(`sequence: after ${numbers} what is missing is '${missing}'`, () => {
    assert.equal(after(numbers).missing, missing);
  });
}

test("sequence: any order of the same numbers says the same", () => {
  for (let seed = 0; seed < 200; seed += 1) {
    const chance = seededChance(seed);
    const numbers = Array.from({ length: 12 }, () => chance.int(0, 25));
    const lowest = Math.min(...numbers);
    const highest = Math.max(...numbers);
    const missing: number[] = [];
    for (let n = lowest; n <= highest; n += 1) if (!numbers.includes(n)) missing.push(n);
    const told = after(numbers)
      .missing.split(",")
      .filter((part) => part !== "");
    const listed = told.flatMap((part) => {
      const [from = 0, to = from] = part.split("-").map(Number);
      return Array.from({ length: to - from + 1 }, (_, i) => from + i);
    });
    assert.deepEqual(listed, missing, `seed ${seed}: ${numbers}`);
  }
});

test("sequence: a peer that jumps about cannot make it grow, and what is missing is never called there", () => {
  let sequence = none;
  for (let n = 0; n < 2_000; n += 2) sequence = arrived(sequence, n);
  assert(sequence.missing.length < 1_000);
  assert.match(sequence.missing, /^1-/);
});
