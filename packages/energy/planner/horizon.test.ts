/** What prices are taken to be where nobody has told them yet. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { dayBeforeGoesOn, HORIZON_MS, horizon, meanOver } from "./horizon.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const NOW_MS = Date.UTC(2026, 10, 22, 9);

test("horizon: of a series that ended long ago the last day goes on, and nothing of the time between is held", () => {
  const fromWallMs = NOW_MS - 9 * HOUR_MS - 5_000 * DAY_MS;
  const milliCentPerKwh = Array.from({ length: 1_440 }, (_, minute) => Math.floor(minute / 60));
  const price = dayBeforeGoesOn({ fromWallMs, stepMs: 60_000, milliCentPerKwh }, NOW_MS + HORIZON_MS);
  assert(price.values.length <= 5 * 1_440, `${price.values.length} values`);
  for (const step of horizon(NOW_MS))
    assert.equal(
      meanOver(price, step),
      new Date(step.fromMs).getUTCHours(),
      new Date(step.fromMs).toISOString(),
    );
});
