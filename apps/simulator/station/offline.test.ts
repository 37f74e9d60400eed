/** Transaction messages are never lost by the station: 1.6 §3.7.1, 2.0.1 E04, E11 to E13. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ocppVersions } from "@wattward/ocpp";
import { bench, card, one, someCar } from "../testing/bench.ts";
import type { Heard } from "../testing/fake-csms.ts";

const versions = ocppVersions;
const settings = { sampleS: 5, attemptIntervalS: 1, attempts: 3, messageTimeoutS: 5, pingS: 3 };
const txActions = ["StartTransaction", "MeterValues", "StopTransaction", "TransactionEvent"];

for (const version of versions) {
  test(`${version}: a whole session offline is told afterwards, in order, once each, marked as offline`, async () => {
    const { csms, failures, powerOn, sent, session, station, time } = await bench(version, { settings });
    await powerOn();
    station.line.takeDown();
    await time.advance(1_000);
    await session(12_000);
    assert.equal(csms.of(...txActions).length, 0);
    assert.equal(station.queued, 4);
    station.line.restore();
    await time.advance(20_000);
    assert.deepEqual(failures, []);
    assert.equal(station.queued, 0);
    const heard = csms.of(...txActions);
    assert.equal(heard.length, 4);
    if (version !== "1.6") {
      assert.deepEqual(
        heard.map(({ payload }) => payload.seqNo),
        [0, 1, 2, 3],
      );
      assert(heard.every(({ payload }) => payload.offline === true));
    } else {
      assert.deepEqual(
        heard.map(({ action }) => action),
        ["StartTransaction", "MeterValues", "MeterValues", "StopTransaction"],
      );
      const ids = heard.slice(1).map(({ payload }) => payload.transactionId);
      assert.deepEqual(new Set(ids), new Set([station.notebook.transactions[0]!.wireId]));
    }
    const lines = sent.filter(({ key }) => key !== undefined);
    assert(lines.every(({ offline, attempt }) => offline && attempt === 1));
    assert.deepEqual(
      station.notebook.transactions[0]!.messages.map(({ fate }) => fate),
      heard.map(() => "answered"),
    );
  });

  for (const repeatUnder of ["same-id", "new-id"] as const) {
    test(`${version}: lost answers are asked for again with the same content under ${repeatUnder}, until they come`, async () => {
      const { csms, powerOn, session, sent, station, time } = await bench(version, { settings, repeatUnder });
      await powerOn();
      const drops = new Map<string, number>();
      csms.script = ({ action, payload }) => {
        if (!txActions.includes(action)) return undefined;
        const key = JSON.stringify(payload);
        const times = drops.get(key) ?? 0;
        drops.set(key, times + 1);
        // First the answer dies with its connection, then it never comes, then it does.
        return times === 0 ? { kind: "drop" } : times === 1 ? { kind: "silence" } : undefined;
      };
      await session(8_000);
      await time.advance(120_000);
      assert.equal(station.queued, 0);
      const byContent = Map.groupBy(csms.of(...txActions), contentOf);
      for (const [content, calls] of byContent) {
        assert.equal(calls.length, 3, content);
        assert.equal(new Set(calls.map(({ id }) => id)).size, repeatUnder === "same-id" ? 1 : 3, content);
      }
      for (const line of sent.filter(({ key }) => key !== undefined))
        assert([1, 2, 3].includes(line.attempt));
      assert(
        station.notebook.transactions.every(({ messages }) =>
          messages.every(({ fate }) => fate === "answered"),
        ),
      );
    });
  }

  test(`${version}: a CALLERROR is retried after a growing pause as often as set, then given up, and the summary says so`, async () => {
    const { csms, powerOn, session, station, time } = await bench(version, { settings });
    await powerOn();
    const refused: number[] = [];
    csms.script = (call) => {
      if (!isEnd(call)) return undefined;
      refused.push(call.atMs);
      return { kind: "error", code: "InternalError" };
    };
    await session(8_000);
    await time.advance(60_000);
    assert.equal(refused.length, 3);
    assert.deepEqual(
      refused.slice(1).map((atMs, i) => Math.round((atMs - refused[i]!) / 1000)),
      [1, 2],
    );
    const { messages } = station.notebook.transactions[0]!;
    assert.equal(messages.at(-1)!.fate, "given-up");
    assert.match(messages.at(-1)!.reason!, /refused 3 times, last: InternalError/);
    assert.equal(station.notebook.complaintCount, 3);
    assert.equal(station.queued, 0);
  });
}

test("1.6: when the start was given up, its stop has no id and is given up too, not invented", async () => {
  const { csms, powerOn, session, station, time } = await bench("1.6", { settings });
  await powerOn();
  csms.script = ({ action }) =>
    action === "StartTransaction" ? { kind: "error", code: "GenericError" } : undefined;
  await session(8_000);
  await time.advance(60_000);
  assert.equal(csms.of("MeterValues", "StopTransaction").length, 0);
  assert.deepEqual(
    [...new Set(station.notebook.transactions[0]!.messages.map(({ fate }) => fate))],
    ["given-up"],
  );
});

test("2.0.1: what waited unsent when the connection went is marked offline, what was sent keeps its content", async () => {
  const { csms, powerOn, station, time, during } = await bench("2.0.1", { settings });
  await powerOn();
  station.plug(one, someCar());
  await time.advance(1_000);
  csms.script = ({ action }) => (action === "TransactionEvent" ? { kind: "silence" } : undefined);
  await during(station.card(one, card));
  await time.advance(6_000);
  station.line.takeDown();
  await time.advance(1_000);
  csms.script = () => undefined;
  station.line.restore();
  await time.advance(10_000);
  const events = csms.of("TransactionEvent");
  const started = events.filter(({ payload }) => payload.eventType === "Started");
  assert(started.length > 1 && new Set(started.map(contentOf)).size === 1);
  const next = events.find(({ payload }) => payload.seqNo === 1)!;
  assert.equal(next.payload.offline, true);
});

test("more messages than the queue holds: every second update goes, never a start or an end", async () => {
  const { csms, powerOn, session, station, time } = await bench("2.0.1", {
    settings: { ...settings, sampleS: 1 },
    queueMax: 100,
  });
  await powerOn();
  station.line.takeDown();
  await time.advance(1_000);
  await session(260_000);
  assert(station.queued! <= 101);
  station.line.restore();
  await time.advance(120_000);
  const heard = csms.of("TransactionEvent");
  assert.equal(heard[0]!.payload.eventType, "Started");
  assert.equal(heard.at(-1)!.payload.eventType, "Ended");
  const numbers = heard.map(({ payload }) => Number(payload.seqNo));
  assert.deepEqual(
    numbers,
    [...numbers].sort((a, b) => a - b),
  );
  const dropped = station.notebook.transactions[0]!.messages.filter(({ fate }) => fate === "dropped");
  assert(dropped.length > 50 && dropped.every(({ part }) => part === "update"));
});

test("updates dropped while the first one waits for its turn: what is not dropped is told, none twice", async () => {
  const { csms, during, failures, powerOn, station, time } = await bench("2.0.1", {
    settings: { ...settings, sampleS: 1, messageTimeoutS: 30, pingS: 0 },
    queueMax: 10,
  });
  await powerOn();
  station.plug(one, someCar());
  await time.advance(1_000);
  await during(station.card(one, card));
  csms.script = ({ action }) => (action === "Heartbeat" ? { kind: "silence" } : undefined);
  await time.advance(500);
  void csms.command("S1", "TriggerMessage", { requestedMessage: "Heartbeat" });
  await time.advance(40_000);
  void station.card(one, card);
  await time.advance(10_000);
  assert.deepEqual(failures, []);
  assert.equal(station.queued, 0);
  const { messages } = station.notebook.transactions[0]!;
  const told = messages.filter(({ fate }) => fate === "answered").map(({ seqNo }) => seqNo);
  assert(told.length < messages.length, "nothing was dropped");
  assert.deepEqual(
    csms.of("TransactionEvent").map(({ payload }) => payload.seqNo),
    told,
  );
});

const contentOf = ({ action, payload }: Heard): string => JSON.stringify([action, payload]);
const isEnd = ({ action, payload }: Heard): boolean =>
  action === "StopTransaction" || payload.eventType === "Ended";

test("a message repeated under its own id may be answered as often as it was sent: that is no complaint", async () => {
  const quiet = { ...settings, pingS: 0, attempts: 9 };
  const { csms, powerOn, session, station, time } = await bench("1.6", {
    settings: quiet,
    repeatUnder: "same-id",
  });
  await powerOn();
  station.line.cut();
  await session(60_000);
  station.line.restore();
  await time.advance(60_000);
  assert(csms.of("StartTransaction").length >= 3, `only ${csms.of("StartTransaction").length} sendings`);
  assert.deepEqual(station.notebook.complaints, []);
  assert(station.notebook.lateAnswers >= 2);
  assert.equal(station.queued, 0);
});
