/**
 * A listener under siege, on real sockets: whoever does not get through must not keep those out who do, and nothing
 * that is through may feel it. Stations come from 127.0.0.1, besiegers from addresses of their own.
 */
import assert from "node:assert/strict";
import { connect, type Socket } from "node:net";
import { after, test } from "node:test";
import { connect as connectTls, createSecureContext } from "node:tls";
import { silentLog, type Wire, type WireServer } from "@wattward/kernel";
import { makeTestPki, opensslMissing, type TestPki } from "../testing/certificates.ts";
import { ended, eventually, type Listener, listener, upgradeHead } from "../testing/listener.ts";
import { proxyHeader } from "../testing/proxy-header.ts";
import { dialer, type ListenOptions } from "./index.ts";

const skip = opensslMissing();
const pki = skip ? ({} as TestPki) : makeTestPki();
const servers: WireServer[] = [];
after(() => Promise.all(servers.map((server) => server.close())));

type Kind = "profile 3" | "profile 2" | "profile 1";
const kinds: readonly Kind[] = ["profile 3", "profile 2", "profile 1"];

async function open(kind: Kind, options: Partial<ListenOptions> = {}): Promise<Listener> {
  const clients =
    kind === "profile 2"
      ? ({ kind: "none" } as const)
      : ({ kind: "required", ca: [pki.root, pki.issuing], judge: "openssl" } as const);
  const at = await listener({
    ...(kind !== "profile 1" && { tls: { identities: [pki.serverEc, pki.serverRsa], clients } }),
    ...options,
    limits: { closeMsMax: 500, ...options.limits },
  });
  servers.push(at.server);
  return at;
}

const stationsOf = (kind: Kind, port: number) =>
  dialer({
    url: `${kind === "profile 1" ? "ws" : "wss"}://localhost:${port}`,
    connectTo: { host: "127.0.0.1", port },
    ...(kind !== "profile 1" && { tls: { ca: pki.root, ...(kind === "profile 3" && pki.station) } }),
    log: silentLog,
    limits: { closeMsMax: 500 },
  });

async function station(kind: Kind, port: number): Promise<Wire> {
  const result = await stationsOf(kind, port).dial("/ocpp/CS1", ["ocpp1.6"]);
  assert(result.ok, result.ok ? "" : result.fault.sentence);
  return result.value;
}

/** Silence, the beginning of a handshake or a request that is never gone on with, and garbage. */
const besiegers = [
  "",
  "\x16\x03\x01\x02\x00\x01",
  "GET /ocpp/CS1 HTTP/1.1\r\nHost: x\r\nX-",
  "\x00\xff garbage",
];

/** `only`: all of them the same way. */
function besiege(port: number, localAddress: string, count: number, only?: number): Socket[] {
  return Array.from({ length: count }, (_, i) => {
    const socket = connect({ port, host: "127.0.0.1", localAddress }).on("error", () => {});
    socket.unref();
    const bytes = Buffer.from(besiegers[only ?? i % besiegers.length] ?? "", "latin1");
    if (bytes.length > 0) socket.write(bytes);
    return socket;
  });
}
const connected = (sockets: readonly Socket[]) =>
  Promise.all(
    sockets.map((socket) => new Promise<void>((resolve) => socket.once("connect", () => resolve()))),
  );

/** Says something now and then, and waits for its echo; how long the slowest took. */
function conversation(wire: Wire) {
  let slowestMs = 0;
  let echoes = 0;
  let saidAtMs = performance.now();
  const say = () => {
    saidAtMs = performance.now();
    wire.send(`echo ${echoes}`);
  };
  wire.listen({
    message() {
      slowestMs = Math.max(slowestMs, performance.now() - saidAtMs);
      echoes++;
      setTimeout(say, 5).unref();
    },
    closed() {},
  });
  say();
  return () => ({ slowestMs, echoes });
}

const STATIONS = 300;

