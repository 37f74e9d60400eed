/** Whose time is believed: the station's, else that of who received it first, else ours. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { believable, FUTURE_MS_MAX } from "./timestamp.ts";

const ARRIVED_MS = Date.UTC(2026, 0, 5, 12);
const HOUR_MS = 3_600_000;
const iso = (ms: number) => new Date(ms).toISOString();

for (const [what, said, receivedAtMs, clockQuality, atMs, doubted] of [
  ["all clocks agree", iso(ARRIVED_MS - 1_000), ARRIVED_MS, "synced", ARRIVED_MS - 1_000, false],
  ["no zone is UTC", "2026-01-05T11:00:00", ARRIVED_MS, "synced", ARRIVED_MS - HOUR_MS, false],
  ["no time at all", "yesterday", ARRIVED_MS - 5, "synced", ARRIVED_MS - 5, true],
  ["before 2010", iso(60_000), ARRIVED_MS - 5, "synced", ARRIVED_MS - 5, true],
  [
    "a little ahead",
    iso(ARRIVED_MS + FUTURE_MS_MAX),
    ARRIVED_MS,
    "synced",
    ARRIVED_MS + FUTURE_MS_MAX,
    false,
  ],
  ["too far ahead", iso(ARRIVED_MS + FUTURE_MS_MAX + 1), ARRIVED_MS, "synced", ARRIVED_MS, true],
  [
    "told yesterday of then",
    iso(ARRIVED_MS - 24 * HOUR_MS),
    ARRIVED_MS - 24 * HOUR_MS,
    "holdover",
    ARRIVED_MS - 24 * HOUR_MS,
    false,
  ],
  [
    "a site in 1970, a station that knows better",
    iso(ARRIVED_MS - HOUR_MS),
    60_000,
    "unknown",
    ARRIVED_MS - HOUR_MS,
    false,
  ],
  ["a site in 1970, and its station with it", iso(60_000), 60_000, "unknown", ARRIVED_MS, true],
  [
    "a site two days ahead, and its station with it",
    iso(ARRIVED_MS + 48 * HOUR_MS),
    ARRIVED_MS + 48 * HOUR_MS,
    "unknown",
    ARRIVED_MS,
    true,
  ],
  [
    "a site two days ahead that calls itself synced",
    iso(ARRIVED_MS + 48 * HOUR_MS),
    ARRIVED_MS + 48 * HOUR_MS,
    "synced",
    ARRIVED_MS,
    true,
  ],
] as const) {
  test(`time: ${what}`, () => {
    const reception = { receivedAtMs, arrivedAtMs: ARRIVED_MS, clockQuality };
    assert.deepEqual(believable(said, reception), { atMs, doubted });
  });
}
