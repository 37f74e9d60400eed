import assert from "node:assert/strict";
import { test } from "node:test";
import { bodyOf, iso, START_MS, type TestCore, testCore } from "../core/testing/test-core.ts";

const start = { connectorId: 1, idTag: "tag", timestamp: iso(START_MS), meterStart: 1_000 };
const stop = (transactionId: unknown, more: object = {}) => ({
  transactionId,
  timestamp: iso(START_MS),
  meterStop: 3_500,
  ...more,
});

async function charging(): Promise<{ core: TestCore; transactionId: number }> {
  const core = await testCore({ cp: "direct", other: "direct" });
  const { transactionId } = bodyOf(await core.call("cp", "1.6", "StartTransaction", start));
  return { core, transactionId: Number(transactionId) };
}
const facts = async (core: TestCore) =>
  (await core.rows("transactions")).map(({ state, energy_wh, review }) => [state, energy_wh, review]);

test("stop 1.6: ends its transaction, with the energy between its registers", async () => {
  const { core, transactionId } = await charging();
  assert.deepEqual(bodyOf(await core.call("cp", "1.6", "StopTransaction", stop(transactionId))), {});
  assert.deepEqual(await facts(core), [["ended", 2_500, null]]);
  const [ended] = await core.outbox("transaction.ended");
  assert.deepEqual([ended?.data["energyWh"], ended?.data["reason"]], [2_500, "Local"]);
});

test("stop 1.6: a register below the start is never clamped, but marked (QUIRKS 39)", async () => {
  const { core, transactionId } = await charging();
  await core.call("cp", "1.6", "StopTransaction", stop(transactionId, { meterStop: 400 }));
  assert.deepEqual(await facts(core), [["ended", -600, "meter-below-start"]]);
});

test("stop 1.6: another station's id closes nothing, is answered {}, and is a security matter (QUIRKS 12)", async () => {
  const { core, transactionId } = await charging();
  assert.deepEqual(bodyOf(await core.call("other", "1.6", "StopTransaction", stop(transactionId))), {});
  assert.deepEqual(await facts(core), [["open", null, null]]);
  const [seen] = await core.outbox("security.foreign-transaction");
  assert.deepEqual([seen?.station, seen?.data["of"]], ["other", "other-station"]);
});

test("stop 1.6: an id of nobody closes nothing, and is said once", async () => {
  const { core } = await charging();
  for (let i = 0; i < 2; i += 1) await core.call("cp", "1.6", "StopTransaction", stop(999));
  assert.deepEqual(await facts(core), [["open", null, null]]);
  assert.deepEqual(
    (await core.outbox("security.foreign-transaction")).map(({ data }) => data["of"]),
    ["nobody"],
  );
});

for (const id of [0, -1]) {
  test(`stop 1.6: id ${id} ends the one that fits, and only once (QUIRKS 11)`, async () => {
    const { core } = await charging();
    for (let i = 0; i < 2; i += 1)
      await core.call("cp", "1.6", "StopTransaction", stop(id, { idTag: "TAG" }));
    assert.deepEqual(await facts(core), [["ended", 2_500, null]]);
    assert.equal((await core.rows("transaction_events")).length, 2);
  });

  test(`stop 1.6: id ${id} ends nothing where two fit, or where none does`, async () => {
    const { core } = await charging();
    await core.call("cp", "1.6", "StopTransaction", stop(id, { meterStop: 10 }));
    await core.call("cp", "1.6", "StopTransaction", stop(id, { idTag: "stranger" }));
    await core.call("cp", "1.6", "StartTransaction", { ...start, connectorId: 2 });
    await core.call("cp", "1.6", "StopTransaction", stop(id));
    assert.deepEqual(
      (await facts(core)).map(([state]) => state),
      ["open", "open"],
    );
    assert.equal((await core.outbox("transaction.unmatched-stop")).length, 3);
  });
}

test("stop 1.6: the same twice is acknowledged; a different one is kept, and the first stands (QUIRKS 14)", async () => {
  const { core, transactionId } = await charging();
  await core.call("cp", "1.6", "StopTransaction", stop(transactionId));
  await core.call("cp", "1.6", "StopTransaction", stop(transactionId));
  assert.deepEqual(await facts(core), [["ended", 2_500, null]]);
  for (let i = 0; i < 2; i += 1) {
    await core.call("cp", "1.6", "StopTransaction", stop(transactionId, { meterStop: 9_999 }));
  }
  assert.deepEqual(await facts(core), [["ended", 2_500, "stop-differs"]]);
  const kinds = (await core.rows("transaction_events")).map(({ kind }) => kind);
  assert.deepEqual(kinds.sort(), ["ended", "ended-again", "started"]);
});

test("stop 1.6: a tag that is too long is ignored, and the stop accepted (QUIRKS 20)", async () => {
  const { core, transactionId } = await charging();
  const idTag = "x".repeat(22);
  assert.deepEqual(
    bodyOf(await core.call("cp", "1.6", "StopTransaction", stop(transactionId, { idTag }))),
    {},
  );
  assert.deepEqual(
    (await facts(core)).map(([state]) => state),
    ["ended"],
  );
});

test("meter values 1.6: late ones belong to the ended transaction, and never reopen it (QUIRKS 16)", async () => {
  const { core, transactionId } = await charging();
  await core.call("cp", "1.6", "StopTransaction", stop(transactionId));
  const meterValue = [
    { timestamp: iso(START_MS), sampledValue: [{ value: "9999", context: "Transaction.End" }] },
  ];
  await core.call("cp", "1.6", "MeterValues", { connectorId: 1, transactionId, meterValue });
  assert.deepEqual(await facts(core), [["ended", 2_500, null]]);
  const [transaction] = await core.rows("transactions");
  const late = (await core.rows("transaction_events")).find(({ kind }) => kind === "meter");
  assert.equal(late?.transaction_id, transaction?.id);
});

test("meter values 1.6: empty values are acknowledged, and no zero is stored (QUIRKS 7)", async () => {
  const { core, transactionId } = await charging();
  for (const sampledValue of [[], [{ value: "" }], [{ value: "NaN" }]]) {
    const meterValue = [{ timestamp: iso(START_MS), sampledValue }];
    const payload = { connectorId: 1, transactionId, meterValue };
    assert.deepEqual(bodyOf(await core.call("cp", "1.6", "MeterValues", payload)), {});
    const none = { connectorId: 0, transactionId: 0, meterValue };
    assert.deepEqual(bodyOf(await core.call("cp", "1.6", "MeterValues", none)), {});
  }
  assert.deepEqual(
    (await core.rows("meter_samples")).map(({ meter_wh }) => meter_wh),
    [1_000],
  );
});
