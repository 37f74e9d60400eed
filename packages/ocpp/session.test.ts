import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonObject, MessageId } from "@wattward/kernel";
import { SimulatedNetwork, type SimulatedTime, seededChance, simulatedTime } from "@wattward/testing";
import type { Call } from "./frame.ts";
import { OcppSession } from "./session.ts";
import type { CallAnswer, SessionOptions } from "./session-options.ts";
import { keptLog } from "./testing/listener.ts";
import { TestWire } from "./testing/wires.ts";

type World = {
  readonly clock: SimulatedTime;
  readonly near: TestWire;
  readonly far: TestWire;
  readonly log: string[];
  readonly calls: Call[];
  readonly session: OcppSession;
};

/** A CSMS's session over one end of a wire; the test is the station at the other, by hand. */
function world(options: Partial<SessionOptions> = {}): World {
  const clock = simulatedTime();
  const [near, far] = TestWire.pair();
  far.listen({ message() {}, closed() {} });
  const log: string[] = [];
  const calls: Call[] = [];
  let count = 0;
  const session = new OcppSession({
    wire: near,
    version: "1.6",
    role: "csms",
    clock,
    log: keptLog(log),
    newId: () => `m${++count}` as MessageId,
    ...options,
    onCall: async (call, raw, deviations) => {
      calls.push(call);
      return (options.onCall ?? answered)(call, raw, deviations);
    },
  });
  return { clock, near, far, log, calls, session };
}

const now = "2026-01-05T08:00:00.000Z";
const answered = async (call: Call): Promise<CallAnswer> => ({
  kind: "result",
  payload:
    call.action === "BootNotification"
      ? { status: "Accepted", currentTime: now, interval: 300 }
      : call.action === "Heartbeat"
        ? { currentTime: now }
        : call.action === "DataTransfer"
          ? { status: "Accepted" }
          : {},
});
const heartbeat = (id: string | number) => `[2,"${id}","Heartbeat",{}]`;
const beat = (id: string | number) => `[3,"${id}",{"currentTime":"${now}"}]`;
const resetting = { timeoutMs: 30_000 };

test("session: CALLs are answered one after the other in their order, however long each takes", async () => {
  const releases: (() => void)[] = [];
  let inside = 0;
  const { clock, far, near } = world({
    onCall: async (call) => {
      assert.equal(++inside, 1, "never two at a time");
      if (call.id === "1") await new Promise<void>((resolve) => releases.push(resolve));
      inside--;
      return answered(call);
    },
  });
  for (const id of [1, 2, 3]) far.send(heartbeat(id));
  await clock.advance(1_000);
  assert.deepEqual(near.sent, []);
  releases[0]?.();
  await clock.advance(0);
  assert.deepEqual(near.sent, [beat(1), beat(2), beat(3)]);
});

test("session: faults are answered by version and the socket stays open; the next CALL is served", async () => {
  const { clock, far, near, calls } = world();
  const sent = [
    "not JSON",
    '[2,"7","MeterValues",{"connectorId":,}]',
    '[2,"8","Nonsense",{}]',
    '[2,"9","RemoteStopTransaction",{"transactionId":1}]',
    '[2,"10","Authorize",{}]',
    '[4,"x","GenericError","",{}]',
    '[3,"y",{}]',
    heartbeat(11),
  ];
  for (const text of sent) far.send(text);
  await clock.advance(0);
  assert.deepEqual(
    near.sent.map((text) => JSON.parse(text).slice(0, 3)),
    [
      [4, "7", "FormationViolation"],
      [4, "8", "NotImplemented"],
      [4, "9", "NotSupported"],
      [4, "10", "ProtocolError"],
      [3, "11", { currentTime: now }],
    ],
  );
  assert.equal(near.ended, undefined);
  assert.deepEqual(
    calls.map(({ id }) => id),
    ["11"],
  );
});

