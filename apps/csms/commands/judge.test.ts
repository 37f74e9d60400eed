import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonObject } from "@wattward/kernel";
import type { OcppVersion } from "@wattward/ocpp";
import { judgedReply, shownBy } from "./judge.ts";

const set = (...words: string[]) => ({
  setVariableResult: words.map((attributeStatus) => ({ attributeStatus })),
});
const got = (...words: string[]) => ({
  getVariableResult: words.map((attributeStatus) => ({ attributeStatus })),
});

const rows: readonly [OcppVersion, string, JsonObject, "accepted" | "refused"][] = [
  ["1.6", "Reset", { status: "Accepted" }, "accepted"],
  ["1.6", "Reset", { status: "Rejected" }, "refused"],
  ["1.6", "Reset", { status: "Scheduled" }, "refused"],
  ["2.0.1", "Reset", { status: "Scheduled" }, "accepted"],
  ["1.6", "Reset", { status: "accepted" }, "refused"],
  ["1.6", "ChangeAvailability", { status: "Scheduled" }, "accepted"],
  ["1.6", "ChangeConfiguration", { status: "RebootRequired" }, "accepted"],
  ["1.6", "ChangeConfiguration", { status: "NotSupported" }, "refused"],
  ["1.6", "TriggerMessage", { status: "NotImplemented" }, "refused"],
  ["1.6", "UnlockConnector", { status: "Unlocked" }, "accepted"],
  ["1.6", "UnlockConnector", { status: "UnlockFailed" }, "refused"],
  ["1.6", "UnlockConnector", { status: "NotSupported" }, "refused"],
  ["1.6", "UnlockConnector", { status: "Accepted" }, "refused"],
  ["2.0.1", "UnlockConnector", { status: "OngoingAuthorizedTransaction" }, "refused"],
  ["1.6", "ClearChargingProfile", { status: "Unknown" }, "refused"],
  ["1.6", "SendLocalList", { status: "VersionMismatch" }, "refused"],
  ["1.6", "GetLocalListVersion", { listVersion: 0 }, "accepted"],
  ["1.6", "GetLocalListVersion", { listVersion: -1 }, "refused"],
  ["2.0.1", "GetLocalListVersion", { versionNumber: 0 }, "accepted"],
  ["1.6", "GetConfiguration", {}, "accepted"],
  ["1.6", "GetConfiguration", { configurationKey: [{}], unknownKey: ["x"] }, "accepted"],
  ["1.6", "GetConfiguration", { unknownKey: ["x"] }, "refused"],
  ["2.0.1", "GetBaseReport", { status: "EmptyResultSet" }, "accepted"],
  ["2.0.1", "GetBaseReport", { status: "NotSupported" }, "refused"],
  ["2.0.1", "GetChargingProfiles", { status: "NoProfiles" }, "accepted"],
  ["2.0.1", "GetTransactionStatus", { messagesInQueue: false }, "accepted"],
  ["2.0.1", "SetVariables", set("Accepted", "RebootRequired"), "accepted"],
  ["2.0.1", "SetVariables", set("Accepted", "Rejected"), "refused"],
  ["2.0.1", "GetVariables", got("UnknownVariable", "Accepted"), "accepted"],
  ["2.0.1", "GetVariables", got("UnknownVariable", "Rejected"), "refused"],
  ["2.0.1", "GetVariables", {}, "refused"],
  ["2.1", "UsePriorityCharging", { status: "NoProfile" }, "refused"],
  ["2.1", "UpdateDynamicSchedule", { status: "Accepted" }, "accepted"],
  ["1.6", "constructor", { status: "Rejected" }, "refused"],
];

for (const [version, action, answer, verdict] of rows) {
  test(`judged: ${action} ${version} ${JSON.stringify(answer)} → ${verdict}`, () =>
    assert.equal(judgedReply(version, action, answer), verdict));
}

test("judged: the status comes first, whatever else is in the reply", () => {
  const padded = { status: "Rejected", scheduleStart: "2026-01-05T08:00:00Z", chargingSchedule: {} };
  assert.equal(judgedReply("1.6", "GetCompositeSchedule", padded), "refused");
});

test("shown: an action that is not known, what is asked in particular, no local list; not one key, not one profile", () => {
  const shown = (version: OcppVersion, action: string, payload: JsonObject, answer: JsonObject) =>
    shownBy(version, { action, payload }, { kind: "result", payload: answer }).map(({ about }) => about);
  const error = (code: string) =>
    shownBy("1.6", { action: "ClearCache", payload: {} }, { kind: "error", code });
  assert.deepEqual(error("NotImplemented"), [{ kind: "unsupported", about: "ClearCache" }]);
  assert.deepEqual(error("InternalError"), []);
  const not = { status: "NotImplemented" };
  assert.deepEqual(shown("1.6", "TriggerMessage", { requestedMessage: "MeterValues" }, not), [
    "TriggerMessage MeterValues",
  ]);
  assert.deepEqual(shown("1.6", "GetLocalListVersion", {}, { listVersion: -1 }), [
    "GetLocalListVersion",
    "SendLocalList",
  ]);
  assert.deepEqual(shown("1.6", "ChangeConfiguration", { key: "k" }, { status: "NotSupported" }), []);
  assert.deepEqual(
    shown("2.0.1", "GetBaseReport", { reportBase: "SummaryInventory" }, { status: "NotSupported" }),
    ["GetBaseReport SummaryInventory"],
  );
});
