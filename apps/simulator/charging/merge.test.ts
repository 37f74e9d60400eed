/** Several profiles: who leads, what they come to, and the composite schedule; seconds after a midnight. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { EvseId } from "@wattward/kernel";
import { seededChance } from "@wattward/testing";
import { composite, limitOfEvse, limitOfStation } from "./merge.ts";
import type { Period, Profile, Purpose } from "./profile.ts";

const MIDNIGHT = Date.UTC(2026, 0, 5);
const at = (s: number) => MIDNIGHT + s * 1000;
const one = 1 as EvseId;
const two = 2 as EvseId;

function profile(purpose: Purpose, limit: number | readonly Period[], more: Partial<Profile> = {}): Profile {
  const periods = typeof limit === "number" ? [{ fromS: 0, limit }] : limit;
  return {
    ...{ id: 1, evse: 0, stackLevel: 0, purpose, kind: "absolute", receivedAtMs: at(0), wire: {} },
    schedule: { startMs: at(0), unit: "W", periods },
    ...(purpose === "tx" && { transaction: "t", evse: one }),
    ...more,
  };
}
const charging = { evse: one, reference: "t", startedAtMs: at(0), priority: false };
const limit = (profiles: Profile[], more: Partial<typeof charging> = {}, sharers = 1) =>
  limitOfEvse(profiles, { ...charging, ...more }, { atMs: at(10), sharers }).limitW;

test("merge: the higher stack level leads, also where it allows more", () => {
  assert.equal(limit([profile("tx-default", 1_000), profile("tx-default", 9_000, { stackLevel: 1 })]), 9_000);
});

test("merge: where the higher level says nothing, the next one does", () => {
  const later = profile("tx-default", [{ fromS: 60, limit: 9_000 }], { stackLevel: 1 });
  assert.equal(limit([profile("tx-default", 1_000), later]), 1_000);
});

test("merge: of equal levels the EVSE's own leads the station's", () => {
  assert.equal(limit([profile("tx-default", 1_000), profile("tx-default", 3_000, { evse: one })]), 3_000);
  assert.equal(limit([profile("tx-default", 1_000), profile("tx-default", 3_000, { evse: two })]), 1_000);
});

test("merge: a TxProfile goes before the default, of its own transaction alone", () => {
  const profiles = [profile("tx-default", 1_000, { stackLevel: 5 }), profile("tx", 4_000)];
  assert.equal(limit(profiles), 4_000);
  assert.equal(limit(profiles, { reference: "another" }), 1_000);
});

test("merge: the station's limit is the most, and is shared by those that charge", () => {
  const profiles = [profile("tx", 4_000), profile("station-max", 6_000)];
  assert.equal(limit(profiles), 4_000);
  assert.equal(limit(profiles, {}, 2), 3_000);
});

test("merge: priority goes before all but the station's limit, while it is on", () => {
  const profiles = [profile("tx", 4_000), profile("priority", 20_000), profile("station-max", 15_000)];
  assert.equal(limit(profiles), 4_000);
  assert.equal(limit(profiles, { priority: true }), 15_000);
});

test("merge: nobody says anything", () => assert.equal(limit([]), undefined));

test("merge: the whole station: the sum of what its EVSEs may, at most its own limit", () => {
  const evses = [
    { ...charging, maxW: 22_000 },
    { evse: two, reference: undefined, startedAtMs: at(0), priority: false, maxW: 11_000 },
  ];
  const stationW = (profiles: Profile[]) => limitOfStation(profiles, evses, at(10)).limitW;
  assert.equal(stationW([]), 33_000);
  assert.equal(stationW([profile("tx", 4_000)]), 15_000);
  assert.equal(stationW([profile("tx", 4_000), profile("station-max", 9_000)]), 9_000);
});

test("composite: periods change where the limit does, and nowhere else", () => {
  const profiles = [
    profile("tx-default", [
      { fromS: 0, limit: 6_000 },
      { fromS: 100, limit: 6_000 },
      { fromS: 200, limit: 8_000 },
    ]),
    profile("station-max", [
      { fromS: 0, limit: 9_000 },
      { fromS: 250, limit: 7_000 },
    ]),
    profile("tx", [{ fromS: 0, limit: 2_000 }], {
      schedule: { startMs: at(50), durationS: 30, unit: "W", periods: [{ fromS: 0, limit: 2_000 }] },
    }),
  ];
  const said = (atMs: number) => limitOfEvse(profiles, charging, { atMs, sharers: 1 });
  assert.deepEqual(composite(said, { fromMs: at(20), durationS: 300, maxW: 7_500 }), [
    { fromS: 0, limitW: 6_000 },
    { fromS: 30, limitW: 2_000 },
    { fromS: 60, limitW: 6_000 },
    { fromS: 180, limitW: 7_500 },
    { fromS: 230, limitW: 7_000 },
  ]);
});

test("composite: at each second it is what the limit then is, whatever the profiles (seeded)", () => {
  const chance = seededChance(41);
  for (let round = 0; round < 200; round++) {
    const profiles = Array.from({ length: chance.int(0, 6) }, (_, id) => someProfile(id));
    const said = (atMs: number) => limitOfEvse(profiles, charging, { atMs, sharers: 1 });
    const fromMs = at(chance.int(0, 100));
    const periods = composite(said, { fromMs, durationS: 300, maxW: 11_000 });
    for (let s = 0; s < 300; s += 7) {
      const now = periods.findLast(({ fromS }) => fromS <= s)?.limitW;
      const limitW = Math.min(11_000, said(fromMs + s * 1000).limitW ?? 11_000);
      assert.equal(now, limitW, `seed 41, round ${round}, second ${s}`);
    }
  }

  function someProfile(id: number): Profile {
    const purposes: Purpose[] = ["tx", "tx-default", "station-max"];
    const firstS = chance.int(0, 1) * chance.int(0, 40);
    const periods = [0, 30, 90].map((fromS) => ({ fromS: fromS + firstS, limit: 1_000 * chance.int(0, 12) }));
    const durationS = chance.int(0, 1) === 0 ? {} : { durationS: chance.int(20, 200) };
    return profile(purposes[chance.int(0, 2)]!, periods, {
      id,
      stackLevel: chance.int(0, 3),
      schedule: { startMs: at(chance.int(0, 200)), unit: "W", periods, ...durationS },
      ...(chance.int(0, 2) === 0 && { validToMs: at(chance.int(100, 300)) }),
    });
  }
});
