import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonObject } from "@wattward/kernel";
import type { CallOutcome } from "@wattward/ocpp";
import { judged } from "./outcome.ts";

const result = (payload: JsonObject): CallOutcome => ({ kind: "result", payload, raw: "" });

const judge = ({ status }: JsonObject) => (status === "Accepted" ? "accepted" : "refused");

const rows: [says: string, outcome: CallOutcome, state: string][] = [
  ["its judge says yes", result({ status: "Accepted" }), "accepted"],
  ["its judge says no", result({ status: "Rejected" }), "refused"],
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
  test(`a command's outcome: ${says} → ${state}`, () => assert.equal(judged(outcome, judge).state, state));
}

test("a command's outcome: an invalid reply is kept, cut to a bounded length", () => {
  const { outcome } = judged({ kind: "invalid", reason: "no JSON", raw: "x".repeat(10_000) }, judge);
  assert.equal(String(outcome["reply"]).length, 500);
});