test("session: a handler that fails is InternalError; the log says where, not what was in the message", async () => {
  const { clock, far, near, log } = world({
    onCall: async (call) => {
      if (call.action === "Authorize") throw new Error(`no such tag ${String(call.payload.idTag)}`);
      return answered(call);
    },
  });
  far.send('[2,"1","Authorize",{"idTag":"SECRET7"}]');
  far.send(heartbeat(2));
  await clock.advance(0);
  assert.deepEqual(JSON.parse(near.sent[0] ?? "").slice(0, 3), [4, "1", "InternalError"]);
  assert.equal(near.sent[1], beat(2));
  const line = log.find((entry) => entry.startsWith("call-handler-failed"));
  assert.match(line ?? "", /action=Authorize id=1 error=Error at=/);
  assert(![...log, ...near.sent].some((text) => text.includes("SECRET7")));
});

test("session: an answer of ours that breaks the schema never leaves (QUIRKS, our own faults)", async () => {
  const { clock, far, near, log } = world({
    onCall: async () => ({
      kind: "result",
      payload: { status: "Accepted", currentTime: now, heartbeatInterval: 300 },
    }),
  });
  far.send('[2,"1","BootNotification",{"chargePointVendor":"V","chargePointModel":"M"}]');
  await clock.advance(0);
  assert.deepEqual(JSON.parse(near.sent[0] ?? "").slice(0, 3), [4, "1", "InternalError"]);
  assert(log.some((line) => line.startsWith("own-answer-invalid")));
});

test("session: verbatim answers, silence, errors in the version's spelling, and tolerance decided by the caller", async () => {
  const answers: Record<string, CallAnswer> = {
    "1": { kind: "verbatim", text: '[3, "1",  {}]' },
    "2": { kind: "silence" },
    "3": { kind: "error", code: "OccurrenceConstraintViolation", description: "why" },
    "4": { kind: "result", payload: { currentTime: now } },
  };
  const { clock, far, near } = world({
    onCall: async (call) => answers[call.id] ?? answered(call),
    onInvalidCall: async (call, raw, invalid) => {
      assert.equal(invalid.code, "FormatViolation");
      assert(raw.includes("extra"));
      return call.id === "4" ? answers["4"] : undefined;
    },
  });
  for (const id of [1, 2, 3]) far.send(heartbeat(id));
  for (const id of [4, 5]) far.send(`[2,"${id}","Heartbeat",{"extra":1}]`);
  await clock.advance(0);
  assert.deepEqual(near.sent.slice(0, 3), [
    '[3, "1",  {}]',
    '[4,"3","OccurenceConstraintViolation","why",{}]',
    beat(4),
  ]);
  assert.deepEqual(JSON.parse(near.sent[3] ?? "").slice(0, 3), [4, "5", "FormationViolation"]);
});

test("session: our calls and the peer's cross each other; an answer is never stuck behind a slow handler", async () => {
  const { clock, far, near, session } = world({
    onCall: async (call) => {
      if (call.action !== "Authorize") return answered(call);
      const outcome = await session.call("Reset", { type: "Soft" }, resetting);
      return {
        kind: "result",
        payload: { idTagInfo: { status: outcome.kind === "result" ? "Accepted" : "Invalid" } },
      };
    },
  });
  far.send('[2,"1","Authorize",{"idTag":"A"}]');
  await clock.advance(0);
  assert.deepEqual(near.sent, ['[2,"m1","Reset",{"type":"Soft"}]']);
  far.send('[3,"m1",{"status":"Accepted"}]');
  await clock.advance(0);
  assert.equal(near.sent[1], '[3,"1",{"idTagInfo":{"status":"Accepted"}}]');
});

test("session: over the rate, reading pauses; nothing is dropped, and the long run keeps to the rate", async () => {
  const { clock, far, near } = world({ limits: { framesBurst: 20, framesPerSecond: 10 } });
  for (let i = 0; i < 120; i++) far.send(heartbeat(i));
  await clock.advance(0);
  assert.equal(near.sent.length, 20);
  assert(near.paused, "the transport slows the peer down");
  await clock.advance(5_000);
  assert(near.sent.length >= 68 && near.sent.length <= 71, `${near.sent.length} after 5 s`);
  await clock.advance(6_000);
  assert.deepEqual(
    near.sent,
    Array.from({ length: 120 }, (_, i) => beat(i)),
  );
  assert(!near.paused);
});

