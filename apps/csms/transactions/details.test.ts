import assert from "node:assert/strict";
import { test } from "node:test";
import type { OcppVersion } from "@wattward/ocpp";
import { bodyOf, iso, START_MS, type TestCore, testCore } from "../core/testing/test-core.ts";
import { transactionDetails } from "../queries/station-told.ts";

const event = async (core: TestCore, version: OcppVersion, seqNo: number, more: object, info: object = {}) =>
  bodyOf(
    await core.call("cp", version, "TransactionEvent", {
      eventType: seqNo === 0 ? "Started" : "Updated",
      ...{ timestamp: iso(START_MS + seqNo * 1_000), triggerReason: "Trigger", seqNo },
      transactionInfo: { transactionId: "t", ...info },
      ...more,
    }),
  );
const detailsOf = async (core: TestCore) => {
  const [transaction] = await core.rows("transactions");
  return transactionDetails(core.db, { id: transaction?.id ?? "" });
};

test("message: TransactionEvent 2.1 keeps state, mode, tariff, limits and cost; the newest of each by its number", async () => {
  const said = [
    [0, {}, { chargingState: "EVConnected", remoteStartId: 7, tariffId: "T-1" }],
    [1, {}, { chargingState: "Charging", operationMode: "ChargingOnly" }],
    [2, { numberOfPhasesUsed: 3 }, { transactionLimit: { maxCost: 20.25, maxSoC: 80 } }],
    [
      3,
      {
        costDetails: {
          totalCost: { currency: "EUR", typeOfCost: "NormalCost", total: { inclTax: 2.975 } },
          totalUsage: { energy: 5.25, chargingTime: 1_800, idleTime: 0 },
          chargingPeriods: [{ startPeriod: iso(START_MS) }],
        },
      },
      { chargingState: "SuspendedEV", timeSpentCharging: 1_800 },
    ],
  ] as const;
  const expected = {
    ...{ chargingState: "SuspendedEV", chargingS: 1_800, remoteStartId: 7, reservationId: null },
    ...{ operationMode: "ChargingOnly", tariff: "T-1", limits: { maxCost: 20.25, maxSoC: 80 } },
    cost: {
      totalCost: { currency: "EUR", typeOfCost: "NormalCost", total: { inclTax: 2.975 } },
      totalUsage: { energy: 5.25, chargingTime: 1_800, idleTime: 0 },
    },
  };
  for (const order of [
    [0, 1, 2, 3],
    [3, 2, 1, 0],
    [2, 0, 3, 1],
    [1, 1, 3, 0, 2],
  ]) {
    const core = await testCore({ cp: "direct" });
    for (const at of order) {
      const [seqNo, more, info] = said[at] ?? assert.fail();
      await event(core, "2.1", seqNo, more, info);
    }
    assert.deepEqual(await detailsOf(core), expected, `${order}`);
  }
});

test("message: TransactionEvent 2.1 goes on with a transaction that began under 2.0.1; 1.6 numbers are another kind", async () => {
  const core = await testCore({ cp: "direct" });
  await core.call("cp", "1.6", "StartTransaction", {
    ...{ connectorId: 2, idTag: "x", timestamp: iso(START_MS), meterStart: 0 },
  });
  const renamed = { transactionInfo: { transactionId: "1" } };
  await event(core, "2.0.1", 0, renamed);
  await event(core, "2.1", 1, renamed);
  assert.deepEqual(
    (await core.rows("transactions")).map((row) => [row.ocpp_version, row.wire_id, row.seq_no]),
    [
      ["1.6", "1", null],
      ["2.0.1", "1", 1],
    ],
  );
});

test("message: TransactionEvent 2.1 takes 2.1's reasons, and tokens of any type and up to 255 characters", async () => {
  const core = await testCore({ cp: "direct" });
  const token = "p".repeat(255);
  const idToken = { idToken: token, type: "DirectPayment" };
  const answer = await event(core, "2.1", 0, { idToken });
  assert.deepEqual(answer["idTokenInfo"], { status: "Invalid" });
  const ended = { eventType: "Ended", seqNo: 1, triggerReason: "TariffNotAccepted" };
  await event(core, "2.1", 1, ended, { stoppedReason: "ReqEnergyTransferRejected" });
  const [row] = await core.rows("transactions");
  assert.deepEqual([row?.token, row?.stop_reason, row?.state], [token, "ReqEnergyTransferRejected", "ended"]);
  assert.doesNotMatch(JSON.stringify(await core.outbox()), /p{20}/, "no whole token in the outbox");
});

test("message: Authorize 2.0.1 and 2.1 with a contract certificate, which nobody here can verify, is Invalid (C07.FR.17)", async () => {
  const core = await testCore({ cp: "direct" });
  await core.decide("token.set", { token: "DE-ABC", status: "Accepted", atMs: START_MS, actor: "test" });
  const idToken = { idToken: "DE-ABC", type: "eMAID" };
  for (const version of ["2.0.1", "2.1"] as const) {
    const plain = bodyOf(await core.call("cp", version, "Authorize", { idToken }));
    assert.deepEqual(plain, { idTokenInfo: { status: "Accepted" } });
    const shown = bodyOf(await core.call("cp", version, "Authorize", { idToken, certificate: "PEM" }));
    assert.deepEqual(shown, { idTokenInfo: { status: "Invalid" }, certificateStatus: "CertChainError" });
  }
  const unasked = bodyOf(
    await core.call("cp", "2.1", "Authorize", { idToken: { idToken: "", type: "NoAuthorization" } }),
  );
  assert.deepEqual(unasked, { idTokenInfo: { status: "Accepted" } });
});
