import assert from "node:assert/strict";
import { test } from "node:test";
import { bodyOf, iso, SITE, START_MS, testCore } from "../core/testing/test-core.ts";

const start = (more: object = {}) => ({
  connectorId: 1,
  idTag: "known",
  timestamp: iso(START_MS),
  meterStart: 1_000,
  ...more,
});

async function world() {
  const core = await testCore({ cp: "direct", box: "site" });
  const token = (name: string, status: string, expiresAtMs?: number) =>
    core.decide("token.set", {
      token: name,
      status,
      atMs: START_MS,
      actor: "t",
      ...(expiresAtMs && { expiresAtMs }),
    });
  await token("Known", "Accepted");
  await token("blocked", "Blocked");
  await token("expired", "Accepted", START_MS - 1);
  return core;
}
const ask = async (core: Awaited<ReturnType<typeof world>>, more: object = {}) =>
  bodyOf(await core.call("cp", "1.6", "StartTransaction", start(more)));

for (const [idTag, status] of [
  ["known", "Accepted"],
  ["KNOWN", "Accepted"],
  ["blocked", "Blocked"],
  ["expired", "Expired"],
  ["kno:wn", "Invalid"],
  ["nobody", "Invalid"],
] as const) {
  test(`start 1.6: tag '${idTag}' is ${status}, and gets an id all the same (§4.8)`, async () => {
    const core = await world();
    const { transactionId, idTagInfo } = await ask(core, { idTag });
    assert.equal((idTagInfo as { status: string }).status, status);
    assert(Number(transactionId) > 0);
    assert.equal((await core.rows("transactions")).length, 1);
  });
}

test("start 1.6: the same content gets the same id, whatever its message id (QUIRKS 13)", async () => {
  const core = await world();
  const first = await ask(core);
  core.nowMs += 60_000;
  assert.deepEqual(await ask(core), first);
  assert.equal((await core.rows("transactions")).length, 1);
  assert.equal((await core.rows("transaction_events")).length, 1);
  assert.equal((await core.outbox("transaction.started")).length, 1);
});

test("start 1.6: a different start supersedes what is open there, with the last sample as its meter (QUIRKS 15)", async () => {
  const core = await world();
  const { transactionId } = await ask(core);
  const sampledValue = [{ value: "1.7", unit: "kWh", measurand: "Energy.Active.Import.Register" }];
  await core.call("cp", "1.6", "MeterValues", {
    connectorId: 1,
    transactionId,
    meterValue: [{ timestamp: iso(START_MS), sampledValue }],
  });
  const second = await ask(core, { meterStart: 1_700 });
  assert.notEqual(second["transactionId"], transactionId);
  const [old, fresh] = await core.rows("transactions");
  assert.deepEqual(
    [old?.state, old?.stop_reason, old?.energy_wh, old?.review],
    ["ended", "Superseded", 700, "superseded"],
  );
  assert.equal(fresh?.state, "open");
});

test("start 1.6: the real end of a superseded transaction takes the place of the assumed one", async () => {
  const core = await world();
  const { transactionId } = await ask(core);
  await ask(core, { meterStart: 1_700 });
  await core.call("cp", "1.6", "StopTransaction", {
    transactionId,
    timestamp: iso(START_MS),
    meterStop: 1_650,
  });
  const [old] = await core.rows("transactions");
  assert.deepEqual([old?.stop_reason, old?.energy_wh, old?.review], ["Local", 650, null]);
});

test("start 1.6: one token has one open transaction, elsewhere it is told ConcurrentTx; a repetition is not", async () => {
  const core = await world();
  assert.deepEqual((await ask(core))["idTagInfo"], { status: "Accepted" });
  assert.deepEqual((await ask(core, { connectorId: 2, idTag: "KNOWN" }))["idTagInfo"], {
    status: "ConcurrentTx",
  });
  await core.db.insertInto("meta").values({ key: "transactions_per_token", value: "0" }).execute();
  assert.deepEqual((await ask(core, { connectorId: 3 }))["idTagInfo"], { status: "Accepted" });
});

test("start 1.6: unknown tokens may charge where the setting says so", async () => {
  const core = await world();
  await core.db.insertInto("meta").values({ key: "accept_unknown_tokens", value: "1" }).execute();
  assert.deepEqual((await ask(core, { idTag: "nobody" }))["idTagInfo"], { status: "Accepted" });
  assert.deepEqual((await ask(core, { idTag: "blocked" }))["idTagInfo"], { status: "Blocked" });
});

test("start 1.6: a time before 2010 or in the future is not billed on (QUIRKS 3)", async () => {
  for (const timestamp of ["1970-01-01T00:00:10Z", iso(START_MS + 3_600_000), "no time"]) {
    const core = await world();
    await ask(core, { timestamp });
    const [row] = await core.rows("transactions");
    assert.deepEqual([row?.started_at_ms, row?.review], [START_MS, "clock"], timestamp);
  }
});

test("start 1.6: a time without zone is UTC (QUIRKS 1)", async () => {
  const core = await world();
  await ask(core, { timestamp: "2026-01-05T07:59:00" });
  const [row] = await core.rows("transactions");
  assert.deepEqual([row?.started_at_ms, row?.review], [START_MS - 60_000, null]);
});

test("start 1.6: a site's id from its own block stands; from no block of its own, it stands and is reviewed", async () => {
  const core = await world();
  const { from } = await core.decide("site.lease", { site: SITE, atMs: START_MS });
  const of = (transactionId: number, connectorId: number) =>
    core.record({
      station: "box",
      version: "1.6",
      action: "StartTransaction",
      payload: start({ connectorId, idTag: `t${connectorId}` }),
      transactionId,
    });
  assert.equal(bodyOf((await of(from + 3, 1)).answer)["transactionId"], from + 3);
  assert.equal(bodyOf((await of(from - 1 + 20_000, 2)).answer)["transactionId"], from - 1 + 20_000);
  const rows = await core.rows("transactions");
  assert.deepEqual(Object.fromEntries(rows.map(({ wire_id, review }) => [wire_id, review])), {
    [from + 3]: null,
    [from - 1 + 20_000]: "unleased-id",
  });
  assert.equal((await core.outbox("transaction.review")).length, 1);
});

test("start 1.6: ids of direct stations come from no leased block, and none is 0 or less", async () => {
  const core = await world();
  const { transactionId } = await ask(core);
  const lease = await core.decide("site.lease", { site: SITE, atMs: START_MS });
  const after = await ask(core, { connectorId: 2 });
  assert.equal(transactionId, 1);
  assert.equal(lease.from, 2);
  assert.equal(after["transactionId"], lease.to + 1);
});

test("start 1.6: one site id for two different starts keeps both events and the first transaction", async () => {
  const core = await world();
  const { from } = await core.decide("site.lease", { site: SITE, atMs: START_MS });
  for (const meterStart of [1_000, 2_000]) {
    const told = { station: "box", version: "1.6", action: "StartTransaction", transactionId: from } as const;
    const done = await core.record({ ...told, payload: start({ meterStart }) });
    assert.equal(bodyOf(done.answer)["transactionId"], from);
  }
  const rows = await core.rows("transactions");
  assert.deepEqual(
    rows.map((row) => [row.meter_start_wh, row.review]),
    [[1_000, "start-differs"]],
  );
  assert.equal((await core.rows("transaction_events")).length, 2);
});

test("start 1.6: no whole token stands in the outbox", async () => {
  const core = await world();
  await ask(core, { idTag: "SECRET-TAG-123456" });
  assert.doesNotMatch(JSON.stringify(await core.outbox()), /SECRET-TAG/i);
});
