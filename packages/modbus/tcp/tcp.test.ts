/** Real sockets on loopback: client and server end to end, unix sockets, TLS with roles, and what is turned away. */
import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { EventEmitter } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { connect as connectTls } from "node:tls";
import { systemChance, systemClock } from "@wattward/kernel/node";
import { ModbusClient } from "../client.ts";
import type { LinkPeer } from "../link.ts";
import { serve } from "../server.ts";
import { bytesOf } from "../testing/bytes.ts";
import { modbusAuthority, opensslMissing, ROLE_OID } from "../testing/certificates.ts";
import { RegisterBank } from "../testing/registers.ts";
import { Handshakes } from "./handshakes.ts";
import { type DialOptions, dialer, type ListenOptions, listen, roleOf, tcpLimits } from "./index.ts";

const closing: (() => unknown)[] = [];
after(async () => {
  for (const close of closing.reverse()) await close();
});

const loopback = { host: "127.0.0.1", port: 0 };

async function device(options: Partial<ListenOptions> = {}) {
  const bank = new RegisterBank();
  const peers: LinkPeer[] = [];
  const closed = Promise.withResolvers<void>();
  const refused: string[] = [];
  const listener = await listen({
    at: loopback,
    accept(link) {
      peers.push(link.peer);
      serve(link, {
        clock: systemClock(),
        answer: ({ request }) => bank.answer(request),
        observe: ({ kind }) => void (kind === "closed" && closed.resolve()),
      });
    },
    refused: (_address, why) => refused.push(why),
    ...options,
  });
  closing.push(() => listener.close());
  return { bank, peers, closed, refused, port: listener.port, listener };
}

function master(options: DialOptions): ModbusClient {
  const client = new ModbusClient({
    dial: dialer(options),
    clock: systemClock(),
    chance: systemChance,
    limits: { timeoutMs: 5_000 },
  });
  closing.push(() => client.close());
  return client;
}

const read = { kind: "read-holding-registers", address: 100, quantity: 125 } as const;
const write = { kind: "write-multiple-registers", address: 100, registers: [1, 2, 3] } as const;

test("tcp: reads and writes over a socket, many at once", async () => {
  const { bank, port, peers } = await device();
  const client = master({ to: { host: "127.0.0.1", port } });
  const written = await client.request(1, write);
  assert.equal(written.kind, "response");
  assert.deepEqual([...bank.registers.subarray(100, 104)], [1, 2, 3, 0]);
  const outcomes = await Promise.all(Array.from({ length: 200 }, (_, n) => client.request(n, read)));
  for (const outcome of outcomes) {
    assert(outcome.kind === "response");
    assert.deepEqual(outcome.response.registers.slice(0, 4), [1, 2, 3, 0]);
  }
  assert.equal(peers.length, 1);
  assert.equal(peers[0]?.address, "127.0.0.1");
});

test("tcp: a unix socket", async () => {
  const folder = mkdtempSync(join(tmpdir(), "wattward-modbus-"));
  closing.push(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "guard.sock");
  const { peers } = await device({ at: { path } });
  const outcome = await master({ to: { path } }).request(1, read);
  assert.equal(outcome.kind, "response");
  assert.deepEqual(peers, [{ address: path }]);
});

test("tcp: nobody there is unreachable, and nothing was sent", async () => {
  const { port, listener } = await device();
  await listener.close();
  closing.splice(closing.length - 1);
  const outcome = await master({ to: { host: "127.0.0.1", port } }).request(1, read);
  assert(outcome.kind === "failed" && outcome.why === "unreachable" && !outcome.sent);
  assert.match(outcome.sentence, /ECONNREFUSED/);
});

test("tcp: connections beyond the limit are closed unread; one that ends makes room", async () => {
  const { port, refused, closed } = await device({ limits: { connectionsMax: 2 } });
  const clients = [1, 2, 3].map(() => master({ to: { host: "127.0.0.1", port } }));
  const outcomes = [];
  for (const client of clients) outcomes.push((await client.request(1, read)).kind);
  assert.deepEqual([outcomes, refused], [["response", "response", "failed"], ["full"]]);
  clients[0]!.close();
  await closed.promise;
  assert.equal((await master({ to: { host: "127.0.0.1", port } }).request(1, read)).kind, "response");
});

test("tcp: what cannot even be dialled is a fault, never an exception", async () => {
  const host = "127.0.0.1";
  const nowhere = await dialer({ to: { host, port: 65_536 } })();
  assert(!nowhere.ok && nowhere.fault.kind === "unreachable");
  const pem = { cert: "none", key: "none", ca: [] };
  const unnamed = await dialer({ to: { host, port: 1 }, tls: pem })();
  assert(!unnamed.ok && unnamed.fault.kind === "untrusted");
});

