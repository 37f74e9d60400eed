import assert from "node:assert/strict";
import { test } from "node:test";
import type { SiteId, StationId } from "@wattward/kernel";
import { seededChance } from "@wattward/testing";
import {
  bodyOf,
  EPOCH,
  iso,
  otherRecord,
  type RecordTold,
  SITE,
  START_MS,
  type TestCore,
  testCore,
  trace,
} from "../core/testing/test-core.ts";
import { FORMER_SITE_MS_MAX } from "./former.ts";

const started = (n: number) => ({
  eventType: "Started",
  timestamp: iso(START_MS - 1_000),
  triggerReason: "Authorized",
  seqNo: 0,
  transactionInfo: { transactionId: `tx${n}` },
  evse: { id: 1 + (n % 3), connectorId: 1 },
  idToken: { idToken: "tag", type: "ISO14443" },
});
const told = (n: number, more: Partial<RecordTold> = {}): RecordTold => ({
  station: "box",
  version: "2.0.1",
  action: "TransactionEvent",
  payload: started(n),
  ...more,
});
const world = () => testCore({ box: "site", far: "direct" });
const acked = async (core: TestCore) => (await core.rows("site_journals")).map((row) => row.acked_seq);

test("journal: applied in order, duplicates answered again, a gap does nothing", async () => {
  const core = await world();
  const first = await core.record(told(1, { seq: 1 }));
  assert.deepEqual([first.kind, first.ackedSeq], ["applied", 1]);
  const ahead = await core.record(told(3, { seq: 3 }));
  assert.deepEqual(ahead, { kind: "gap", ackedSeq: 1 });
  const again = await core.record(told(1, { seq: 1 }));
  assert.deepEqual(again, { ...first, kind: "duplicate" });
  assert.equal((await core.rows("transactions")).length, 1);
  assert.deepEqual(await acked(core), [1]);
});

test("journal: a duplicate is answered again, but neither observed again nor put over what is newer", async () => {
  const core = await world();
  const status = (seq: number, connectorStatus: string) =>
    core.record({
      station: "box",
      version: "2.0.1",
      action: "StatusNotification",
      payload: { timestamp: iso(START_MS + seq), connectorStatus, evseId: 1, connectorId: 1 },
      seq,
    });
  const event = { type: "FirmwareUpdated", timestamp: iso(START_MS) };
  const security = () =>
    core.record({
      station: "box",
      version: "2.0.1",
      action: "SecurityEventNotification",
      payload: event,
      seq: 3,
    });
  await status(1, "Occupied");
  await status(2, "Available");
  assert.deepEqual(bodyOf((await status(1, "Occupied")).answer), {});
  assert.deepEqual(
    (await core.rows("connectors")).map((row) => row.status),
    ["Available"],
  );
  await security();
  assert.deepEqual(bodyOf((await security()).answer), {});
  assert.equal((await core.outbox("security.event")).length, 1);
});

test("journal: a replay gets no answer, raises nothing live, and is applied once", async () => {
  const core = await world();
  for (let i = 0; i < 2; i += 1) {
    const done = await core.record(told(1, { seq: 1, live: false }));
    assert.equal(done.answer, undefined);
  }
  assert.deepEqual(
    (await core.outbox("transaction.started")).map(({ live }) => live),
    [0],
  );
  assert.deepEqual(
    (await core.rows("transaction_events")).map(({ path }) => path),
    ["replayed"],
  );
});

test("property: whatever is sent again, from wherever, each record is applied exactly once and in order", async () => {
  for (const seed of [1, 2, 3]) {
    const chance = seededChance(seed);
    const core = await world();
    const count = 40;
    let known = 0;
    for (let steps = 0; known < count; steps += 1) {
      assert(steps < 2_000, `seed ${seed}: it never ends`);
      const seq = chance.int(Math.max(1, known - 5), Math.min(count, known + 3));
      const done = await core.record(told(seq, { seq, live: chance.int(0, 1) === 1 }));
      const expected = seq <= known ? "duplicate" : seq === known + 1 ? "applied" : "gap";
      assert.equal(done.kind, expected, `seed ${seed}, seq ${seq} after ${known}`);
      if (done.kind === "applied") known = seq;
      assert.equal(done.ackedSeq, known);
    }
    const events = await core.rows("transaction_events");
    assert.deepEqual(
      events.map(({ journal_seq }) => journal_seq).sort((a, b) => Number(a) - Number(b)),
      Array.from({ length: count }, (_, i) => i + 1),
    );
    await core.close();
  }
});

