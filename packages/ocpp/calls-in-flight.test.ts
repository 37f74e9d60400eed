import assert from "node:assert/strict";
import { test } from "node:test";
import type { MessageId } from "@wattward/kernel";
import { simulatedTime } from "@wattward/testing";
import { type CallOutcome, CallsInFlight, type CallsLimits } from "./calls-in-flight.ts";
import { parseFrame } from "./frame.ts";
import { keptLog } from "./testing/listener.ts";

const timeoutMs = 30_000;

function calls(limits?: Partial<CallsLimits>) {
  const clock = simulatedTime();
  const sent: string[] = [];
  const log: string[] = [];
  let count = 0;
  const inFlight = new CallsInFlight({
    version: "1.6",
    peer: "station",
    send: (text) => sent.push(text),
    clock,
    log: keptLog(log),
    newId: () => `m${++count}` as MessageId,
    ...(limits && { limits }),
  });
  const settle = (text: string) => {
    const read = parseFrame(text, "1.6");
    if (read.kind === "fault") return inFlight.settleFault(read, text);
    assert(read.frame.kind === "result" || read.frame.kind === "error");
    return inFlight.settle(read.frame, text);
  };
  /** A call whose outcome, once it has one, can be looked at. */
  const reset = (type: "Hard" | "Soft" = "Soft") => {
    const seen: { outcome?: CallOutcome } = {};
    void inFlight.call("Reset", { type }, { timeoutMs }).then((outcome) => (seen.outcome = outcome));
    return seen;
  };
  return { clock, sent, log, inFlight, settle, reset };
}

test("calls: one at a time, in order of asking; the next goes out when the last is answered", async () => {
  const { clock, sent, settle, reset } = calls();
  const [first, second] = [reset("Soft"), reset("Hard")];
  assert.deepEqual(sent, ['[2,"m1","Reset",{"type":"Soft"}]']);
  assert.equal(settle('[3,"m1",{"status":"Accepted"}]'), "matched");
  assert.equal(sent[1], '[2,"m2","Reset",{"type":"Hard"}]');
  assert.equal(settle('[4,"m2","FormationViolation","no",{"a":1}]'), "matched");
  await clock.advance(0);
  assert.deepEqual(first.outcome, {
    kind: "result",
    payload: { status: "Accepted" },
    raw: '[3,"m1",{"status":"Accepted"}]',
  });
  assert.deepEqual(second.outcome, {
    kind: "error",
    code: "FormatViolation",
    description: "no",
    details: { a: 1 },
    raw: '[4,"m2","FormationViolation","no",{"a":1}]',
  });
});

test("calls: a timeout frees the queue; the late answer is logged and reaches nobody", async () => {
  const { clock, sent, log, settle, reset } = calls();
  const [first, second] = [reset(), reset()];
  await clock.advance(timeoutMs - 1);
  assert.equal(first.outcome, undefined);
  await clock.advance(1);
  assert.deepEqual(first.outcome, { kind: "timeout" });
  assert.equal(sent.length, 2);
  assert.equal(settle('[3,"m1",{"status":"Accepted"}]'), "late");
  assert.equal(second.outcome, undefined, "not matched to the call that is in flight now");
  assert.equal(settle('[3,"m1",{"status":"Accepted"}]'), "unknown", "and only once late");
  assert.equal(settle('[3,"m9",{"status":"Accepted"}]'), "unknown");
  assert.deepEqual(
    log.map((line) => line.split(" ")[0]),
    ["call-timeout", "answer-late", "answer-unknown", "answer-unknown"],
  );
  await clock.advance(timeoutMs);
  assert.deepEqual(second.outcome, { kind: "timeout" }, "its time counts from its sending");
});

test("calls: an answer against the schema, or unreadable, is an invalid reply at once (QUIRKS 8, 43)", async () => {
  for (const [text, reason] of [
    ['[3,"m1",{"listVersion":0}]', /lacks 'status'|listVersion/],
    ['[3,"m1",{"status":}]', /not JSON/],
    ['[3,"m1","Accepted"]', /CALLRESULT/],
    [`[3,"m1",{"status":"${"x".repeat(9000)}"}]`, /none of the values/],
  ] as const) {
    const { clock, settle, reset } = calls();
    const call = reset();
    assert.equal(settle(text), "matched", text);
    await clock.advance(0);
    assert(call.outcome?.kind === "invalid", text);
    assert.match(call.outcome.reason, reason);
    assert(call.outcome.raw.length <= 2048 && text.startsWith(call.outcome.raw));
  }
});

