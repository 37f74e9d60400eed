/**
 * The claim: nothing that a station says, in any message of either version, with any id, in any order, changes a row
 * that belongs to another station; and a message that is delivered again, however often, changes nothing at all.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Chance } from "@wattward/kernel";
import { type OcppVersion, validateCall } from "@wattward/ocpp";
import { seededChance } from "@wattward/testing";
import { iso, START_MS, type TestCore, testCore } from "../core/testing/test-core.ts";

type Message = { readonly version: OcppVersion; readonly action: string; readonly payload: object };

const pick = <T>(chance: Chance, from: readonly T[]): T => from[chance.int(0, from.length - 1)] as T;
const TAGS = ["known", "blocked", "nobody"];
const REGISTERS = [0, 500, 1_000, 99_999];

/** Ids that were given to either station, ids of nobody, and ids that are no ids. */
type Ids = { readonly numbers: number[]; readonly texts: readonly string[] };

function message(chance: Chance, ids: Ids): Message {
  const at = iso(START_MS + chance.int(-600, 60) * 1_000);
  const connectorId = chance.int(0, 2);
  const number = pick(chance, [...ids.numbers, -1, 0, 424_242]);
  const register = pick(chance, REGISTERS);
  const sampled16 = [{ timestamp: at, sampledValue: [{ value: String(register) }] }];
  const sampled201 = [{ timestamp: at, sampledValue: [{ value: register }] }];
  const evse = { id: chance.int(1, 2), connectorId: 1 };
  const token = { idToken: pick(chance, TAGS), type: "ISO14443" };
  const v16 = (action: string, payload: object): Message => ({ version: "1.6", action, payload });
  const v201 = (action: string, payload: object): Message => ({ version: "2.0.1", action, payload });
  const makers: readonly (() => Message)[] = [
    () => v16("Authorize", { idTag: pick(chance, TAGS) }),
    () => v16("BootNotification", { chargePointVendor: "V", chargePointModel: "M" }),
    () => v16("DataTransfer", { vendorId: "V" }),
    () => v16("Heartbeat", {}),
    () => v16("MeterValues", { connectorId, transactionId: number, meterValue: sampled16 }),
    () => v16("SecurityEventNotification", { type: "T", timestamp: at }),
    () =>
      v16("StartTransaction", {
        connectorId: 1,
        idTag: pick(chance, TAGS),
        timestamp: at,
        meterStart: register,
      }),
    () => v16("StatusNotification", { connectorId, errorCode: "NoError", status: "Available" }),
    () => v16("StopTransaction", { transactionId: number, timestamp: at, meterStop: register }),
    () => v201("Authorize", { idToken: token }),
    () => v201("BootNotification", { chargingStation: { vendorName: "V", model: "M" }, reason: "PowerUp" }),
    () => v201("DataTransfer", { vendorId: "V" }),
    () => v201("Heartbeat", {}),
    () => v201("MeterValues", { evseId: connectorId, meterValue: sampled201 }),
    () => v201("NotifyReport", { requestId: 1, generatedAt: at, seqNo: 0, reportData: [report] }),
    () => v201("SecurityEventNotification", { type: "T", timestamp: at }),
    () =>
      v201("StatusNotification", { timestamp: at, connectorStatus: "Available", evseId: 1, connectorId: 1 }),
    () =>
      v201("TransactionEvent", {
        eventType: pick(chance, ["Started", "Updated", "Ended"]),
        timestamp: at,
        triggerReason: "Trigger",
        seqNo: chance.int(0, 5),
        transactionInfo: { transactionId: pick(chance, ids.texts) },
        evse,
        idToken: token,
        meterValue: sampled201,
        offline: chance.int(0, 3) === 0,
      }),
  ];
  return pick(chance, makers)();
}
const report = {
  component: { name: "C" },
  variable: { name: "V" },
  variableAttribute: [{ value: "1" }],
};

async function world(): Promise<TestCore> {
  const core = await testCore({ A: "direct", B: "direct" });
  for (const [token, status] of [
    ["known", "Accepted"],
    ["blocked", "Blocked"],
  ] as const) {
    await core.decide("token.set", { token, status, atMs: START_MS, actor: "test" });
  }
  return core;
}

const owned = ["connectors", "transactions", "transaction_events", "meter_samples", "variables"] as const;

/** Everything that is one station's, as text. */
async function belongings(core: TestCore, station: string): Promise<string> {
  const tables = await Promise.all(
    owned.map(async (table) => (await core.rows(table)).filter((row) => row.station_id === station)),
  );
  const itself = (await core.rows("stations")).filter((row) => row.id === station);
  return JSON.stringify([itself, ...tables]);
}

