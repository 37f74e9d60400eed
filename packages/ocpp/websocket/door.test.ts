/** Who gets as far as TLS or HTTP, on real sockets: listed proxies and others, the gate, and both families. */
import assert from "node:assert/strict";
import { connect, type Socket } from "node:net";
import { after, test } from "node:test";
import { connect as connectTls } from "node:tls";
import { silentLog, type WireServer } from "@wattward/kernel";
import { makeTestPki, opensslMissing, type TestPki } from "../testing/certificates.ts";
import { cipherSuites, clientHello, readHelloAnswer } from "../testing/client-hello.ts";
import { ended, eventually, type Listener, listener, upgradeHead } from "../testing/listener.ts";
import { proxyHeader, tlv } from "../testing/proxy-header.ts";
import { dialer, type ListenOptions } from "./index.ts";

const skip = opensslMissing();
const pki = skip ? ({} as TestPki) : makeTestPki();
const servers: WireServer[] = [];
after(() => Promise.all(servers.map((server) => server.close())));

const PROXY = "127.0.0.3";
const STRANGER = "127.0.0.2";

async function open(options: Partial<ListenOptions> = {}): Promise<Listener> {
  const opened = await listener({
    proxies: ["127.0.0.3", "10.0.0.0/8"],
    ...options,
    limits: { closeMsMax: 200, ...options.limits },
  });
  servers.push(opened.server);
  return opened;
}

const secured = (kind: "none" | "required"): Partial<ListenOptions> => ({
  tls: {
    identities: [pki.serverEc],
    clients: kind === "none" ? { kind } : { kind, ca: [pki.root, pki.issuing], judge: "openssl" },
  },
});

function from(localAddress: string, port: number): { socket: Socket; received: () => Buffer } {
  const socket = connect({ port, host: "127.0.0.1", localAddress, noDelay: true });
  const chunks: Buffer[] = [];
  socket.on("data", (chunk) => chunks.push(chunk)).on("error", () => {});
  socket.unref();
  return { socket, received: () => Buffer.concat(chunks) };
}

/** Everything that comes back until the end, for bytes sent at once. */
async function answerTo(localAddress: string, port: number, bytes: Buffer): Promise<Buffer> {
  const { socket, received } = from(localAddress, port);
  socket.write(bytes);
  await eventually("the end of the connection", () => socket.closed);
  return received();
}

