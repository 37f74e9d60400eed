/** Charging profiles by command, in each version: what is installed, what it does to the current, what is told of it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { rfc3339 } from "@wattward/kernel";
import { type OcppVersion, ocppVersions } from "@wattward/ocpp";
import { card, one, someCar } from "../testing/bench.ts";
import { charging, type Opened, opened } from "../testing/commanded.ts";

type Fields = { readonly [field: string]: unknown };
type What = {
  readonly id?: number;
  readonly level?: number;
  readonly purpose?: "TxProfile" | "TxDefaultProfile" | "Max" | "PriorityCharging";
  readonly kind?: string;
  readonly limitW?: number;
  readonly more?: Fields;
  readonly schedule?: Fields;
  readonly periods?: readonly object[];
};

/** The profile in the version's words, from its first second in force. */
function profileIn(version: OcppVersion, b: Opened, what: What): Fields {
  const { id = 1, level = 0, purpose = "TxDefaultProfile", kind = "Absolute", limitW = 5_000 } = what;
  const startSchedule =
    kind === "Absolute" || kind === "Recurring" ? { startSchedule: rfc3339(b.station.clock.nowMs()) } : {};
  const periods = what.periods ?? [{ startPeriod: 0, limit: limitW }];
  const schedule = {
    chargingRateUnit: "W",
    chargingSchedulePeriod: periods,
    ...startSchedule,
    ...what.schedule,
  };
  const max = version === "1.6" ? "ChargePointMaxProfile" : "ChargingStationMaxProfile";
  return {
    ...(version === "1.6" ? { chargingProfileId: id } : { id }),
    ...{
      stackLevel: level,
      chargingProfilePurpose: purpose === "Max" ? max : purpose,
      chargingProfileKind: kind,
    },
    chargingSchedule: version === "1.6" ? schedule : [{ id: 1, ...schedule }],
    ...what.more,
  };
}

function set(version: OcppVersion, b: Opened, evse: number, what: What): Promise<string | undefined> {
  const profile = profileIn(version, b, what);
  const payload =
    version === "1.6"
      ? { connectorId: evse, csChargingProfiles: profile }
      : { evseId: evse, chargingProfile: profile };
  return b.status(["SetChargingProfile", payload]);
}

const clearOne = (version: OcppVersion, id: number) =>
  ["ClearChargingProfile", version === "1.6" ? { id } : { chargingProfileId: id }] as const;
const clearBy = (version: OcppVersion, evse: number, stackLevel: number) =>
  [
    "ClearChargingProfile",
    version === "1.6"
      ? { connectorId: evse, stackLevel }
      : { chargingProfileCriteria: { evseId: evse, stackLevel } },
  ] as const;

