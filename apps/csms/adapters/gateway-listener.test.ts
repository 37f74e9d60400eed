/** The gateway on real sockets and TLS, with certificates that we issue: who gets in, and who does not, and how. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { connect, type TLSSocket } from "node:tls";
import { type Clock, silentLog, sleep, type Wire } from "@wattward/kernel";
import { systemChance, systemClock } from "@wattward/kernel/node";
import { dialer } from "@wattward/ocpp/websocket";
import { type Authorities, issueServer, issueSite, issueStation, readPem, signBundle } from "@wattward/pki";
import { newKey, publicHalf } from "@wattward/pki/files";
import { SITE_PROTOCOL } from "@wattward/sitelink";
import { type Csms, createCsms } from "../csms.ts";
import { type Identity, type TestAuthorities, testAuthorities } from "../gateway/testing/certificates.ts";
import { FakeCore } from "../gateway/testing/fake-core.ts";
import { Trust } from "../gateway/trust.ts";
import { listenForGateway } from "./gateway-listener.ts";

const clock = systemClock();
const days = (count: number): Clock => ({
  ...clock,
  now: () => ({ ...clock.now(), wallMs: clock.now().wallMs + count * 86_400_000 }),
});
let ca: TestAuthorities;
let authorities: Awaited<ReturnType<TestAuthorities["withRsa"]>>;
let stranger: TestAuthorities;
let core: FakeCore;
let csms: Csms;
let good: Identity;

before(async () => {
  ca = await testAuthorities(days(-30), 1);
  stranger = await testAuthorities(days(-30), 2);
  core = new FakeCore(clock);
  core.stations.set("CP-1", { serial: "SN-1", route: "direct" });
  core.stations.set("CP-2", { serial: "SN-2", route: "direct" });
  core.sites.add("north");
  good = await ca.station("SN-1");
  authorities = await ca.withRsa();
  const { station, site, bundle } = authorities;
  const [ec, rsa] = await Promise.all([serverIdentity("ec-p256"), serverIdentity("rsa-3072")]);
  csms = await createCsms({
    core,
    clock,
    chance: systemChance,
    log: silentLog,
    metrics: { count() {}, set() {}, observe() {} },
    trust: new Trust({ station: [station.pem], site: [site.pem] }),
    signBundle: (body) => signBundle(body, bundle),
    listen: (doors) =>
      listenForGateway(
        {
          host: "127.0.0.1",
          port: 0,
          identity: { ec, rsa, notAfterMs: 0 },
          authorities,
          log: silentLog,
        },
        doors,
      ),
  });
});
after(() => csms.close());

async function serverIdentity(kind: "ec-p256" | "rsa-3072") {
  const key = await newKey(kind);
  const request = { publicKey: publicHalf(key), names: ["localhost", "127.0.0.1"] };
  const issued = await issueServer(authorities, request, { clock, chance: systemChance });
  assert(issued.ok);
  const pem = key.export({ type: "pkcs8", format: "pem" }).toString();
  return { cert: issued.value.chainPem, key: pem, passphrase: "" };
}

const pem = (identity: Identity) => ({
  cert: identity.chainPem,
  key: identity.key.export({ type: "pkcs8", format: "pem" }).toString(),
});

function dial(path: string, identity: Identity, protocols: readonly string[] = ["ocpp1.6"]) {
  const url = `wss://localhost:${csms.gateway.port}`;
  const tls = { ca: [ca.authorities.root.pem], ...pem(identity) };
  return dialer({ url, tls, log: silentLog }).dial(path, protocols);
}

async function connected(path: string, identity: Identity, protocols?: readonly string[]) {
  const dialled = await dial(path, identity, protocols);
  assert(dialled.ok, dialled.ok ? "" : dialled.fault.sentence);
  return heard(dialled.value);
}

function heard(wire: Wire) {
  const received: string[] = [];
  let wake = () => {};
  const closed = new Promise<number>((resolve) => {
    const message = (text: string) => {
      received.push(text);
      wake();
    };
    wire.listen({ message, closed: (code) => resolve(code) });
  });
  const next = async () => {
    while (received.length === 0) await new Promise<void>((resolve) => (wake = resolve));
    return received.shift() ?? "";
  };
  return { wire, next, closed };
}

/** A TLS connection by hand: resolves with the socket when secured, or with what refused it. */
function secured(options: object): Promise<{ socket: TLSSocket } | { refused: string }> {
  return new Promise((resolve) => {
    const socket = connect({
      host: "127.0.0.1",
      port: csms.gateway.port,
      servername: "localhost",
      ca: [ca.authorities.root.pem],
      ...options,
    });
    // In TLS 1.3 the server's refusal arrives after the client thinks it is done: what it reads decides.
    socket.on("secureConnect", () => socket.write(upgradeRequest));
    socket.once("data", () => resolve({ socket }));
    socket.on("error", (error: NodeJS.ErrnoException) => resolve({ refused: error.code ?? error.message }));
    socket.on("close", () => resolve({ refused: "closed" }));
  });
}
const upgradeRequest = [
  "GET /ocpp/CP-1 HTTP/1.1",
  "Host: localhost",
  "Connection: Upgrade",
  "Upgrade: websocket",
  "Sec-WebSocket-Version: 13",
  "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
  "Sec-WebSocket-Protocol: ocpp1.6",
  "\r\n",
].join("\r\n");

