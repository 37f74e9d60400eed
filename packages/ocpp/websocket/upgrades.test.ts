/**
 * What sockets ask for before they are wires, on real ones: every case ends the one connection or is answered, and the
 * next station is served all the same. An exception that escaped would fail the run by itself.
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { after, test } from "node:test";
import type { UpgradeVerdict, Wire, WireServer } from "@wattward/kernel";
import {
  bareSocket,
  clientFrame,
  dialPlain,
  ended,
  eventually,
  type Listener,
  listener,
  raw,
  stillServes,
  taken,
  upgradeHead,
} from "../testing/listener.ts";
import type { ListenOptions } from "./index.ts";

const servers: WireServer[] = [];
after(() => Promise.all(servers.map((server) => server.close())));

async function open(options: Partial<ListenOptions> & { echo?: boolean } = {}): Promise<Listener> {
  const { limits, ...rest } = options;
  const opened = await listener({ ...rest, limits: { closeMsMax: 200, ...limits } });
  servers.push(opened.server);
  return opened;
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
  await stillServes(at.port);
});

test("a path goes to the verdict as it was sent, without its query", async () => {
  const at = await open();
  for (const [sent, path] of [
    ["/%", "/%"],
    ["/ocpp/RDAM%7C123?x=1", "/ocpp/RDAM%7C123"],
    ["//ocpp//CS1", "//ocpp//CS1"],
    ["/ocpp/%00%0d%0a", "/ocpp/%00%0d%0a"],
  ] as const) {
    const socket = bareSocket(at.port);
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
  const answers = [await dialPlain(at.port), await dialPlain(at.port), await dialPlain(at.port)];
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
  const result = await dialPlain(at.port);
  if (result.ok)
    await new Promise<void>((resolve) => result.value.listen({ message() {}, closed: () => resolve() }));
  broken = false;
  await stillServes(at.port);
});

test("what arrives before the verdict is kept: in the request's packet, and after it", async () => {
  let decide: (verdict: UpgradeVerdict) => void = () => {};
  const at: Listener = await open({ upgrade: () => new Promise((resolve) => (decide = resolve)) });
  const socket = bareSocket(at.port);
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
  const result = await dialPlain(at.port, "/ocpp/CS1", ["soap"]);
  assert(!result.ok && result.fault.kind === "refused", JSON.stringify(result));
});

test("slowness has limits: a head in drips, a verdict that never comes, a connection that says nothing", async () => {
  const at = await open({
    limits: { requestMsMax: 80, verdictMsMax: 80 },
    upgrade: () => new Promise(() => {}),
  });
  const dripping = bareSocket(at.port);
  const drip = setInterval(() => dripping.write("X"), 10).unref();
  dripping.write("GET / HTTP/1.1\r\nX-");
  const silent = bareSocket(at.port);
  await Promise.all([ended(dripping), ended(silent)]);
  clearInterval(drip);
  assert.match(await raw(at.port, upgradeHead("/ocpp/CS1")), /^HTTP\/1\.1 503 /);
  assert.equal(at.log.filter((line) => line.startsWith("peer-too-slow")).length, 3);
});

test("connections beyond the limit are closed unread; when one ends, the next gets in", async () => {
  const at = await open({ limits: { connectionsMax: 2 } });
  const held = [bareSocket(at.port), bareSocket(at.port)];
  await Promise.all(held.map((socket) => once(socket, "connect")));
  assert.equal(await raw(at.port, upgradeHead("/ocpp/CS1")), "");
  for (const socket of held) socket.destroy();
  let served = false;
  await eventually("a place is free", () => {
    void dialPlain(at.port).then((result) => {
      if (result.ok) {
        served = true;
        result.value.terminate();
      }
    });
    return served;
  });
});

test("a closing server says 1001 to its wires, ends half-open connections and frees its port", async () => {
  const at = await listener({ limits: { closeMsMax: 100 } });
  const result = await dialPlain(at.port);
  assert(result.ok);
  const closed = new Promise((resolve) =>
    result.value.listen({ message() {}, closed: (code) => resolve(code) }),
  );
  const idle = bareSocket(at.port);
  await once(idle, "connect");
  await at.server.close();
  assert.equal(await closed, 1001);
  const refused = await dialPlain(at.port);
  assert(!refused.ok && refused.fault.kind === "unreachable", JSON.stringify(refused));
});

test("a peer that resets while the verdict is open harms nobody, and its wire, if it gets one, ends", async () => {
  const ends = { begun: 0, told: 0 };
  const opened = (wire: Wire) => {
    ends.begun++;
    wire.listen({ message() {}, closed: () => ends.told++ });
  };
  let decide: (verdict: UpgradeVerdict) => void = () => {};
  let verdicts = 0;
  const at: Listener = await open({
    upgrade: () => {
      if (verdicts++ === 0) return new Promise((resolve) => (decide = resolve));
      return Promise.resolve({
        kind: "accept",
        protocol: "ocpp1.6",
        opened: (wire) => taken(wire, at, true),
      });
    },
  });
  const socket = bareSocket(at.port);
  socket.write(upgradeHead("/ocpp/CS1"));
  await eventually("the verdict is asked for", () => at.requests.length === 1);
  socket.resetAndDestroy();
  await new Promise((resolve) => setTimeout(resolve, 20));
  decide({ kind: "accept", protocol: "ocpp1.6", opened });
  await stillServes(at.port);
  await eventually("a wire that was given all the same is told its end", () => ends.told === ends.begun);
});

test("a server says when nobody new can connect, and when they can again", async () => {
  const opened = await open({ limits: { connectionsMax: 2 } });
  assert.equal(opened.server.trouble(), undefined);
  const sockets = [connect(opened.port, "127.0.0.1"), connect(opened.port, "127.0.0.1")];
  await eventually("it is full", () => opened.server.trouble() === "full");
  sockets[0]?.destroy();
  await eventually("there is room", () => opened.server.trouble() === undefined);
  sockets[1]?.destroy();
  await opened.server.close();
  assert.equal(opened.server.trouble(), "does not listen");
});
