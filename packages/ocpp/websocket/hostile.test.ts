/**
 * What sockets send, on real ones: every case ends the one connection or is answered, and the next station is served
 * all the same. An exception that escaped would fail the run by itself.
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { after, test } from "node:test";
import { silentLog, type UpgradeVerdict, type Wire, type WireServer } from "@wattward/kernel";
import {
  clientFrame,
  eventually,
  type Listener,
  listener,
  raw,
  taken,
  upgradeHead,
} from "../testing/listener.ts";
import { dialer, type ListenOptions } from "./index.ts";

const servers: WireServer[] = [];
after(() => Promise.all(servers.map((server) => server.close())));

async function open(options: Partial<ListenOptions> & { echo?: boolean } = {}): Promise<Listener> {
  const { limits, ...rest } = options;
  const opened = await listener({ ...rest, limits: { closeMsMax: 200, ...limits } });
  servers.push(opened.server);
  return opened;
}

const dial = (port: number, path = "/ocpp/CS1", protocols: readonly string[] = ["ocpp1.6"]) =>
  dialer({ url: `ws://127.0.0.1:${port}`, log: silentLog, limits: { closeMsMax: 200 } }).dial(
    path,
    protocols,
  );

async function stillServes({ port }: Listener): Promise<void> {
  const result = await dial(port);
  assert(result.ok, JSON.stringify(result));
  const echoed = new Promise<string>((resolve) => result.value.listen({ message: resolve, closed() {} }));
  result.value.send("still here");
  assert.equal(await echoed, "still here");
  result.value.terminate();
}

/** A raw WebSocket client after its handshake; `received` fills with what the server sends. */
async function upgradedRaw(port: number): Promise<{ socket: Socket; received: () => Buffer }> {
  const socket = connect(port, "127.0.0.1");
  const chunks: Buffer[] = [];
  socket.on("error", () => {}); // Being cut is what these tests are about.
  socket.on("data", (chunk) => chunks.push(chunk));
  socket.write(upgradeHead("/ocpp/CS1"));
  await eventually("the upgrade", () => Buffer.concat(chunks).includes("\r\n\r\n"));
  const afterHead = () => {
    const all = Buffer.concat(chunks);
    return all.subarray(all.indexOf("\r\n\r\n") + 4);
  };
  return { socket, received: afterHead };
}

