import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonObject, StationId } from "@wattward/kernel";
import type { OcppVersion } from "@wattward/ocpp";
import { bodyOf, iso, START_MS, type TestCore, testCore } from "../core/testing/test-core.ts";
import { TRIGGERED_MS_MAX } from "./asked-for.ts";

const cp = "cp" as StationId;

/** A station that nobody has accepted yet, and that has never booted. */
async function pending(version: OcppVersion): Promise<TestCore> {
  const core = await testCore({ cp: "direct" });
  await core.db
    .updateTable("stations")
    .set({ admission: "pending", ocpp_version: version, booted_at_ms: null })
    .execute();
  return core;
}

async function command(core: TestCore, action: string, payload: JsonObject): Promise<void> {
  const atMs = core.nowMs;
  const asked = { station: cp, action, payload, actor: "p", reason: "r", atMs, expiresAtMs: atMs + 60_000 };
  const said = await core.decide("command.request", asked);
  assert(said.kind === "requested", JSON.stringify(said));
  await core.decide("command.take", { station: cp, atMs, most: 10 });
  const outcome = { status: "Accepted" };
  await core.decide("command.outcome", { id: said.id, state: "accepted", outcome, atMs });
}
const codeOf = async (told: ReturnType<TestCore["call"]>) => {
  const answer = await told;
  return answer.kind === "error" ? answer.code : answer.kind;
};

for (const version of ["2.0.1", "2.1"] as const) {
  const report = (core: TestCore, requestId: number) =>
    codeOf(
      core.call("cp", version, "NotifyReport", {
        requestId,
        generatedAt: iso(START_MS),
        seqNo: 0,
        tbc: true,
      }),
    );

  test(`message: NotifyReport ${version} of a pending station is taken where it was asked for, and refused otherwise`, async () => {
    const core = await pending(version);
    assert.equal(await report(core, 7), "SecurityError", "unasked");
    await command(core, "GetBaseReport", { requestId: 7, reportBase: "SummaryInventory" });
    assert.equal(await report(core, 7), "result");
    assert.equal(await report(core, 8), "SecurityError", "another report");
    await core.db.updateTable("stations").set({ admission: "blocked" }).execute();
    assert.equal(await report(core, 7), "SecurityError", "blocked since");
  });
}

for (const [version, payload] of [
  ["1.6", { connectorId: 1, errorCode: "NoError", status: "Available" }],
  ["2.0.1", { evseId: 1, connectorId: 1, connectorStatus: "Available", timestamp: iso(START_MS) }],
] as const) {
  test(`message: StatusNotification ${version} of a pending station is taken for a while after it was triggered`, async () => {
    const core = await pending(version);
    const status = () => codeOf(core.call("cp", version, "StatusNotification", payload));
    assert.equal(await status(), "SecurityError");
    const evse = version === "1.6" ? { connectorId: 1 } : { evse: { id: 1, connectorId: 1 } };
    await command(core, "TriggerMessage", { requestedMessage: "StatusNotification", ...evse });
    assert.equal(await status(), "result");
    assert.equal(await codeOf(core.call("cp", version, "Heartbeat", {})), "SecurityError");
    core.nowMs += TRIGGERED_MS_MAX;
    assert.equal(await status(), "SecurityError");
  });
}

test("message: TransactionEvent 2.0.1 of a pending station is refused, also where it was triggered", async () => {
  const core = await pending("2.0.1");
  await command(core, "TriggerMessage", { requestedMessage: "TransactionEvent", evse: { id: 1 } });
  const event = {
    ...{ eventType: "Started", seqNo: 0, timestamp: iso(START_MS), triggerReason: "Trigger" },
    transactionInfo: { transactionId: "T" },
  };
  assert.equal(await codeOf(core.call("cp", "2.0.1", "TransactionEvent", event)), "SecurityError");
  assert.deepEqual(await core.rows("transactions"), []);
});

test("a pending station may be asked to boot again at once, and does (TC_B_31)", async () => {
  const core = await pending("2.0.1");
  await command(core, "TriggerMessage", { requestedMessage: "BootNotification" });
  await core.db.updateTable("stations").set({ admission: "accepted" }).execute();
  const boot = { reason: "Triggered", chargingStation: { model: "M", vendorName: "V" } };
  assert.equal(bodyOf(await core.call("cp", "2.0.1", "BootNotification", boot))["status"], "Accepted");
});
