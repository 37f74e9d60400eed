/** No number that a station may send makes a row, or a sum of rows, that can be written and never be read again. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { sitesList } from "../queries/sites.ts";
import { transactionsList } from "../queries/transactions.ts";
import { bodyOf, iso, START_MS, testCore } from "./testing/test-core.ts";

test("exact numbers: the largest registers that are taken leave an energy that can be read", async () => {
  const core = await testCore({ cp: "direct" });
  const timestamp = iso(START_MS);
  const start = { connectorId: 1, idTag: "x", timestamp, meterStart: -1e15 };
  const { transactionId } = bodyOf(await core.call("cp", "1.6", "StartTransaction", start));
  bodyOf(await core.call("cp", "1.6", "StopTransaction", { transactionId, timestamp, meterStop: 1e15 }));
  const [row] = await transactionsList(core.db, { openOnly: false, most: 10 });
  assert.equal(row?.energyWh, 2e15);
  const beyond = { ...start, connectorId: 2, meterStart: -Number.MAX_SAFE_INTEGER };
  const refused = await core.call("cp", "1.6", "StartTransaction", beyond);
  assert.equal(refused.kind === "error" && refused.code, "PropertyConstraintViolation");
});

test("exact numbers: no power that is taken breaks the sum of a site", async () => {
  const core = await testCore({ box: "either" });
  const start = (evse: number, value: number) =>
    core.call("box", "2.0.1", "TransactionEvent", {
      eventType: "Started",
      seqNo: 0,
      timestamp: iso(START_MS),
      triggerReason: "Authorized",
      transactionInfo: { transactionId: `t${evse}` },
      evse: { id: evse, connectorId: 1 },
      meterValue: [{ timestamp: iso(START_MS), sampledValue: [{ value, measurand: "Power.Active.Import" }] }],
    });
  for (let evse = 1; evse <= 20; evse += 1) bodyOf(await start(evse, 9e14));
  bodyOf(await start(21, 1e9));
  const [site] = await sitesList(core.db, undefined);
  assert.deepEqual([site?.charging, site?.powerW], [21, 1e9]);
});
