import assert from "node:assert/strict";
import { test } from "node:test";
import type { FuseLoad } from "../api/energy-shapes.ts";
import { ampere, barParts, fuseRows, type Tree, tightest, toneOfTaken } from "./fuse-rows.ts";

const load = (id: string, base: number, may: number, limit: number): FuseLoad => ({
  id,
  baseMa: [base, base / 2, 0],
  mayMa: [may, may, may],
  capacityMa: [limit - base, limit - base / 2, limit],
  known: "metered",
  beyondDeclaration: false,
});
const site = (fuses: Tree["fuses"]): Tree => ({
  fuses,
  outlets: [{ id: "o1", fuse: "b" }],
  loads: [{ id: "building", fuse: "main" }],
  sources: [],
  meters: [{ id: "grid", fuse: "main" }],
});
const tree = site([
  { id: "b", parent: "a", ratedMa: 32_000 },
  { id: "main", ratedMa: 100_000 },
  { id: "a", parent: "main", ratedMa: 63_000 },
]);

test("the tree stands from the top down, whatever the order in the document", () => {
  const rows = fuseRows(tree, [load("main", 40_000, 20_000, 100_000)]);
  assert.deepEqual(
    rows.map(({ id, depth, outlets }) => [id, depth, outlets]),
    [
      ["main", 0, 0],
      ["a", 1, 0],
      ["b", 2, 1],
    ],
  );
  assert.equal(rows[1]?.load, undefined, "not told of: nothing is drawn for it");
  assert.deepEqual(rows[1]?.phases, []);
  assert.equal(rows[0]?.phases[0]?.taken, 0.6);
});

test("a circle, or a parent that is not there, neither hangs nor loses what hangs elsewhere", () => {
  const odd = site([
    { id: "x", parent: "y", ratedMa: 1 },
    { id: "y", parent: "x", ratedMa: 1 },
    { id: "lost", parent: "gone", ratedMa: 1 },
  ]);
  assert.deepEqual(
    fuseRows(odd, []).map(({ id }) => id),
    ["lost"],
  );
});

test("the tightest phase of all, and none where nothing is known", () => {
  assert.deepEqual(tightest([load("main", 40_000, 20_000, 100_000), load("a", 10_000, 46_700, 63_000)]), {
    fuse: "a",
    phase: "L1",
    taken: 0.9,
  });
  assert.equal(tightest([]), undefined);
  assert.equal(tightest([load("off", 1_000, 0, 0)])?.taken, Number.POSITIVE_INFINITY);
});

test("a bar never leaves its track; what the sun feeds in makes room first", () => {
  const bar = (baseMa: number, mayMa: number, limitMa: number) =>
    barParts({ phase: "L1", baseMa, mayMa, limitMa, taken: 0 });
  assert.deepEqual(bar(40, 20, 100), { base: 40, may: 20 });
  assert.deepEqual(bar(90, 30, 100), { base: 90, may: 10 });
  assert.deepEqual(bar(-30, 50, 100), { base: 0, may: 20 });
  assert.deepEqual(bar(-30, 10, 100), { base: 0, may: 0 });
  assert.deepEqual(bar(1, 1, 0), { base: 0, may: 100 });
});

test("nine tenths want a look, more than all is danger, and a rounding is not", () => {
  assert.deepEqual([0.5, 0.9, 1, 1.0004, 1.01].map(toneOfTaken), ["calm", "care", "care", "care", "danger"]);
  assert.deepEqual([-400, 0, 6_400, 16_000, 99_600].map(ampere), ["−0.4", "0", "6.4", "16", "100"]);
});
