import assert from "node:assert/strict";
import { before, test } from "node:test";
import { SimulatedDisk, seededChance, simulatedTime } from "@wattward/testing";
import { openAuthorities, openOrCreateAuthorities } from "./authorities.ts";
import { readCertificate } from "./certificate.ts";
import { checkPeer, type PeerQuestion } from "./check-peer.ts";
import { PkiError, type PkiErrorCode } from "./errors.ts";
import { newKey, publicHalf } from "./files/key-store.ts";
import { issueServer } from "./issue.ts";
import type { KeyStore } from "./key-store.ts";
import { readPem } from "./pem.ts";
import { usages } from "./profiles.ts";
import { withRsaAuthorities } from "./rsa-authorities.ts";
import { openOrIssueServer } from "./server-identity.ts";
import { forge, makeRsaWorld, makeWorld, storesOn, value } from "./testing/world.ts";

const names = ["csms.wattward.test", "localhost"];
const isError = (code: PkiErrorCode) => (error: unknown) => error instanceof PkiError && error.code === code;
type RsaWorld = Awaited<ReturnType<typeof makeRsaWorld>>;

const snapshot = (disk: SimulatedDisk) =>
  disk.paths().map((path) => `${path} ${Buffer.from(disk.peek(path) ?? []).toString("base64")}`);

/** A whole world, and its files on a disk of their own: a test may spoil them. */
let whole: RsaWorld;
before(async () => {
  whole = await makeRsaWorld();
  await openOrIssueServer(whole.authorities, names, whole);
});
async function copied(change: (path: string) => boolean = () => true) {
  const disk = new SimulatedDisk(seededChance(3));
  const boot = disk.boot();
  for (const path of whole.disk.paths().filter(change)) await boot.replace(path, whole.disk.peek(path)!);
  return { disk, boot, ...(await storesOn(boot)), ports: whole.ports };
}

async function reopened({ keys, certificates, ports }: Awaited<ReturnType<typeof copied>>) {
  const opened = await openOrCreateAuthorities(keys, certificates, ports);
  return withRsaAuthorities(opened, { keys, certificates, ...ports });
}

test("a folder of before gains them, nothing else of it changes, and its RSA server certificate is issued anew", async () => {
  const { disk, keys, certificates, clock, chance, authorities } = await makeWorld();
  const place = { keys, certificates, clock, chance };
  assert.equal(authorities.rsa, undefined);
  await asBefore(place);
  const before = snapshot(disk);

  const complete = await withRsaAuthorities(authorities, place);
  const identity = await openOrIssueServer(complete, names, place);
  const changed = snapshot(disk).filter((file) => !before.includes(file));
  assert.deepEqual(
    changed.map((file) => file.split(" ")[0]),
    [
      "keys/root-rsa.pem",
      "keys/servers-rsa.pem",
      "pki/root-rsa.pem",
      "pki/server-rsa.pem",
      "pki/servers-rsa.pem",
    ],
  );
  const [leaf, ca, ...more] = readPem(identity.rsa.cert, "CERTIFICATE").map(readCertificate);
  assert.equal(more.length, 0);
  assert.equal(leaf?.issuer.cn, "Server CA R");
  assert.equal(ca?.issuer.cn, "Root R");
  assert.equal(readCertificate(readPem(identity.ec.cert, "CERTIFICATE")[0]!).issuer.cn, "Server CA");

  const files = snapshot(disk);
  const again = await openAuthorities(keys, certificates, { clock, chance });
  assert.equal(again.rsa?.root.pem, complete.rsa.root.pem);
  assert.deepEqual(await openOrIssueServer(again, names, place), identity);
  assert.deepEqual(snapshot(disk), files);
});

/** Server certificates as a version without RSA authorities left them: both from the one Server CA. */
async function asBefore(place: Parameters<typeof openOrIssueServer>[2]) {
  const from = await openOrCreateAuthorities(place.keys, place.certificates, place);
  const before = { ...from, rsa: { root: from.root, server: from.server } };
  const { rsa } = await openOrIssueServer(before, names, place);
  assert.equal(readCertificate(readPem(rsa.cert, "CERTIFICATE")[0]!).issuer.cn, "Server CA");
}

test("killed at any write, creation goes on with the same Root R; half of it serves nobody", async () => {
  const spare = [await newKeyOnDisk(), await newKeyOnDisk()];
  let kills = 0;
  for (let at = 1; ; at++) {
    assert(at < 10, "creation needs more writes than it should");
    const folder = await copied((path) => !path.includes("-rsa"));
    const killed = new Promise<true>((resolve) => folder.boot.killAtWrite(at, () => resolve(true)));
    const finished = reopened({ ...folder, keys: withKeys(folder.boot, spare) }).then(() => false as const);
    if (!(await Promise.race([killed, finished]))) break;
    kills++;
    const rootBefore = ["keys/root-rsa.pem", "pki/root-rsa.pem"].map((path) => folder.disk.peek(path));
    const boot = folder.disk.boot();
    const place = { ...(await storesOn(boot)), ...folder.ports };
    const half = await openOrCreateAuthorities(place.keys, place.certificates, folder.ports);
    if (half.rsa === undefined) {
      const publicKey = whole.authorities.rsa.root.key.publicKey;
      await assert.rejects(issueServer(half, { names, publicKey }, place), isError("missing-authorities"));
    }
    const made = await withRsaAuthorities(half, { ...place, keys: withKeys(boot, spare) });
    for (const [i, path] of ["keys/root-rsa.pem", "pki/root-rsa.pem"].entries()) {
      if (rootBefore[i]) assert.deepEqual(folder.disk.peek(path), rootBefore[i], `write ${at}: ${path}`);
    }
    assert.equal(made.rsa.server.certificate.issuer.cn, "Root R");
  }
  assert.equal(kills, 4, "two keys, two certificates");
});

