import assert from "node:assert/strict";
import { test } from "node:test";
import { validateCall } from "@wattward/ocpp";
import { type Intent, planCommand, triggerMessages, type Version } from "./plan.ts";

const intents: readonly Intent[] = [
  { kind: "start", evse: 1, token: "04A3B2C1" },
  { kind: "stop", wireId: "4711" },
  { kind: "reset", calm: true },
  { kind: "reset", calm: false },
  { kind: "availability", evse: 0, operative: false },
  { kind: "availability", evse: 2, operative: true },
];
const triggers = (version: Version): Intent[] =>
  triggerMessages[version].flatMap((message) =>
    [0, 1].map((evse) => ({ kind: "trigger" as const, message, evse })),
  );

test("every command is valid by the official schema of its version", () => {
  for (const version of ["1.6", "2.0.1", "2.1"] as const) {
    for (const intent of [...intents, ...triggers(version)]) {
      const { action, payload } = planCommand(version, intent, 7);
      const verdict = validateCall(version, "csms", action, payload as Parameters<typeof validateCall>[3]);
      assert.equal(verdict.kind, "valid", `${version} ${JSON.stringify(intent)} ${JSON.stringify(verdict)}`);
    }
  }
});

test("a 1.6 session is stopped by its number, a 2.0.1 session by its text", () => {
  assert.deepEqual(planCommand("1.6", { kind: "stop", wireId: "4711" }, 1).payload, { transactionId: 4711 });
  assert.deepEqual(planCommand("2.0.1", { kind: "stop", wireId: "4711" }, 1).payload, {
    transactionId: "4711",
  });
});

test("a calm restart cuts nobody off in 2.0.1, and ends sessions in order in 1.6", () => {
  const calm: Intent = { kind: "reset", calm: true };
  assert.deepEqual(planCommand("1.6", calm, 1).payload, { type: "Soft" });
  assert.deepEqual(planCommand("2.0.1", calm, 1).payload, { type: "OnIdle" });
  assert.deepEqual(planCommand("2.0.1", { kind: "reset", calm: false }, 1).payload, { type: "Immediate" });
});

test("the status of an EVSE is asked of its connector (2.0.1 F06.FR.13)", () => {
  const intent: Intent = { kind: "trigger", message: "StatusNotification", evse: 2 };
  assert.deepEqual(planCommand("2.0.1", intent, 1).payload, {
    requestedMessage: "StatusNotification",
    evse: { id: 2, connectorId: 1 },
  });
});