const requests: readonly { readonly what: string; readonly bytes: string; readonly status: RegExp }[] = [
  {
    what: "a percent sign that encodes nothing",
    bytes: "GET /% HTTP/1.1\r\nHost: x\r\n\r\n",
    status: /^HTTP\/1\.1 426 /,
  },
  { what: "a page", bytes: "GET / HTTP/1.1\r\nHost: x\r\n\r\n", status: /^HTTP\/1\.1 426 / },
  {
    what: "a POST that asks for leave",
    bytes: "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n",
    status: /^HTTP\/1\.1 426 /,
  },
  {
    what: "an unknown expectation",
    bytes: "GET / HTTP/1.1\r\nHost: x\r\nExpect: miracles\r\n\r\n",
    status: /^HTTP\/1\.1 426 /,
  },
  { what: "no HTTP", bytes: "\x16\x03\x01\x02\x00\x01\x00\x01\r\n\r\n", status: /^HTTP\/1\.1 400 / },
  { what: "no host", bytes: "GET / HTTP/1.1\r\n\r\n", status: /^HTTP\/1\.1 400 / },
  {
    what: "two lengths",
    bytes: "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
    status: /^HTTP\/1\.1 400 /,
  },
  {
    what: "a header bomb",
    bytes: `GET / HTTP/1.1\r\nHost: x\r\nX: ${"y".repeat(9000)}\r\n\r\n`,
    status: /^HTTP\/1\.1 431 /,
  },
  {
    what: "another upgrade",
    bytes: upgradeHead("/").replace("Upgrade: websocket", "Upgrade: h2c"),
    status: /^HTTP\/1\.1 426 /,
  },
  {
    what: "an old version",
    bytes: upgradeHead("/").replace("Version: 13", "Version: 8"),
    status: /^HTTP\/1\.1 426 /,
  },
  {
    what: "no Connection header (QUIRKS 25)",
    bytes: upgradeHead("/").replace("Connection: Upgrade\r\n", ""),
    status: /^HTTP\/1\.1 426 /,
  },
  {
    what: "a bad key",
    bytes: upgradeHead("/").replace("dGhlIHNhbXBsZSBub25jZQ==", "short"),
    status: /^HTTP\/1\.1 400 /,
  },
  { what: "a POST upgrade", bytes: upgradeHead("/").replace("GET", "POST"), status: /^HTTP\/1\.1 400 / },
  {
    what: "an absolute address",
    bytes: upgradeHead("http://elsewhere/ocpp/CS1"),
    status: /^HTTP\/1\.1 404 /,
  },
  {
    what: "a path of 2,000 characters",
    bytes: upgradeHead(`/${"a".repeat(2000)}`),
    status: /^HTTP\/1\.1 404 /,
  },
  {
    what: "17 sub-protocols",
    bytes: upgradeHead("/", [
      `Sec-WebSocket-Protocol: ${Array.from({ length: 17 }, (_, i) => `p${i}`).join(",")}`,
    ]),
    status: /^HTTP\/1\.1 400 /,
  },
  {
    what: "a sub-protocol twice",
    bytes: upgradeHead("/", ["Sec-WebSocket-Protocol: a, a"]),
    status: /^HTTP\/1\.1 400 /,
  },
  {
    what: "an empty sub-protocol",
    bytes: upgradeHead("/", ["Sec-WebSocket-Protocol: a,,b"]),
    status: /^HTTP\/1\.1 400 /,
  },
];

test("requests that are no upgrade get their status, a tiny body and the end", async () => {
  const at = await open();
  for (const { what, bytes, status } of requests) {
    const answer = await raw(at.port, bytes);
    assert.match(answer, status, what);
    assert(answer.length < 300, what);
  }
  assert.deepEqual(at.requests, [], "nobody was asked for a verdict");
  await stillServes(at);
});

test("a path goes to the verdict as it was sent, without its query", async () => {
  const at = await open();
  for (const [sent, path] of [
    ["/%", "/%"],
    ["/ocpp/RDAM%7C123?x=1", "/ocpp/RDAM%7C123"],
    ["//ocpp//CS1", "//ocpp//CS1"],
    ["/ocpp/%00%0d%0a", "/ocpp/%00%0d%0a"],
  ] as const) {
    const socket = connect(at.port, "127.0.0.1");
    socket.write(upgradeHead(sent));
    assert.match(String(await once(socket, "data")), /^HTTP\/1\.1 101 /);
    socket.destroy();
    assert.equal(at.requests.at(-1)?.path, path);
  }
});

test("a refusal is a status and its name; a verdict that throws is 503; neither opens a wire", async () => {
  const verdicts: (() => Promise<UpgradeVerdict>)[] = [
    async () => ({ kind: "refuse", status: 404, reason: "unknown station CS1" }),
    async () => ({ kind: "refuse", status: 401, reason: "no password" }),
    async () => Promise.reject(new Error("database on fire")),
  ];
  const at = await open({
    upgrade: () => (verdicts.shift() ?? (async () => Promise.reject(new Error("none left"))))(),
  });
  const answers = [await dial(at.port), await dial(at.port), await dial(at.port)];
  assert.deepEqual(
    answers.map((answer) => !answer.ok && [answer.fault.kind, answer.fault.status]),
    [
      ["refused", 404],
      ["refused", 401],
      ["refused", 503],
    ],
  );
  verdicts.push(async () => ({ kind: "refuse", status: 404, reason: "secret reason" }));
  assert.doesNotMatch(await raw(at.port, upgradeHead("/x")), /secret/);
});

