/**
 * The table of local answers, row by row: what a station hears while the CSMS is away, whether it is kept, and that the
 * document says the same. Test names are those that docs/local-controller.md gives.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { actionsFrom, type OcppVersion, ocppVersions, validateCall, validateResult } from "@wattward/ocpp";
import { fakeBundle } from "../testing/fake-csms.ts";
import { RetryingStation, SITE, World } from "../testing/world.ts";
import { tables } from "./index.ts";

const at = "2026-01-05T08:00:00.000Z";
const meterValue = [{ timestamp: at, sampledValue: [{ value: "1" }] }];
const meterValue201 = [{ timestamp: at, sampledValue: [{ value: 1 }] }];
const hash = {
  hashAlgorithm: "SHA256",
  issuerNameHash: "a",
  issuerKeyHash: "b",
  serialNumber: "c",
  responderURL: "u",
};
const { responderURL: _, ...hash21 } = hash;
const token = { idToken: "LISTED", type: "ISO14443" };
const event = (eventType: string, more = {}) => ({
  ...{
    eventType,
    timestamp: at,
    triggerReason: "Authorized",
    seqNo: 0,
    transactionInfo: { transactionId: "t" },
  },
  ...more,
});

const swap = {
  ...{ eventType: "BatteryOut", requestId: 1, idToken: token },
  batteryData: [{ evseId: 1, serialNumber: "B", soC: 50, soH: 90 }],
};

/** A call, what the site answers by itself ("time" stands for the site's time), and how many records it leaves. */
type Case = readonly [action: string, payload: object, answer: object, records: 0 | 1];
const boot = { status: "Accepted", currentTime: "time", interval: 60 };