test("session: a long message counts for many: a station of megabytes is read at 1 MB a second, not at 50", async () => {
  const { clock, far, calls, session } = world({ limits: { deferredCharsMax: 100_000_000 } });
  session.markAccepted();
  const long = "x".repeat(1_000_000);
  for (let i = 0; i < 40; i++)
    far.send(JSON.stringify([2, `d${i}`, "DataTransfer", { vendorId: "V", data: long }]));
  await clock.advance(0);
  assert.equal(calls.length, 3, "the burst");
  await clock.advance(10_000);
  assert(calls.length >= 10 && calls.length <= 12, `${calls.length} after 10 s`);
  await clock.advance(60_000);
  assert.equal(calls.length, 40);
});

test("session: a full backlog pauses reading and resumes as it drains, in order", async () => {
  const releases: (() => void)[] = [];
  const { clock, far, near } = world({
    limits: { backlogMax: 4 },
    onCall: (call) => new Promise((resolve) => releases.push(() => resolve(answered(call)))),
  });
  for (let i = 0; i < 50; i++) far.send(heartbeat(i));
  await clock.advance(0);
  assert(near.paused);
  for (let i = 0; i < 50; i++) {
    releases.shift()?.();
    await clock.advance(0);
  }
  assert.deepEqual(
    near.sent,
    Array.from({ length: 50 }, (_, i) => beat(i)),
  );
  assert(!near.paused);
});

test("session: what a transport still delivers while paused is kept up to a limit, then the peer is cut", async () => {
  const { clock, near, log, session } = world({
    limits: { framesBurst: 1, framesPerSecond: 1, deferredCharsMax: 1_000 },
  });
  for (let i = 0; i < 10; i++) near.press(heartbeat(i));
  await clock.advance(3_500);
  assert.deepEqual(near.sent, [0, 1, 2, 3].map(beat), "in order, at the rate");
  for (let i = 0; i < 100; i++) near.press(heartbeat(i));
  assert.equal((await session.closed).code, 1006);
  assert(log.some((line) => line.startsWith("peer-floods")));
});

test("session: a frame that is too long closes with 1009: 64 KiB before the boot is accepted, 1 MiB after", async () => {
  const transfer = (chars: number) => `[2,"1","DataTransfer",{"vendorId":"v","data":"${"x".repeat(chars)}"}]`;
  const early = world();
  early.far.send(transfer(64 * 1024));
  assert.equal((await early.session.closed).code, 1009);
  assert.deepEqual(early.calls, []);

  const marked = world();
  marked.session.markAccepted();
  marked.far.send(transfer(64 * 1024));
  await marked.clock.advance(0);
  assert.equal(marked.calls.length, 1);

  const booted = world();
  booted.far.send('[2,"0","BootNotification",{"chargePointVendor":"V","chargePointModel":"M"}]');
  await booted.clock.advance(0);
  booted.far.send(transfer(1_000_000));
  await booted.clock.advance(0);
  assert.equal(booted.calls.length, 2);
  booted.far.send(transfer(1024 * 1024));
  assert.equal((await booted.session.closed).code, 1009);
});

test("session: a peer that does not read our answers is cut", async () => {
  const { clock, far, near, log, session } = world({ limits: { bufferedBytesMax: 1_000 } });
  far.send(heartbeat(1));
  await clock.advance(0);
  near.bufferedBytes = 1_001;
  far.send(heartbeat(2));
  assert.equal((await session.closed).code, 1006);
  assert(log.some((line) => line.startsWith("peer-does-not-read bufferedBytes=1001")));
});

test("session: after the end nothing is delivered and nothing sent; waiting calls end", async () => {
  const releases: (() => void)[] = [];
  const { clock, far, near, calls, session } = world({
    onCall: (call) => new Promise((resolve) => releases.push(() => resolve(answered(call)))),
  });
  far.send(heartbeat(1));
  far.send(heartbeat(2));
  const ours = session.call("Reset", { type: "Soft" }, resetting);
  await clock.advance(0);
  session.close(1000, "done");
  releases[0]?.();
  near.press(heartbeat(3));
  far.send(heartbeat(4));
  await clock.advance(60_000);
  assert.deepEqual(
    calls.map(({ id }) => id),
    ["1"],
  );
  assert.deepEqual(near.sent, ['[2,"m1","Reset",{"type":"Soft"}]']);
  assert.deepEqual(await ours, { kind: "closed" });
  assert.deepEqual(await session.closed, { code: 1000, reason: "done" });
  assert.deepEqual(await session.call("Reset", { type: "Soft" }, resetting), { kind: "closed" });
});

