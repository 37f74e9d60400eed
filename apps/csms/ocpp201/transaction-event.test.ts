import assert from "node:assert/strict";
import { test } from "node:test";
import { bodyOf, iso, START_MS, type TestCore, testCore } from "../core/testing/test-core.ts";

const meter = (wh: number, context?: string) => [
  { timestamp: iso(START_MS), sampledValue: [{ value: wh, ...(context && { context }) }] },
];
const event = (seqNo: number, eventType: string, more: object = {}) => ({
  eventType,
  seqNo,
  timestamp: iso(START_MS - 1_000),
  triggerReason: "Trigger",
  transactionInfo: { transactionId: "tx" },
  ...more,
});
const started = event(0, "Started", {
  evse: { id: 1, connectorId: 1 },
  idToken: { idToken: "known", type: "ISO14443" },
  meterValue: meter(1_000, "Transaction.Begin"),
});
const ended = event(2, "Ended", {
  meterValue: meter(4_000, "Transaction.End"),
  transactionInfo: { transactionId: "tx", stoppedReason: "EVDisconnected" },
});

async function world(): Promise<TestCore> {
  const core = await testCore({ cp: "direct", box: "site" });
  await core.decide("token.set", { token: "known", status: "Accepted", atMs: START_MS, actor: "t" });
  return core;
}
const tell = async (core: TestCore, payload: object) =>
  bodyOf(await core.call("cp", "2.0.1", "TransactionEvent", payload));
async function only(core: TestCore) {
  const rows = await core.rows("transactions");
  assert.equal(rows.length, 1);
  const [row] = rows;
  assert(row !== undefined);
  return row;
}

test("transaction event: a life from start to end, with its energy, reason and answers", async () => {
  const core = await world();
  assert.deepEqual(await tell(core, started), { idTokenInfo: { status: "Accepted" } });
  assert.deepEqual(await tell(core, event(1, "Updated", { meterValue: meter(2_000) })), {});
  const open = await only(core);
  assert.deepEqual([open.state, open.evse_id, open.meter_last_wh, open.energy_wh], ["open", 1, 2_000, null]);
  assert.deepEqual(await tell(core, ended), {});
  const row = await only(core);
  assert.deepEqual(
    [row.state, row.energy_wh, row.stop_reason, row.missing_seq],
    ["ended", 3_000, "EVDisconnected", ""],
  );
  const kinds = (await core.outbox())
    .map(({ kind }) => kind)
    .filter((kind) => kind.startsWith("transaction."));
  assert.deepEqual(kinds, ["transaction.started", "transaction.updated", "transaction.ended"]);
});

test("transaction event: without its start it is partial, and its start completes it", async () => {
  const core = await world();
  await tell(core, event(4, "Updated", { meterValue: meter(2_000) }));
  assert.equal((await only(core)).state, "partial");
  await tell(core, { ...started, seqNo: 2 });
  const row = await only(core);
  assert.deepEqual(
    [row.state, row.missing_seq, row.meter_start_wh, row.meter_last_wh],
    ["open", "3", 1_000, 2_000],
  );
});

test("transaction event: an old number after a new one changes no newest value (QUIRKS 38)", async () => {
  const core = await world();
  await tell(core, started);
  await tell(core, event(3, "Updated", { meterValue: meter(3_000) }));
  await tell(core, event(2, "Updated", { meterValue: meter(2_000) }));
  const row = await only(core);
  assert.deepEqual([row.meter_last_wh, row.seq_no, row.missing_seq], [3_000, 3, "1"]);
});

test("transaction event: what was told offline changes the record, not the present", async () => {
  const core = await world();
  await tell(core, started);
  const power = [
    { timestamp: iso(START_MS), sampledValue: [{ value: 7_000, measurand: "Power.Active.Import" }] },
  ];
  await tell(core, event(1, "Updated", { meterValue: power, offline: true }));
  const row = await only(core);
  assert.deepEqual([row.power_w, row.offline], [null, 1]);
  const [seen] = await core.outbox("transaction.updated");
  assert.equal(seen?.live, 0);
  assert.equal((await core.rows("meter_samples")).length, 2);
  await tell(core, event(2, "Updated", { meterValue: power }));
  assert.equal((await only(core)).power_w, 7_000);
});

