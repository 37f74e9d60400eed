/** What stations say of transactions late, twice, or in the wrong place: no session that is none, and none that is lost. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { OcppVersion } from "@wattward/ocpp";
import { energyDocument } from "../testing/energy-document.ts";
import { type Answers, charging } from "../testing/scripted-charging.ts";

type Charging = Awaited<ReturnType<typeof charging>>;

const timestampOf = ({ world }: Charging, aheadMs = 0) =>
  new Date(world.time.now().wallMs + aheadMs).toISOString();
const transactionOf = ({ energy }: Charging) => energy.sessions[0]!.id.split("/")[1]!;
const observed = ({ world }: Charging) =>
  world.csms.messages.flatMap((message) => (message.t === "observed" ? [message.kind] : []));

/** Its end, and after it a word on what was before. */
async function endsThenSays(it: Charging, version: OcppVersion, afterMs: number): Promise<void> {
  const transaction = transactionOf(it);
  const ends = timestampOf(it);
  const timestamp = timestampOf(it, afterMs);
  const meterValue = [{ timestamp, sampledValue: [{ value: version === "1.6" ? "100" : 100 }] }];
  const event = (eventType: string, at: string, more: object) => ({
    ...{ eventType, timestamp: at, triggerReason: "MeterValuePeriodic", seqNo: 1, evse: { id: 1 } },
    ...{ transactionInfo: { transactionId: transaction }, ...more },
  });
  if (version === "1.6") {
    const transactionId = Number(transaction);
    void it.station
      .tell("StopTransaction", { transactionId, meterStop: 100, timestamp: ends })
      .then(() => it.station.tell("MeterValues", { connectorId: 1, transactionId, meterValue }));
  } else {
    void it.station
      .tell("TransactionEvent", event("Ended", ends, {}))
      .then(() => it.station.tell("TransactionEvent", event("Updated", timestamp, { meterValue })));
  }
  await it.world.time.advance(60_000);
}

for (const version of ["1.6", "2.0.1"] as const) {
  test(`late words ${version}: a last meter value after the end of a transaction begins no session, and nobody doubts how the station is limited`, async () => {
    let over = false;
    const knowsWhatRuns: Answers = (action, wire) =>
      over && action === "SetChargingProfile" && wire.get("chargingProfilePurpose") === "TxProfile"
        ? { status: "Rejected" }
        : undefined;
    const it = await charging(version, knowsWhatRuns);
    over = true;
    await endsThenSays(it, version, 2_000);
    assert.deepEqual(it.energy.sessions, []);
    assert(!observed(it).includes("charging-limited-by"));
  });

  test(`late words ${version}: one that goes on after it was said to be over is a session again`, async () => {
    const it = await charging(version, () => undefined);
    await endsThenSays(it, version, 30_000);
    assert.equal(it.energy.sessions.length, 1);
  });
}

for (const version of ["1.6", "2.0.1"] as const)
  test(`late words ${version}: meter values of a transaction at a place that is no outlet take its session from nobody`, async () => {
    const it = await charging(version, () => undefined);
    const transaction = transactionOf(it);
    const timestamp = timestampOf(it);
    const meterValue = [{ timestamp, sampledValue: [{ value: version === "1.6" ? "100" : 100 }] }];
    if (version === "1.6")
      void it.station.tell("MeterValues", { connectorId: 0, transactionId: Number(transaction), meterValue });
    else
      void it.station.tell("TransactionEvent", {
        ...{ eventType: "Updated", timestamp, triggerReason: "MeterValuePeriodic", seqNo: 1, meterValue },
        ...{ transactionInfo: { transactionId: transaction }, evse: { id: 7 } },
      });
    await it.world.time.advance(3_000);
    assert.equal(it.energy.sessions.length, 1);
  });

test("late words: an EVSE's other connector being free ends no transaction that goes on", async () => {
  const it = await charging("2.0.1", () => undefined);
  const started = it.energy.states.length;
  const status = { evseId: 1, connectorId: 2, connectorStatus: "Available" };
  void it.station.tell("StatusNotification", { timestamp: timestampOf(it), ...status });
  for (let i = 1; i <= 10; i++) {
    await it.world.time.advance(10_000);
    void it.station.tell("TransactionEvent", {
      ...{ eventType: "Updated", timestamp: timestampOf(it), triggerReason: "MeterValuePeriodic", seqNo: i },
      ...{ transactionInfo: { transactionId: "t" } },
    });
  }
  assert(it.energy.states.slice(started).every(({ sessions }) => sessions.length === 1));
});

test("late words: a transaction whose answer comes under another document is a session of that one", async () => {
  const it = await charging("1.6", () => undefined);
  const { csms, time } = it.world;
  void it.station.tell("StopTransaction", {
    ...{ transactionId: Number(transactionOf(it)), meterStop: 100, timestamp: timestampOf(it) },
  });
  await time.advance(5_000);
  csms.mute = true;
  void it.station.tell("StartTransaction", {
    ...{ connectorId: 1, idTag: "T", meterStart: 100, timestamp: timestampOf(it) },
  });
  await time.advance(500);
  csms.sendBundle({
    ...csms.bundle,
    version: csms.bundle.version + 1,
    energy: energyDocument(["A", "B"], { outlet: { ratedMa: 20_000 } }),
  });
  await time.advance(500);
  csms.mute = false;
  await time.advance(60_000);
  assert.equal(it.energy.sessions.length, 1);
});

test("late words: a queue of transactions that are over, a refusal each, is no reason to doubt how the station is limited", async () => {
  let over = false;
  const it = await charging("2.0.1", (action, wire) =>
    over && action === "SetChargingProfile" && wire.get("chargingProfilePurpose") === "TxProfile"
      ? { status: "Rejected" }
      : undefined,
  );
  over = true;
  for (let i = 1; i <= 5; i++)
    for (const eventType of ["Started", "Ended"]) {
      void it.station.tell("TransactionEvent", {
        ...{ eventType, timestamp: timestampOf(it), triggerReason: "Authorized", seqNo: i },
        ...{ transactionInfo: { transactionId: `q${i}` }, evse: { id: 1 } },
      });
      await it.world.time.advance(2_000);
    }
  assert(!observed(it).includes("charging-limited-by"));
  // One that goes on, and is refused again and again, is one.
  void it.station.tell("TransactionEvent", {
    ...{ eventType: "Started", timestamp: timestampOf(it), triggerReason: "Authorized", seqNo: 9 },
    ...{ transactionInfo: { transactionId: "u" }, evse: { id: 1 } },
  });
  await it.world.time.advance(30_000);
  assert(observed(it).includes("charging-limited-by"));
});
