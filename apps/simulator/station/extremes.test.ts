/** Commands that are valid by their schema and extreme: none of them stops a station or keeps it busy. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { rfc3339 } from "@wattward/kernel";
import { type OcppVersion, ocppVersions } from "@wattward/ocpp";
import { charging, type Opened, opened, type Words } from "../testing/commanded.ts";

const FAR = "9999-12-31T23:59:59Z";
const EARLY = "1970-01-01T00:00:00Z";
/** The second that is added to a day now and then; no JavaScript date reads it. */
const LEAP = "2030-12-31T23:59:60Z";

function reserve(version: OcppVersion, until: string): Words {
  return version === "1.6"
    ? ["ReserveNow", { connectorId: 1, expiryDate: until, idTag: "X", reservationId: -1 }]
    : ["ReserveNow", { id: 1, expiryDateTime: until, idToken: { idToken: "X", type: "Central" }, evseId: 1 }];
}
function update(version: OcppVersion, at: string): Words {
  return version === "1.6"
    ? ["UpdateFirmware", { location: "ftp://x", retrieveDate: at }]
    : ["UpdateFirmware", { requestId: 2 ** 31 - 1, firmware: { location: "x", retrieveDateTime: at } }];
}
function profile(version: OcppVersion, schedule: object, more: object = {}): Words {
  const { chargingProfileKind = "Absolute", ...others } = more as { chargingProfileKind?: string };
  const body = { stackLevel: 0, chargingProfilePurpose: "TxDefaultProfile", chargingProfileKind, ...others };
  const full = { chargingRateUnit: "W", chargingSchedulePeriod: [{ startPeriod: 0, limit: 1 }], ...schedule };
  return version === "1.6"
    ? [
        "SetChargingProfile",
        { connectorId: 0, csChargingProfiles: { chargingProfileId: 1, ...body, chargingSchedule: full } },
      ]
    : [
        "SetChargingProfile",
        { evseId: 0, chargingProfile: { id: 1, ...body, chargingSchedule: [{ id: 1, ...full }] } },
      ];
}
const composite = (version: OcppVersion, evse: number, duration: number): Words => [
  "GetCompositeSchedule",
  version === "1.6" ? { connectorId: evse, duration } : { evseId: evse, duration },
];

/** It answers, and simulated time passes: nothing goes round and round at one instant. */
async function alive(b: Opened): Promise<void> {
  const fromMs = b.time.now().monotonicMs;
  await b.time.advance(200_000);
  assert.equal(b.time.now().monotonicMs, fromMs + 200_000);
  assert.equal(b.station.view().accepted, true);
  assert.deepEqual(b.failures, []);
}

for (const version of ocppVersions) {
  test(`extremes: times at the ends of all times, ${version}`, async () => {
    const b = await opened(version);
    for (const [words, status] of [
      [reserve(version, LEAP), "Accepted"],
      [reserve(version, EARLY), "Rejected"],
      [reserve(version, FAR), "Accepted"],
    ] as const) {
      assert.equal(await b.status(words), status);
    }
    await b.command(update(version, FAR));
    await alive(b);
    assert.equal(b.csms.of("FirmwareStatusNotification").length, 0);
    await b.command(update(version, EARLY));
    await alive(b);
    assert.equal(b.csms.of("FirmwareStatusNotification").length, 4);
  });

  test(`extremes: schedules of any length, ${version}`, async () => {
    const b = await charging(version);
    const daily = { chargingProfileKind: "Recurring", recurrencyKind: "Daily" };
    const now = rfc3339(b.station.clock.nowMs());
    const many = Array.from({ length: 24 }, (_, i) => ({ startPeriod: i * 3_600, limit: i * 1_000 }));
    for (const words of [
      profile(version, { startSchedule: FAR, duration: 2 ** 31 - 1 }),
      profile(version, { startSchedule: LEAP, duration: 0 }),
      profile(version, { startSchedule: now }, { validFrom: FAR, validTo: EARLY }),
      profile(version, { startSchedule: now, chargingSchedulePeriod: [{ startPeriod: 0, limit: 1e15 }] }),
      profile(version, { startSchedule: now, chargingSchedulePeriod: many }, daily),
    ]) {
      assert.equal(await b.status(words), "Accepted", JSON.stringify(words).slice(0, 200));
      for (const evse of [0, 1, -1]) {
        for (const duration of [-5, 0, 1, 86_400, 2 ** 31 - 1]) {
          // The schema of 2.1 alone refuses what is below nothing.
          const bySchema = version === "2.1" && evse < 0;
          const expected = bySchema ? undefined : evse < 0 || duration < 1 ? "Rejected" : "Accepted";
          assert.equal(await b.status(composite(version, evse, duration)), expected, `${evse} ${duration}`);
        }
      }
    }
    await alive(b);
  });
}

test("extremes: a dynamic profile that asks once in an age, and a stream of one value a century", async () => {
  const b = await charging("2.1");
  const dynamic = { chargingProfileKind: "Dynamic", dynUpdateInterval: 2 ** 31 - 1 };
  assert.equal(await b.status(profile("2.1", {}, dynamic)), "Accepted");
  const adjust = ["AdjustPeriodicEventStream", { id: 1, params: { interval: 2 ** 31 - 1 } }] as const;
  assert.equal(await b.status(adjust), "Accepted");
  await alive(b);
  assert.equal(b.csms.of("PullDynamicScheduleUpdate").length, 0);
});
