import assert from "node:assert/strict";
import { test } from "node:test";
import { sparkOf } from "./spark.ts";

const box = { fromMs: 0, toMs: 100, mostW: 50 };

test("a line from left to right, full height at the most; unknown is a gap, not a zero", () => {
  const points = [
    { atMs: 0, powerW: 0 },
    { atMs: 25, powerW: 50 },
    { atMs: 50, powerW: null },
    { atMs: 75, powerW: 25 },
    { atMs: 100, powerW: 99 },
  ];
  assert.deepEqual(sparkOf(points, box), {
    line: "M0 100L25 0M75 50L100 0",
    area: "M0 100L0 100L25 0L25 100ZM75 100L75 50L100 0L100 100Z",
  });
});

test("a point that stands alone is a dot", () => {
  assert.equal(sparkOf([{ atMs: 50, powerW: 25 }], box).line, "M50 50h0");
});

test("nothing known is nothing drawn; what lies outside is left out", () => {
  const points = [
    { atMs: -1, powerW: 9 },
    { atMs: 10, powerW: null },
    { atMs: 101, powerW: 9 },
  ];
  assert.deepEqual(sparkOf(points, box), { line: "", area: "" });
});