test("journal: a new epoch counts from 1, and its records are not those of the old one", async () => {
  const core = await world();
  await core.record(told(1, { seq: 1 }));
  const other = await core.record(told(2, { seq: 1, epoch: "f".repeat(24) }));
  assert.equal(other.kind, "applied");
  assert.deepEqual(await acked(core), [1, 1]);
});

test("journal: a station that is not this site's is not applied, but acknowledged and observed", async () => {
  const core = await world();
  await core.decide("station.add", {
    station: "elsewhere" as StationId,
    serial: "elsewhere",
    route: "site",
    site: "other-site" as SiteId,
    actor: "t",
    atMs: START_MS,
  });
  for (const [seq, station] of [
    [1, "far"],
    [2, "elsewhere"],
    [3, "nobody"],
  ] as const) {
    const done = await core.record(told(1, { seq, station }));
    assert.deepEqual([done.kind, done.ackedSeq, done.answer?.kind], ["applied", seq, "error"], station);
  }
  assert.equal((await core.rows("transactions")).length, 0);
  assert.equal((await core.outbox("security.foreign-station")).length, 3);
});

test("journal: a station that was moved: what its former site still owes of its transactions is history, nothing else", async () => {
  const core = await world();
  const move = (site: string) =>
    core.decide("station.add", {
      station: "box" as StationId,
      serial: "box",
      route: "site",
      site: site as SiteId,
      actor: "t",
      atMs: core.nowMs,
    });
  await core.record(told(1, { seq: 1 }));
  await move("other-site");
  const end = { ...started(1), eventType: "Ended", seqNo: 1 };
  const ended = await core.record(told(1, { seq: 2, payload: end }));
  assert.equal(ended.answer?.kind, "result", "its site has the socket until it hears of the move");
  const status = { timestamp: iso(START_MS), connectorStatus: "Faulted", evseId: 1, connectorId: 1 };
  await core.record(told(1, { seq: 3, action: "StatusNotification", payload: status }));
  assert.deepEqual(
    (await core.rows("transactions")).map(({ state }) => state),
    ["ended"],
  );
  assert.deepEqual(
    (await core.outbox("transaction.ended")).map(({ live }) => live),
    [0],
  );
  assert.equal((await core.outbox("security.foreign-station")).length, 1);
  assert.deepEqual(
    await core.rows("connectors").then((rows) => rows.filter((row) => row.status === "Faulted")),
    [],
  );
  core.nowMs += FORMER_SITE_MS_MAX + 1;
  await core.record(told(2, { seq: 4 }));
  assert.equal((await core.rows("transactions")).length, 1, "not for ever");
  const aside = (await core.rows("set_aside")).map(({ action }) => action);
  assert.deepEqual(aside, ["TransactionEvent"], "but not thrown away: the clock may have jumped");
  // A clock a year ahead, and back: what an outage still owes is owed.
  core.nowMs += 366 * 86_400_000;
  while ((await core.decide("retention.trim", { atMs: core.nowMs })).more);
  core.nowMs = START_MS + 1_000;
  await core.record(told(3, { seq: 5 }));
  assert.equal((await core.rows("transactions")).length, 2);
});

test("journal: one bad record does not block the queue (QUIRKS 34)", async () => {
  const core = await world();
  const bad = await core.decide("site.record", {
    site: SITE,
    live: false,
    record: {
      kind: "frame",
      epoch: EPOCH,
      seq: 1,
      station: "box" as StationId,
      version: "2.0.1",
      receivedAtMs: START_MS,
      clockQuality: "synced",
      trace: trace(1),
      frame: "[2,",
    },
    fault: { code: "FormatViolation", description: "not JSON" },
    atMs: START_MS,
  });
  assert.deepEqual([bad.kind, bad.ackedSeq], ["applied", 1]);
  await core.record(told(1, { seq: 2, live: false, action: "NoSuchAction", payload: {} }));
  assert.equal((await core.record(told(1, { seq: 3 }))).kind, "applied");
  const codes = (await core.outbox("journal.quarantined")).map(({ data }) => data["code"]);
  assert.deepEqual(codes, ["FormatViolation", "NotImplemented"]);
});