test("a wire whose taker throws is ended, and the next one is served", async () => {
  let broken = true;
  const at: Listener = await open({
    upgrade: async () => ({
      kind: "accept",
      protocol: "ocpp1.6",
      opened(wire) {
        if (broken) throw new Error("not today");
        taken(wire, at, true);
      },
    }),
  });
  const result = await dial(at.port);
  if (result.ok)
    await new Promise<void>((resolve) => result.value.listen({ message() {}, closed: () => resolve() }));
  broken = false;
  await stillServes(at);
});

test("what arrives before the verdict is kept: in the request's packet, and after it", async () => {
  let decide: (verdict: UpgradeVerdict) => void = () => {};
  const at: Listener = await open({ upgrade: () => new Promise((resolve) => (decide = resolve)) });
  const socket = connect(at.port, "127.0.0.1");
  socket.write(Buffer.concat([Buffer.from(upgradeHead("/ocpp/CS1")), clientFrame(Buffer.from("one"))]));
  await eventually("the verdict is asked for", () => at.requests.length === 1);
  socket.write(clientFrame(Buffer.from("two")));
  await new Promise((resolve) => setTimeout(resolve, 20));
  decide({ kind: "accept", protocol: "ocpp1.6", opened: (wire) => taken(wire, at, false) });
  await eventually("both messages", () => at.messages.length === 2);
  assert.deepEqual(at.messages, ["one", "two"]);
  socket.destroy();
  await eventually("the end is told", () => at.closes.length === 1);
  assert.equal(at.closes[0]?.code, 1006);
});

test("no sub-protocol offered: the handshake completes without one, and the caller closes (QUIRKS 23)", async () => {
  const at = await open({
    upgrade: async () => ({
      kind: "accept",
      protocol: "",
      opened: (wire: Wire) => {
        wire.listen({ message() {}, closed() {} });
        wire.close(1002, "no sub-protocol");
      },
    }),
  });
  for (const more of [[], ["Sec-WebSocket-Protocol: soap"]]) {
    const answer = await raw(at.port, upgradeHead("/ocpp/CS1", more));
    assert.match(answer, /^HTTP\/1\.1 101 /);
    assert.doesNotMatch(answer, /Sec-WebSocket-Protocol/i);
    assert(answer.includes("\x03\xeano sub-protocol"), "a close frame with 1002");
  }
  const result = await dial(at.port, "/ocpp/CS1", ["soap"]);
  assert(!result.ok && result.fault.kind === "refused", JSON.stringify(result));
});

test("slowness has limits: a head in drips, a verdict that never comes, a connection that says nothing", async () => {
  const at = await open({
    limits: { requestMsMax: 80, verdictMsMax: 80 },
    upgrade: () => new Promise(() => {}),
  });
  const dripping = connect(at.port, "127.0.0.1");
  dripping.on("error", () => {});
  const drip = setInterval(() => dripping.write("X"), 10);
  dripping.write("GET / HTTP/1.1\r\nX-");
  const silent = connect(at.port, "127.0.0.1");
  await Promise.all([once(dripping, "close"), once(silent, "close")]);
  clearInterval(drip);
  assert.match(await raw(at.port, upgradeHead("/ocpp/CS1")), /^HTTP\/1\.1 503 /);
  assert.equal(at.log.filter((line) => line.startsWith("peer-too-slow")).length, 3);
});

test("connections beyond the limit are closed unread; when one ends, the next gets in", async () => {
  const at = await open({ limits: { connectionsMax: 2 } });
  const held = [connect(at.port, "127.0.0.1"), connect(at.port, "127.0.0.1")];
  await Promise.all(held.map((socket) => once(socket, "connect")));
  assert.equal(await raw(at.port, upgradeHead("/ocpp/CS1")), "");
  for (const socket of held) socket.destroy();
  let served = false;
  await eventually("a place is free", () => {
    void dial(at.port).then((result) => {
      if (result.ok) {
        served = true;
        result.value.terminate();
      }
    });
    return served;
  });
});

