import assert from "node:assert/strict";
import { test } from "node:test";
import type { EnergyQuarter, PlanView } from "../api/energy-shapes.ts";
import { aloneIn, bounds, highestOf, hourRows, planSeries, QUARTER_MS } from "./plan-series.ts";

const quarter = (n: number, more: Partial<EnergyQuarter> = {}): EnergyQuarter => ({
  ...{ fromMs: n * QUARTER_MS, importWh: 1_000, exportWh: 0, solarWh: 500, batteryInWh: 0 },
  ...{
    batteryOutWh: 250,
    buildingWh: 750,
    carsWh: 1_000,
    carsWhByMode: {},
    costMilliCent: 0,
    measuredS: 900,
    planned: null,
    chargePermille: null,
  },
  ...more,
});
const plan: PlanView = {
  madeAtWallMs: 0,
  fromWallMs: 4 * QUARTER_MS,
  stepMs: QUARTER_MS,
  ...{ gridW: [8_000, 9_000], carsW: [5_000, 6_000], batteryW: [-1_000, 0], solarW: [2_000, 2_000] },
  ...{ buildingW: [4_000, 4_000], chargePermille: [500, 520] },
};
const span = { fromMs: 0, toMs: 6 * QUARTER_MS };

test("a quarter is its mean power at its middle; export and charging are below zero", () => {
  const seen = planSeries(
    [quarter(0), quarter(1, { importWh: 0, exportWh: 400, batteryInWh: 500 })],
    undefined,
    span,
  );
  assert.equal(seen.atMs[0], QUARTER_MS / 2);
  assert.deepEqual(seen.measured.grid.slice(0, 3), [4_000, -1_600, null]);
  assert.deepEqual(seen.measured.battery.slice(0, 2), [1_000, -1_000]);
});

test("what was not measured is a gap, and half a quarter is not half the power", () => {
  const seen = planSeries(
    [quarter(0, { measuredS: 450 }), quarter(1, { measuredS: 0 }), quarter(3)],
    plan,
    span,
  );
  assert.deepEqual(seen.measured.grid, [8_000, null, null, 4_000, null, null]);
});

test("the plan begins where the past ends, and what was planned for the past stays", () => {
  const planned = { gridWh: 1_250, carsWh: 1_000, batteryWh: -250 };
  const seen = planSeries([quarter(3, { planned, chargePermille: 480 })], plan, span);
  assert.deepEqual(seen.planned.grid.slice(3), [5_000, 8_000, 9_000]);
  assert.deepEqual(seen.planned.battery.slice(3), [-1_000, -1_000, 0]);
  assert.equal(seen.charge[3], 0.48);
  assert.deepEqual(seen.chargePlanned.slice(3), [null, 0.5, 0.52]);
});

test("a plan of steps without end, or of another time, costs no more than the span that is shown", () => {
  const absurd = { ...plan, fromWallMs: 0, stepMs: Number.MAX_SAFE_INTEGER };
  assert.deepEqual(planSeries([], absurd, span).planned.grid, Array(6).fill(8_000));
  const ahead = { ...plan, fromWallMs: Number.MAX_SAFE_INTEGER - 1 };
  assert.deepEqual(planSeries([], ahead, span).planned.grid, Array(6).fill(null));
});

test("a plan that begins within a quarter lies on the same points as the past, without a gap between them", () => {
  const late = { ...plan, fromWallMs: 4.25 * QUARTER_MS, gridW: [8_000, 10_000, 6_000] };
  const seen = planSeries([quarter(3)], late, { fromMs: 0, toMs: 8 * QUARTER_MS });
  assert.deepEqual(seen.planned.grid.slice(4), [8_000, 9_500, 7_000, null]);
  assert.equal(seen.atMs.length, 8, "no points of its own");
  const later = planSeries([], { ...late, fromWallMs: 4.75 * QUARTER_MS }, span);
  assert.equal(later.planned.grid[4], null, "a quarter that it hardly covers is not its own");
});

test("a plan of another step than a quarter of an hour, with absurd values, is drawn as far as it can be", () => {
  const odd = { ...plan, stepMs: 300_000, fromWallMs: 0 };
  const gridW = [1_000, Number.NaN, 4_000, Number.NaN, Number.POSITIVE_INFINITY, Number.NaN, 7_000];
  const seen = planSeries([], { ...odd, gridW }, span);
  assert.deepEqual(seen.planned.grid.slice(0, 3), [2_500, null, null]);
  const longer = planSeries(
    [],
    { ...plan, stepMs: 2 * QUARTER_MS, fromWallMs: 0, gridW: [1_000, 2_000] },
    span,
  );
  assert.deepEqual(longer.planned.grid.slice(0, 5), [1_000, 1_000, 2_000, 2_000, null]);
});

test("a value that stands alone is a dot, one with a neighbour is on its line", () => {
  assert.deepEqual(aloneIn([null, 5, null, 3, 4, null, 0]), [1, 6]);
  assert.deepEqual(aloneIn([2]), [0]);
  assert.deepEqual(aloneIn([null, undefined]), []);
});

test("bounds hold zero; a line without a value has no highest", () => {
  assert.deepEqual(
    bounds([
      [null, 5, 3],
      [null, -2],
    ]),
    { least: -2, most: 5 },
  );
  assert.deepEqual(bounds([[null, 5, 3]]), { least: 0, most: 5 });
  assert.equal(highestOf([null, null]), undefined);
  assert.equal(highestOf([null, -3, -7]), -3);
});

test("the table has an hour's mean, and no row for an hour of which nothing is known", () => {
  const rows = hourRows(
    planSeries([quarter(0), quarter(1, { importWh: 3_000 })], plan, { fromMs: 0, toMs: 40 * QUARTER_MS }),
  );
  assert.deepEqual(
    rows.map(({ fromMs, measured, planned }) => [fromMs, measured.grid, planned.grid]),
    [
      [0, 8_000, undefined],
      [3_600_000, undefined, 8_500],
    ],
  );
});
