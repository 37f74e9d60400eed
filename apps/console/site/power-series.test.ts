import assert from "node:assert/strict";
import { test } from "node:test";
import { energyUnder, highest, joined, LIVE_POINTS_MAX, STEP_MS, withPoint } from "./power-series.ts";

test("within a step the newest point stands; time never runs backwards; the list is bounded", () => {
  let points = withPoint([], { atMs: 0, powerW: 1 });
  points = withPoint(points, { atMs: 1_000, powerW: 2 });
  points = withPoint(points, { atMs: 2_000, powerW: 3 });
  assert.deepEqual(
    points.map((point) => point.powerW),
    [1, 3],
  );
  assert.equal(withPoint(points, { atMs: 1_500, powerW: 9 }), points);
  for (let n = 0; n < 2 * LIVE_POINTS_MAX; n++)
    points = withPoint(points, { atMs: 10_000 + n * STEP_MS, powerW: n });
  assert.equal(points.length, LIVE_POINTS_MAX);
});

test("history ends where the live line begins, and what is older than the span is left out", () => {
  const history = [0, 10, 20, 30].map((atMs) => ({ atMs, powerW: atMs }));
  const live = [25, 35].map((atMs) => ({ atMs, powerW: atMs }));
  assert.deepEqual(
    joined(history, live, 10).map((point) => point.atMs),
    [10, 20, 25, 35],
  );
  assert.deepEqual(joined(history, [], 0).length, 4);
});

test("gaps are no zeros: neither the peak nor the energy counts them", () => {
  const points = [
    { atMs: 0, powerW: 6_000 },
    { atMs: 60_000, powerW: 6_000 },
    { atMs: 120_000, powerW: null },
    { atMs: 180_000, powerW: 12_000 },
    { atMs: 240_000, powerW: 12_000 },
    { atMs: 4_000_000, powerW: 12_000 },
  ];
  assert.equal(highest(points), 12_000);
  assert.equal(energyUnder(points), 100 + 200);
  assert.equal(highest([{ atMs: 0, powerW: null }]), null);
  assert.equal(energyUnder([{ atMs: 0, powerW: 5 }]), null);
});
