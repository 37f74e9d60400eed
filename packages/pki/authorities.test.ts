import assert from "node:assert/strict";
import { test } from "node:test";
import { SimulatedDisk, seededChance, simulatedTime } from "@wattward/testing";
import { type Authorities, openAuthorities, openOrCreateAuthorities } from "./authorities.ts";
import { checkPeer } from "./check-peer.ts";
import { PkiError, type PkiErrorCode } from "./errors.ts";
import { issueStation } from "./issue.ts";
import { readPem, writePem } from "./pem.ts";
import { openOrIssueServer } from "./server-identity.ts";
import { makeRsaWorld, makeWorld, newPublicKey, storesOn, value } from "./testing/world.ts";

const dayMs = 86_400_000;
const isError = (code: PkiErrorCode) => (error: unknown) => error instanceof PkiError && error.code === code;

/** Everything a data folder holds, as text: what a test compares to say "unchanged". */
const snapshot = (disk: SimulatedDisk) =>
  disk.paths().map((path) => `${path} ${Buffer.from(disk.peek(path) ?? []).toString("base64")}`);

test("an empty folder gets five keys and five certificates; opening again changes nothing", async () => {
  const world = await makeWorld();
  const files = snapshot(world.disk);
  assert.deepEqual(
    world.disk.paths().filter((path) => path.startsWith("pki/")),
    ["authorities.json", "bundle.pem", "root.pem", "servers.pem", "sites.pem", "stations.pem"].map(
      (f) => `pki/${f}`,
    ),
  );
  const again = await openOrCreateAuthorities(world.keys, world.certificates, world.ports);
  assert.equal(again.operatorName, "Operator");
  assert.equal(again.root.pem, world.authorities.root.pem);
  assert.equal(again.station.pem, world.authorities.station.pem);
  assert.deepEqual(snapshot(world.disk), files);
});

test("killed at any write, before or after it took effect, creation goes on with the same root", async () => {
  let kills = 0;
  for (let seed = 1; seed <= 3; seed++) {
    // Six certificates' files and five keys; the loop ends where a creation was not killed any more.
    for (let at = 1; ; at++) {
      assert(at < 30, "creation needs more writes than it should");
      const disk = new SimulatedDisk(seededChance(seed * 100 + at));
      if (!(await killedAt(disk, at))) break;
      kills++;
      const rootBefore = disk.peek("keys/root.pem");
      const certificateBefore = disk.peek("pki/root.pem");
      const { keys, certificates } = await storesOn(disk.boot());
      const ports = { clock: simulatedTime(), chance: seededChance(at) };
      const made = await openOrCreateAuthorities(keys, certificates, ports);
      const where = `seed ${seed}, write ${at}`;
      if (rootBefore) assert.deepEqual(disk.peek("keys/root.pem"), rootBefore, where);
      if (certificateBefore) assert.deepEqual(disk.peek("pki/root.pem"), certificateBefore, where);
      await assertUsable(made, ports.clock, where);
    }
  }
  assert(kills >= 30, `only ${kills} kills`);
});

async function killedAt(disk: SimulatedDisk, write: number): Promise<boolean> {
  const boot = disk.boot();
  const killed = new Promise<true>((resolve) => boot.killAtWrite(write, () => resolve(true)));
  const finished = (async () => {
    const { keys, certificates } = await storesOn(boot);
    const ports = { clock: simulatedTime(), chance: seededChance(write) };
    await openOrCreateAuthorities(keys, certificates, ports);
    return false as const;
  })();
  return Promise.race([killed, finished]);
}

async function assertUsable(made: Authorities, clock: ReturnType<typeof simulatedTime>, where: string) {
  const publicKey = await newPublicKey();
  const issued = value(
    await issueStation(made, { serial: "CP1", publicKey }, { clock, chance: seededChance(9) }),
  );
  const chainDer = [issued.certificate.der, made.station.certificate.der];
  const verdict = checkPeer({ chainDer, anchors: [made.root.pem], role: "station", now: clock.now() });
  assert.equal(verdict.kind, "trusted", where);
}

test("authorities whose creation was cut short are not opened by those who may not create", async () => {
  const disk = new SimulatedDisk(seededChance(1));
  assert(await killedAt(disk, 8));
  const { keys, certificates } = await storesOn(disk.boot());
  const ports = { clock: simulatedTime(), chance: seededChance(1) };
  await assert.rejects(openAuthorities(keys, certificates, ports), isError("missing-authorities"));
});

