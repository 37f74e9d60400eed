import assert from "node:assert/strict";
import { test } from "node:test";
import { bodyOf, iso, START_MS, testCore } from "../core/testing/test-core.ts";
import { storeVariables, VARIABLES_MAX } from "../stations/variables.ts";

const entry = (name: string, value: string, more: object = {}) => ({
  component: { name: "Ctrlr", instance: "main" },
  variable: { name },
  variableAttribute: [{ type: "Actual", value, mutability: "ReadOnly", ...more }],
});
const report = (...reportData: object[]) => ({
  requestId: 1,
  generatedAt: iso(START_MS),
  seqNo: 0,
  reportData,
});

test("report: the newest value of each variable is kept", async () => {
  const core = await testCore({ cp: "direct" });
  const both = [
    { type: "Actual", value: "1" },
    { type: "MaxSet", value: "9" },
  ];
  bodyOf(
    await core.call(
      "cp",
      "2.0.1",
      "NotifyReport",
      report(entry("A", "1"), { ...entry("B", ""), variableAttribute: both }),
    ),
  );
  bodyOf(await core.call("cp", "2.0.1", "NotifyReport", report(entry("A", "2"))));
  const rows = (await core.rows("variables")).map((row) => [row.path, row.value, row.mutability]);
  assert.deepEqual(rows, [
    ["ctrlr/main a actual", "2", "ReadOnly"],
    ["ctrlr/main b actual", "1", null],
    ["ctrlr/main b maxset", "9", null],
  ]);
});

test("report: a station cannot make up variables without end, and those it has are still brought up to date", async () => {
  const core = await testCore({ cp: "direct" });
  const variable = (n: number, value: string) => ({
    component: { name: "C" },
    variable: { name: `v${n}` },
    value,
  });
  const reading = { source: "get", atMs: 1 } as const;
  const all = Array.from({ length: VARIABLES_MAX + 10 }, (_, n) => variable(n, "old"));
  await core.writer.submit("test", undefined, (tx) => storeVariables(tx, "cp", all, reading));
  await core.writer.submit("test", undefined, (tx) =>
    storeVariables(tx, "cp", [variable(7, "new")], reading),
  );
  const rows = await core.rows("variables");
  assert.equal(rows.length, VARIABLES_MAX);
  assert.equal(rows.find((row) => row.variable === "v7")?.value, "new");
});

test("event: what monitors saw is observed, bounded in number and length", async () => {
  const core = await testCore({ cp: "direct" });
  const eventData = Array.from({ length: 80 }, (_, eventId) => ({
    eventId,
    timestamp: iso(START_MS),
    trigger: "Alerting",
    actualValue: "x".repeat(1_000),
    eventNotificationType: "HardWiredMonitor",
    component: { name: "Connector", evse: { id: 1, connectorId: 2 } },
    variable: { name: "Temperature", instance: "pin" },
  }));
  bodyOf(await core.call("cp", "2.0.1", "NotifyEvent", { generatedAt: iso(START_MS), seqNo: 0, eventData }));
  const seen = await core.outbox("station.event");
  assert.equal(seen.length, 50);
  assert.deepEqual(
    [seen[0]?.data["component"], seen[0]?.data["variable"]],
    ["Connector[1,2]", "Temperature/pin"],
  );
  assert(String(seen[0]?.data["value"]).length <= 201);
});
