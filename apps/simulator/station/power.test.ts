/**
 * Power cuts at every step. Each run charges one car and cuts the power at the n-th write to flash or the n-th frame,
 * for every n that there is; afterwards everything that entered flash must have been told, in order, once.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type OcppVersion, ocppVersions } from "@wattward/ocpp";
import { bench, card, one, someCar } from "../testing/bench.ts";

const versions = ocppVersions;
const settings = { sampleS: 3, attemptIntervalS: 1, messageTimeoutS: 5, pingS: 3 };
/** More than any of the sessions below needs: the loops end when a cut comes too late to happen. */
const STEPS_MAX = 80;

for (const version of versions) {
  for (const afterOutage of ["end", "resume"] as const) {
    for (const where of ["write", "frame"] as const) {
      test(`${version}, then ${afterOutage}: power cut at every ${where} of a session loses nothing and tells nothing twice`, async () => {
        let cuts = 0;
        for (let step = 1; step <= STEPS_MAX; step++) {
          if (!(await cutAt(step, { version, afterOutage, where }))) break;
          cuts++;
        }
        assert(cuts >= (where === "write" ? 12 : 7), `only ${cuts} steps were cut`);
        assert(cuts < STEPS_MAX, "the session never outlived its cuts");
      });
    }
  }

  test(`${version}: a crash in a transaction: told as Reboot, with the energy of both lives`, async () => {
    const { csms, powerOn, station, time, during } = await bench(version, { settings, afterOutage: "end" });
    await powerOn();
    station.plug(one, someCar());
    await time.advance(1_000);
    await during(station.card(one, card));
    await time.advance(60_000);
    const chargedWh = station.evses[0]!.deliveredWh;
    station.crash();
    await time.advance(30_000);
    const end = csms.heard.find(
      ({ action, payload }) => action === "StopTransaction" || payload.eventType === "Ended",
    )!;
    const { payload } = end;
    const reason = payload.reason ?? (payload.transactionInfo as { stoppedReason?: string }).stoppedReason;
    assert.equal(reason, "Reboot");
    assert.equal(station.notebook.transactions[0]!.meterStopWh, Math.floor(chargedWh));
    assert.equal(csms.of("BootNotification").length, 2);
    assert.equal(station.evses[0]!.deliveredWh, chargedWh);
  });
}

test("a dead clock battery: after a power cut the end is told with a time of 1970, then the clock is set", async () => {
  const { csms, powerOn, station, time, during } = await bench("2.0.1", { settings, clockBattery: "dead" });
  await powerOn();
  station.plug(one, someCar());
  await time.advance(1_000);
  await during(station.card(one, card));
  await time.advance(10_000);
  station.powerCut(5_000);
  await time.advance(30_000);
  const end = csms.heard.find(({ payload }) => payload.eventType === "Ended")!;
  assert.match(String(end.payload.timestamp), /^1970-/);
  assert(Math.abs(station.clock.nowMs() - time.now().wallMs) < 1_000);
});

test("no current flows, and nothing is sent, before the transaction is in flash", async () => {
  const { csms, powerOn, station, time } = await bench("2.0.1", { flashMs: 500 });
  await powerOn();
  station.plug(one, someCar());
  await time.advance(1_000);
  const light = station.card(one, card);
  // The card's answer goes to flash first, then the transaction: each takes half a second.
  await time.advance(900);
  assert.equal(station.evses[0]!.contactorClosed, false);
  assert.equal(csms.of("TransactionEvent").length, 0);
  await time.advance(400);
  assert.equal(await light, "started");
  assert.equal(station.evses[0]!.contactorClosed, true);
  assert.equal(csms.of("TransactionEvent").length, 1);
});

test("an inoperative EVSE stays so through a power cut", async () => {
  const { csms, powerOn, station, time } = await bench("1.6");
  await powerOn();
  const reply = await commandIn(
    csms.command("S1", "ChangeAvailability", { connectorId: 1, type: "Inoperative" }),
  );
  assert.deepEqual(reply[2], { status: "Accepted" });
  station.powerCut(1_000);
  await time.advance(20_000);
  assert.equal(csms.of("StatusNotification").at(-1)!.payload.status, "Unavailable");

  async function commandIn<T>(work: Promise<T>): Promise<T> {
    await time.advance(1_000);
    return work;
  }
});

type Case = {
  readonly version: OcppVersion;
  readonly afterOutage: "end" | "resume";
  readonly where: "write" | "frame";
};

/** False if the session was over before the step came. */
async function cutAt(step: number, { version, afterOutage, where }: Case): Promise<boolean> {
  const at = `${where} ${step}`;
  const b = await bench(version, { settings, afterOutage }, step);
  const { chip, failures, powerOn, sent, station, time } = b;
  await powerOn();
  let cut = false;
  const cutNow = () => {
    cut = true;
    station.powerCut(3_000);
  };
  if (where === "write") chip().killAtWrite(step, cutNow);
  else {
    const before = sent.length;
    b.onSent = () => {
      if (sent.length === before + step) cutNow();
    };
  }
  station.plug(one, someCar());
  await time.advance(1_000);
  const light = station.card(one, card);
  await time.advance(7_000);
  if ((await light) === "started" && station.charging(one)) void station.card(one, card);
  await time.advance(6_000);
  station.unplug(one);
  await time.advance(40_000);
  assert.deepEqual(failures, [], at);
  assert.equal(station.queued, 0, at);
  assert.equal(station.charging(one), false, at);

  const { complaints, transactions } = station.notebook;
  assert.deepEqual(complaints, [], at);
  for (const tx of transactions) {
    assert(
      tx.messages.every(({ fate }) => fate === "answered"),
      `${at}: ${JSON.stringify(tx)}`,
    );
    assert.deepEqual(
      tx.messages.map(({ seqNo }) => seqNo),
      tx.messages.map((_, i) => i),
      at,
    );
    assert.equal(tx.messages[0]!.part, "start", at);
    assert.equal(tx.messages.at(-1)!.part, "end", at);
    assert(tx.meterStopWh !== undefined && tx.endedAtMs !== undefined && !tx.inherited, at);
  }
  checkStory(b, at);
  const toldWh = transactions.reduce((sum, tx) => sum + tx.meterStopWh! - tx.meterStartWh, 0);
  assert(Math.abs(toldWh - station.evses[0]!.deliveredWh) <= transactions.length, `${at}: ${toldWh} Wh`);
  return cut;
}

/** What the central system has is, repeats aside, exactly what the notebook has, in the same order. */
function checkStory({ csms, station }: Awaited<ReturnType<typeof bench>>, at: string): void {
  const expected = station.notebook.transactions.flatMap(({ messages }) => messages.map(({ part }) => part));
  const heard = csms.of("StartTransaction", "MeterValues", "StopTransaction", "TransactionEvent");
  const unique = [...new Set(heard.map(({ action, payload }) => JSON.stringify([action, payload])))];
  const parts = unique.map((text) => {
    const [action, payload] = JSON.parse(text) as [string, { eventType?: string }];
    if (action === "StartTransaction" || payload.eventType === "Started") return "start";
    return action === "StopTransaction" || payload.eventType === "Ended" ? "end" : "update";
  });
  assert.deepEqual(parts, expected, at);
}