for (const kind of kinds) {
  test(`${kind}: ${STATIONS} stations of one address all get in while 200 besiegers sit there, and an echo goes on`, {
    skip,
    timeout: 60_000,
  }, async () => {
    const at = await open(kind, { limits: { handshakesMax: 64 } });
    const told = conversation(await station(kind, at.port));
    const siege = besiege(at.port, "127.0.0.2", 200);
    await connected(siege);
    const wires = await Promise.all(Array.from({ length: STATIONS }, () => station(kind, at.port)));
    assert.equal(at.wires.length, STATIONS + 1);
    const besiegersLeft = siege.filter((socket) => !socket.closed).length;
    assert(besiegersLeft >= 50, `only ${besiegersLeft} besiegers were still there`);
    const { slowestMs, echoes } = told();
    assert(echoes > 5 && slowestMs < 2_000, `${echoes} echoes, the slowest took ${slowestMs} ms`);
    for (const wire of wires) wire.terminate();
    for (const socket of siege) socket.destroy();
  });

  test(`${kind}: unfinished connections cannot take the places of those who get through, from few sources or many`, {
    skip,
    timeout: 60_000,
  }, async () => {
    const limits = { connectionsMax: 60, unfinishedMax: 20, unfinishedOfOneMax: 12, handshakesMax: 8 };
    const at = await open(kind, { limits });
    const first = await station(kind, at.port);
    // All of its own share, twice over, and then one each from forty addresses.
    const siege = besiege(at.port, "127.0.0.2", 24);
    for (let i = 10; i < 50; i++) siege.push(...besiege(at.port, `127.0.1.${i}`, 1));
    await connected(siege);
    const wires: Wire[] = [first];
    while (wires.length < 45) {
      const result = await stationsOf(kind, at.port).dial("/ocpp/CS1", ["ocpp1.6"]);
      if (result.ok) wires.push(result.value);
      // Where every besieger has one connection, the newcomer is as new as any: it comes again, as stations do.
      else for (const socket of siege.splice(0, 1)) socket.destroy();
    }
    const echoed = new Promise<string>((resolve) => first.listen({ message: resolve, closed() {} }));
    first.send("still here");
    assert.equal(await echoed, "still here");
    assert.equal(at.closes.length, 0, "no wire was given up");
    assert(at.log.some((line) => /^(source-full|connections-full|connection-shed) /.test(line)));
    for (const wire of wires) wire.terminate();
    for (const socket of siege) socket.destroy();
  });
}

test("a thousand stations behind one carrier's address come back at once, through a proxy or not", {
  skip,
  timeout: 120_000,
}, async () => {
  const at = await open("profile 2", { proxies: ["127.0.0.3"] });
  const secureContext = createSecureContext({ ca: pki.root });
  const sockets: Socket[] = [];
  for (let i = 0; i < 1_000; i++) {
    const proxied = i % 2 === 0;
    const localAddress = proxied ? "127.0.0.3" : "127.0.0.4";
    const socket = connect({ port: at.port, host: "127.0.0.1", localAddress }).on("error", () => {});
    if (proxied) socket.write(proxyHeader({ from: "127.0.0.4" }));
    const secure = connectTls({ socket, servername: "localhost", secureContext }).on("error", () => {});
    secure.write(upgradeHead("/ocpp/CS1"));
    sockets.push(secure);
  }
  const untilMs = performance.now() + 60_000;
  while (at.wires.length < sockets.length && performance.now() < untilMs)
    await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(at.wires.length, sockets.length, at.log.slice(0, 5).join("\n"));
  assert(at.wires.every(({ peer }) => peer.address === "127.0.0.4"));
  for (const socket of sockets) socket.destroy();
});

for (const kind of kinds) {
  test(`${kind}: besiegers with an address for each connection hold places and turns for a moment, and no longer`, {
    skip,
    timeout: 60_000,
  }, async () => {
    const limits = { unfinishedMax: 30, unprovenMsMin: 150, handshakesMax: 3, turnHeldMsMax: 20 };
    const at = await open(kind, { limits: { ...limits, handshakeMsMax: 5_000 } });
    const siege: Socket[] = [];
    for (let i = 1; i <= 60; i++) siege.push(...besiege(at.port, `127.0.2.${i}`, 1, 1));
    await connected(siege);
    const startedMs = performance.now();
    let refused = 0;
    for (let got = 0; got < 10; ) {
      const result = await stationsOf(kind, at.port).dial("/ocpp/CS1", ["ocpp1.6"]);
      if (result.ok) got++;
      else refused++;
      assert(performance.now() - startedMs < 4_000, `${got} stations in, ${refused} refused`);
    }
    assert(refused > 0, "the besiegers were there first");
    for (const wire of at.wires) wire.terminate();
    for (const socket of siege) socket.destroy();
  });
}

test("who is silent, or waits for a turn that does not come, is ended in time, and takes no turn before", {
  skip,
}, async () => {
  const limits = { firstByteMsMax: 150, turnMsMax: 200, handshakeMsMax: 2_000, handshakesMax: 2 };
  const at = await open("profile 3", { limits });
  const silent = connect(at.port, "127.0.0.1").on("error", () => {});
  const begun = [0, 1].map(() => {
    const socket = connect({ port: at.port, host: "127.0.0.1", localAddress: "127.0.0.2" }).on(
      "error",
      () => {},
    );
    socket.write(Buffer.from([0x16, 3, 1, 2, 0, 1]));
    return socket;
  });
  const wire = await station("profile 3", at.port);
  wire.terminate();
  await ended(silent);
  await ended(begun[1] as Socket);
  assert(!begun[0]?.closed, "the first has its turn still");
  await eventually("both are told", () => /SILENT.*NO_TURN/s.test(at.log.join("\n")));
  begun[0]?.destroy();
});
