/** The recount must find what is missing, and what is there twice: each case breaks a true run in one place. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Evidence, SentCall } from "./evidence.ts";
import { recount } from "./recount.ts";

const call = (action: string, digest: string, more: Partial<SentCall> = {}): SentCall => ({
  station: "S1",
  id: `m-${digest}`,
  action,
  atMs: 0,
  digest,
  ...more,
});

/** One station, one transaction of 500 Wh, one status, one heartbeat: everything stored once. */
function trueRun(): Evidence {
  return {
    sent: [
      call("StatusNotification", "status"),
      call("StartTransaction", "start", { start: { meterStartWh: 1_000 } }),
      call("MeterValues", "meter"),
      call("StopTransaction", "stop", { end: { meterStopWh: 1_500 } }),
      call("Heartbeat", "beat"),
    ],
    answered: new Set(["S1 m-status", "S1 m-start", "S1 m-meter", "S1 m-stop", "S1 m-beat"]),
    events: new Map([
      ["S1 start", ["t1"]],
      ["S1 meter", ["t1"]],
      ["S1 stop", ["t1"]],
    ]),
    causes: new Set(["S1 m-status", "S1 m-start", "S1 m-stop"]),
    transactions: [{ id: "t1", station: "S1", state: "ended", energyWh: 500 }],
    pending: new Set(),
    answeredLocally: 0,
    replayed: 0,
  };
}

test("recount: a true run has nothing lost and nothing twice", () => {
  const { counts, findings } = recount(trueRun());
  assert.deepEqual(findings, []);
  assert.deepEqual(counts, {
    messages: 5,
    transactions: { started: 1, ended: 1 },
    energyWh: 500,
    lost: 0,
    duplicated: 0,
    answeredOffline: 0,
    replayed: 0,
  });
});

for (const [name, damage, lost, duplicated] of [
  ["a meter value that is not stored", (e: Evidence) => e.events.delete("S1 meter"), 1, 0],
  [
    "a start that is not stored: the transaction has no origin",
    (e: Evidence) => e.events.delete("S1 start"),
    1,
    1,
  ],
  ["an answered status that left no trace", (e: Evidence) => e.causes.delete("S1 m-status"), 1, 0],
  ["a message stored twice", (e: Evidence) => e.events.set("S1 meter", ["t1", "t1"]), 0, 1],
  [
    "a transaction that nobody began",
    (e: Evidence) => e.transactions.push({ id: "t2", station: "S1", state: "open", energyWh: null }),
    0,
    1,
  ],
  ["energy that is not what was metered", (e: Evidence) => (e.transactions[0]!.energyWh = 499), 1, 0],
  ["an end that did not end it", (e: Evidence) => (e.transactions[0]!.state = "open"), 1, 0],
  [
    "another station's row with the same content",
    (e: Evidence) => {
      e.events.delete("S1 stop");
      e.events.set("S2 stop", ["t1"]);
    },
    1,
    0,
  ],
] as const) {
  test(`recount: ${name}`, () => {
    const evidence = trueRun();
    damage(evidence);
    const { counts, findings } = recount(evidence);
    assert.deepEqual([counts.lost, counts.duplicated], [lost, duplicated], findings.join("\n"));
  });
}

test("recount: two starts stored as one transaction are one too few", () => {
  const evidence = trueRun();
  evidence.sent.push(call("StartTransaction", "start-2", { start: { meterStartWh: 2_000 } }));
  evidence.events.set("S1 start-2", ["t1"]);
  assert.equal(recount(evidence).counts.duplicated, 1);
});

test("recount: a resend under a new id is the same message; an unanswered status was never promised", () => {
  const evidence = trueRun();
  evidence.sent.push(call("StopTransaction", "stop", { id: "again", end: { meterStopWh: 1_500 } }));
  evidence.sent.push(call("StatusNotification", "status-2"));
  const { counts, findings } = recount(evidence);
  assert.deepEqual(findings, []);
  assert.equal(counts.messages, 6);
});

test("recount: what the site still holds is not lost, and not yet counted", () => {
  const evidence = trueRun();
  evidence.events.delete("S1 stop");
  evidence.transactions[0] = { id: "t1", station: "S1", state: "open", energyWh: null };
  evidence.pending.add("S1 stop");
  const { counts, findings } = recount(evidence);
  assert.deepEqual(findings, []);
  assert.deepEqual(counts.transactions, { started: 1, ended: 0 });
});

test("recount: a meter value outside any transaction was promised only where it was answered", () => {
  const evidence = trueRun();
  const loose = call("MeterValues", "loose", { id: "m-loose", loose: true });
  evidence.sent.push(loose);
  assert.equal(recount(evidence).counts.lost, 0);
  evidence.answered.add("S1 m-loose");
  assert.equal(recount(evidence).counts.lost, 1);
});

test("recount: a status that says the same again is no loss, one that says something else is", () => {
  const evidence = trueRun();
  const status = (id: string, is: string) => call("StatusNotification", id, { id, state: { of: "/1", is } });
  evidence.sent.push(status("s1", "Charging "), status("s2", "Charging "));
  for (const id of ["s1", "s2"]) evidence.answered.add(`S1 ${id}`);
  evidence.causes.add("S1 s1");
  assert.equal(recount(evidence).counts.lost, 0);
  evidence.sent.push(status("s3", "Faulted "));
  evidence.answered.add("S1 s3");
  assert.equal(recount(evidence).counts.lost, 1);
});