test("property: no message of one station changes a row of another, whatever id it carries", async () => {
  for (const seed of [1, 2, 3, 4, 5, 6]) {
    const chance = seededChance(seed);
    const core = await world();
    const ids: Ids = { numbers: [], texts: ["T1", "T2", "1", "2"] };
    const refused = new Set<string>();
    for (let n = 0; n < 250; n += 1) {
      const [speaker, other] = chance.int(0, 1) === 0 ? ["A", "B"] : ["B", "A"];
      const before = await belongings(core, other);
      const told = message(chance, ids);
      const where = `seed ${seed}, message ${n}: ${speaker} ${told.action} ${JSON.stringify(told.payload)}`;
      const valid = validateCall(
        told.version,
        "station",
        told.action,
        JSON.parse(JSON.stringify(told.payload)),
      );
      assert.equal(valid.kind, "valid", where);
      const answer = await core.call(speaker, told.version, told.action, told.payload);
      if (answer.kind === "error") refused.add(`${told.action} ${answer.code}`);
      if (answer.kind === "result" && typeof answer.payload["transactionId"] === "number") {
        ids.numbers.push(answer.payload["transactionId"]);
      }
      assert.equal(await belongings(core, other), before, where);
    }
    assert.deepEqual([...refused], [], `seed ${seed}: the messages reached their handlers`);
    const foreign = await core.outbox("security.foreign-transaction");
    assert(
      foreign.some(({ data }) => data["of"] === "other-station"),
      `seed ${seed}: foreign ids were tried`,
    );
    assert.equal(new Set(ids.numbers).size <= (await core.rows("transactions")).length, true);
    await core.close();
  }
});

/** They tell of now and carry no identity: told again, they are a new boot and a new state (QUIRKS 42). */
const ofNow: ReadonlySet<string> = new Set(["BootNotification", "StatusNotification"]);

test("property: a message delivered any number of times, among others, leaves what one delivery leaves", async () => {
  for (const seed of [11, 12, 13, 14]) {
    const chance = seededChance(seed);
    const once = await world();
    const often = await world();
    const ids: Ids = { numbers: [], texts: ["T1", "T2"] };
    const sent: Message[] = [];
    for (let n = 0; n < 150; n += 1) {
      const told = message(chance, ids);
      sent.push(told);
      if (sent.length === 1) sent.push({ version: "1.6", action: "Heartbeat", payload: {} });
      const answer = await once.call("A", told.version, told.action, told.payload);
      const again = await often.call("A", told.version, told.action, told.payload);
      assert.equal(
        JSON.stringify(again),
        JSON.stringify(answer),
        `seed ${seed}, message ${n} ${told.action}`,
      );
      if (answer.kind === "result" && typeof answer.payload["transactionId"] === "number") {
        ids.numbers.push(answer.payload["transactionId"]);
      }
      for (let repeats = chance.int(0, 3); repeats > 0; repeats -= 1) {
        const old = pick(
          chance,
          sent.filter(({ action }) => !ofNow.has(action)),
        );
        await often.call("A", old.version, old.action, old.payload);
      }
    }
    const of = async (core: TestCore) => ({
      transactions: (await core.rows("transactions")).map(({ id: _, ...rest }) => rest),
      events: (await core.rows("transaction_events")).map(({ dedupe, kind, digest }) => ({
        dedupe,
        kind,
        digest,
      })),
      samples: (await core.rows("meter_samples")).length,
    });
    assert.deepEqual(await of(often), await of(once), `seed ${seed}`);
    const { events } = await of(often);
    assert.equal(new Set(events.map(({ dedupe }) => dedupe)).size, events.length);
    assert(events.length > 20, `seed ${seed}: transactions were told of`);
    await Promise.all([once.close(), often.close()]);
  }
});

test("property: 2.0.1 events in any order leave the same transaction", async () => {
  const event = (seqNo: number, eventType: string, more: object = {}) => ({
    eventType,
    seqNo,
    timestamp: iso(START_MS - 60_000 + seqNo * 1_000),
    triggerReason: "Trigger",
    transactionInfo: { transactionId: "T" },
    meterValue: [
      { timestamp: iso(START_MS - 60_000 + seqNo * 1_000), sampledValue: [{ value: 100 * seqNo }] },
    ],
    ...more,
  });
  const events = [
    event(3, "Started", { evse: { id: 1, connectorId: 1 }, idToken: { idToken: "known", type: "ISO14443" } }),
    event(4, "Updated"),
    event(5, "Updated"),
    event(6, "Updated"),
    event(8, "Ended"),
  ];
  const results = new Set<string>();
  for (let seed = 0; seed < 40; seed += 1) {
    const chance = seededChance(seed);
    const core = await world();
    const left = [...events];
    while (left.length > 0) {
      const [told] = left.splice(chance.int(0, left.length - 1), 1);
      await core.call("A", "2.0.1", "TransactionEvent", told ?? {});
    }
    const [{ id: _, ...transaction } = { id: "" }] = await core.rows("transactions");
    results.add(JSON.stringify(transaction));
    await core.close();
  }
  assert.equal(results.size, 1, [...results].join("\n"));
  const [only = ""] = results;
  const transaction = JSON.parse(only);
  assert.equal(transaction.state, "ended");
  assert.equal(transaction.energy_wh, 500);
  assert.equal(transaction.missing_seq, "7");
  assert.equal(transaction.review, "events-missing");
});
