import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonObject } from "@wattward/kernel";
import type { CallOutcome } from "@wattward/ocpp";
import { judged } from "./outcome.ts";

const result = (payload: JsonObject): CallOutcome => ({ kind: "result", payload, raw: "" });

const rows: [says: string, outcome: CallOutcome, state: string][] = [
  ["accepted", result({ status: "Accepted" }), "accepted"],
  ["accepted at the next boot", result({ status: "RebootRequired" }), "accepted"],
  ["accepted for later", result({ status: "Scheduled" }), "accepted"],
  ["refused", result({ status: "Rejected" }), "refused"],
  ["a status that no version knows is no yes", result({ status: "accepted" }), "refused"],
  ["a reply without any status (GetConfiguration)", result({ configurationKey: [] }), "accepted"],
  [
    "one variable of two refused",
    result({ setVariableResult: [{ attributeStatus: "Accepted" }, { attributeStatus: "ReadOnly" }] }),
    "refused",
  ],
  ["all variables set", result({ setVariableResult: [{ attributeStatus: "RebootRequired" }] }), "accepted"],
  [
    "accepted in a reply that is not valid: no yes",
    { kind: "invalid", reason: "…", raw: '[3,"1",{"status":"Accepted","scheduleStart":"0"}]' },
    "failed",
  ],
  ["not JSON", { kind: "invalid", reason: "…", raw: "[3,{" }, "failed"],
  [
    "quirk 43: a reply in another version's words",
    { kind: "invalid", reason: "…", raw: '[3,"1",{"listVersion":0}]' },
    "failed",
  ],
  ["JSON but no reply", { kind: "invalid", reason: "…", raw: "null" }, "failed"],
  [
    "an error of the station",
    { kind: "error", code: "NotSupported", description: "", details: {}, raw: "" },
    "failed",
  ],
  ["sent and never answered", { kind: "timeout" }, "unknown"],
  ["the connection ended under it", { kind: "closed" }, "unknown"],
  ["never sent", { kind: "busy" }, "failed"],
];

for (const [says, outcome, state] of rows) {
  test(`a command's outcome: ${says} → ${state}`, () => assert.equal(judged(outcome).state, state));
}

test("a command's outcome: an invalid reply is kept, cut to a bounded length", () => {
  const { outcome } = judged({ kind: "invalid", reason: "no JSON", raw: "x".repeat(10_000) });
  assert.equal(String(outcome["reply"]).length, 500);
});
