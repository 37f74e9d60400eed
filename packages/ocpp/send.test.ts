import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonObject, MessageId } from "@wattward/kernel";
import { simulatedTime } from "@wattward/testing";
import { CallsInFlight } from "./calls-in-flight.ts";
import { faultReply, parseFrame, writeFrame } from "./frame.ts";
import { actionsFrom, sendsFrom } from "./messages.ts";
import { OcppSession } from "./session.ts";
import { keptLog } from "./testing/listener.ts";
import { TestWire } from "./testing/wires.ts";
import { validateCall, validateSend } from "./validation.ts";

const stream: JsonObject = {
  id: 1,
  pending: 0,
  basetime: "2026-01-05T08:00:00Z",
  data: [{ t: 0, v: "1" }],
};
const send = (payload: JsonObject, id = "s1") =>
  JSON.stringify([6, id, "NotifyPeriodicEventStream", payload]);

test("2.1 has 91 messages, of which one is a SEND", () => {
  const calls = new Set([...actionsFrom("2.1", "station"), ...actionsFrom("2.1", "csms")]);
  assert.equal(calls.size, 90);
  assert.deepEqual([...sendsFrom("2.1", "station")], ["NotifyPeriodicEventStream"]);
  assert.equal(sendsFrom("2.1", "csms").size + sendsFrom("2.0.1", "station").size, 0);
});

test("a SEND and a CALLRESULTERROR are read and written in 2.1, and are unknown types before", () => {
  for (const text of [send(stream), '[5,"c1","TypeConstraintViolation","x",{}]']) {
    const read = parseFrame(text, "2.1");
    assert(read.kind === "frame");
    assert.equal(writeFrame(read.frame), text);
    for (const version of ["1.6", "2.0.1"] as const) {
      const refused = parseFrame(text, version);
      assert.equal(refused.kind === "fault" && refused.code, "MessageTypeNotSupported");
    }
  }
});

for (const text of [
  "[6]",
  '[6,"s1"]',
  '[6,"s1","X",[]]',
  '[6,"s1",7,{}]',
  '[6,"s1","X",{},0]',
  '[6,"s1","X",{',
  '[5,"c1"]',
  '[5,"c1",5]',
  '[5,"c1","E"',
]) {
  test(`a damaged SEND or CALLRESULTERROR is never answered: ${text}`, () => {
    const read = parseFrame(text, "2.1");
    assert(read.kind === "fault");
    assert.equal(read.about, "send");
    assert.equal(faultReply(read, "2.1"), undefined);
  });
}

test("a SEND is held against its schema; as a CALL it is not supported", () => {
  assert.equal(validateSend("2.1", "station", "NotifyPeriodicEventStream", stream).kind, "valid");
  assert.equal(validateSend("2.1", "station", "NotifyPeriodicEventStream", {}).kind, "invalid");
  assert.equal(validateSend("2.1", "csms", "NotifyPeriodicEventStream", stream).kind, "invalid");
  assert.equal(validateSend("2.1", "station", "Heartbeat", {}).kind, "invalid");
  const called = validateCall("2.1", "station", "NotifyPeriodicEventStream", stream);
  assert.equal(called.kind === "invalid" && called.code, "NotSupported");
});

test("SENDs are taken in their order among the CALLs, unanswered, and a bad one harms nobody", async () => {
  const clock = simulatedTime();
  const [near, far] = TestWire.pair();
  const seen: string[] = [];
  const answers: string[] = [];
  far.listen({ message: (text) => answers.push(text), pong() {}, closed() {} });
  new OcppSession({
    wire: near,
    version: "2.1",
    role: "csms",
    clock,
    log: keptLog([]),
    newId: () => "n" as MessageId,
    async onCall(call) {
      seen.push(call.id);
      return { kind: "result", payload: { currentTime: "2026-01-05T08:00:00Z" } };
    },
    async onSend(sent) {
      seen.push(sent.id);
      if (sent.id === "s3") throw new Error("ours");
    },
  });
  for (const text of [
    send(stream, "s1"),
    '[2,"c2","Heartbeat",{}]',
    send(stream, "s3"),
    send({ id: "one" }, "s4"),
    '[6,"s5","Heartbeat",{}]',
    '[2,"c6","Heartbeat",{}]',
  ]) {
    far.send(text);
  }
  await clock.advance(1_000);
  assert.deepEqual(seen, ["s1", "c2", "s3", "c6"]);
  assert.deepEqual(
    answers.map((text) => (JSON.parse(text) as unknown[])[1]),
    ["c2", "c6"],
  );
});

for (const [what, answer] of [
  ["breaks its schema", '[3,"n1",{"status":7}]'],
  ["is cut off", '[3,"n1",{"status":"Acc'],
  ["has no payload", '[3,"n1"]'],
] as const) {
  test(`a CALLRESULT that ${what} is told with a CALLRESULTERROR in 2.1, and with nothing before`, async () => {
    for (const version of ["2.1", "2.0.1"] as const) {
      const sent: string[] = [];
      const calls = new CallsInFlight({
        version,
        peer: "station",
        send: (text) => sent.push(text),
        clock: simulatedTime(),
        log: keptLog([]),
        newId: () => "n1" as MessageId,
      });
      const outcome = calls.call("Reset", { type: "Immediate" }, { timeoutMs: 1_000 });
      const settle = () => {
        const read = parseFrame(answer, version);
        if (read.kind === "fault") calls.settleFault(read, answer);
        else if (read.frame.kind === "result") calls.settle(read.frame, answer);
      };
      settle();
      assert.equal((await outcome).kind, "invalid");
      const told = sent.slice(1).map((text) => (JSON.parse(text) as unknown[]).slice(0, 2));
      assert.deepEqual(told, version === "2.1" ? [[5, "n1"]] : []);
      // Whoever passes another's CALL on leaves the judgement to the one who wrote it.
      const before = sent.length;
      const passedOn = { kind: "call", id: "n1" as MessageId, action: "Reset", payload: {} } as const;
      const relayed = calls.callVerbatim(passedOn, "[2]", { timeoutMs: 1_000 });
      settle();
      assert.equal((await relayed).kind, "invalid");
      assert.equal(sent.length, before + 1);
    }
  });
}
