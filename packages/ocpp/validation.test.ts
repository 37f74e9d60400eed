import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonObject } from "@wattward/kernel";
import { seededChance } from "@wattward/testing";
import type { ErrorCode } from "./error-code.ts";
import { actionsFrom, type RequestOf } from "./messages.ts";
import { type Invalid, type Valid, validateCall, validateResult, warmValidators } from "./validation.ts";
import type { OcppVersion, Side } from "./version.ts";

const at = "2026-01-05T08:00:00Z";
const profile16 = (limit: number): JsonObject => ({
  connectorId: 1,
  csChargingProfiles: {
    chargingProfileId: 1,
    stackLevel: 0,
    chargingProfilePurpose: "TxProfile",
    chargingProfileKind: "Absolute",
    chargingSchedule: { chargingRateUnit: "A", chargingSchedulePeriod: [{ startPeriod: 0, limit }] },
  },
});
const started: RequestOf<"2.0.1", "TransactionEvent"> = {
  eventType: "Started",
  timestamp: at,
  triggerReason: "Authorized",
  seqNo: 0,
  transactionInfo: { transactionId: "t1" },
  idToken: { idToken: "AA", type: "ISO14443" },
  meterValue: [{ timestamp: at, sampledValue: [{ value: 8.1 }] }],
};

type Case = {
  readonly version: OcppVersion;
  readonly what: "call" | "result";
  readonly sender: Side;
  readonly action: string;
  readonly payload: JsonObject;
};
const call = (version: OcppVersion, sender: Side, action: string, payload: JsonObject): Case => ({
  version,
  what: "call",
  sender,
  action,
  payload,
});
const result = (version: OcppVersion, sender: Side, action: string, payload: JsonObject): Case => ({
  version,
  what: "result",
  sender,
  action,
  payload,
});
const check = (c: Case): Valid | Invalid =>
  c.what === "call"
    ? validateCall(c.version, c.sender, c.action, c.payload)
    : validateResult(c.version, c.sender, c.action, c.payload);

const good: readonly Case[] = [
  call("1.6", "station", "Heartbeat", {}),
  call("1.6", "station", "BootNotification", { chargePointVendor: "", chargePointModel: "M" }),
  call("1.6", "station", "StartTransaction", { connectorId: 1, idTag: "A", meterStart: 0, timestamp: at }),
  call("1.6", "station", "StopTransaction", { transactionId: 1, meterStop: 5, timestamp: at }),
  call("1.6", "station", "SecurityEventNotification", { type: "TamperDetectionActivated", timestamp: at }),
  call("1.6", "station", "SignCertificate", { csr: "-----BEGIN" }),
  call("1.6", "csms", "SetChargingProfile", profile16(8.1)),
  call("1.6", "csms", "SetChargingProfile", profile16(0.3)),
  call("1.6", "csms", "SetChargingProfile", profile16(22_000.7)),
  call("1.6", "csms", "CertificateSigned", { certificateChain: "-----BEGIN" }),
  call("1.6", "csms", "UpdateFirmware", { location: "https://files.example/f.bin", retrieveDate: at }),
  result("1.6", "csms", "BootNotification", { status: "Accepted", currentTime: at, interval: 300 }),
  result("1.6", "csms", "StartTransaction", { transactionId: 7, idTagInfo: { status: "Accepted" } }),
  result("1.6", "station", "RemoteStartTransaction", { status: "Accepted" }),
  result("1.6", "station", "DataTransfer", { status: "UnknownVendorId" }),
  result("1.6", "csms", "DataTransfer", { status: "Accepted", data: "x" }),
  call("2.0.1", "station", "Heartbeat", {}),
  call("2.0.1", "station", "TransactionEvent", started),
  call("2.0.1", "csms", "RequestStartTransaction", {
    idToken: { idToken: "A", type: "Central" },
    remoteStartId: 1,
    evseId: 1,
  }),
  call("2.0.1", "csms", "DataTransfer", { vendorId: "v", data: [1, { any: "thing" }] }),
  call("2.0.1", "station", "Heartbeat", { customData: { vendorId: "v", more: { a: 1 } } }),
  result("2.0.1", "csms", "BootNotification", { status: "Pending", currentTime: at, interval: 1 }),
  result("2.0.1", "csms", "TransactionEvent", {}),
  result("2.0.1", "station", "GetVariables", {
    getVariableResult: [
      {
        attributeStatus: "Accepted",
        component: { name: "OCPPCommCtrlr" },
        variable: { name: "HeartbeatInterval" },
      },
    ],
  }),
];

test("validation: what the schemas allow is valid, in both directions of both versions", () => {
  for (const c of good) {
    const before = JSON.stringify(c.payload);
    assert.deepEqual(check(c), { kind: "valid", payload: c.payload }, `${c.version} ${c.action}`);
    assert.equal(JSON.stringify(c.payload), before, "and is left alone");
  }
});