test("session: quiet until the first CALL is answered, or 30 s (QUIRKS 18)", async () => {
  const spoken = world({ quietUntilFirstCall: true });
  void spoken.session.call("Reset", { type: "Soft" }, resetting);
  await spoken.clock.advance(29_000);
  assert.deepEqual(spoken.near.sent, []);
  spoken.far.send('[2,"1","BootNotification",{"chargePointVendor":"V","chargePointModel":"M"}]');
  await spoken.clock.advance(0);
  assert.deepEqual(
    spoken.near.sent.map((text) => JSON.parse(text)[1]),
    ["1", "m1"],
  );

  const mute = world({ quietUntilFirstCall: true });
  void mute.session.call("Reset", { type: "Soft" }, resetting);
  await mute.clock.advance(30_000);
  assert.equal(mute.near.sent.length, 1);
});

test("session: keep-alive ends a half-open wire, and any frame or pong counts as life (QUIRKS 28)", async () => {
  const keepAlive = { pingEveryMs: 60_000, silentMsMax: 180_000 };
  const { clock, far, near, log, session } = world({ keepAlive });
  const bornMs = session.heardAtMs;
  await clock.advance(170_000);
  near.pong();
  assert.equal(session.heardAtMs - bornMs, 170_000);
  await clock.advance(170_000);
  far.send(heartbeat(1));
  await clock.advance(170_000);
  assert.equal(near.ended, undefined);
  await clock.advance(120_000);
  assert.equal((await session.closed).code, 1006);
  assert(near.pings >= 7);
  assert(log.some((line) => line.startsWith("peer-silent")));
});

test("session: a peer that sends nothing but faults fills no log", async () => {
  const { clock, far, log } = world({ limits: { faultLinesMax: 5 } });
  for (let i = 0; i < 100; i++) far.send("junk");
  await clock.advance(0);
  const lines = log.filter((line) => line.startsWith("frame-fault"));
  assert.equal(lines.length, 5);
  assert.match(lines[4] ?? "", /furtherFaults/);
});

test("session: two sessions over a simulated network, cut in the middle of a call", async () => {
  const clock = simulatedTime();
  const network = new SimulatedNetwork(clock, seededChance(7));
  const ids = (prefix: string) => {
    let count = 0;
    return () => `${prefix}${++count}` as MessageId;
  };
  const seen: JsonObject[] = [];
  const log = keptLog([]);
  await network.host("csms").listen(443, async () => ({
    kind: "accept",
    protocol: "ocpp2.0.1",
    opened: (wire) =>
      void new OcppSession({
        wire,
        version: "2.0.1",
        role: "csms",
        clock,
        log,
        newId: ids("c"),
        onCall: async (call) => {
          seen.push(call.payload);
          return { kind: "result", payload: { currentTime: now } };
        },
      }),
  }));
  const dialling = network.host("station").dialer("csms", 443).dial("/ocpp/CS1", ["ocpp2.0.1"]);
  await clock.advance(1_000);
  const dialled = await dialling;
  assert(dialled.ok);
  const station = new OcppSession({
    wire: dialled.value,
    version: "2.0.1",
    role: "station",
    clock,
    log,
    newId: ids("s"),
    onCall: async () => ({ kind: "silence" }),
  });
  const first = station.call("Heartbeat", {}, { timeoutMs: 30_000 });
  await clock.advance(1_000);
  assert.equal((await first).kind, "result");
  network.link("station", "csms").cut();
  const second = station.call("Heartbeat", {}, { timeoutMs: 30_000 });
  await clock.advance(30_000);
  assert.deepEqual(await second, { kind: "timeout" });
  assert.equal(seen.length, 1);
});
