import assert from "node:assert/strict";
import { test } from "node:test";
import { meanPower, most, seriesOf, standing } from "./curve.ts";

const at = (atMs: number, more: { powerW?: number; energyWh?: number; socPercent?: number } = {}) => ({
  ...{ atMs, powerW: null, energyWh: null, socPercent: null },
  ...more,
});
const minute = 60_000;

test("a value that a sample lacks is passed over, silence is a gap, and what says nothing is left out", () => {
  const series = seriesOf({
    stepMs: null,
    points: [
      at(0, { powerW: 7_000, energyWh: 0 }),
      at(minute, { energyWh: 100 }),
      at(1.5 * minute),
      at(2 * minute, { powerW: 0, socPercent: 40 }),
      at(40 * minute, { powerW: 5_000 }),
    ],
  });
  assert.deepEqual(series.atMs, [0, minute, 2 * minute, 2 * minute + 1, 40 * minute]);
  assert.deepEqual(series.powerW, [7_000, undefined, 0, null, 5_000]);
  assert.deepEqual(series.energyWh, [0, 100, undefined, null, undefined]);
  assert.equal(series.derived, false);
  assert.equal(standing(series.energyWh, 2), 100);
  assert.equal(standing(series.energyWh, 4), null, "not over a gap");
  assert.equal(most(series.powerW), 7_000);
  assert.equal(most([undefined, null]), null);
});

test("values that come seldom are no gaps", () => {
  const points = [0, 15, 30, 45].map((m) => at(m * minute, { powerW: 1 }));
  assert.equal(seriesOf({ points, stepMs: null }).atMs.length, 4);
});

test("without power it is reckoned from the meter, and never from one value", () => {
  const series = seriesOf({
    stepMs: null,
    points: [at(0, { energyWh: 0 }), at(minute, { energyWh: 100 }), at(2 * minute, { energyWh: 100 })],
  });
  assert.deepEqual([series.powerW, series.derived], [[6_000, 6_000, 0], true]);
  assert.equal(seriesOf({ stepMs: null, points: [at(0, { energyWh: 9 })] }).derived, false);
  assert.deepEqual(seriesOf({ stepMs: null, points: [] }).atMs, []);
});

test("mean power is unknown where energy or time is", () => {
  assert.equal(meanPower(1_000, 1_800_000), 2_000);
  for (const [wh, ms] of [
    [null, 1],
    [1, null],
    [1, 0],
  ] as const)
    assert.equal(meanPower(wh, ms), null);
});
