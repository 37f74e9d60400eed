/**
 * The real processes on real files, sockets and certificates: the supervisor, its child, and what `kill -9` does to
 * each of them. The CSMS is the fake one, behind a real listener; everything else is what a site runs.
 */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { type Dialer, type Result, silentLog, type Wire } from "@wattward/kernel";
import { folderDisk, systemChance, systemClock } from "@wattward/kernel/node";
import { dialer, listenWires, wireLimits } from "@wattward/ocpp/websocket";
import {
  type Authorities,
  issueServer,
  issueSite,
  issueStation,
  openOrCreateAuthorities,
  signBundle,
} from "@wattward/pki";
import { type KeyedChain, newKey, openKeyFiles, publicHalf, writeSiteIdentity } from "@wattward/pki/files";
import { BUNDLE_TOKENS_MAX, type SignedBundle } from "@wattward/sitelink";
import { readJournal } from "./journal/read.ts";
import { FakeCsms, fakeBundle } from "./testing/fake-csms.ts";
import { SITE } from "./testing/world.ts";

const root = mkdtempSync(join(tmpdir(), "wattward-site-"));
const clock = systemClock();
const ports = { clock, chance: systemChance };
const started: ChildProcess[] = [];
let authorities: Authorities;
let station: { cert: string; key: string };
let csmsPort = 0;
let csms: FakeCsms;
let stopCsms: () => Promise<void>;

after(async () => {
  for (const child of started) child.kill("SIGKILL");
  await stopCsms?.();
  rmSync(root, { recursive: true, force: true });
});

type Issuing = Promise<Result<{ chainPem: string }, { sentence: string }>>;
async function keyed(
  kind: "ec-p256" | "rsa-3072",
  issue: (publicKey: Uint8Array) => Issuing,
): Promise<KeyedChain> {
  const key = await newKey(kind);
  const issued = await issue(publicHalf(key));
  assert(issued.ok, issued.ok ? "" : issued.fault.sentence);
  return { key, chainPem: issued.value.chainPem };
}
const pemOf = ({ key, chainPem }: KeyedChain) => ({
  cert: chainPem,
  key: key.export({ type: "pkcs8", format: "pem" }).toString(),
});
const server = (kind: "ec-p256" | "rsa-3072", name: string) =>
  keyed(kind, (publicKey) => issueServer(authorities, { names: [name, "localhost"], publicKey }, ports));

async function identityIn(folder: string): Promise<string> {
  const lcName = `${SITE}.lc.wattward.test`;
  const link = await keyed("ec-p256", (publicKey) =>
    issueSite(authorities, { site: SITE, publicKey }, ports),
  );
  const serverEc = await server("ec-p256", lcName);
  // An RSA key takes a second to make; the listener's two kinds of key have their test beside it.
  const serverRsa = serverEc;
  const content = {
    site: SITE,
    domain: "wattward.test",
    link,
    serverEc,
    serverRsa,
    rootPem: authorities.root.pem,
  };
  await writeSiteIdentity(folder, content, systemChance);
  return folder;
}

before(async () => {
  const disk = folderDisk(join(root, "ca"));
  const keys = await openKeyFiles("ca", { disk, passphrase: "for this test only", chance: systemChance });
  authorities = await openOrCreateAuthorities(keys, folderDisk(join(root, "pki")), {
    ...ports,
    operatorName: "Op",
  });
  const issued = await keyed("ec-p256", (publicKey) =>
    issueStation(authorities, { serial: "SN-A", publicKey }, ports),
  );
  station = pemOf(issued);
  csms = new FakeCsms(clock, fakeBundle(SITE, ["A"], { stationAnchors: [authorities.station.pem] }));
  const bundle: SignedBundle = await signBundle(JSON.stringify(csms.bundle), authorities.bundle);
  csms.sign = () => bundle;
  const identity = pemOf(await server("ec-p256", "csms.wattward.test"));
  const listener = await listenWires({
    ...{ host: "127.0.0.1", port: 0, log: silentLog, upgrade: csms.upgrade },
    tls: {
      identities: [identity],
      clients: { kind: "required", ca: [authorities.root.pem, authorities.site.pem], judge: "openssl" },
    },
  });
  csmsPort = listener.port;
  stopCsms = () => listener.close();
});

