/** Charging profiles as steps, from tables that can be checked by hand. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Command } from "../api/shapes.ts";
import type { HeldProfile } from "../api/station-shapes.ts";
import { type Curve, composedCurves, limitAt, profileCurves, STEPS_MAX, toldCurves } from "./curves.ts";

const hour = 3_600_000;
const at = (hours: number) => Date.UTC(2026, 0, 5) + hours * hour;
const iso = (hours: number) => new Date(at(hours)).toISOString();
const window = { fromMs: at(8), toMs: at(20) };
const held = (more: Partial<HeldProfile>, profile: HeldProfile["profile"]): HeldProfile => ({
  ...{ id: 1, evse: 1, purpose: "TxDefaultProfile", stackLevel: 0, kind: "Absolute", transaction: null },
  ...{ source: "set", changedAtMs: at(9), profile, ...more },
});
const steps = (curve: Curve | undefined) =>
  curve?.steps.map(({ fromMs, toMs, limit }) => [(fromMs - at(0)) / hour, (toMs - at(0)) / hour, limit]);
const periods = (...pairs: [number, number][]) =>
  pairs.map(([hours, limit]) => ({ startPeriod: hours * 3600, limit }));

test("curve: an absolute schedule runs from its start to its end, within the window", () => {
  const schedule = {
    ...{ startSchedule: iso(6), duration: 8 * 3600, chargingRateUnit: "W" },
    chargingSchedulePeriod: periods([0, 11_000], [4, 7_400]),
  };
  const [curve] = profileCurves(held({}, { chargingSchedule: schedule }), [], window);
  assert.deepEqual(steps(curve), [
    [8, 10, 11_000],
    [10, 14, 7_400],
  ]);
  assert.equal(limitAt(curve!, at(10)), 7_400);
  assert.equal(limitAt(curve!, at(14)), undefined, "nothing is in force after its end: that is no zero");
});

test("curve: a daily one comes again, forward only, and valid times bound it", () => {
  const profile = {
    recurrencyKind: "Daily",
    validTo: iso(17),
    chargingSchedule: [
      {
        ...{ startSchedule: iso(-48 + 9), duration: 24 * 3600, chargingRateUnit: "A" },
        chargingSchedulePeriod: periods([0, 16], [6, 10]),
      },
    ],
  };
  const [curve] = profileCurves(held({ kind: "Recurring" }, profile), [], window);
  assert.equal(curve?.unit, "A");
  assert.deepEqual(steps(curve), [
    [8, 9, 10],
    [9, 15, 16],
    [15, 17, 10],
  ]);
  const week = { fromMs: at(0), toMs: at(24) };
  const later = { ...profile, validTo: undefined };
  const [future] = profileCurves(held({ kind: "Recurring" }, later), [], { fromMs: at(-96), toMs: at(-72) });
  assert.deepEqual(future?.steps, [], "not before its start");
  assert.equal(profileCurves(held({ kind: "Recurring" }, later), [], week)[0]?.steps.length, 3);
});

test("curve: a relative one begins with its session; where that is not known its start is said to be assumed", () => {
  const profile = {
    chargingSchedule: [{ chargingSchedulePeriod: periods([0, 6_000]), chargingRateUnit: "W" }],
  };
  const session = { wireId: "77", startedAtMs: at(11) } as never;
  const given = held({ kind: "Relative", transaction: "77" }, profile);
  const [known] = profileCurves(given, [session], window);
  assert.deepEqual([steps(known), known?.assumed], [[[11, 20, 6_000]], false]);
  const [unknown] = profileCurves(given, [], window);
  assert.deepEqual([steps(unknown), unknown?.assumed], [[[9, 20, 6_000]], true]);
});

test("curve: the newest composite schedule of each EVSE, in the words of either version", () => {
  const asked = (evse: number, endedAtMs: number, outcome: object, payload: object): Command => ({
    ...{
      id: `c${endedAtMs}`,
      site: null,
      station: "CP-1",
      action: "GetCompositeSchedule",
      actor: "p",
      reason: "r",
    },
    ...{ state: "accepted", requestedAtMs: at(9), expiresAtMs: at(10), sentAtMs: at(9), endedAtMs },
    payload: { duration: 7200, ...payload, evse },
    outcome: { status: "Accepted", ...outcome },
  });
  const one = { chargingRateUnit: "W", chargingSchedulePeriod: periods([0, 5_000]), duration: 7200 };
  const curves = composedCurves(
    [
      asked(1, at(10), { schedule: { ...one, evseId: 1, scheduleStart: iso(9) } }, { evseId: 1 }),
      asked(1, at(9), { schedule: { ...one, evseId: 1, scheduleStart: iso(8) } }, { evseId: 1 }),
      asked(0, at(9), { scheduleStart: iso(9), chargingSchedule: one }, { connectorId: 0 }),
      asked(2, at(9), { status: "Rejected" }, { evseId: 2 }),
    ],
    window,
  );
  assert.deepEqual(
    curves.map((curve) => [curve.evse, steps(curve)]),
    [
      [1, [[9, 11, 5_000]]],
      [0, [[9, 11, 5_000]]],
    ],
  );
});

test("curve: limits of others while they hold; what is no schedule draws nothing, and steps are bounded", () => {
  const told = (ended: boolean) => ({
    ...{ subject: "charging-limit", about: "1", version: "2.0.1", ended, toldAtMs: at(9) },
    body: {
      evseId: 1,
      chargingSchedule: [{ chargingRateUnit: "A", chargingSchedulePeriod: periods([0, 10]) }],
    },
  });
  assert.deepEqual(toldCurves([told(false)], window).map(steps), [[[9, 20, 10]]]);
  assert.deepEqual(toldCurves([told(true)], window), []);
  for (const chargingSchedule of [undefined, null, "x", [1], { chargingSchedulePeriod: [{ limit: "a" }] }]) {
    const curves = profileCurves(held({}, { chargingSchedule }), [], window);
    assert.deepEqual(
      curves.flatMap((curve) => curve.steps),
      [],
    );
  }
  const many = Array.from({ length: 1_024 }, (_, n): [number, number] => [n / 1_024, n]);
  const dense = held(
    { kind: "Recurring" },
    { chargingSchedule: { startSchedule: iso(0), chargingSchedulePeriod: periods(...many) } },
  );
  const [bounded] = profileCurves(dense, [], { fromMs: at(0), toMs: at(24 * 365 * 20) });
  assert.ok(bounded!.steps.length <= STEPS_MAX + 1_024);
});