test("mutual TLS: a station's own certificate gets in and is answered; a site's gets its link", async () => {
  const station = await connected("/ocpp/CP-1", good);
  station.wire.send('[2,"1","Heartbeat",{}]');
  assert.match(await station.next(), /^\[3,"1",/);
  station.wire.close(1000, "");
  const site = await connected("/site/north", await ca.site("north"), [SITE_PROTOCOL]);
  const hello = { t: "hello", site: "north", epoch: "0".repeat(24), lastSeq: 0, bundleVersion: 0 };
  site.wire.send(JSON.stringify({ ...hello, wallMs: 1, clockQuality: "synced", software: "0.1.0" }));
  assert.match(await site.next(), /"t":"welcome"/);
  site.wire.close(1000, "");
});

/** As a thief of the RSA tree's keys would certify himself. */
async function byRsaTree(issuer: "root" | "server", role: "station" | "site"): Promise<Identity> {
  const key = await newKey("ec-p256");
  const from: Authorities = { ...authorities, [role]: authorities.rsa[issuer] };
  const ports = { clock, chance: systemChance };
  const publicKey = publicHalf(key);
  const issued =
    role === "station"
      ? await issueStation(from, { serial: "SN-1", publicKey }, ports)
      : await issueSite(from, { site: "north", publicKey }, ports);
  assert(issued.ok);
  const { chainPem } = issued.value;
  return { chain: readPem(chainPem, "CERTIFICATE"), chainPem, key };
}

test("wrong, expired, not yet valid, foreign, missing: TLS is refused or the upgrade is, and each is observed", async () => {
  const rows: [says: string, identity: Identity, path: string][] = [
    ["foreign", await stranger.station("SN-1"), "/ocpp/CP-1"],
    ["expired", await ca.station("SN-1", { clock: days(-20), days: 1 }), "/ocpp/CP-1"],
    ["not yet valid", await ca.station("SN-1", { clock: days(2), days: 1 }), "/ocpp/CP-1"],
    ["another station's", await ca.station("SN-2"), "/ocpp/CP-1"],
    ["a site's for a station", await ca.site("north"), "/ocpp/CP-1"],
    ["a station's for a site", good, "/site/north"],
    ["a station by Server CA R", await byRsaTree("server", "station"), "/ocpp/CP-1"],
    ["a station by Root R", await byRsaTree("root", "station"), "/ocpp/CP-1"],
    ["a site by Server CA R", await byRsaTree("server", "site"), "/site/north"],
    ["a site by Root R", await byRsaTree("root", "site"), "/site/north"],
  ];
  for (const [says, identity, path] of rows) {
    const dialled = await dial(path, identity, ["ocpp1.6", SITE_PROTOCOL]).catch((error: unknown) =>
      String(error),
    );
    assert(typeof dialled === "string" || !dialled.ok, says);
  }
  const missing = await secured({});
  assert("refused" in missing, "no certificate");
  const kinds = new Set(core.observed());
  for (const kind of [
    "gateway.connection-refused",
    "gateway.certificate-refused",
    "gateway.station-refused",
  ]) {
    assert(kinds.has(kind), `${kind} among ${[...kinds].join(", ")}`);
  }
  const details = core.inputs("observe").map(({ detail }) => JSON.stringify(detail));
  assert(
    details.some((text) => text.includes("127.0.0.1")),
    "with the address it came from",
  );
  const refusedFor = core.inputs("observe").map(({ detail }) => detail.say);
  for (const say of ["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "CERT_HAS_EXPIRED", "CERT_NOT_YET_VALID"])
    assert(refusedFor.includes(say), `${say} among ${refusedFor.join(", ")}`);
});

for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
  test(`${version}: both kinds of server certificate; nothing older`, async () => {
    const only = { minVersion: version, maxVersion: version };
    // Either would do, the client would rather have RSA, and knows the one root: it gets ECDSA.
    const both = { sigalgs: "rsa_pss_rsae_sha256:ecdsa_secp256r1_sha256" };
    const rsaOnly = {
      ...pem(await ca.station("SN-2", { key: await newKey("rsa-3072") })),
      sigalgs: "rsa_pss_rsae_sha256:rsa_pkcs1_sha256",
      ca: [authorities.rsa.root.pem],
    };
    for (const options of [only, { ...only, ...both }, { ...only, ...rsaOnly }]) {
      const made = await secured({ ...pem(good), ...options });
      assert("socket" in made, JSON.stringify(made));
      assert.equal(made.socket.getProtocol(), version);
      made.socket.destroy();
    }
    const old = await secured({
      ...pem(good),
      minVersion: "TLSv1",
      maxVersion: "TLSv1.1",
      ciphers: "ALL@SECLEVEL=0",
    });
    assert("refused" in old);
  });

  test(`${version}: a session resumed after the certificate was denied opens nothing`, async () => {
    const identity = await ca.station("SN-2");
    const only = { minVersion: version, maxVersion: version };
    const first = connect({
      host: "127.0.0.1",
      port: csms.gateway.port,
      servername: "localhost",
      ca: [ca.authorities.root.pem],
      ...pem(identity),
      ...only,
    });
    const session = await new Promise<Buffer>((resolve) => {
      first.once("session", resolve);
      first.on("secureConnect", () => first.write(upgradeRequest.replace("CP-1", "CP-2")));
      first.on("error", () => {});
    });
    first.destroy();
    const resumed = await secured({ ...pem(identity), ...only, session });
    assert("socket" in resumed && resumed.socket.isSessionReused(), "otherwise this test means nothing");
    resumed.socket.destroy();
    const { key } = core.inputs("station.admit").at(-1)?.certificate ?? assert.fail();
    core.denials.push({ kind: "key", issuer: "", value: key });
    core.commit("denial.added");
    await sleep(clock, 100);
    const denied = await secured({ ...pem(identity), ...only, session });
    assert("refused" in denied, "resumed, and denied all the same");
    core.denials.length = 0;
    core.commit("denial.removed");
    await sleep(clock, 100);
  });
}

test("hostile input after TLS ends its own connection only: bad paths, no upgrade, garbage", async () => {
  const station = await connected("/ocpp/CP-1", good);
  for (const request of [
    "GET /% HTTP/1.1\r\nHost: x\r\n\r\n",
    "\u0000\u0001\u0002\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: x\r\n\r\n",
  ]) {
    const socket = connect({
      host: "127.0.0.1",
      port: csms.gateway.port,
      servername: "localhost",
      ca: [ca.authorities.root.pem],
      ...pem(await ca.station("SN-2")),
    });
    socket.on("error", () => {});
    await new Promise<void>((resolve) => {
      socket.on("secureConnect", () => socket.write(request));
      socket.on("close", () => resolve());
      socket.resume();
    });
  }
  const bad = await dial("/ocpp/%", good);
  assert(!bad.ok && bad.fault.status === 404);
  station.wire.send('[2,"still","Heartbeat",{}]');
  assert.match(await station.next(), /^\[3,"still",/);
  station.wire.close(1000, "");
});
