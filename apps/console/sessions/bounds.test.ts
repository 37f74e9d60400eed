import assert from "node:assert/strict";
import { test } from "node:test";
import { boundsOf, type Profile, stepAtInstant } from "./bounds.ts";

const hour = 3_600_000;
const session = { wireId: "71", evse: 1, startedAtMs: 10 * hour };
const span = { fromMs: 10 * hour, toMs: 14 * hour };
const iso = (atMs: number) => new Date(atMs).toISOString();

function profile(
  purpose: string,
  limits: readonly (readonly [number, number])[],
  more: Partial<Profile> & { schedule?: object; body?: object } = {},
): Profile {
  const { schedule, body, ...rest } = more;
  const chargingSchedulePeriod = limits.map(([startPeriod, limit]) => ({ startPeriod, limit }));
  return {
    ...{
      id: 1,
      evse: 0,
      purpose,
      stackLevel: 0,
      kind: "Absolute",
      transaction: null,
      source: "set",
      changedAtMs: 0,
    },
    ...rest,
    profile: {
      chargingSchedule: { chargingRateUnit: "W", startSchedule: iso(0), chargingSchedulePeriod, ...schedule },
      ...body,
    },
  };
}
const line = (...profiles: Profile[]) =>
  boundsOf(profiles, session, span).map(
    ({ fromMs, limitW, purpose }) => `${fromMs / hour} ${limitW} ${purpose}`,
  );

test("the profile of the session replaces the default; the station's own limit holds beside", () => {
  const everyone = profile("TxDefaultProfile", [[0, 11_000]]);
  const own = profile("TxProfile", [[0, 22_000]], {
    transaction: "71",
    evse: 1,
    schedule: { startSchedule: iso(11 * hour), duration: 3_600 },
  });
  const station = profile("ChargingStationMaxProfile", [[0, 18_000]]);
  assert.deepEqual(line(everyone), ["10 11000 TxDefaultProfile"]);
  assert.deepEqual(line(everyone, own), [
    "10 11000 TxDefaultProfile",
    "11 22000 TxProfile",
    "12 11000 TxDefaultProfile",
  ]);
  assert.deepEqual(line(everyone, own, station), [
    "10 11000 TxDefaultProfile",
    "11 18000 ChargingStationMaxProfile",
    "12 11000 TxDefaultProfile",
  ]);
});

test("of others' sessions and EVSEs nothing is taken", () => {
  assert.deepEqual(
    line(
      profile("TxProfile", [[0, 1]], { transaction: "72" }),
      profile("TxDefaultProfile", [[0, 1]], { evse: 2 }),
    ),
    [],
  );
  assert.deepEqual(line(profile("Unheard", [[0, 1]])), []);
});

test("the highest stack level that has a say counts, for as long as it is valid", () => {
  const low = profile("TxDefaultProfile", [[0, 11_000]]);
  const high = profile("TxDefaultProfile", [[0, 6_000]], {
    stackLevel: 3,
    body: { validFrom: iso(11 * hour), validTo: iso(13 * hour) },
  });
  assert.deepEqual(line(high, low), [
    "10 11000 TxDefaultProfile",
    "11 6000 TxDefaultProfile",
    "13 11000 TxDefaultProfile",
  ]);
});

test("a profile says nothing of the time before it was known", () => {
  const late = profile("TxDefaultProfile", [[0, 11_000]], { changedAtMs: 12 * hour });
  assert.deepEqual(line(late), ["10 null ", "12 11000 TxDefaultProfile"]);
  assert.equal(stepAtInstant(boundsOf([late], session, span), 13 * hour)?.limitW, 11_000);
});

test("relative, recurring and in amperes, as 1.6 and 2.x write them", () => {
  const relative = profile(
    "TxProfile",
    [
      [0, 7_000],
      [1_800, 3_000],
    ],
    { kind: "Relative", transaction: "71", schedule: { startSchedule: undefined } },
  );
  assert.deepEqual(line(relative), ["10 7000 TxProfile", "10.5 3000 TxProfile"]);
  // Every day from 12:00 for an hour, written for a day long before.
  const daily = profile("TxDefaultProfile", [[0, 16]], {
    kind: "Recurring",
    schedule: { chargingRateUnit: "A", startSchedule: iso(-12 * hour), duration: 3_600 },
    body: { recurrencyKind: "Daily" },
  });
  assert.deepEqual(line(daily), ["10 null ", "12 11040 TxDefaultProfile", "13 null "]);
  const list = profile("TxDefaultProfile", []);
  const inList = {
    ...list,
    profile: { chargingSchedule: [profile("x", [[0, 5]]).profile["chargingSchedule"]] },
  };
  assert.deepEqual(line(inList), ["10 5 TxDefaultProfile"]);
});

test("what a station made up is nothing", () => {
  const odd = profile("TxDefaultProfile", [[0, 1]]);
  for (const body of [
    {},
    { chargingSchedule: [] },
    { chargingSchedule: { chargingSchedulePeriod: [null, { limit: "x" }, 7] } },
  ]) {
    assert.deepEqual(line({ ...odd, profile: body }), []);
  }
});