test("calls: the queue is bounded; what we may not send is not sent", async () => {
  const { clock, sent, inFlight, reset, log } = calls({ queuedCallsMax: 2 });
  const [, , , fourth] = [reset(), reset(), reset(), reset()];
  await clock.advance(0);
  assert.deepEqual(fourth?.outcome, { kind: "busy" });
  const invalid = await inFlight.call("Reset", { type: "Medium" }, { timeoutMs });
  assert(invalid.kind === "invalid" && invalid.raw === "" && /not sent/.test(invalid.reason));
  const foreign = await inFlight.call("StartTransaction", {}, { timeoutMs });
  assert.equal(foreign.kind, "invalid");
  assert.equal(sent.length, 1);
  assert.equal(log.filter((line) => line.startsWith("own-call-invalid")).length, 2);
});

test("calls: while held nothing goes out, and the time of none runs", async () => {
  const { clock, sent, inFlight, settle, reset } = calls();
  inFlight.hold();
  const call = reset();
  await clock.advance(10 * timeoutMs);
  assert.deepEqual([sent, call.outcome], [[], undefined]);
  inFlight.release();
  assert.equal(sent.length, 1);
  settle('[3,"m1",{"status":"Accepted"}]');
  await clock.advance(0);
  assert.equal(call.outcome?.kind, "result");
});

test("calls: closing ends every call once, and every later one; no timer is left", async () => {
  const { clock, sent, inFlight, settle, reset } = calls();
  const [first, second] = [reset(), reset()];
  inFlight.close();
  inFlight.close();
  inFlight.release();
  await clock.advance(10 * timeoutMs);
  assert.deepEqual([first.outcome, second.outcome], [{ kind: "closed" }, { kind: "closed" }]);
  const third = reset();
  await clock.advance(0);
  assert.deepEqual(third.outcome, { kind: "closed" });
  assert.equal(sent.length, 1);
  assert.equal(settle('[3,"m1",{"status":"Accepted"}]'), "unknown");
});

test("calls: another's frame goes out verbatim under its own id, in the same queue, and its answer comes back verbatim", async () => {
  const { clock, sent, inFlight, settle, reset } = calls();
  reset();
  const text = '[2, "csms-7",  "Reset", {"type":"Hard"}]';
  const read = parseFrame(text, "1.6");
  assert(read.kind === "frame" && read.frame.kind === "call");
  const outcome = inFlight.callVerbatim(read.frame, text, { timeoutMs });
  assert.equal(sent.length, 1);
  settle('[3,"m1",{"status":"Accepted"}]');
  assert.equal(sent[1], text);
  const answer = '[3,  "csms-7", {"status":"Rejected"}]';
  settle(answer);
  await clock.advance(0);
  assert.deepEqual(await outcome, { kind: "result", payload: { status: "Rejected" }, raw: answer });
});

test("calls: remembered late ids are bounded", async () => {
  const { clock, settle, reset } = calls({ lateIdsMax: 2 });
  for (let i = 0; i < 4; i++) {
    reset();
    await clock.advance(timeoutMs);
  }
  assert.deepEqual(
    ["m1", "m2", "m3", "m4"].map((id) => settle(`[3,"${id}",{"status":"Accepted"}]`)),
    ["unknown", "unknown", "late", "late"],
  );
});

test("calls: one that goes first waits for the one in flight alone, also where nothing more may wait", async () => {
  const { clock, sent, settle, reset, inFlight } = calls({ queuedCallsMax: 1 });
  reset();
  reset();
  let outcome: CallOutcome | undefined;
  const first = inFlight.call("ClearCache", {}, { timeoutMs, first: true });
  void first.then((settled) => (outcome = settled));
  settle('[3,"m1",{"status":"Accepted"}]');
  assert.equal(sent[1], '[2,"m2","ClearCache",{}]');
  settle('[3,"m2",{"status":"Accepted"}]');
  await clock.advance(0);
  assert.equal(outcome?.kind, "result");
  assert.equal(sent[2], '[2,"m3","Reset",{"type":"Soft"}]');
});
