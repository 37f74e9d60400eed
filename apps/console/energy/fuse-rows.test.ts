import assert from "node:assert/strict";
import { test } from "node:test";
import type { FuseLoad } from "../api/energy-shapes.ts";
import { ampere, barParts, fuseRows, type Tree, tightest, toneOfPhase, toneOfTaken } from "./fuse-rows.ts";

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

test("the tightest phase is the one that carries most of its rating now; what is reserved counts where no meter tells", () => {
  const loads = [load("main", 40_000, 20_000, 100_000), load("a", 10_000, 46_700, 63_000)];
  const tight = (more: readonly FuseLoad[]) => tightest(tree.fuses, more);
  assert.deepEqual(tight(loads), { fuse: "a", phase: "L1", taken: 0.9, by: "reserved" });
  const metered: FuseLoad = { ...loads[0]!, measuredMa: [33_000, -41_000, 0] };
  assert.deepEqual(tight([metered, loads[1]!]), { fuse: "main", phase: "L2", taken: 0.41, by: "measured" });
  assert.equal(tight([]), undefined);
  assert.equal(tight([load("off", 1_000, 0, 0)])?.taken, Number.POSITIVE_INFINITY);
});

test("a phase wants a look by what flows through it, not by what is reserved; more reserved than there is, is danger", () => {
  const phase = (mayMa: number, measuredMa?: number) => {
    const of: FuseLoad = {
      ...load("main", 0, mayMa, 100_000),
      ...(measuredMa && { measuredMa: [measuredMa, 0, 0] }),
    };
    return fuseRows(tree, [of])[0]!.phases[0]!;
  };
  const tones = [
    phase(98_000),
    phase(98_000, 35_000),
    phase(98_000, 92_000),
    phase(98_000, -101_000),
    phase(101_000),
  ];
  assert.deepEqual(tones.map(toneOfPhase), ["calm", "calm", "care", "danger", "danger"]);
  assert.equal(phase(98_000).measuredMa, undefined, "unknown is no zero");
});

test("a bar never leaves its track; what the sun feeds in makes room first", () => {
  type Fuse = { readonly ratedMa: number; readonly measuredMa?: number };
  const bar = (
    baseMa: number,
    mayMa: number,
    limitMa: number,
    { ratedMa, measuredMa }: Fuse = { ratedMa: 0 },
  ) => barParts({ phase: "L1", baseMa, mayMa, limitMa, taken: 0, ratedMa, measuredMa });
  const bare = { measured: 0 };
  assert.deepEqual(bar(40, 20, 100), { base: 40, may: 20, ...bare });
  assert.deepEqual(bar(90, 30, 100), { base: 90, may: 10, ...bare });
  assert.deepEqual(bar(-30, 50, 100), { base: 0, may: 20, ...bare });
  assert.deepEqual(bar(-30, 10, 100), { base: 0, may: 0, ...bare });
  assert.deepEqual(bar(1, 1, 0), { base: 0, may: 100, ...bare });
  assert.deepEqual(bar(10, 20, 90, { ratedMa: 200, measuredMa: 50 }), { base: 5, may: 10, measured: 25 });
  assert.deepEqual(bar(10, 20, 90, { ratedMa: 20, measuredMa: -450 }).measured, 100);
});

test("nine tenths want a look, more than all is danger, and a rounding is not", () => {
  assert.deepEqual([0.5, 0.9, 1, 1.0004, 1.01].map(toneOfTaken), ["calm", "care", "care", "care", "danger"]);
  assert.deepEqual([-400, 0, 6_400, 16_000, 99_600].map(ampere), ["−0.4", "0", "6.4", "16", "100"]);
});