const cases201And16: Readonly<Record<Exclude<OcppVersion, "2.1">, readonly Case[]>> = {
  "1.6": [
    ["Authorize", { idTag: "listed" }, { idTagInfo: { status: "Accepted" } }, 1],
    ["Authorize", { idTag: "BLOCKED" }, { idTagInfo: { status: "Blocked" } }, 1],
    ["Authorize", { idTag: "STRANGER" }, { idTagInfo: { status: "Invalid" } }, 1],
    ["BootNotification", { chargePointVendor: "V", chargePointModel: "M" }, boot, 1],
    ["DataTransfer", { vendorId: "V" }, { status: "Rejected" }, 0],
    ["DiagnosticsStatusNotification", { status: "Idle" }, {}, 1],
    ["FirmwareStatusNotification", { status: "Idle" }, {}, 1],
    ["Heartbeat", {}, { currentTime: "time" }, 0],
    ["LogStatusNotification", { status: "Idle" }, {}, 1],
    ["MeterValues", { connectorId: 1, meterValue }, {}, 1],
    ["MeterValues", { connectorId: 1, transactionId: 7, meterValue }, {}, 1],
    ["SecurityEventNotification", { type: "X", timestamp: at }, {}, 1],
    ["SignCertificate", { csr: "x" }, { status: "Rejected" }, 0],
    ["SignedFirmwareStatusNotification", { status: "Idle", requestId: 1 }, {}, 1],
    [
      "StartTransaction",
      { connectorId: 1, idTag: "LISTED", timestamp: at, meterStart: 0 },
      { transactionId: 1_001, idTagInfo: { status: "Accepted" } },
      1,
    ],
    ["StatusNotification", { connectorId: 1, errorCode: "NoError", status: "Available" }, {}, 1],
    ["StopTransaction", { transactionId: 7, timestamp: at, meterStop: 5 }, {}, 1],
  ],
  "2.0.1": [
    ["Authorize", { idToken: token }, { idTokenInfo: { status: "Accepted" } }, 1],
    ["Authorize", { idToken: { idToken: "x", type: "Central" } }, { idTokenInfo: { status: "Invalid" } }, 1],
    ["BootNotification", { reason: "PowerUp", chargingStation: { model: "M", vendorName: "V" } }, boot, 1],
    ["ClearedChargingLimit", { chargingLimitSource: "EMS" }, {}, 1],
    ["DataTransfer", { vendorId: "V" }, { status: "Rejected" }, 0],
    ["FirmwareStatusNotification", { status: "Idle" }, {}, 1],
    [
      "Get15118EVCertificate",
      { iso15118SchemaVersion: "1", action: "Install", exiRequest: "x" },
      { status: "Failed", exiResponse: "" },
      0,
    ],
    ["GetCertificateStatus", { ocspRequestData: hash }, { status: "Failed" }, 0],
    ["Heartbeat", {}, { currentTime: "time" }, 0],
    ["LogStatusNotification", { status: "Idle" }, {}, 1],
    ["MeterValues", { evseId: 1, meterValue: meterValue201 }, {}, 1],
    ["NotifyChargingLimit", { chargingLimit: { chargingLimitSource: "EMS" } }, {}, 1],
    ["NotifyCustomerInformation", { data: "x", seqNo: 0, generatedAt: at, requestId: 1 }, {}, 1],
    ["NotifyDisplayMessages", { requestId: 1 }, {}, 1],
    [
      "NotifyEVChargingNeeds",
      { evseId: 1, chargingNeeds: { requestedEnergyTransfer: "AC_three_phase" } },
      { status: "Rejected" },
      0,
    ],
    [
      "NotifyEVChargingSchedule",
      {
        timeBase: at,
        evseId: 1,
        chargingSchedule: {
          id: 1,
          chargingRateUnit: "W",
          chargingSchedulePeriod: [{ startPeriod: 0, limit: 1 }],
        },
      },
      { status: "Accepted" },
      1,
    ],
    [
      "NotifyEvent",
      {
        generatedAt: at,
        seqNo: 0,
        eventData: [
          {
            ...{ eventId: 1, timestamp: at, trigger: "Alerting", actualValue: "x" },
            eventNotificationType: "HardWiredNotification",
            component: { name: "C" },
            variable: { name: "V" },
          },
        ],
      },
      {},
      1,
    ],
    ["NotifyMonitoringReport", { requestId: 1, seqNo: 0, generatedAt: at }, {}, 1],
    ["NotifyReport", { requestId: 1, seqNo: 0, generatedAt: at }, {}, 1],
    ["PublishFirmwareStatusNotification", { status: "Idle" }, {}, 1],
    [
      "ReportChargingProfiles",
      {
        ...{ requestId: 1, chargingLimitSource: "CSO", evseId: 0 },
        chargingProfile: [
          {
            ...{
              id: 1,
              stackLevel: 0,
              chargingProfilePurpose: "TxDefaultProfile",
              chargingProfileKind: "Absolute",
            },
            chargingSchedule: [
              { id: 1, chargingRateUnit: "W", chargingSchedulePeriod: [{ startPeriod: 0, limit: 1 }] },
            ],
          },
        ],
      },
      {},
      1,
    ],
    ["ReservationStatusUpdate", { reservationId: 1, reservationUpdateStatus: "Expired" }, {}, 1],
    ["SecurityEventNotification", { type: "X", timestamp: at }, {}, 1],
    ["SignCertificate", { csr: "x" }, { status: "Rejected" }, 0],
    ["StatusNotification", { timestamp: at, connectorStatus: "Available", evseId: 1, connectorId: 1 }, {}, 1],
    ["TransactionEvent", event("Started", { idToken: token }), { idTokenInfo: { status: "Accepted" } }, 1],
    [
      "TransactionEvent",
      event("Started", { idToken: { idToken: "", type: "NoAuthorization" } }),
      { idTokenInfo: { status: "Accepted" } },
      1,
    ],
    ["TransactionEvent", event("Updated"), {}, 1],
    ["TransactionEvent", event("Ended"), {}, 1],
  ],
};

/** 2.1 has the messages of 2.0.1, one of them answered otherwise, and twelve more. */
const cases21: readonly Case[] = [
  ...cases201And16["2.0.1"].filter(([action]) => action !== "NotifyEVChargingNeeds"),
  [
    "Authorize",
    { idToken: { idToken: "x".repeat(255), type: "eMAID" } },
    { idTokenInfo: { status: "Invalid" } },
    1,
  ],
  ["BatterySwap", swap, {}, 1],
  ["ClosePeriodicEventStream", { id: 1 }, {}, 1],
  [
    "GetCertificateChainStatus",
    { certificateStatusRequests: [{ certificateHashData: hash21, source: "CRL", urls: ["u"] }] },
    {
      certificateStatus: [
        { certificateHashData: hash21, source: "CRL", status: "Failed", nextUpdate: "time" },
      ],
    },
    0,
  ],
  ["NotifyDERAlarm", { controlType: "HVMustTrip", timestamp: at }, {}, 1],
  ["NotifyDERStartStop", { controlId: "c", started: true, timestamp: at }, {}, 1],
  [
    "NotifyEVChargingNeeds",
    { evseId: 1, chargingNeeds: { requestedEnergyTransfer: "AC_three_phase" } },
    { status: "NoChargingProfile" },
    0,
  ],
  ["NotifyPriorityCharging", { transactionId: "t", activated: true }, {}, 1],
  ["NotifySettlement", { pspRef: "p", status: "Settled", settlementAmount: 1, settlementTime: at }, {}, 1],
  [
    "OpenPeriodicEventStream",
    { constantStreamData: { id: 1, params: { interval: 5 }, variableMonitoringId: 7 } },
    { status: "Rejected" },
    0,
  ],
  ["PullDynamicScheduleUpdate", { chargingProfileId: 1 }, { status: "Rejected" }, 0],
  ["ReportDERControl", { requestId: 1 }, {}, 1],
  [
    "VatNumberValidation",
    { vatNumber: "BE1", evseId: 2 },
    { status: "Rejected", vatNumber: "BE1", evseId: 2 },
    0,
  ],
];
const cases: Readonly<Record<OcppVersion, readonly Case[]>> = { ...cases201And16, "2.1": cases21 };