test("journal: a gap record says what was given up", async () => {
  const core = await world();
  const head = { epoch: EPOCH, station: "box" as StationId, receivedAtMs: START_MS, trace: trace(1) };
  await otherRecord(core, {
    ...head,
    kind: "gap",
    seq: 1,
    clockQuality: "synced",
    action: "MeterValues",
    count: 7,
  });
  const [gap] = await core.outbox("journal.gap");
  assert.deepEqual([gap?.data["action"], gap?.data["count"]], ["MeterValues", 7]);
});

test("journal: an answer that the site gave after all marks what it answered", async () => {
  const core = await world();
  await core.record(told(1, { seq: 1 }));
  await otherRecord(core, {
    kind: "answer",
    epoch: EPOCH,
    seq: 2,
    station: "box" as StationId,
    receivedAtMs: START_MS,
    clockQuality: "synced",
    trace: trace(2),
    ofSeq: 1,
    localAnswer: JSON.stringify([3, "m1", { idTokenInfo: { status: "Accepted" } }]),
  });
  const [event] = await core.rows("transaction_events");
  const [transaction] = await core.rows("transactions");
  assert.equal(event?.answered_locally, 1);
  assert.deepEqual([transaction?.offline, transaction?.review], [1, "accepted-locally"]);
});

test("journal: an answer for nothing, or that is no frame, is acknowledged", async () => {
  const core = await world();
  const head = { epoch: EPOCH, station: "box" as StationId, receivedAtMs: START_MS, trace: trace(1) };
  for (const [seq, localAnswer] of [
    [1, "[3,"],
    [2, "[4]"],
    [3, "null"],
  ] as const) {
    const record = { ...head, kind: "answer", seq, clockQuality: "synced", ofSeq: 99, localAnswer } as const;
    assert.equal((await otherRecord(core, record)).kind, "applied");
  }
});

/** Tells three statuses by journal: replayed, live, and replayed with a time before the live one's. */
async function threeStatuses(route: "site" | "either") {
  const core = await testCore({ box: route });
  const status = (seq: number, live: boolean, connectorStatus: string, atMs: number) =>
    core.record({
      station: "box",
      version: "2.0.1",
      action: "StatusNotification",
      payload: { timestamp: iso(atMs), connectorStatus, evseId: 1, connectorId: 1 },
      seq,
      live,
    });
  await status(1, false, "Occupied", START_MS - 10_000);
  await status(2, true, "Available", START_MS - 2_000);
  await status(3, false, "Faulted", START_MS - 5_000);
  const seen = await core.outbox("station.status");
  return {
    present: (await core.rows("connectors")).map((row) => row.status),
    observed: seen.map(({ live, data }) => [live, data["status"]]),
  };
}
const allThree = [
  [0, "Occupied"],
  [1, "Available"],
  [0, "Faulted"],
];

test("journal: a station that only its site speaks for is as its last record says, whatever its clock said", async () => {
  assert.deepEqual(await threeStatuses("site"), { present: ["Faulted"], observed: allThree });
});

test("journal: with two routes a replayed status never overwrites a newer one, but it is observed as history", async () => {
  assert.deepEqual(await threeStatuses("either"), { present: ["Available"], observed: allThree });
});

test("journal: what a site that woke in 1970 wrote down is dated by its arrival, and marked", async () => {
  const core = await world();
  const payload = { ...started(1), timestamp: "1970-01-01T00:01:00Z" };
  await core.record(told(1, { seq: 1, payload, receivedAtMs: 60_000, live: false }));
  const [row] = await core.rows("transactions");
  assert.deepEqual([row?.started_at_ms, row?.review], [START_MS, "clock"]);
});

test("journal: live answers are those of the handler", async () => {
  const core = await world();
  const done = await core.record(told(1, { seq: 1 }));
  assert.deepEqual(bodyOf(done.answer), { idTokenInfo: { status: "Invalid" } });
});
