import assert from "node:assert/strict";
import { test } from "node:test";
import { bodyOf, iso, START_MS, testCore } from "../core/testing/test-core.ts";

const values = (powerW: number, evseId = 1) => ({
  evseId,
  meterValue: [
    {
      timestamp: iso(START_MS),
      sampledValue: [{ value: powerW, measurand: "Power.Active.Import" }, { value: 500 }],
    },
  ],
});

test("meter values: outside a transaction they are the connector's, stored once however often they come", async () => {
  const core = await testCore({ cp: "direct" });
  const status = { timestamp: iso(START_MS), connectorStatus: "Available", evseId: 1, connectorId: 1 };
  await core.call("cp", "2.0.1", "StatusNotification", status);
  for (let i = 0; i < 3; i += 1) bodyOf(await core.call("cp", "2.0.1", "MeterValues", values(3_000)));
  const samples = (await core.rows("meter_samples")).map((row) => [
    row.transaction_id,
    row.meter_wh,
    row.power_w,
  ]);
  assert.deepEqual(samples, [[null, 500, 3_000]]);
  assert.deepEqual(
    (await core.rows("connectors")).map((row) => row.power_w),
    [3_000],
  );
  assert.equal((await core.outbox("station.meter")).length, 1);
});

test("data transfer and security events: observed, bounded, with the vendor's data left out", async () => {
  const core = await testCore({ cp: "direct" });
  for (const [version, data] of [
    ["1.6", "secret-data"],
    ["2.0.1", { key: "secret-data" }],
  ] as const) {
    const told = await core.call("cp", version, "DataTransfer", {
      vendorId: "com.vendor",
      messageId: "m",
      data,
    });
    assert.deepEqual(bodyOf(told), { status: "UnknownVendorId" });
    const event = { type: "TamperDetectionActivated", timestamp: iso(START_MS), techInfo: "x".repeat(255) };
    assert.deepEqual(bodyOf(await core.call("cp", version, "SecurityEventNotification", event)), {});
  }
  const outbox = await core.outbox();
  assert.doesNotMatch(JSON.stringify(outbox), /secret-data/);
  assert.equal(outbox.filter(({ kind }) => kind === "station.data").length, 2);
  assert.equal(outbox.filter(({ kind }) => kind === "security.event").length, 2);
});