test("transaction event: a repetition gets the same answer and leaves nothing", async () => {
  const core = await world();
  const first = await tell(core, started);
  const before = JSON.stringify([await core.rows("transactions"), await core.rows("meter_samples")]);
  core.nowMs += 5_000;
  assert.deepEqual(await tell(core, { ...started, offline: true }), first);
  assert.equal(JSON.stringify([await core.rows("transactions"), await core.rows("meter_samples")]), before);
});

test("transaction event: a station that does not count loses no end", async () => {
  const core = await world();
  for (const payload of [started, { ...ended, seqNo: 0 }, { ...ended, seqNo: 0 }]) await tell(core, payload);
  const row = await only(core);
  assert.deepEqual([row.state, row.energy_wh, row.review], ["ended", 3_000, "sequence"]);
  assert.equal((await core.rows("transaction_events")).length, 2);
});

test("transaction event: another value under a number that was there is kept, used and marked", async () => {
  const core = await world();
  const second = { ...event(1, "Updated", { meterValue: meter(2_500) }), timestamp: iso(START_MS) };
  for (const payload of [started, event(1, "Updated", { meterValue: meter(2_000) }), second, second]) {
    await tell(core, payload);
  }
  const row = await only(core);
  assert.deepEqual([row.meter_last_wh, row.review], [2_500, "sequence"]);
  assert.equal((await core.rows("transaction_events")).length, 3);
});

test("transaction event: in whatever order they come, begin, end and register are the same", async () => {
  const events = [
    started,
    event(1, "Updated", { meterValue: meter(2_000) }),
    event(2, "Updated"),
    event(3, "Updated", { meterValue: meter(3_000) }),
    event(4, "Updated"),
    event(5, "Ended", { meterValue: meter(4_000, "Transaction.End") }),
  ];
  const core = await world();
  const outcomes = new Set<string>();
  let orders = 0;
  // The last one stays away in half of them: then the register of an open transaction is compared.
  for (const told of [events, events.slice(0, 5)]) {
    for (const order of permutations(told).filter((_, i) => i % 7 === 0)) {
      // A transaction of its own each time: what is compared must not begin with another's rows.
      const transactionId = `order-${orders++}`;
      for (const payload of order) {
        await tell(core, { ...payload, transactionInfo: { ...payload.transactionInfo, transactionId } });
      }
      const row = (await core.rows("transactions")).find(({ wire_id }) => wire_id === transactionId);
      assert(row !== undefined, transactionId);
      const { state, meter_start_wh, meter_last_wh, energy_wh, missing_seq } = row;
      outcomes.add([state, meter_start_wh, meter_last_wh, energy_wh, missing_seq].join());
    }
  }
  assert.deepEqual([...outcomes], ["ended,1000,4000,3000,", "open,1000,3000,,"]);
});

const permutations = <T>(items: readonly T[]): T[][] =>
  items.length === 0
    ? [[]]
    : items.flatMap((item, i) => permutations(items.toSpliced(i, 1)).map((rest) => [item, ...rest]));

test("transaction event: ended or started twice under two numbers, the first stands and it is marked", async () => {
  const core = await world();
  const again = event(3, "Ended", { meterValue: meter(9_000, "Transaction.End") });
  for (const payload of [started, ended, again, { ...started, seqNo: 4, timestamp: iso(START_MS) }]) {
    await tell(core, payload);
  }
  const row = await only(core);
  assert.deepEqual([row.energy_wh, row.review], [3_000, "events-missing,start-differs,stop-differs"]);
});