const bad: readonly (readonly [Case, ErrorCode, path: string, reason: RegExp])[] = [
  // unknown, or not for this side to send (1.6 §4.2.3; Part 4 §4.3)
  [call("1.6", "station", "TransactionEvent", {}), "NotImplemented", "", /no action 'TransactionEvent'/],
  [call("1.6", "station", "heartbeat", {}), "NotImplemented", "", /no action/],
  [call("2.0.1", "station", "StartTransaction", {}), "NotImplemented", "", /no action/],
  [call("2.0.1", "station", "constructor", {}), "NotImplemented", "", /no action/],
  [call("2.0.1", "station", `\u001b[2J${"x".repeat(500)}`, {}), "NotImplemented", "", /^.{1,90}$/],
  [call("1.6", "station", "RemoteStartTransaction", { idTag: "A" }), "NotSupported", "", /not for a station/],
  [call("2.0.1", "csms", "TransactionEvent", started), "NotSupported", "", /not for a csms/],
  [result("1.6", "station", "BootNotification", {}), "NotImplemented", "", /to answer/],
  // a missing field
  [
    call("1.6", "station", "StartTransaction", { connectorId: 1, meterStart: 0, timestamp: at }),
    "ProtocolError",
    "",
    /lacks 'idTag'/,
  ],
  [
    call("2.0.1", "station", "TransactionEvent", { ...started, transactionInfo: {} }),
    "OccurrenceConstraintViolation",
    "/transactionInfo",
    /lacks 'transactionId'/,
  ],
  [
    result("2.0.1", "csms", "BootNotification", { status: "Accepted", currentTime: at }),
    "OccurrenceConstraintViolation",
    "",
    /lacks 'interval'/,
  ],
  // a field too many
  [call("1.6", "station", "Heartbeat", { extra: 1 }), "FormatViolation", "", /has 'extra'/],
  [call("2.0.1", "station", "Heartbeat", { extra: 1 }), "ProtocolError", "", /has 'extra'/],
  [
    call("1.6", "station", "Heartbeat", { "04A1B2C3": 1 }),
    "FormatViolation",
    "",
    /has something that is not/,
  ],
  [
    result("1.6", "csms", "BootNotification", {
      status: "Accepted",
      currentTime: at,
      interval: 1,
      heartbeatInterval: 300,
    }),
    "FormatViolation",
    "",
    /has 'heartbeatInterval'/,
  ],
  // a wrong type
  [
    call("1.6", "station", "StartTransaction", {
      connectorId: "1",
      idTag: "A",
      meterStart: 0,
      timestamp: at,
    }),
    "TypeConstraintViolation",
    "/connectorId",
    /not of type integer/,
  ],
  [
    call("1.6", "station", "StartTransaction", {
      connectorId: 1.5,
      idTag: "A",
      meterStart: 0,
      timestamp: at,
    }),
    "TypeConstraintViolation",
    "/connectorId",
    /not of type integer/,
  ],
  [
    call("2.0.1", "station", "TransactionEvent", { ...started, seqNo: null }),
    "TypeConstraintViolation",
    "/seqNo",
    /not of type integer/,
  ],
  [
    call("2.0.1", "station", "TransactionEvent", { ...started, meterValue: { timestamp: at } }),
    "TypeConstraintViolation",
    "/meterValue",
    /not of type array/,
  ],
  [
    call("2.0.1", "station", "TransactionEvent", {
      ...started,
      meterValue: [{ timestamp: at, sampledValue: [{ value: Number.POSITIVE_INFINITY }] }],
    }),
    "TypeConstraintViolation",
    "/meterValue/0/sampledValue/0/value",
    /not of type number/,
  ],
  // a wrong value
  [
    call("1.6", "station", "Authorize", { idTag: "A".repeat(21) }),
    "PropertyConstraintViolation",
    "/idTag",
    /longer than 20/,
  ],
  [
    call("1.6", "csms", "Reset", { type: "Medium" }),
    "PropertyConstraintViolation",
    "/type",
    /none of the values/,
  ],
  [
    call("1.6", "csms", "SetChargingProfile", profile16(8.15)),
    "PropertyConstraintViolation",
    "/csChargingProfiles/chargingSchedule/chargingSchedulePeriod/0/limit",
    /multiple of 0\.1/,
  ],
  [
    call("1.6", "station", "StopTransaction", {
      transactionId: 1,
      meterStop: 5,
      timestamp: "2026-01-05T08:00:00",
    }),
    "PropertyConstraintViolation",
    "/timestamp",
    /date-time/,
  ],
  [
    call("1.6", "csms", "UpdateFirmware", { location: "no address", retrieveDate: at }),
    "PropertyConstraintViolation",
    "/location",
    /uri/,
  ],
  [
    call("2.0.1", "station", "TransactionEvent", { ...started, triggerReason: "Boredom" }),
    "PropertyConstraintViolation",
    "/triggerReason",
    /none of the values/,
  ],
  [
    result("2.0.1", "station", "RequestStartTransaction", { status: "Sure" }),
    "PropertyConstraintViolation",
    "/status",
    /none of the values/,
  ],
  // too few, too many
  [
    call("2.0.1", "station", "TransactionEvent", { ...started, meterValue: [] }),
    "OccurrenceConstraintViolation",
    "/meterValue",
    /fewer than 1/,
  ],
  [
    call("2.0.1", "station", "NotifyEVChargingNeeds", {
      evseId: 1,
      chargingNeeds: { requestedEnergyTransfer: "DC" },
      maxScheduleTuples: "3",
    }),
    "TypeConstraintViolation",
    "/maxScheduleTuples",
    /integer/,
  ],
];