const bytes = (length: number) => Buffer.alloc(length, 0x61);
const frames: readonly { readonly what: string; readonly frame: () => Buffer; readonly code: number }[] = [
  { what: "10 MB", frame: () => clientFrame(bytes(10_000_000)), code: 1009 },
  {
    what: "10 MB announced, never sent",
    frame: () => clientFrame(bytes(10_000_000)).subarray(0, 14),
    code: 1009,
  },
  {
    what: "fragments without end",
    frame: () => Buffer.concat([clientFrame(bytes(900_000), 0x01), clientFrame(bytes(900_000), 0x00)]),
    code: 1009,
  },
  { what: "not UTF-8", frame: () => clientFrame(Buffer.from([0xc3, 0x28])), code: 1007 },
  { what: "UTF-8 cut in a character", frame: () => clientFrame(Buffer.from([0x22, 0xe2, 0x82])), code: 1007 },
  { what: "compressed though not agreed (QUIRKS 26)", frame: () => clientFrame(bytes(4), 0xc1), code: 1002 },
  { what: "an opcode that is none", frame: () => clientFrame(bytes(4), 0x83), code: 1002 },
  { what: "no mask", frame: () => Buffer.from([0x81, 0x01, 0x61]), code: 1002 },
  { what: "a ping of 126 bytes", frame: () => clientFrame(bytes(126), 0x89), code: 1002 },
  {
    what: "a close with a code that is none",
    frame: () => clientFrame(Buffer.from([0x03, 0xed]), 0x88),
    code: 1002,
  },
  { what: "binary", frame: () => clientFrame(bytes(4), 0x82), code: 1003 },
];

for (const { what, frame, code } of frames) {
  test(`a frame: ${what} closes with ${code} and delivers nothing`, async () => {
    const at = await open();
    const { socket, received } = await upgradedRaw(at.port);
    socket.write(frame());
    await eventually("a close frame", () => received()[0] === 0x88);
    assert.equal(received().readUInt16BE(2), code);
    await eventually("the end is told", () => at.closes.length === 1);
    assert.deepEqual(at.messages, []);
    socket.destroy();
    await stillServes(at);
  });
}

test("pings are answered; a flood of them is cut", async () => {
  const at = await open({ limits: { pingsBurst: 5, pingsPerSecond: 1 } });
  const { socket, received } = await upgradedRaw(at.port);
  socket.write(clientFrame(Buffer.from("hi"), 0x89));
  await eventually("a pong", () => received().length >= 4);
  assert.deepEqual(received().subarray(0, 4), Buffer.from([0x8a, 2, 0x68, 0x69]));
  for (let i = 0; i < 10; i++) socket.write(clientFrame(Buffer.alloc(0), 0x89));
  await once(socket, "close");
  await eventually("the end is told", () => at.closes.length === 1);
  assert(at.log.some((line) => line.startsWith("peer-floods-pings")));
});

