import assert from "node:assert/strict";
import { test } from "node:test";
import {
  energyUnder,
  HISTORY_STEP_MS,
  highest,
  joined,
  LIVE_POINTS_MAX,
  pictureFromMs,
  SPAN_MS_LEAST,
  STEP_MS,
  withPoint,
} from "./power-series.ts";

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

test("history stands as far as it is known, then the live line; what is older than the span is left out", () => {
  const step = HISTORY_STEP_MS;
  const history = [0, 1, 2, 3].map((n) => ({ atMs: n * step, powerW: n === 1 || n === 3 ? null : n }));
  const live = [2, 2.9, 3, 3.5].map((n) => ({ atMs: n * step, powerW: n * 100 }));
  const values = (fromMs: number) => joined(history, live, fromMs).map((point) => point.powerW);
  assert.deepEqual(values(0), [0, null, 2, 300, 350]);
  assert.deepEqual(values(step), [null, 2, 300, 350]);
  assert.deepEqual(joined([], live, 0).length, 4);
});

test("the picture begins where something is known, and never shows less than a few minutes", () => {
  const hour = 3_600_000;
  const known = (atMs: number) => [
    { atMs: 0, powerW: null },
    { atMs, powerW: 5 },
  ];
  assert.equal(pictureFromMs(known(hour / 2), 0, hour), hour / 2);
  assert.equal(pictureFromMs(known(hour - 1_000), 0, hour), hour - SPAN_MS_LEAST);
  assert.equal(pictureFromMs(known(100), 200, hour), 200);
  assert.equal(pictureFromMs([], 0, hour), 0);
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
