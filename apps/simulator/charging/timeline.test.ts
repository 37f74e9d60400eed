/** What one profile says, period by period; times in seconds after a Monday's midnight, UTC. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Profile } from "./profile.ts";
import { saidBy } from "./timeline.ts";

const MONDAY = Date.UTC(2026, 0, 5);
const at = (s: number) => MONDAY + s * 1000;
const day = 86_400;
const base: Profile = {
  ...{
    id: 1,
    evse: 0,
    stackLevel: 0,
    purpose: "tx-default",
    kind: "absolute",
    receivedAtMs: at(50),
    wire: {},
  },
  schedule: {
    startMs: at(100),
    unit: "W",
    periods: [
      { fromS: 0, limit: 1_000 },
      { fromS: 60, limit: 2_000 },
    ],
  },
};
const { startMs: _, ...startless } = base.schedule;

/** The profile; asked at s after midnight, in a transaction that began at 40; watts, and until which s. */
const cases: [string, Partial<Profile>, number, number | undefined, number][] = [
  ["absolute, before its start", {}, 99, undefined, 100],
  ["absolute, at its start", {}, 100, 1_000, 160],
  ["absolute, at the second period", {}, 160, 2_000, Number.POSITIVE_INFINITY],
  ["with a duration, its last second", { schedule: { ...base.schedule, durationS: 90 } }, 189, 2_000, 190],
  ["with a duration, after it", { schedule: { ...base.schedule, durationS: 90 } }, 190, undefined, Infinity],
  ["without a start: from the transaction's", { schedule: startless }, 99, 1_000, 100],
  [
    "a station's limit without a start: from when it came",
    { purpose: "station-max", schedule: startless },
    109,
    1_000,
    110,
  ],
  ["relative: from the transaction's start", { kind: "relative", schedule: startless }, 100, 2_000, Infinity],
  [
    "dynamic: from when it came",
    { kind: "dynamic", schedule: { ...startless, periods: [{ fromS: 0, limit: 5 }] } },
    50,
    5,
    Infinity,
  ],
  ["daily, the day after", { kind: "recurring", recurrence: "daily" }, day + 130, 1_000, day + 160],
  [
    "daily, until the next day's start",
    { kind: "recurring", recurrence: "daily" },
    day + 170,
    2_000,
    2 * day + 100,
  ],
  [
    "daily with a duration, in the gap",
    { kind: "recurring", schedule: { ...base.schedule, durationS: 60 } },
    day + 170,
    undefined,
    2 * day + 100,
  ],
  ["daily, before its first start", { kind: "recurring" }, 50, undefined, 100],
  [
    "weekly, six days later",
    { kind: "recurring", recurrence: "weekly" },
    6 * day + 200,
    2_000,
    7 * day + 100,
  ],
  [
    "weekly, the week after",
    { kind: "recurring", recurrence: "weekly" },
    7 * day + 100,
    1_000,
    7 * day + 160,
  ],
  ["not yet valid", { validFromMs: at(150) }, 149, undefined, 150],
  ["valid from now on", { validFromMs: at(150) }, 150, 1_000, 160],
  ["valid to the end of a period's middle", { validToMs: at(130) }, 120, 1_000, 130],
  ["no longer valid", { validToMs: at(130) }, 130, undefined, Infinity],
  [
    "a gap before its first period",
    { schedule: { ...base.schedule, periods: [{ fromS: 30, limit: 9 }] } },
    120,
    undefined,
    130,
  ],
  [
    "amperes over three phases",
    { schedule: { ...base.schedule, unit: "A", periods: [{ fromS: 0, limit: 16 }] } },
    100,
    11_040,
    Infinity,
  ],
  [
    "amperes over one phase",
    { schedule: { ...base.schedule, unit: "A", periods: [{ fromS: 0, limit: 16, phases: 1 }] } },
    100,
    3_680,
    Infinity,
  ],
  [
    "a setpoint below nothing is what is given back",
    { schedule: { ...base.schedule, unit: "A", periods: [{ fromS: 0, limit: -10, givesBack: true }] } },
    100,
    -6_900,
    Infinity,
  ],
  [
    "less than nothing is nothing",
    { schedule: { ...base.schedule, periods: [{ fromS: 0, limit: -5 }] } },
    100,
    0,
    Infinity,
  ],
];

for (const [what, change, s, limitW, untilS] of cases) {
  test(`timeline: ${what}`, () => {
    const said = saidBy({ ...base, ...change }, { atMs: at(s), startedAtMs: at(40) });
    assert.deepEqual(said, { limitW, untilMs: untilS === Infinity ? Infinity : at(untilS) });
  });
}