/** An encrypted RSA key's file, made once: making one takes a second. */
async function newKeyOnDisk(): Promise<Uint8Array> {
  const disk = new SimulatedDisk(seededChance(1));
  await (await storesOn(disk.boot())).keys.generate("spare", "rsa-3072");
  return disk.peek("keys/spare.pem")!;
}

/** Keys on this disk, new ones taken from `spare`. */
function withKeys(boot: ReturnType<SimulatedDisk["boot"]>, spare: readonly Uint8Array[]): KeyStore {
  const opened = storesOn(boot);
  return {
    load: async (name) => (await opened).keys.load(name),
    async generate(name) {
      await boot.replace(`keys/${name}.pem`, spare[name === "root-rsa" ? 0 : 1]!);
      return (await (await opened).keys.load(name)) ?? assert.fail();
    },
  };
}

test("what was lost or exchanged is an error that changes nothing, never a second Root R", async () => {
  const other = await makeRsaWorld("Another");
  const rsaAuthority = (path: string) => /(root|servers)-rsa/.test(path);
  type Spoil = (folder: Awaited<ReturnType<typeof copied>>) => unknown;
  const swap =
    (...paths: string[]): Spoil =>
    ({ disk }) =>
      paths.forEach((path) => void disk.damage(path, other.disk.peek(path)!));
  const remove =
    (...paths: string[]): Spoil =>
    ({ boot }) =>
      Promise.all(paths.map((path) => boot.remove(path)));
  const all = whole.disk.paths().filter(rsaAuthority);
  assert.equal(all.length, 4);
  const table: [string, Spoil][] = [
    ["Root R's key lost", remove("keys/root-rsa.pem")],
    ["Root R's certificate lost", remove("pki/root-rsa.pem")],
    ["Root R lost whole", remove("keys/root-rsa.pem", "pki/root-rsa.pem")],
    ["Server CA R's key lost", remove("keys/servers-rsa.pem")],
    ["both lost whole, with a server's certificate below them", remove(...all)],
    ["another's Root R", swap("pki/root-rsa.pem")],
    ["another's Server CA R", swap("keys/servers-rsa.pem", "pki/servers-rsa.pem")],
    ["another's Server CA R key", swap("keys/servers-rsa.pem")],
    ["another operator's, whole", swap(...all)],
  ];
  for (const [what, spoil] of table) {
    const folder = await copied();
    await spoil(folder);
    const files = snapshot(folder.disk);
    await assert.rejects(reopened(folder), isError("inconsistent-authorities"), what);
    assert.deepEqual(snapshot(folder.disk), files, what);
  }
});

test("settings that were lost are not begun anew while only the RSA authorities are left", async () => {
  const folder = await copied((path) => /(root|servers)-rsa/.test(path));
  await assert.rejects(reopened(folder), isError("inconsistent-authorities"));
});

test("a server's RSA key is certified by Server CA R, its ECDSA key by Server CA, and no RSA key by anybody else", async () => {
  const rsaKey = publicHalf(await newKey("rsa-3072"));
  const by = async (publicKey: Uint8Array) =>
    value(await issueServer(whole.authorities, { names, publicKey }, whole.ports)).certificate.issuer.cn;
  assert.equal(await by(rsaKey), "Server CA R");
  assert.equal(await by(publicHalf(await newKey("ec-p256"))), "Server CA");
  const { authorities, ports } = await makeWorld();
  const asked = issueServer(authorities, { names, publicKey: rsaKey }, ports);
  await assert.rejects(asked, isError("missing-authorities"));
});

test("who holds a key of the RSA tree is nobody to us: not station, site, server or signer, whatever was anchored", async () => {
  const { rsa, root, station, site } = whole.authorities;
  const roles = [
    { role: "station", usage: usages.clientAuth },
    { role: "site", usage: usages.clientAuth },
    { role: "server", usage: usages.serverAuth, name: "csms.wattward.test" },
  ] as const;
  for (const issuer of [rsa.server, rsa.root]) {
    for (const { usage, ...asked } of roles) {
      const dns = asked.role === "server" ? [asked.name] : [];
      const kind = { kind: "leaf", usage, keyEncipherment: false, names: { dns, ip: [] } } as const;
      const forged = await forge(whole, issuer, { kind });
      const chainDer = [forged.der, issuer.certificate.der, rsa.root.certificate.der];
      const verdict = (...anchors: string[]) => {
        const found = checkPeer({ ...asked, chainDer, anchors, now: whole.clock.now() } as PeerQuestion);
        return found.kind === "refused" ? found.reason : "trusted";
      };
      const by = `${asked.role} by ${issuer.certificate.subject.cn}`;
      assert.equal(verdict(root.pem, station.pem, site.pem), "unknown-issuer", by);
      // Had somebody made it an anchor by mistake, the role would still refuse it.
      assert.match(verdict(rsa.root.pem, rsa.server.pem), /unknown-issuer|wrong-role/, by);
    }
  }
});

test("the RSA tree's clock is the operator's: a CA of it lives no longer than its root, a server no longer than its CA", async () => {
  const { rsa } = whole.authorities;
  const clock = simulatedTime();
  clock.setWall(rsa.server.certificate.notAfterMs - 100 * 86_400_000);
  const publicKey = publicHalf(await newKey("rsa-3072"));
  const late = value(await issueServer(whole.authorities, { names, publicKey }, { ...whole.ports, clock }));
  assert.equal(late.certificate.notAfterMs, rsa.server.certificate.notAfterMs);
  assert(rsa.server.certificate.notAfterMs < rsa.root.certificate.notAfterMs);
});