test("tcp: a connection that the machine cannot take ends nothing, and is told", async () => {
  let server: Server | undefined;
  const found = (message: unknown) => void (server = (message as { server: Server }).server);
  subscribe("tracing:net.server.listen:asyncStart", found);
  const { port, refused } = await device();
  unsubscribe("tracing:net.server.listen:asyncStart", found);
  server!.emit("error", Object.assign(new Error("accept ENFILE"), { code: "ENFILE" }));
  assert.deepEqual(refused, ["full"]);
  assert.equal((await master({ to: { host: "127.0.0.1", port } }).request(1, read)).kind, "response");
});

test("tcp: a master that sends garbage is closed, and others are served", async () => {
  const { port, bank } = await device();
  const socket = connect(port, "127.0.0.1");
  const closed = new Promise((resolve) => socket.on("close", resolve));
  socket.on("error", () => {});
  socket.write(
    Uint8Array.of(...bytesOf("16 03 01 02 00 01 00 01"), ...bytesOf("00 01 00 00 00 06 01 06 00 64 00 07")),
  );
  await closed;
  assert.equal(bank.registers[100], 0);
  assert.equal((await master({ to: { host: "127.0.0.1", port } }).request(1, read)).kind, "response");
});

const skip = opensslMissing();

test("tls: both sides show a certificate; the client's role and certificate are the link's", {
  skip,
}, async () => {
  const authority = modbusAuthority();
  closing.push(() => authority.remove());
  const identity = authority.issue("battery");
  const ca = [authority.ca];
  const { port, peers, refused } = await device({ tls: { ...identity, ca } });
  const host = "127.0.0.1";

  const operator = authority.issue("ems", [`${ROLE_OID}=ASN1:UTF8String:Operator`]);
  assert.equal(
    (await master({ to: { host, port }, tls: { ...operator, ca } }).request(1, read)).kind,
    "response",
  );
  assert.equal(peers[0]?.role, "Operator");
  assert.equal(Buffer.from(peers[0]?.certificate ?? []).equals(new X509Certificate(operator.cert).raw), true);

  const nobody = authority.issue("ems-without-role");
  assert.equal(
    (await master({ to: { host, port }, tls: { ...nobody, ca } }).request(1, read)).kind,
    "response",
  );
  assert.equal(peers[1]?.role, undefined);

  const twisted = authority.issue("twisted", [`${ROLE_OID}=DER:04:02:41:42`]);
  const twistedOutcome = await master({ to: { host, port }, tls: { ...twisted, ca } }).request(1, read);
  assert.equal(twistedOutcome.kind, "failed");
  assert.deepEqual(refused, ["role"]);

  const elsewhere = modbusAuthority();
  closing.push(() => elsewhere.remove());
  const stranger = elsewhere.issue("ems", [`${ROLE_OID}=ASN1:UTF8String:Operator`]);
  const strange = await master({ to: { host, port }, tls: { ...stranger, ca } }).request(1, read);
  assert.equal(strange.kind, "failed");
  const believing = master({ to: { host, port }, tls: { ...operator, ca: [elsewhere.ca] } });
  const untrusting = await believing.request(1, read);
  assert(untrusting.kind === "failed" && !untrusting.sent, JSON.stringify(untrusting));
  assert.equal((await master({ to: { host, port } }).request(1, read, { timeoutMs: 500 })).kind, "failed");
  const named = { ...operator, ca, serverName: "other.example" };
  const misnamed = await master({ to: { host, port }, tls: named }).request(1, read);
  assert(misnamed.kind === "failed" && !misnamed.sent);
  assert.equal(peers.length, 2);
});

test("tls: a renewed certificate is shown to the next connection, links go on; with another authority they end", {
  skip,
}, async () => {
  const [authority, next] = [modbusAuthority(), modbusAuthority()];
  closing.push(() => authority.remove());
  closing.push(() => next.remove());
  const ca = [authority.ca];
  const [first, second] = [authority.issue("guard"), authority.issue("guard")];
  const { port, peers, listener } = await device({ tls: { ...first, ca } });
  const host = "127.0.0.1";
  const shown = async (identity: { cert: string; key: string }) => {
    const socket = connectTls({ host, port, ...identity, ca, servername: "localhost" });
    socket.on("error", () => {});
    const fingerprint = await new Promise((resolve) => {
      socket.once("secureConnect", () => resolve(socket.getPeerX509Certificate()?.fingerprint256));
      socket.once("close", () => resolve(undefined));
    });
    socket.destroy();
    return fingerprint;
  };
  const fingerprint = ({ cert }: { cert: string }) => new X509Certificate(cert).fingerprint256;
  const vendor = authority.issue("vendor");
  const old = master({ to: { host, port }, tls: { ...vendor, ca } });
  assert.equal((await old.request(1, read)).kind, "response");
  const endsInMs = (peers[0]?.untilMs ?? 0) - Date.now();
  assert(endsInMs > 47 * 3_600_000 && endsInMs < 49 * 3_600_000, "the certificate's own two days");
  assert.equal(await shown(vendor), fingerprint(first));

  assert.throws(() => listener.renew({ cert: second.cert, key: first.key, ca }));
  assert.equal(await shown(vendor), fingerprint(first), "what does not fit changes nothing");
  listener.renew({ ...second, ca });
  assert.equal(await shown(vendor), fingerprint(second));
  const links = peers.length;
  assert.equal((await old.request(1, read)).kind, "response");
  assert.equal(peers.length, links, "on the connection that it had");

  listener.renew({ ...second, ca: [next.ca] });
  const outcome = await old.request(1, read);
  assert.equal(outcome.kind, "failed", "nobody believes its authority any more");
  const newer = master({ to: { host, port }, tls: { ...next.issue("vendor"), ca } });
  assert.equal((await newer.request(1, read)).kind, "response");
});

