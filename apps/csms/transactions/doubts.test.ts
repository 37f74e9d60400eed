import assert from "node:assert/strict";
import { test } from "node:test";
import { iso, type TestCore, testCore } from "../core/testing/test-core.ts";

const OPEN = 150;
const boot = (core: TestCore) =>
  core.call("cp", "2.0.1", "BootNotification", {
    reason: "PowerUp",
    chargingStation: { model: "M", vendorName: "V" },
  });
const uncertain = async (core: TestCore) =>
  (await core.rows("transactions")).filter(({ review }) => review?.includes("uncertain")).length;

test("doubts: a station with more open transactions than one boot doubts has the rest doubted by the next", async () => {
  const core = await testCore({ cp: "direct" });
  for (let n = 0; n < OPEN; n += 1) {
    await core.call("cp", "2.0.1", "TransactionEvent", {
      ...{ eventType: "Started", seqNo: 0, timestamp: iso(core.nowMs), triggerReason: "Trigger" },
      transactionInfo: { transactionId: `t${n}` },
    });
  }
  await boot(core);
  const first = await uncertain(core);
  assert(first > 0 && first < OPEN, `${first}`);
  core.nowMs += 60_000;
  await boot(core);
  assert.equal(await uncertain(core), OPEN);
  assert.equal((await core.outbox("transaction.uncertain")).length, OPEN, "each told once");
  await core.close();
});