for (const [c, code, path, reason] of bad) {
  test(`validation: ${c.version} ${c.sender} ${c.action.slice(0, 30)} ${c.what} → ${code} at '${path}' ${reason}`, () => {
    const checked = check(c);
    assert(checked.kind === "invalid", JSON.stringify(c.payload));
    assert.equal(checked.code, code, checked.reason);
    assert.equal(checked.path, path);
    assert.match(checked.reason, reason);
    assert.match(checked.reason, /^[\x20-\x7e·…]{1,200}$/, "bounded, and fit for a log");
  });
}

test("validation: a monster is not echoed", () => {
  const name = `\u0007${"n".repeat(100_000)}`;
  const checked = validateCall("2.0.1", "station", "Heartbeat", { [name]: "v".repeat(100_000) });
  assert(checked.kind === "invalid" && checked.reason.length < 200 && !checked.reason.includes("vvv"));
});

test("validation: every action of both versions has a schema both ways, and they fit the tables of 1.6 and 2.0.1", () => {
  const count = { "1.6": 39, "2.0.1": 64 } as const;
  for (const version of ["1.6", "2.0.1"] as const) {
    const all = new Set([...actionsFrom(version, "station"), ...actionsFrom(version, "csms")]);
    assert.equal(all.size, count[version]);
    for (const sender of ["station", "csms"] as const) {
      const other = sender === "station" ? "csms" : "station";
      for (const action of actionsFrom(version, sender)) {
        for (const checked of [
          validateCall(version, sender, action, { "?": 1 }),
          validateResult(version, other, action, { "?": 1 }),
        ]) {
          assert(
            checked.kind === "invalid" &&
              checked.code !== "NotImplemented" &&
              checked.code !== "NotSupported",
            action,
          );
        }
      }
    }
  }
  const both = [...actionsFrom("1.6", "station")].filter((action) => actionsFrom("1.6", "csms").has(action));
  assert.deepEqual(both, ["DataTransfer"]);
});

test("validation: no payload makes it throw; damage to a good one is found, whatever is damaged", () => {
  const seed = 81;
  const chance = seededChance(seed);
  const junk: readonly JsonObject[string][] = [
    null,
    "",
    0,
    -1,
    1e308,
    true,
    [],
    {},
    [[]],
    "2026",
    { "": 1 },
    "x".repeat(600),
  ];
  const codes = new Set<string>();
  for (let i = 0; i < 6_000; i++) {
    const c = good[chance.int(0, good.length - 1)] as Case;
    const damaged = structuredClone(c.payload) as { [key: string]: JsonObject[string] };
    let place: { [key: string]: JsonObject[string] } = damaged;
    for (let depth = chance.int(0, 3); depth > 0; depth--) {
      const inner = Object.values(place).filter((value) => typeof value === "object" && value !== null);
      if (inner.length > 0) place = inner[chance.int(0, inner.length - 1)] as typeof place;
    }
    const keys = [...Object.keys(place), "junk"];
    place[keys[chance.int(0, keys.length - 1)] as string] = junk[chance.int(0, junk.length - 1)];
    const checked = check({ ...c, payload: damaged });
    if (checked.kind === "invalid") codes.add(checked.code);
  }
  const reached = [
    "FormatViolation",
    "OccurrenceConstraintViolation",
    "PropertyConstraintViolation",
    "ProtocolError",
    "TypeConstraintViolation",
  ];
  assert.deepEqual([...codes].sort(), reached, `seed ${seed}`);
});

test("validation: warming compiles in slices and leaves the loop free in between", async () => {
  let turns = 0;
  let going = true;
  const count = () => {
    turns++;
    if (going) setImmediate(count);
  };
  setImmediate(count);
  warmValidators("1.6", ["Heartbeat", "Authorize", "NoSuchAction"]);
  warmValidators("2.0.1");
  for (let i = 0; i < 140; i++) await new Promise((resolve) => setImmediate(resolve));
  going = false;
  assert(turns > 100, `${turns} turns`);
});