for (const version of ocppVersions) {
  test(`simulator: SetChargingProfile ${version}: the highest level leads, the station's limit is the most`, async () => {
    const b = await charging(version);
    assert.equal(await set(version, b, 1, { id: 1, limitW: 9_000 }), "Accepted");
    assert.equal(await b.powerW(), 9_000);
    assert.equal(await set(version, b, 1, { id: 2, level: 1, limitW: 4_000 }), "Accepted");
    assert.equal(await b.powerW(), 4_000);
    const tx = { id: 3, purpose: "TxProfile", limitW: 7_000, more: { transactionId: b.wireId() } } as const;
    assert.equal(await set(version, b, 1, tx), "Accepted");
    assert.equal(await b.powerW(), 7_000);
    assert.equal(await set(version, b, 0, { id: 4, purpose: "Max", limitW: 6_000 }), "Accepted");
    assert.equal(await b.powerW(), 6_000);
    assert.equal(await set(version, b, 0, { id: 4, purpose: "Max", limitW: 6_500 }), "Accepted");
    assert.equal(await b.powerW(), 6_500, "the same id again replaces it");
  });

  test(`simulator: SetChargingProfile ${version}: what cannot hold is Rejected and changes nothing`, async () => {
    const b = await charging(version);
    const wrong: [number, What][] = [
      [7, { limitW: 1 }],
      [1, { level: 9 }],
      [1, { purpose: "Max" }],
      [0, { purpose: "Max", kind: "Relative" }],
      [0, { purpose: "TxProfile" }],
      [1, { purpose: "TxProfile", more: { transactionId: version === "1.6" ? 77 : "another" } }],
      [1, { periods: [{ startPeriod: 5, limit: 1 }] }],
      [1, { periods: Array.from({ length: 25 }, (_, i) => ({ startPeriod: i, limit: 1 })) }],
      [
        1,
        {
          periods: [
            { startPeriod: 0, limit: 1 },
            { startPeriod: 0, limit: 2 },
          ],
        },
      ],
    ];
    for (const [evse, what] of wrong) {
      assert.equal(await set(version, b, evse, what), "Rejected", JSON.stringify(what).slice(0, 80));
    }
    assert.equal(await b.powerW(), 11_000);
  });

  test(`simulator: SetChargingProfile ${version}: another id on the same level is replaced in 1.6, refused in 2.x`, async () => {
    const b = await opened(version);
    assert.equal(await set(version, b, 1, { id: 1, limitW: 9_000 }), "Accepted");
    assert.equal(
      await set(version, b, 1, { id: 2, limitW: 3_000 }),
      version === "1.6" ? "Accepted" : "Rejected",
    );
    await b.charge();
    assert.equal(await b.powerW(), version === "1.6" ? 3_000 : 9_000);
  });

  test(`simulator: SetChargingProfile ${version}: no more than it has room for`, async () => {
    const b = await opened(version);
    const add = (i: number) => {
      // Nine levels of one purpose, nine of another; 2.x then wants another time, 1.6 another connector.
      const year = 2030 + i;
      const more = { validFrom: `${year}-01-01T00:00:00Z`, validTo: `${year}-02-01T00:00:00Z` };
      const isDefault = i < 9 || (i >= 18 && version === "1.6");
      const purpose = isDefault ? "TxDefaultProfile" : "Max";
      return set(version, b, i < 9 ? 1 : 0, { id: i, level: i % 9, purpose, more });
    };
    for (let i = 0; i < 20; i++) assert.equal(await add(i), "Accepted", `profile ${i}`);
    assert.equal(await add(20), "Rejected");
    assert.equal(await add(19), "Accepted", "one that is there may come again");
  });

  test(`simulator: SetChargingProfile ${version}: through a restart ${version === "1.6" ? "forgotten" : "kept, but for the transaction's"}`, async () => {
    const b = await charging(version);
    assert.equal(await set(version, b, 1, { id: 1, limitW: 9_000 }), "Accepted");
    const tx = { id: 3, purpose: "TxProfile", limitW: 2_000, more: { transactionId: b.wireId() } } as const;
    assert.equal(await set(version, b, 1, tx), "Accepted");
    b.station.powerCut(1_000);
    await b.time.advance(20_000);
    b.station.unplug(one);
    await b.charge();
    assert.equal(await b.powerW(), version === "1.6" ? 11_000 : 9_000);
  });

  test(`simulator: ClearChargingProfile ${version}: by id, by criteria, and Unknown where nothing matches`, async () => {
    const b = await charging(version);
    await set(version, b, 1, { id: 1, limitW: 9_000 });
    await set(version, b, 1, { id: 2, level: 1, limitW: 4_000 });
    assert.equal(await b.status(clearBy(version, 1, 3)), "Unknown");
    assert.equal(await b.status(clearBy(version, 1, 1)), "Accepted");
    assert.equal(await b.powerW(), 9_000);
    assert.equal(await b.status(clearOne(version, 2)), "Unknown");
    assert.equal(await b.status(clearOne(version, 1)), "Accepted");
    assert.equal(await b.powerW(), 11_000);
  });

  test(`simulator: GetCompositeSchedule ${version}: of an EVSE, of the station, of nothing; in watts and amperes`, async () => {
    const b = await charging(version);
    const periods = [
      { startPeriod: 0, limit: 6_900 },
      { startPeriod: 60, limit: 3_450 },
    ];
    await set(version, b, 1, { purpose: "TxProfile", periods, more: { transactionId: b.wireId() } });
    const composite = async (evse: number, chargingRateUnit?: string) => {
      const at = version === "1.6" ? { connectorId: evse } : { evseId: evse };
      const unit = chargingRateUnit === undefined ? {} : { chargingRateUnit };
      const answer = await b.ask("GetCompositeSchedule", { ...at, duration: 120, ...unit });
      const schedule = (version === "1.6" ? answer.chargingSchedule : answer.schedule) as
        | { chargingSchedulePeriod: { startPeriod: number; limit: number }[]; duration: number }
        | undefined;
      return [
        answer.status,
        schedule?.chargingSchedulePeriod.map(({ startPeriod, limit }) => [startPeriod, limit]),
      ];
    };
    assert.deepEqual(await composite(1), [
      "Accepted",
      [
        [0, 6_900],
        [60, 3_450],
      ],
    ]);
    assert.deepEqual(await composite(1, "A"), [
      "Accepted",
      [
        [0, 10],
        [60, 5],
      ],
    ]);
    await set(version, b, 0, { id: 9, purpose: "Max", limitW: 5_000 });
    assert.deepEqual(await composite(0), [
      "Accepted",
      [
        [0, 5_000],
        [60, 3_450],
      ],
    ]);
    assert.deepEqual(await composite(5), ["Rejected", undefined]);
  });

  test(`simulator: ${version === "1.6" ? "RemoteStartTransaction" : "RequestStartTransaction"} ${version}: a profile in it is the transaction's`, async () => {
    const b = await opened(version);
    b.station.plug(one, someCar());
    await b.time.advance(1_000);
    const start = (purpose: "TxProfile" | "TxDefaultProfile") => {
      const chargingProfile = profileIn(version, b, { purpose, limitW: 2_500 });
      return version === "1.6"
        ? (["RemoteStartTransaction", { idTag: "R", chargingProfile }] as const)
        : ([
            "RequestStartTransaction",
            { idToken: { idToken: "R", type: "Central" }, remoteStartId: 1, chargingProfile },
          ] as const);
    };
    assert.equal(await b.status(start("TxDefaultProfile")), "Rejected");
    assert.equal(await b.status(start("TxProfile")), "Accepted");
    await b.time.advance(3_000);
    assert.equal(await b.powerW(), 2_500);
    b.station.unplug(one);
    await b.time.advance(2_000);
    await b.charge();
    assert.equal(await b.powerW(), 11_000, "it has ended with its transaction");
  });
}

