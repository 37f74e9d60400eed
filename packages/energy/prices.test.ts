/** Prices of a tariff: at an instant, and as the planner is told them, on the clock of the site. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Tariff } from "./config.ts";
import { Prices } from "./prices.ts";

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const HOURS = 37;
const tariff = (energy: Tariff["energy"]): Tariff => ({
  ...{ currency: "EUR", energy },
  ...{ feedInMilliCentPerKwh: 0, demandMilliCentPerKw: 0, batteryWearMilliCentPerKwh: 0 },
});
const byHour = tariff({ kind: "hours", milliCentPerKwh: Array.from({ length: 24 }, (_, hour) => hour) });

for (const [zone, from] of [
  ["Asia/Kolkata", "2026-11-22T10:45:00Z"],
  ["Asia/Kathmandu", "2026-11-22T10:50:00Z"],
  ["Europe/Berlin", "2026-10-25T00:10:00Z"],
  ["Australia/Lord_Howe", "2026-10-03T12:00:00Z"],
] as const)
  test(`prices: by the hours of the clock in ${zone}, the planner is told what is paid`, () => {
    const prices = new Prices(byHour, zone);
    const fromMs = Date.parse(from);
    const { fromWallMs, stepMs, milliCentPerKwh } = prices.series(fromMs, HOURS);
    assert(fromWallMs <= fromMs && fromWallMs + stepMs * milliCentPerKwh.length >= fromMs + 36 * HOUR_MS);
    for (let ms = fromMs; ms < fromMs + 36 * HOUR_MS; ms += 5 * MINUTE_MS)
      assert.equal(
        milliCentPerKwh[Math.floor((ms - fromWallMs) / stepMs)],
        prices.at(ms),
        new Date(ms).toISOString(),
      );
  });

test("prices: a series goes on with its last value, and begins with its first", () => {
  const energy = { kind: "series", fromWallMs: 0, stepMs: HOUR_MS, milliCentPerKwh: [1, 2] } as const;
  const prices = new Prices(tariff(energy), "UTC");
  assert.deepEqual(
    [-1, 0, HOUR_MS, 9 * HOUR_MS].map((ms) => prices.at(ms)),
    [1, 1, 2, 2],
  );
  assert.equal(prices.series(0, HOURS), energy);
});