test("what was lost or exchanged is an error that changes nothing, never a second root", async () => {
  const other = await makeWorld();
  const table: [
    string,
    PkiErrorCode,
    (disk: SimulatedDisk, boot: ReturnType<SimulatedDisk["boot"]>) => unknown,
  ][] = [
    ["root's key lost", "inconsistent-authorities", (_, boot) => boot.remove("keys/root.pem")],
    ["root's certificate lost", "inconsistent-authorities", (_, boot) => boot.remove("pki/root.pem")],
    [
      "root lost whole",
      "inconsistent-authorities",
      (_, boot) => Promise.all([boot.remove("keys/root.pem"), boot.remove("pki/root.pem")]),
    ],
    ["the settings lost", "inconsistent-authorities", (_, boot) => boot.remove("pki/authorities.json")],
    ["an issuing key lost", "inconsistent-authorities", (_, boot) => boot.remove("keys/stations.pem")],
    ["another's root", "inconsistent-authorities", swap(other.disk, "pki/root.pem")],
    ["another's root key", "inconsistent-authorities", swap(other.disk, "keys/root.pem")],
    ["another's issuing CA", "inconsistent-authorities", swap(other.disk, "pki/sites.pem")],
    [
      "another's issuing CA with its key",
      "inconsistent-authorities",
      (disk) => ["pki/sites.pem", "keys/sites.pem"].forEach((path) => void swap(other.disk, path)(disk)),
    ],
    ["a root not signed by itself", "inconsistent-authorities", spoilSignature],
    ["another's issuing key", "inconsistent-authorities", swap(other.disk, "keys/servers.pem")],
    [
      "a damaged certificate",
      "damaged-certificate",
      (disk) => disk.damage("pki/sites.pem", Buffer.from("-----BEGIN")),
    ],
    [
      "damaged settings",
      "inconsistent-authorities",
      (disk) => disk.damage("pki/authorities.json", Buffer.from("{}")),
    ],
  ];
  for (const [what, code, spoil] of table) {
    const { disk, ports } = await makeWorld();
    const boot = disk.boot();
    await spoil(disk, boot);
    const files = snapshot(disk);
    const { keys, certificates } = await storesOn(boot);
    await assert.rejects(openOrCreateAuthorities(keys, certificates, ports), isError(code), what);
    assert.deepEqual(snapshot(disk), files, what);
  }
});

function spoilSignature(disk: SimulatedDisk): void {
  const [der] = readPem(Buffer.from(disk.peek("pki/root.pem")!).toString(), "CERTIFICATE");
  der![der!.length - 1]! ^= 1;
  disk.damage("pki/root.pem", Buffer.from(writePem(der!, "CERTIFICATE")));
}

const swap = (from: SimulatedDisk, path: string) => (disk: SimulatedDisk) =>
  disk.damage(path, from.peek(path)!);

test("domain and operator are chosen once", async () => {
  const { keys, certificates, ports } = await makeWorld("Operator");
  const open = (settings: object) => openOrCreateAuthorities(keys, certificates, { ...ports, ...settings });
  await assert.rejects(open({ domain: "other.test" }), isError("bad-setting"));
  await assert.rejects(open({ operatorName: "Other" }), isError("bad-setting"));
  assert.equal((await open({ domain: "wattward.test", operatorName: "Operator" })).domain, "wattward.test");
  const empty = await storesOn(new SimulatedDisk(seededChance(2)).boot());
  for (const settings of [
    { domain: "Upper.test" },
    { domain: "label" },
    { operatorName: "" },
    { operatorName: "a\nb" },
  ]) {
    const opening = openOrCreateAuthorities(empty.keys, empty.certificates, { ...ports, ...settings });
    await assert.rejects(opening, isError("bad-setting"), JSON.stringify(settings));
  }
});

test("an operator's name outside ASCII, of 64 characters, and with commas works to the end", async () => {
  for (const name of ['Stadtwerke Köln, Größe+Söhne = "GmbH"', "é".repeat(64)]) {
    const { authorities, clock } = await makeWorld(name);
    assert.equal(authorities.root.certificate.subject.o, name);
    await assertUsable(authorities, clock, name);
  }
});

test("the bundle signer is renewed in the last third of its life, with its key; by an unknown clock it is not", async () => {
  const { keys, certificates, clock, chance, authorities } = await makeWorld();
  const reopen = async (quality: "synced" | "unknown") => {
    clock.setWall(clock.now().wallMs, quality);
    return openOrCreateAuthorities(keys, certificates, { clock, chance });
  };
  clock.setWall(authorities.bundle.certificate.notAfterMs - 600 * dayMs);
  assert.equal((await reopen("unknown")).bundle.pem, authorities.bundle.pem);
  const renewed = (await reopen("synced")).bundle;
  assert.notEqual(renewed.pem, authorities.bundle.pem);
  assert.deepEqual(renewed.certificate.spki, authorities.bundle.certificate.spki);
  assert.equal((await reopen("synced")).bundle.pem, renewed.pem);
});

test("the server's certificates are kept, and issued anew for other names, near their end, or when damaged", async () => {
  const world = await makeRsaWorld();
  const { authorities, clock, disk } = world;
  const names = ["csms.wattward.test", "localhost", "127.0.0.1", "::1"];
  const open = (of = names) => openOrIssueServer(authorities, of, world);
  const first = await open();
  assert.match(first.rsa.key, /ENCRYPTED PRIVATE KEY/);
  assert.equal((await open()).ec.cert, first.ec.cert);
  const other = await open(["csms.other.test"]);
  assert.notEqual(other.ec.cert, first.ec.cert);
  assert.equal(other.ec.key, first.ec.key, "the key stays");
  disk.damage("pki/server-ec.pem", Buffer.from("x"));
  assert.notEqual((await open(["csms.other.test"])).ec.cert, other.ec.cert);
  const last = await open();
  clock.setWall(last.notAfterMs - 100 * dayMs, "unknown");
  assert.equal((await open()).ec.cert, last.ec.cert, "by an unknown clock nothing is renewed");
  clock.setWall(clock.now().wallMs, "synced");
  const renewed = await open();
  assert(renewed.notAfterMs > last.notAfterMs);
  assert.equal(renewed.ec.key, last.ec.key);
  await assert.rejects(open(["*.wattward.test"]), isError("bad-setting"));
});