for (const version of ["2.0.1", "2.1"] as const) {
  test(`simulator: GetChargingProfiles ${version}: in parts, each by its EVSE, as they were set`, async () => {
    const b = await charging(version);
    for (let i = 0; i < 5; i++) await set(version, b, 1, { id: i + 1, level: i });
    await set(version, b, 0, { id: 9, purpose: "Max" });
    const get = (more: object, criterion: object = { chargingLimitSource: ["CSO"] }) =>
      b.status(["GetChargingProfiles", { requestId: 4, ...more, chargingProfile: criterion }]);
    assert.equal(await get({}), "Accepted");
    await b.time.advance(3_000);
    const reports = b.csms.of("ReportChargingProfiles").map(({ payload }) => payload as Fields);
    const ids = (profiles: unknown) => (profiles as { id: number }[]).map(({ id }) => id);
    assert.deepEqual(
      reports.map(({ chargingProfile, evseId, requestId, tbc }) => [
        requestId,
        evseId,
        tbc,
        ids(chargingProfile),
      ]),
      [
        [4, 1, true, [1, 2, 3, 4]],
        [4, 1, true, [5]],
        [4, 0, false, [9]],
      ],
    );
    assert.equal(await get({ evseId: 0 }, { chargingProfileId: [1] }), "NoProfiles");
    assert.equal(await get({}, { stackLevel: 7 }), "NoProfiles");
    assert.equal(await get({}, { chargingLimitSource: ["EMS"] }), "NoProfiles");
    assert.equal(
      await get({}, { chargingProfilePurpose: "ChargingStationExternalConstraints" }),
      "NoProfiles",
    );
  });

  test(`simulator: SetChargingProfile ${version}: external constraints are nobody's to set (K01.FR.22)`, async () => {
    const b = await opened(version);
    const profile = {
      ...profileIn(version, b, {}),
      chargingProfilePurpose: "ChargingStationExternalConstraints",
    };
    const answer = await b.ask("SetChargingProfile", { evseId: 0, chargingProfile: profile });
    assert.deepEqual(answer, { status: "Rejected", statusInfo: { reasonCode: "InvalidProfile" } });
  });
}

test("simulator: UpdateDynamicSchedule 2.1: a new limit at once; of another kind or an unknown id Rejected", async () => {
  const b = await charging("2.1");
  const dynamic = {
    id: 7,
    kind: "Dynamic",
    purpose: "TxProfile",
    limitW: 6_000,
    more: { transactionId: b.wireId() },
  } as const;
  assert.equal(await set("2.1", b, 1, dynamic), "Accepted");
  assert.equal(await b.powerW(), 6_000);
  const update = (chargingProfileId: number, scheduleUpdate: object) =>
    b.status(["UpdateDynamicSchedule", { chargingProfileId, scheduleUpdate }]);
  assert.equal(await update(7, { limit: 3_000 }), "Accepted");
  assert.equal(await b.powerW(), 3_000);
  assert.equal(await update(7, { setpoint: 3_000 }), "Rejected");
  assert.equal(await update(8, { limit: 1 }), "Rejected");
  await set("2.1", b, 1, { id: 8 });
  assert.equal(await update(8, { limit: 1 }), "Rejected");
});

