/** The rules that list 2.1, on frames of 2.1: its lists of words and its lengths are not those of 2.0.1. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonObject } from "@wattward/kernel";
import { validateCall, validateResult } from "../validation.ts";
import { repairedCall, repairedResult } from "./mend.ts";
import { repairs } from "./table.ts";

const at = "2026-01-05T08:00:00Z";
const event = (more: JsonObject, info: JsonObject = {}): JsonObject => ({
  ...{ eventType: "Updated", timestamp: at, triggerReason: "MeterValuePeriodic", seqNo: 1 },
  transactionInfo: { transactionId: "t", ...info },
  ...more,
});
const sampled = (...sampledValue: JsonObject[]) => event({ meterValue: [{ timestamp: at, sampledValue }] });
const good = { value: 1, location: "Upstream" };

type Row = {
  readonly rule: string;
  readonly says: string;
  readonly action: string;
  readonly payload: JsonObject;
  /** What it becomes; undefined where the refusal stands. */
  readonly becomes: JsonObject | undefined;
};
const rows: readonly Row[] = [
  {
    ...{ rule: "time-without-zone", says: "a time without a zone is UTC", action: "StatusNotification" },
    payload: { timestamp: "2026-01-05T08:00:00", connectorStatus: "Available", evseId: 1, connectorId: 1 },
    becomes: { timestamp: at, connectorStatus: "Available", evseId: 1, connectorId: 1 },
  },
  {
    ...{ rule: "offset-not-rfc3339", says: "+0200 is an offset", action: "NotifySettlement" },
    payload: {
      pspRef: "p",
      status: "Settled",
      settlementAmount: 1.5,
      settlementTime: "2026-01-05T10:00:00+0200",
    },
    becomes: {
      ...{
        pspRef: "p",
        status: "Settled",
        settlementAmount: 1.5,
        settlementTime: "2026-01-05T10:00:00+02:00",
      },
    },
  },
  {
    ...{ rule: "meter-value-text", says: "a numeric text is a number", action: "TransactionEvent" },
    payload: sampled({ value: "1.5" }, good),
    becomes: sampled({ value: 1.5 }, good),
  },
  {
    ...{ rule: "lone-object", says: "a lone object becomes a list", action: "NotifyPriorityCharging" },
    payload: { transactionId: { a: 1 }, activated: true },
    becomes: undefined,
  },
  {
    ...{ rule: "lone-object", says: "a lone object becomes a list of one", action: "TransactionEvent" },
    payload: event({ meterValue: { timestamp: at, sampledValue: [good] } }),
    becomes: sampled(good),
  },
  {
    ...{ rule: "empty-sample", says: "an empty sample is left out", action: "TransactionEvent" },
    payload: sampled({ value: "" }, good),
    becomes: sampled(good),
  },
  {
    ...{ rule: "unknown-context", says: "an unknown context is Other", action: "TransactionEvent" },
    payload: sampled({ ...good, context: "Mine" }),
    becomes: sampled({ ...good, context: "Other" }),
  },
  {
    ...{ rule: "unknown-sample-kind", says: "an unknown measurand is left out", action: "TransactionEvent" },
    payload: sampled({ value: 1, measurand: "Mine" }, { value: 1, location: "Moon" }, good),
    becomes: sampled(good),
  },
  {
    ...{ rule: "unknown-reason", says: "an unknown stop is Other", action: "TransactionEvent" },
    payload: event({ eventType: "Ended" }, { stoppedReason: "Mine" }),
    becomes: event({ eventType: "Ended" }, { stoppedReason: "Other" }),
  },
  {
    ...{ rule: "unknown-reason", says: "an unknown boot is Unknown", action: "BootNotification" },
    payload: { reason: "Mine", chargingStation: { model: "M", vendorName: "V" } },
    becomes: { reason: "Unknown", chargingStation: { model: "M", vendorName: "V" } },
  },
  {
    ...{ rule: "over-long-tag", says: "256 characters are nobody's token", action: "Authorize" },
    payload: { idToken: { idToken: "x".repeat(256), type: "Central" } },
    becomes: { idToken: { idToken: "", type: "Central" } },
  },
];
for (const { rule, says, action, payload, becomes } of rows) {
  test(`repairs 2.1: ${rule}: ${says}`, () => {
    assert.equal(validateCall("2.1", "station", action, payload).kind, "invalid");
    const mended = repairedCall("2.1", "station", action, payload);
    assert.deepEqual(mended?.payload, becomes);
    if (mended === undefined) return;
    assert(mended.deviations.some((deviation) => deviation.rule === rule));
    assert.equal(validateCall("2.1", "station", action, mended.payload).kind, "valid");
  });
}

const replies: readonly Row[] = [
  {
    ...{ rule: "setting-value-number", says: "a number is its text", action: "GetVariables" },
    payload: { getVariableResult: [variable(300)] },
    becomes: { getVariableResult: [variable("300")] },
  },
  {
    ...{ rule: "padded-refusal", says: "junk behind a refusal is not read", action: "GetCompositeSchedule" },
    payload: { status: "Rejected", schedule: { scheduleStart: "0" } },
    becomes: { status: "Rejected" },
  },
];
function variable(attributeValue: string | number): JsonObject {
  const names = { component: { name: "OCPPCommCtrlr" }, variable: { name: "HeartbeatInterval" } };
  return { attributeStatus: "Accepted", attributeValue, ...names };
}
for (const { rule, says, action, payload, becomes } of replies) {
  test(`repairs 2.1: ${rule}: ${says}`, () => {
    const mended = repairedResult("2.1", "station", action, payload);
    assert.deepEqual(mended?.payload, becomes);
    assert.equal(validateResult("2.1", "station", action, mended?.payload ?? {}).kind, "valid");
  });
}

test("repairs 2.1: what 2.1 allows is nobody's deviation", () => {
  for (const [action, payload] of [
    ["Authorize", { idToken: { idToken: "x".repeat(255), type: "DirectPayment" } }],
    ["TransactionEvent", event({ triggerReason: "TariffNotAccepted" })],
    ["TransactionEvent", event({ eventType: "Ended" }, { stoppedReason: "ReqEnergyTransferRejected" })],
    ["TransactionEvent", sampled({ value: 1, measurand: "Display.PresentSOC" }, good)],
  ] as const) {
    assert.equal(validateCall("2.1", "station", action, payload).kind, "valid", action);
  }
});

test("repairs 2.1: every rule that lists it has been shown here", () => {
  const listed = repairs.filter(({ versions }) => versions.includes("2.1")).map(({ rule }) => rule);
  const shown = new Set([...rows, ...replies].map(({ rule }) => rule));
  assert.deepEqual(
    listed.filter((rule) => !shown.has(rule)),
    [],
  );
});
