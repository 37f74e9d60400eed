import assert from "node:assert/strict";
import { test } from "node:test";
import { bodyOf, iso, START_MS, testCore } from "../core/testing/test-core.ts";
import { settlementsList } from "../queries/station-told.ts";

const settled = {
  pspRef: "psp-1",
  status: "Settled",
  settlementAmount: 12.345,
  settlementTime: iso(START_MS),
  receiptId: "R-1",
  vatNumber: "DE999",
  vatCompany: { name: "Jane Ltd", address1: "a", city: "c", country: "DE" },
};

test("message: NotifySettlement 2.1 is kept once, to the cent and beyond, with the transaction that is this station's", async () => {
  const core = await testCore({ cp: "direct", other: "direct" });
  for (const [station, transactionId] of [
    ["cp", "mine"],
    ["other", "theirs"],
  ] as const) {
    await core.call(station, "2.1", "TransactionEvent", {
      ...{ eventType: "Started", timestamp: iso(START_MS), triggerReason: "Authorized", seqNo: 0 },
      transactionInfo: { transactionId },
    });
  }
  const say = async (more: object) =>
    assert.deepEqual(bodyOf(await core.call("cp", "2.1", "NotifySettlement", { ...settled, ...more })), {});
  await say({ transactionId: "mine" });
  await say({ transactionId: "mine" });
  await say({ transactionId: "theirs" });
  await say({ status: "Canceled", settlementAmount: 0 });
  const rows = await settlementsList(core.db, { most: 10 });
  const [mine] = (await core.rows("transactions")).filter(({ wire_id }) => wire_id === "mine");
  assert.deepEqual(
    rows.map(({ status, amount, transaction }) => [status, amount, transaction]).sort(),
    [
      ["Canceled", "0", null],
      ["Settled", "12.345", mine?.id],
      ["Settled", "12.345", null],
    ].sort(),
  );
  assert.equal((await core.outbox("payment.settled")).length, 3);
  assert.equal((await core.outbox("security.foreign-transaction")).length, 1);
  const all = JSON.stringify([await core.rows("settlements"), await core.outbox()]);
  assert.doesNotMatch(all, /Jane|DE999/, "whose VAT number it was is kept nowhere");
});