test("tls: strangers who say nothing keep nobody out, of their own address either; and are told", {
  skip,
}, async () => {
  const authority = modbusAuthority();
  closing.push(() => authority.remove());
  const ca = [authority.ca];
  const { port, refused } = await device({ tls: { ...authority.issue("guard"), ca } });
  const host = "127.0.0.1";
  const hogs = new Set<Socket>();
  const hog = () => {
    const socket = connect(port, host);
    hogs.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => hogs.delete(socket));
    return new Promise((resolve) => socket.once("connect", resolve));
  };
  closing.push(() => hogs.forEach((socket) => void socket.destroy()));
  await Promise.all(Array.from({ length: 2 * tcpLimits.connectionsMax }, hog));
  const vendor = authority.issue("vendor");
  const served = await master({ to: { host, port }, tls: { ...vendor, ca } }).request(1, read);
  assert.equal(served.kind, "response");
  assert(hogs.size <= tcpLimits.handshakesEachMax, `${hogs.size} are still there`);
  assert(refused.length > 0 && refused.every((why) => why === "silent" || why === "full"), refused.join());
});

test("tls: who says nothing is ended when its time is over", { skip }, async () => {
  const authority = modbusAuthority();
  closing.push(() => authority.remove());
  const tls = { ...authority.issue("guard"), ca: [authority.ca] };
  const { port, refused } = await device({ tls, limits: { provenMsMax: 100 } });
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => {});
  await new Promise((resolve) => socket.once("close", resolve));
  assert.deepEqual(refused, ["silent"]);
});

test("tls: of handshakes of one source that are too many the oldest goes that has said nothing, and no other source's", () => {
  const handshakes = new Handshakes(2);
  const gone: string[] = [];
  let ports = 1;
  const begin = (remoteAddress: string, name: string, bytesRead = 0, hasRoom = true) =>
    handshakes.begun(
      Object.assign(new EventEmitter(), {
        ...{ remoteAddress, remotePort: ports++, bytesRead },
        destroy: () => void gone.push(name),
      }) as unknown as Socket,
      hasRoom,
    );
  begin("192.0.2.1", "spoke", 200);
  begin("192.0.2.1", "silent");
  begin("192.0.2.2", "elsewhere");
  begin("192.0.2.1", "newer", 200);
  assert.deepEqual(gone, ["silent"]);
  begin("::ffff:192.0.2.1", "newest");
  assert.deepEqual(gone.at(-1), "spoke");
  begin("2001:db8::1", "six");
  begin("2001:db8::2", "sixth");
  begin("2001:db8::3", "same network");
  assert.deepEqual(gone.at(-1), "six");
  begin("192.0.2.9", "last place", 0, false);
  assert.deepEqual(gone.at(-1), "elsewhere");
});

test("role: read from the certificate's own DER; damaged certificates are malformed, never an exception", {
  skip,
}, () => {
  const authority = modbusAuthority();
  closing.push(() => authority.remove());
  const der = (...extensions: string[]) =>
    new Uint8Array(new X509Certificate(authority.issue("x", extensions).cert).raw);
  const good = der(`${ROLE_OID}=critical,ASN1:FORMAT:UTF8,UTF8String:Grid operator ⚡`);
  assert.deepEqual(roleOf(good), { kind: "role", role: "Grid operator ⚡" });
  assert.deepEqual(roleOf(der()), { kind: "none" });
  assert.deepEqual(roleOf(der(`${ROLE_OID}=ASN1:PRINTABLESTRING:Operator`)), { kind: "malformed" });
  assert.deepEqual(roleOf(der(`${ROLE_OID}=ASN1:UTF8String:${"x".repeat(65)}`)), { kind: "malformed" });
  for (let n = 0; n < good.length; n++) {
    assert.equal(roleOf(good.subarray(0, n)).kind, "malformed", `cut to ${n} bytes`);
  }
  for (let n = 0; n < good.length; n++) {
    for (const byte of [0x00, 0x7f, 0x80, 0xff]) roleOf(good.with(n, byte));
  }
});