for (const [address, family] of [
  ["203.0.113.7", "IPv4"],
  ["2001:db8::7", "IPv6"],
] as const) {
  test(`plain TCP: a listed proxy's header gives the peer's ${family} address, at once or byte by byte`, async () => {
    const at = await open();
    const bytes = Buffer.concat([
      proxyHeader({ from: address, tlvs: tlv(1, 9) }),
      Buffer.from(upgradeHead("/ocpp/CS1")),
    ]);
    const whole = from(PROXY, at.port);
    whole.socket.write(bytes);
    const dripped = from(PROXY, at.port);
    for (const byte of bytes) {
      dripped.socket.write(Buffer.from([byte]));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await eventually("both upgrades", () => at.wires.length === 2);
    assert.deepEqual(
      at.requests.map(({ peer }) => peer.address),
      [address, address],
    );
    assert.deepEqual(
      at.wires.map(({ peer }) => peer.address),
      [address, address],
    );
    for (const { socket, received } of [whole, dripped]) {
      await eventually("the answer", () => received().toString().startsWith("HTTP/1.1 101 "));
      socket.destroy();
    }
  });
}

test("TLS behind a proxy: the header comes before it, in a packet of its own or with the first of TLS", {
  skip,
}, async () => {
  for (const kind of ["required", "none"] as const) {
    const at = await open(secured(kind));
    const { socket } = from(PROXY, at.port);
    socket.removeAllListeners("data").pause();
    socket.write(proxyHeader());
    const tls = connectTls({
      socket,
      servername: "localhost",
      ca: pki.root,
      ...(kind === "required" && pki.station),
    });
    tls.on("error", () => {});
    tls.write(upgradeHead("/ocpp/CS1"));
    await eventually("the upgrade", () => at.wires.length === 1);
    assert.equal(at.requests[0]?.peer.address, "203.0.113.7");
    assert.equal(at.requests[0]?.peer.certificateChain === undefined, kind === "none");
    tls.destroy();
    const hello = clientHello({
      version: 0x0303,
      suites: [cipherSuites.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256],
    });
    const both = from(PROXY, at.port);
    both.socket.write(Buffer.concat([proxyHeader(), hello]));
    await eventually("a server's hello", () => both.received().length > 60);
    assert.equal(readHelloAnswer(both.received()).kind, "hello");
    both.socket.destroy();
  }
});

test("LOCAL keeps the proxy's own address; a proxy that connects and leaves is not worth a line", async () => {
  const at = await open();
  const { socket } = from(PROXY, at.port);
  socket.write(
    Buffer.concat([proxyHeader({ versionAndCommand: 0x20, family: 0 }), Buffer.from(upgradeHead("/x"))]),
  );
  await eventually("the upgrade", () => at.wires.length === 1);
  assert.equal(at.requests[0]?.peer.address, PROXY);
  socket.destroy();
  const check = from(PROXY, at.port);
  await new Promise<void>((resolve) => check.socket.once("connect", () => resolve()));
  check.socket.end();
  await ended(check.socket);
  assert.deepEqual(
    at.log.filter((line) => line.startsWith("proxy-header")),
    [],
  );
});

const refusedOfProxy: readonly (readonly [what: string, bytes: Buffer, say: RegExp])[] = [
  ["no header", Buffer.from(upgradeHead("/ocpp/CS1")), /no PROXY header/],
  [
    "version 1",
    Buffer.from(`PROXY TCP4 203.0.113.7 203.0.113.8 1 2\r\n${upgradeHead("/")}`),
    /version 1 \(text\)/,
  ],
  [
    "another version",
    Buffer.concat([proxyHeader({ versionAndCommand: 0x41 }), Buffer.from(upgradeHead("/"))]),
    /version 4/,
  ],
  ["another family", Buffer.concat([proxyHeader({ family: 0x32 }), Buffer.from(upgradeHead("/"))]), /0x32/],
  ["too long a header", Buffer.concat([proxyHeader({ length: 4_000 }), Buffer.alloc(4_000)]), /4016 bytes/],
  ["a TLS handshake", clientHello({ version: 0x0303, suites: [0xc02b] }), /no PROXY header/],
];

for (const [what, bytes, say] of refusedOfProxy) {
  test(`a listed proxy that sends ${what} is refused without a byte, and the log says why`, async () => {
    const at = await open();
    assert.equal((await answerTo(PROXY, at.port, bytes)).length, 0);
    assert.deepEqual(at.requests, []);
    const lines = at.log.filter((line) => line.startsWith(`proxy-header-refused address=${PROXY}`));
    assert.equal(lines.length, 1);
    assert.match(lines[0] ?? "", say);
  });
}

test("a header that never ends has a deadline, however it drips", async () => {
  const at = await open({ limits: { proxyHeaderMsMax: 80 } });
  const silent = from(PROXY, at.port);
  const dripping = from(PROXY, at.port);
  const header = proxyHeader({ tlvs: Buffer.alloc(2_000) });
  let sent = 0;
  const drip = setInterval(() => dripping.socket.write(header.subarray(sent, ++sent)), 5).unref();
  await Promise.all([ended(silent.socket), ended(dripping.socket)]);
  clearInterval(drip);
  assert(sent < header.length);
  assert.equal(at.log.filter((line) => line.startsWith("proxy-header-refused")).length, 2);
});

test("headers that are awaited are limited in number, and others come in all the same", async () => {
  const at = await open({ limits: { proxyHeadersMax: 3 } });
  const waiting = [1, 2, 3].map(() => from(PROXY, at.port));
  await Promise.all(
    waiting.map(({ socket }) => new Promise<void>((resolve) => socket.once("connect", () => resolve()))),
  );
  const one = from(PROXY, at.port);
  await ended(one.socket);
  const direct = from(STRANGER, at.port);
  direct.socket.write(upgradeHead("/ocpp/CS1"));
  await eventually("the upgrade", () => at.wires.length === 1);
  waiting[0]?.socket.destroy();
  await eventually("room for another", () => {
    const next = from(PROXY, at.port);
    next.socket.write(Buffer.concat([proxyHeader(), Buffer.from(upgradeHead("/ocpp/CS1"))]));
    return at.wires.some(({ peer }) => peer.address === "203.0.113.7");
  });
  for (const { socket } of [...waiting, direct]) socket.destroy();
});

test("who is not listed has no say in its address: a header of either version ends its connection", {
  skip,
}, async () => {
  const headers = [proxyHeader(), Buffer.from("PROXY TCP4 203.0.113.7 203.0.113.8 1 2\r\n")];
  const plain = await open();
  for (const header of headers) {
    const answer = await answerTo(
      STRANGER,
      plain.port,
      Buffer.concat([header, Buffer.from(upgradeHead("/ocpp/CS1"))]),
    );
    assert.match(answer.toString(), /^HTTP\/1\.1 400 /);
  }
  const tls = await open(secured("none"));
  const hello = clientHello({
    version: 0x0303,
    suites: [cipherSuites.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256],
  });
  for (const header of headers) {
    assert.equal((await answerTo(STRANGER, tls.port, Buffer.concat([header, hello]))).length, 0);
  }
  assert.deepEqual([plain.requests.length, tls.requests.length], [0, 0]);
  const lines = tls.log.filter((line) =>
    /^handshake-failed .*fault=NO_TLS .*not among the listed proxies/.test(line),
  );
  assert.equal(lines.length, 2, tls.log.join("\n"));
});

test("the gate is asked once a connection, about the address that counts, before TLS or HTTP", {
  skip,
}, async () => {
  for (const kind of ["none", "required", "plain"] as const) {
    const asked: string[] = [];
    const refused: string[] = [];
    const gate = {
      admits(address: string) {
        asked.push(address);
        return address !== STRANGER && address !== "203.0.113.7";
      },
    };
    const at = await open({
      ...(kind !== "plain" && secured(kind)),
      gate,
      refused: (event, { address }) => refused.push(`${event} ${address}`),
    });
    assert.equal((await answerTo(STRANGER, at.port, Buffer.from(upgradeHead("/")))).length, 0);
    assert.equal(
      (await answerTo(PROXY, at.port, Buffer.concat([proxyHeader(), Buffer.from("x")]))).length,
      0,
    );
    assert.deepEqual(asked, [STRANGER, "203.0.113.7"]);
    assert.deepEqual(refused, [`source-shed ${STRANGER}`, "source-shed 203.0.113.7"]);
    const scheme = kind === "plain" ? "ws" : "wss";
    const admitted = await dialer({
      url: `${scheme}://localhost:${at.port}`,
      connectTo: { host: "127.0.0.1", port: at.port },
      ...(kind !== "plain" && { tls: { ca: pki.root, ...(kind === "required" && pki.station) } }),
      log: silentLog,
    }).dial("/ocpp/CS1", ["ocpp1.6"]);
    assert(admitted.ok, JSON.stringify(admitted));
    assert.deepEqual(asked.slice(2), ["127.0.0.1"]);
    admitted.value.terminate();
  }
});

test("a gate that throws refuses, says so in the log, and the process lives", async () => {
  let broken = true;
  const gate = {
    admits() {
      if (broken) throw new Error("out of order");
      return true;
    },
  };
  const at = await open({ gate });
  assert.equal((await answerTo(STRANGER, at.port, Buffer.from(upgradeHead("/")))).length, 0);
  assert(at.log.some((line) => line.startsWith("gate-failed")));
  broken = false;
  const { socket } = from(STRANGER, at.port);
  socket.write(upgradeHead("/ocpp/CS1"));
  await eventually("the upgrade", () => at.wires.length === 1);
  socket.destroy();
});

test("on '::' both families come in, each under its plain address", async (t) => {
  const at = await open({ host: "::" }).catch((error: NodeJS.ErrnoException) => error.code);
  if (at === "EAFNOSUPPORT" || at === "EADDRNOTAVAIL") return t.skip("this machine has no IPv6");
  assert(typeof at === "object");
  for (const host of ["127.0.0.1", "::1"]) {
    const socket = connect(at.port, host).on("error", () => {});
    socket.write(upgradeHead("/ocpp/CS1"));
    await eventually(`the upgrade from ${host}`, () => at.wires.length > 0);
    assert.equal(at.wires.pop()?.peer.address, host);
    socket.destroy();
  }
  const proxied = from(PROXY, at.port);
  proxied.socket.write(Buffer.concat([proxyHeader(), Buffer.from(upgradeHead("/ocpp/CS1"))]));
  await eventually("a listed IPv4 proxy's upgrade", () => at.wires.length > 0);
  assert.equal(at.wires.pop()?.peer.address, "203.0.113.7");
  proxied.socket.destroy();
});

test("a proxy that is neither an address nor a range is a fault of the configuration", async () => {
  await assert.rejects(open({ proxies: ["10.0.0.1/8"] }), /'10\.0\.0\.1\/8' is neither/);
});