type Running = { child: ChildProcess; log: () => string; exit: Promise<number | null> };
function run(folder: string, ...more: string[]): Running {
  const csmsUrl = ["--csms", `wss://csms.wattward.test:${csmsPort}`, "--connect", `127.0.0.1:${csmsPort}`];
  const entry = join(import.meta.dirname, "main.ts");
  const args = ["--disable-warning=ExperimentalWarning", entry, "--data", folder, ...csmsUrl, ...more];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
  started.push(child);
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => (text += String(chunk)));
  return { child, log: () => text, exit: new Promise((resolve) => child.on("exit", resolve)) };
}

const siteJson = (folder: string): { port: number; pid: number; localControllerPid: number } | undefined => {
  try {
    return JSON.parse(readFileSync(join(folder, "site.json"), "utf8"));
  } catch {
    return undefined; // Not written yet.
  }
};

/** Asks every 20 ms, for the real world has no events to wait for. */
async function until<T>(what: string, look: () => T | undefined | false, limitMs = 15_000): Promise<T> {
  for (const endMs = performance.now() + limitMs; ; await wait(20)) {
    const found = look();
    if (found !== undefined && found !== false) return found;
    assert(performance.now() < endMs, `not in time: ${what}`);
  }
}
const alive = (pid: number) => {
  try {
    process.kill(pid, 0);
    // A zombie answers too, until its parent looks at it.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
};

/** Why a peer that shows `identity` is not let in; "in" where it is. */
async function knock(
  folder: string,
  identity: { cert: string; key: string } | undefined,
  path = "/ocpp/A",
): Promise<string> {
  const tls = { ca: [authorities.root.pem], ...identity, servername: `${SITE}.lc.wattward.test` };
  const to = dialer({ url: `wss://127.0.0.1:${siteJson(folder)?.port}`, tls, log: silentLog });
  const dialled = await to.dial(path, ["ocpp1.6"]);
  if (!dialled.ok) return dialled.fault.status === undefined ? "no handshake" : String(dialled.fault.status);
  // TLS 1.3 tells a client of its refusal only after its side of the handshake is done.
  return new Promise((resolve) => {
    dialled.value.listen({ message() {}, closed: () => resolve("in") });
    dialled.value.close(1000, "seen");
  });
}

async function asStation(
  folder: string,
  calls: readonly (readonly [string, object])[],
): Promise<unknown[][]> {
  const { port } = await until("site.json", () => siteJson(folder));
  const tls = { ca: [authorities.root.pem], ...station, servername: `${SITE}.lc.wattward.test` };
  const to: Dialer = dialer({ url: `wss://127.0.0.1:${port}`, tls, log: silentLog });
  let wire: Wire | undefined;
  let refused = "";
  for (const endMs = performance.now() + 15_000; wire === undefined; await wait(50)) {
    assert(performance.now() < endMs, `not let in: ${refused}`);
    const dialled = await to.dial("/ocpp/A", ["ocpp1.6"]);
    if (dialled.ok) wire = dialled.value;
    else refused = dialled.fault.sentence;
  }
  const answers: unknown[][] = [];
  wire.listen({ message: (text) => answers.push(JSON.parse(text)), closed() {} });
  for (const [i, [action, payload]] of calls.entries()) {
    wire.send(JSON.stringify([2, `m${i}`, action, payload]));
    await until(`an answer to ${action}`, () => answers.length > i);
  }
  wire.close(1000, "done");
  return answers;
}

const start = (meterStart: number): [string, object] => [
  "StartTransaction",
  { connectorId: 1, idTag: "T", timestamp: "2026-01-05T08:00:00Z", meterStart },
];
const idIn = (answer: unknown[] | undefined) => (answer![2] as { transactionId: number }).transactionId;

test("site process: serves over mutual TLS, survives kill -9 of each of its processes, and keeps what it answered", {
  timeout: 60_000,
}, async () => {
  const folder = await identityIn(join(root, "site"));
  const first = run(folder, "--port", "0");
  const began = await until("site.json", () => siteJson(folder));
  await until("the link", () => csms.messages.some(({ t }) => t === "lease-wanted"));
  const one = idIn((await asStation(folder, [["Heartbeat", {}], start(1)]))[1]);

  process.kill(began.localControllerPid, "SIGKILL");
  const again = await until("a new local controller", () => {
    const now = siteJson(folder);
    return now !== undefined && now.localControllerPid !== began.localControllerPid && now;
  });
  assert.equal(again.port, began.port, "stations know the port");
  const two = (await asStation(folder, [start(1), start(2)])).map(idIn);
  assert.deepEqual(two, [one, one + 1]);

  const second = run(folder, "--port", "0");
  assert.equal(await second.exit, 1);
  assert.match(second.log(), /another site controller runs on .*: stop it first/);

  first.child.kill("SIGKILL");
  await until("the orphan's end", () => !alive(again.localControllerPid));
  const third = run(folder, "--port", String(began.port));
  await until("the third", () => siteJson(folder)?.pid === third.child.pid);
  assert.equal(idIn((await asStation(folder, [start(3)]))[0]), one + 2);
  const site = pemOf(
    await keyed("ec-p256", (publicKey) => issueSite(authorities, { site: SITE, publicKey }, ports)),
  );
  const other = pemOf(
    await keyed("ec-p256", (publicKey) => issueStation(authorities, { serial: "SN-B", publicKey }, ports)),
  );
  assert.equal(await knock(folder, undefined), "no handshake");
  assert.equal(await knock(folder, site), "no handshake", "a site's key is no station's");
  assert.equal(await knock(folder, other), "403", "another station's key");
  assert.equal(await knock(folder, station), "in");
  const acked = async () => (await readJournal(folderDisk(folder)))?.records.length;
  await until("everything at the CSMS", () => csms.startIds().size === 3);
  third.child.kill("SIGTERM");
  assert.equal(await third.exit, 0);
  assert.equal(await acked(), [...csms.applied.values()].flat().length);
});

test("site process: no identity, and a damaged journal, end it with what to do; a taken port is waited for", {
  timeout: 60_000,
}, async () => {
  const empty = run(join(root, "empty"));
  assert.equal(await empty.exit, 1);
  assert.match(empty.log(), /npx wattward pki issue site SITE --out .*empty/);

  const folder = await identityIn(join(root, "damaged"));
  const blocker = createServer().listen(0, "127.0.0.1");
  await until("the blocker", () => blocker.listening);
  const { port } = blocker.address() as { port: number };
  const blocked = run(folder, "--port", String(port));
  await until("the sentence", () => /another process listens there/.test(blocked.log()));
  blocker.close();
  await until("the port", () => siteJson(folder)?.port === port);
  assert.equal(blocked.log().includes("child-died"), false);
  blocked.child.kill("SIGTERM");
  assert.equal(await blocked.exit, 0);

  await folderDisk(folder).replace("journal/head.json", Buffer.from("{}"));
  const damaged = run(folder, "--port", "0");
  assert.equal(await damaged.exit, 1);
  assert.match(damaged.log(), /journal\/head\.json: is not a journal's head .*Restore the data folder/);
});

test("site process: an identity whose passphrase is another, or may be read by others, ends it with that alone", async () => {
  const folder = await identityIn(join(root, "closed"));
  const passphrase = join(folder, "identity", "passphrase");
  writeFileSync(passphrase, "another\n");
  const closed = run(folder, "--port", "0");
  assert.equal(await closed.exit, 1);
  assert.match(closed.log(), /does not open the key link-key\.pem beside it.*from a backup/);
  chmodSync(passphrase, 0o644);
  const exposed = run(folder, "--port", "0");
  assert.equal(await exposed.exit, 1);
  assert.match(exposed.log(), /chmod 600/);
  assert.doesNotMatch(`${closed.log()}${exposed.log()}`, /child-died|station add/);
});

test("site process: told to stop by everyone at once, as a service manager stops a group, it ends in order", {
  timeout: 30_000,
}, async () => {
  const folder = await identityIn(join(root, "group"));
  const site = run(folder, "--port", "0");
  const { localControllerPid } = await until("site.json", () => siteJson(folder));
  process.kill(localControllerPid, "SIGTERM");
  process.kill(localControllerPid, "SIGTERM");
  site.child.kill("SIGTERM");
  assert.equal(await site.exit, 0);
  assert.doesNotMatch(site.log(), /fatal|child-died/);
});

test("site process: behind a proxy the address is the one of its header, and from anybody else a header is refused", {
  timeout: 30_000,
}, async () => {
  // Version 2 of the PROXY protocol: TCP over IPv4, from 203.0.113.7 port 4242 to 203.0.113.8 port 443; then no TLS.
  const header = Buffer.from("0d0a0d0a000d0a515549540a2111000ccb007107cb007108109201bb", "hex");
  const folder = await identityIn(join(root, "proxied"));
  const site = run(folder, "--port", "0", "--proxy-from", "127.0.0.3");
  const { port } = await until("site.json", () => siteJson(folder));
  for (const localAddress of ["127.0.0.3", "127.0.0.2"]) {
    const socket = connect({ port, host: "127.0.0.1", localAddress });
    socket.on("error", () => {}).resume();
    socket.end(Buffer.concat([header, Buffer.from("no TLS")]));
  }
  const failed = (words: RegExp) =>
    site
      .log()
      .split("\n")
      .some((line) => line.includes("handshake-failed") && words.test(line));
  await until("the proxy's word was taken", () => failed(/"203\.0\.113\.7"/));
  await until("a stranger's was not", () => failed(/"127\.0\.0\.2".*not among the listed proxies/));
  site.child.kill("SIGTERM");
  assert.equal(await site.exit, 0);
});

test("site process: a CSMS under another name is not spoken to, and the site says so without dying", {
  timeout: 30_000,
}, async () => {
  const folder = await identityIn(join(root, "misled"));
  const misled = run(folder, "--port", "0", "--csms", `wss://other.wattward.test:${csmsPort}`);
  await until("the sentence", () => /do not trust each other/.test(misled.log()));
  assert(siteJson(folder) !== undefined || (await until("site.json", () => siteJson(folder))));
  misled.child.kill("SIGTERM");
  assert.equal(await misled.exit, 0);
});

test("site process: a bundle with as many tokens as one may hold, longer than any station's frame, comes into force", async () => {
  const folder = await identityIn(join(root, "large"));
  const small = csms.sign;
  const localList = Array.from(
    { length: BUNDLE_TOKENS_MAX },
    (_, i) => ({ token: `${i}`.padStart(20, "T"), status: "Accepted" }) as const,
  );
  const body = JSON.stringify({ ...csms.bundle, version: 2, localList });
  assert(body.length > wireLimits.frameBytesMax);
  const large = await signBundle(body, authorities.bundle);
  csms.sign = () => large;
  const site = run(folder, "--port", "0");
  const inForce = await until("bundle-state", () =>
    csms.messages.find((message) => message.t === "bundle-state" && message.version === 2),
  );
  csms.sign = small;
  site.child.kill("SIGTERM");
  await site.exit;
  assert.equal(inForce.t === "bundle-state" && inForce.accepted, true);
});