test("transaction event: values after the end attach, mark it, and do not reopen it", async () => {
  const core = await world();
  for (const payload of [started, ended, event(3, "Updated", { meterValue: meter(9_000) })])
    await tell(core, payload);
  const row = await only(core);
  assert.deepEqual(
    [row.state, row.energy_wh, row.review, row.missing_seq],
    ["ended", 3_000, "after-end,events-missing", "1"],
  );
});

test("transaction event: without any register the energy is unknown, not zero, and is reviewed", async () => {
  const core = await world();
  for (const payload of [started, ended]) await tell(core, { ...payload, meterValue: undefined });
  const row = await only(core);
  assert.deepEqual([row.state, row.energy_wh, row.review], ["ended", null, "events-missing,no-meter"]);
});

test("transaction event: the same id at two stations is two transactions", async () => {
  const core = await testCore({ cp: "direct", other: "direct" });
  await core.call("cp", "2.0.1", "TransactionEvent", started);
  await core.call("other", "2.0.1", "TransactionEvent", ended);
  const rows = await core.rows("transactions");
  assert.deepEqual(
    rows.map(({ station_id, state }) => [station_id, state]),
    [
      ["cp", "open"],
      ["other", "partial"],
    ],
  );
});

test("transaction event: signed values are kept raw, as evidence", async () => {
  const core = await world();
  const signedMeterValue = {
    signedMeterData: "c2ln",
    signingMethod: "",
    encodingMethod: "OCMF",
    publicKey: "cGs=",
  };
  const meterValue = [{ timestamp: iso(START_MS), sampledValue: [{ value: 1_000, signedMeterValue }] }];
  await tell(core, { ...started, meterValue });
  const [row] = await core.rows("transaction_events");
  assert.deepEqual(JSON.parse(row?.signed_values ?? ""), [signedMeterValue]);
});

test("transaction event: a button without token is accepted (C02), and no token is kept", async () => {
  const core = await world();
  const answer = await tell(core, { ...started, idToken: { idToken: "", type: "NoAuthorization" } });
  assert.deepEqual(answer, { idTokenInfo: { status: "Accepted" } });
  assert.equal((await only(core)).token, null);
});

test("transaction event: what a site accepted alone and we would not is kept, marked, and never ended", async () => {
  const core = await world();
  await core.record({
    station: "box",
    version: "2.0.1",
    action: "TransactionEvent",
    payload: { ...started, idToken: { idToken: "stranger", type: "ISO14443" } },
    live: false,
    localAnswer: { idTokenInfo: { status: "Accepted" } },
  });
  const row = await only(core);
  assert.deepEqual([row.state, row.review, row.offline], ["open", "accepted-locally", 1]);
  const [seen] = await core.outbox("transaction.started");
  assert.equal(seen?.live, 0);
});

test("transaction event: before the boot it is refused (B01.FR.10), after a reconnect it is not (QUIRKS 17)", async () => {
  const core = await world();
  await core.db.updateTable("stations").set({ booted_at_ms: null }).execute();
  const refused = await core.call("cp", "2.0.1", "TransactionEvent", started);
  assert.deepEqual([refused.kind, refused.kind === "error" && refused.code], ["error", "SecurityError"]);
  assert.equal((await core.rows("transactions")).length, 0);
  const boot = { chargingStation: { vendorName: "V", model: "M" }, reason: "PowerUp" };
  assert.equal(bodyOf(await core.call("cp", "2.0.1", "BootNotification", boot))["status"], "Accepted");
  await tell(core, started);
});

test("transaction event: whole numbers that nothing can keep are refused, not rounded", async () => {
  const core = await world();
  for (const odd of [{ seqNo: 1e300 }, { evse: { id: 1e300 } }, { reservationId: -1e17 }]) {
    const answer = await core.call("cp", "2.0.1", "TransactionEvent", { ...started, ...odd });
    assert.equal(answer.kind === "error" && answer.code, "PropertyConstraintViolation");
  }
  assert.deepEqual(await core.rows("transactions"), []);
});