/** A site whose CSMS has given it bundle and lease, and is gone. */
async function alone(): Promise<World> {
  const world = new World(1);
  world.csms.bundle = fakeBundle(SITE, ["A"], {
    localList: [
      { token: "Listed", status: "Accepted" },
      { token: "Blocked", status: "Blocked" },
    ],
    policy: { unknownTokenOffline: "refuse", cacheMsMax: 1, heartbeatIntervalS: 60 },
  });
  await world.start();
  world.uplink.cut();
  await world.time.until(() => !world.site.status().linkUp, 20_000);
  return world;
}

for (const version of ocppVersions) {
  for (const [action, payload, expected, records] of cases[version]) {
    test(`local answer: ${version} ${action}`, async () => {
      assert.equal(validateCall(version, "station", action, payload as never).kind, "valid");
      const world = await alone();
      const station = new RetryingStation(world, "A", version);
      let answer: unknown[] | undefined;
      void station.tell(action, payload).then((frame) => (answer = frame));
      assert(await world.time.until(() => answer !== undefined, 2_000), "no answer");
      const given = answer![2] as Record<string, unknown>;
      assert.equal(validateResult(version, "csms", action, given as never).kind, "valid");
      const isNow = (text: string) => Math.abs(Date.parse(text) - world.time.now().wallMs) < 1_000;
      const timeless = JSON.parse(JSON.stringify(answer), (field, value) =>
        (field === "currentTime" || field === "nextUpdate") && isNow(value) ? "time" : value,
      );
      assert.deepEqual(timeless, [3, "m1", expected]);
      assert.equal(world.site.status().journal.lastSeq, records);
      const row = tables[version].get(action)!;
      assert.equal(row.keeping(payload as never) === "relayed", records === 0);
    });
  }

  test(`local answer: every action a ${version} station may send has its row, and its test`, () => {
    const all = [...actionsFrom(version, "station")].sort();
    assert.deepEqual([...tables[version].keys()].sort(), all);
    assert.deepEqual([...new Set(cases[version].map(([action]) => action))].sort(), all);
  });

  test(`local answer: docs/local-controller.md has the ${version} rows of the code`, () => {
    const text = readFileSync(new URL("../../../docs/local-controller.md", import.meta.url), "utf8");
    const section = text.split(`### OCPP ${version}\n`)[1]?.split("\n#")[0] ?? "";
    const rows = section.split("\n").filter((line) => /^\| [A-Z]/.test(line) && !line.startsWith("| Action"));
    const expected = [...tables[version].values()].map(
      ({ action, kept, says }) =>
        `| ${action} | ${kept} | ${says} | \`local answer: ${version} ${action}\` |`,
    );
    assert.deepEqual(rows, expected);
  });
}

test("local answer: a transaction message that breaks its schema is kept and answered, anything else is not", async () => {
  const world = await alone();
  const station = new RetryingStation(world, "A");
  const told = async (action: string, payload: object) => {
    let answer: unknown[] | undefined;
    void station.tell(action, payload).then((frame) => (answer = frame));
    await world.time.until(() => answer !== undefined, 2_000);
    return answer?.slice(0, 1).concat(answer[0] === 3 ? answer[2] : answer[2]);
  };
  assert.deepEqual(await told("StopTransaction", { transactionId: "seven" }), [3, {}]);
  assert.deepEqual(await told("MeterValues", { meterValue: 5 }), [3, {}]);
  const tooLong = { connectorId: 1, idTag: "x".repeat(21), timestamp: at, meterStart: 0 };
  assert.deepEqual(await told("StartTransaction", tooLong), [
    3,
    { transactionId: 1_001, idTagInfo: { status: "Invalid" } },
  ]);
  assert.equal(world.site.status().journal.lastSeq, 3);
  assert.equal((await told("StatusNotification", { connectorId: "one" }))?.[0], 4);
  assert.equal((await told("FormatDisk", {}))?.[0], 4);
  assert.equal(world.site.status().journal.lastSeq, 3);
});