test("simulator: SetChargingProfile 2.1: a dynamic profile asks for its limit as often as it says, until it is gone (K28)", async () => {
  const b = await charging("2.1");
  const pulled = {
    id: 7,
    kind: "Dynamic",
    purpose: "TxProfile",
    more: { transactionId: b.wireId(), dynUpdateInterval: 30 },
  } as const;
  assert.equal(await set("2.1", b, 1, pulled), "Accepted");
  b.csms.dynamicLimit = 1_500;
  await b.time.advance(31_000);
  assert.equal(await b.powerW(), 1_500);
  await b.status(clearOne("2.1", 7));
  const asked = b.csms.of("PullDynamicScheduleUpdate").length;
  await b.time.advance(90_000);
  assert.equal(b.csms.of("PullDynamicScheduleUpdate").length, asked);
  const twice = [
    { startPeriod: 0, limit: 1 },
    { startPeriod: 9, limit: 1 },
  ];
  assert.equal(await set("2.1", b, 1, { kind: "Dynamic", periods: twice }), "Rejected");
  assert.equal(await set("2.1", b, 1, { more: { dynUpdateInterval: 5 } }), "Rejected");
});

for (const ends of [false, true])
  test(`simulator: SetChargingProfile 2.1: without a connection it holds for so long (K01.FR.101), and then ${ends ? "not again" : "again"} (K01.FR.102)`, async () => {
    const b = await charging("2.1");
    await set("2.1", b, 1, { id: 1, limitW: 2_000 });
    const more = {
      ...{ transactionId: b.wireId(), maxOfflineDuration: 120 },
      ...(ends && { invalidAfterOfflineDuration: true }),
    };
    assert.equal(
      await set("2.1", b, 1, { id: 7, kind: "Dynamic", purpose: "TxProfile", limitW: 6_000, more }),
      "Accepted",
    );
    const offlineFor = async (s: number) => {
      b.station.line.cut();
      await b.time.advance(s * 1_000);
      const watts = await b.powerW();
      b.station.line.restore();
      await b.time.advance(180_000);
      assert.equal(b.station.view().connected, true);
      return [watts, await b.powerW()];
    };
    assert.deepEqual(await offlineFor(60), [6_000, 6_000]);
    assert.deepEqual(await offlineFor(400), [2_000, ends ? 2_000 : 6_000]);
    const { status } = await b.ask("ClearChargingProfile", { chargingProfileId: 7 });
    assert.equal(status, ends ? "Unknown" : "Accepted");
  });

test("simulator: SetChargingProfile 2.1: what ended without a connection is not there after a restart without one", async () => {
  const b = await opened("2.1", { afterOutage: "resume", settings: { sampleS: 300 } });
  await b.charge();
  await set("2.1", b, 1, { id: 1, limitW: 2_000 });
  const more = {
    ...{ transactionId: b.wireId(), maxOfflineDuration: 120 },
    invalidAfterOfflineDuration: true,
  };
  await set("2.1", b, 1, { id: 7, kind: "Dynamic", purpose: "TxProfile", limitW: 6_000, more });
  b.station.line.cut();
  await b.time.advance(400_000);
  b.station.crash();
  await b.time.advance(60_000);
  assert.equal(await b.powerW(), 2_000);
});

test("simulator: UsePriorityCharging 2.1: needs a profile and a transaction; is told when it begins and ends (K21)", async () => {
  const b = await charging("2.1");
  await set("2.1", b, 1, { id: 1, limitW: 2_000 });
  const use = (activate: boolean, transactionId = b.wireId()) =>
    b.status(["UsePriorityCharging", { activate, transactionId }]);
  assert.equal(await use(true), "NoProfile");
  assert.equal(await use(true, "nobody's"), "Rejected");
  assert.equal(
    await set("2.1", b, 0, { id: 2, purpose: "PriorityCharging", schedule: { duration: 9 } }),
    "Rejected",
  );
  assert.equal(await set("2.1", b, 0, { id: 2, purpose: "PriorityCharging", limitW: 10_000 }), "Accepted");
  assert.equal(await use(true), "Accepted");
  assert.equal(await b.powerW(), 10_000);
  assert.equal(await use(true), "Accepted");
  assert.equal(await use(false), "Accepted");
  assert.equal(await b.powerW(), 2_000);
  assert.equal(b.station.priority(one, true), "changed", "the driver may ask for it too (K22)");
  await b.time.advance(1_000);
  assert.deepEqual(
    b.csms.of("NotifyPriorityCharging").map(({ payload }) => payload.activated),
    [true, false, true],
  );
  await b.during(b.station.card(one, card));
  assert.equal(b.station.priority(one, false), "refused");
});