test("a slow reader shows in bufferedBytes, and terminate ends it although it does not read", async () => {
  const at = await open();
  const { socket } = await upgradedRaw(at.port);
  socket.pause();
  const wire = at.wires[0];
  assert(wire);
  const text = "x".repeat(1_000_000);
  for (let i = 0; i < 30 && wire.bufferedBytes < 8_000_000; i++) {
    wire.send(text);
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert(wire.bufferedBytes >= 8_000_000, `${wire.bufferedBytes} bytes`);
  wire.terminate();
  await eventually("the end is told", () => at.closes.length === 1);
  wire.send("into the void");
  socket.destroy();
});

test("pause stops delivery at once and the peer in time; resume goes on in order, nothing lost", async () => {
  const at = await open({ echo: false });
  const { socket } = await upgradedRaw(at.port);
  const wire = at.wires[0];
  assert(wire);
  wire.pause();
  const text = (i: number) => `${i}:${"y".repeat(10_000)}`;
  let stalled = false;
  for (let i = 0; i < 2_000; i++) stalled = !socket.write(clientFrame(Buffer.from(text(i)))) || stalled;
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.deepEqual(at.messages, []);
  assert(stalled && socket.writableLength > 1_000_000, "the sender feels it");
  wire.resume();
  await eventually("all of it", () => at.messages.length === 2_000);
  assert(at.messages.every((message, i) => message === text(i)));
  socket.destroy();
});

test("the close handshake has a deadline: a peer that never answers it is ended", async () => {
  const at = await open();
  const { socket } = await upgradedRaw(at.port);
  at.wires[0]?.close(1000, "é".repeat(100));
  await eventually("the end is told", () => at.closes.length === 1);
  socket.destroy();
});

test("a closing server says 1001 to its wires, ends half-open connections and frees its port", async () => {
  const at = await listener({ limits: { closeMsMax: 100 } });
  const result = await dial(at.port);
  assert(result.ok);
  const closed = new Promise((resolve) =>
    result.value.listen({ message() {}, closed: (code) => resolve(code) }),
  );
  const idle = connect(at.port, "127.0.0.1");
  idle.on("error", () => {});
  await once(idle, "connect");
  await at.server.close();
  assert.equal(await closed, 1001);
  const refused = await dial(at.port);
  assert(!refused.ok && refused.fault.kind === "unreachable", JSON.stringify(refused));
});

test("dialer: nothing there, a silent server and a name that resolves to nothing are unreachable", async () => {
  const { createServer } = await import("node:net");
  const mute = createServer(() => {});
  mute.listen(0, "127.0.0.1");
  await once(mute, "listening");
  const address = mute.address();
  assert(address !== null && typeof address === "object");
  const limits = { connectMsMax: 500, upgradeMsMax: 60 };
  const options = { log: silentLog, limits };
  const results = await Promise.all([
    dialer({ url: `ws://127.0.0.1:${address.port}`, ...options }).dial("/x", ["ocpp1.6"]),
    dialer({ url: "ws://127.0.0.1:1", ...options }).dial("/x", ["ocpp1.6"]),
    dialer({ url: "ws://nowhere.invalid", ...options }).dial("/x", ["ocpp1.6"]),
  ]);
  const malformed = await dial(address.port, "/x", ["not a token"]);
  mute.close();
  for (const result of results)
    assert(!result.ok && result.fault.kind === "unreachable", JSON.stringify(result));
  assert(!malformed.ok && malformed.fault.kind === "refused");
});

test("a listener that throws costs its own wire: logged, ended, and others go on", async () => {
  const at: Listener = await open({
    upgrade: async () => ({
      kind: "accept",
      protocol: "ocpp1.6",
      opened: (wire) =>
        wire.listen({
          message(text) {
            if (text === "boom") throw new Error("our own fault");
            wire.send(text);
          },
          closed: (code, reason) => at.closes.push({ code, reason }),
        }),
    }),
  });
  const { socket } = await upgradedRaw(at.port);
  socket.write(clientFrame(Buffer.from("boom")));
  await once(socket, "close");
  await eventually("the end is told", () => at.closes.length === 1);
  assert(at.log.some((line) => line.startsWith("wire-listener-failed")));
  await stillServes(at);
});

test("a session hears nothing while it is being made, and everything after", async () => {
  const order: string[] = [];
  const at: Listener = await open({
    upgrade: async () => ({
      kind: "accept",
      protocol: "ocpp1.6",
      opened(wire) {
        // Already here: the first message came in one packet with the request.
        setTimeout(() => {
          wire.listen({ message: (text) => order.push(text), closed() {} });
          order.push("listening");
        }, 20);
      },
    }),
  });
  const socket = connect(at.port, "127.0.0.1");
  socket.write(Buffer.concat([Buffer.from(upgradeHead("/ocpp/CS1")), clientFrame(Buffer.from("one"))]));
  await eventually("the message", () => order.length === 2);
  assert.deepEqual(order, ["listening", "one"]);
  socket.destroy();
});
