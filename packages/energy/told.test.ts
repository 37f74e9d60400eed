/** What a site tells, read by whoever shows it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { parseSnapshot } from "./index.ts";

const snapshot = (untilWallMs: number, more: object = {}) =>
  JSON.stringify({
    ...{ atWallMs: 1, mode: "planned", islanded: false, reason: "", modeSinceWallMs: 1, flows: {} },
    ...{ fuses: [], outlets: [], batteries: [], meters: [] },
    externalLimit: { kind: "ordered", untilWallMs },
    ...more,
  });

test("a snapshot of an instant that no calendar knows is refused", () => {
  assert.equal(parseSnapshot(snapshot(Date.UTC(9999, 11, 31))).ok, true);
  assert.equal(parseSnapshot(snapshot(9e15)).ok, false);
});

test("errors of forecasts: those that a controller of before does not tell may be absent, and none is anything but a number", () => {
  const before = { loadW: 2_140, solarW: 0, departureMin: 34 };
  const read = (forecastError: object) => parseSnapshot(snapshot(1, { forecastError })).ok;
  for (const more of [{}, { takenWh: 4_250 }, { takenWh: 0, arrivals: 0.84 }])
    assert.equal(read({ ...before, ...more }), true, JSON.stringify(more));
  for (const wrong of [{ takenWh: "many" }, { arrivals: null }, { arrivals: {} }, { cars: 3 }])
    assert.equal(read({ ...before, ...wrong }), false, JSON.stringify(wrong));
});
