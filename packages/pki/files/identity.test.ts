import assert from "node:assert/strict";
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { createSecureContext } from "node:tls";
import type { SiteId } from "@wattward/kernel";
import { PkiError, type PkiErrorCode } from "../errors.ts";
import { issueServer, issueSite, issueStation } from "../issue.ts";
import type { KeyKind } from "../key-store.ts";
import { makeRsaWorld, value, type World } from "../testing/world.ts";
import {
  type KeyedChain,
  readSiteIdentity,
  readStationIdentity,
  writeSiteIdentity,
  writeStationIdentity,
} from "./identity.ts";
import { newKey, publicHalf } from "./key-store.ts";

const root = mkdtempSync(join(tmpdir(), "wattward-identity-"));
after(() => rmSync(root, { recursive: true }));
let folders = 0;
const newPath = () => join(root, String(folders++));

let world: World;
let station: KeyedChain;
before(async () => {
  world = await makeRsaWorld();
  station = await keyed("ec-p256", (publicKey) =>
    issueStation(world.authorities, { serial: "SN1", publicKey }, world.ports),
  );
});

async function keyed(
  kind: KeyKind,
  issue: (publicKey: Uint8Array) => ReturnType<typeof issueStation>,
): Promise<KeyedChain> {
  const key = await newKey(kind);
  return { key, chainPem: value(await issue(publicHalf(key))).chainPem };
}

const writeStation = (folder: string, plainKey = false) =>
  writeStationIdentity(
    folder,
    {
      ...{ station: "CP1", serial: "SN1", identity: station, plainKey },
      rootPem: world.authorities.root.pem,
      rsaRootPem: world.authorities.rsa?.root.pem,
    },
    world.chance,
  );

async function writeSite(folder: string, more: { stationCaPem?: string } = {}): Promise<void> {
  const { authorities: from, ports } = world;
  const server = (kind: KeyKind) =>
    keyed(kind, (publicKey) => issueServer(from, { names: ["north.lc.wattward.test"], publicKey }, ports));
  const content = {
    site: "north" as SiteId,
    domain: "wattward.test",
    link: await keyed("ec-p256", (publicKey) => issueSite(from, { site: "north", publicKey }, ports)),
    serverEc: await server("ec-p256"),
    serverRsa: await server("rsa-3072"),
    rootPem: from.root.pem,
    ...more,
  };
  await writeSiteIdentity(folder, content, world.chance);
}

const says =
  (code: PkiErrorCode, ...words: string[]) =>
  (error: unknown) => {
    assert(error instanceof PkiError, String(error));
    assert.equal(error.code, code);
    for (const word of words)
      assert(error.message.includes(word), `'${word}' is missing in: ${error.message}`);
    return true;
  };

const modesIn = (folder: string) =>
  new Set(readdirSync(folder).map((name) => statSync(join(folder, name)).mode & 0o777));

test("a station's folder: 0700 with files of 0600, and what was written is read", async () => {
  const folder = newPath();
  await writeStation(folder);
  assert.deepEqual(readdirSync(folder).sort(), [
    "certificate.pem",
    "identity.json",
    "key.pem",
    "passphrase",
    "root-rsa.pem",
    "root.pem",
  ]);
  assert.equal(statSync(folder).mode & 0o777, 0o700);
  assert.deepEqual(modesIn(folder), new Set([0o600]));
  const read = await readStationIdentity(folder);
  assert.equal(read.station, "CP1");
  assert.equal(read.serial, "SN1");
  assert.equal(read.rootPem, world.authorities.root.pem);
  createSecureContext(read.tls);
});

test("a plain key needs no passphrase, and none is written", async () => {
  const folder = newPath();
  await writeStation(folder, true);
  assert(!readdirSync(folder).includes("passphrase"));
  const { tls } = await readStationIdentity(folder);
  assert.equal(tls.passphrase, undefined);
  assert.match(tls.key, /^-----BEGIN PRIVATE KEY-----/);
  createSecureContext(tls);
});

test("a site's folder lies in its data folder, and all three identities serve TLS", async () => {
  const folder = newPath();
  mkdirSync(folder);
  writeFileSync(join(folder, "other"), "what the site keeps is left alone");
  await writeSite(folder);
  assert.equal(statSync(join(folder, "identity")).mode & 0o777, 0o700);
  assert.deepEqual(modesIn(join(folder, "identity")), new Set([0o600]));
  const read = await readSiteIdentity(folder);
  assert.equal(read.site, "north");
  assert.equal(read.domain, "wattward.test");
  for (const identity of [read.link, read.serverEc, read.serverRsa]) createSecureContext(identity);
  assert.deepEqual(readdirSync(folder).sort(), ["identity", "other"]);
});

test("a site's folder holds the stations' authority where it was given, and is read without it where it was not", async () => {
  const [with_, without] = [newPath(), newPath()];
  const stationCaPem = world.authorities.station.pem;
  await writeSite(with_, { stationCaPem });
  await writeSite(without);
  assert.equal((await readSiteIdentity(with_)).stationCaPem, stationCaPem);
  assert.equal((await readSiteIdentity(without)).stationCaPem, undefined);
});

test("nothing that exists is overwritten, and a refused folder leaves nothing behind", async () => {
  const taken = newPath();
  mkdirSync(taken);
  writeFileSync(join(taken, "key.pem"), "mine");
  await assert.rejects(writeStation(taken), says("file-exists", taken));
  assert.deepEqual(readdirSync(taken), ["key.pem"]);
  const file = newPath();
  writeFileSync(file, "mine");
  await assert.rejects(writeStation(file), says("file-exists", file));
  const empty = newPath();
  mkdirSync(empty);
  await writeStation(empty);
  await assert.rejects(writeStation(empty), says("file-exists"));
  assert.equal(statSync(empty).mode & 0o777, 0o700);
  assert.deepEqual(
    readdirSync(root).filter((name) => name.startsWith(".")),
    [],
  );
});

test("whatever is missing, exposed or damaged is named, with the command that makes it", async () => {
  const folder = newPath();
  await assert.rejects(
    readStationIdentity(folder),
    says("missing-file", "identity.json", "pki issue station"),
  );
  await assert.rejects(readSiteIdentity(folder), says("missing-file", "site.json", "pki issue site"));
  await writeSite(folder);
  const whole = newPath();
  cpSync(folder, whole, { recursive: true });
  const identity = join(folder, "identity");
  for (const name of readdirSync(identity)) {
    const secret = name === "passphrase" || name.endsWith("-key.pem");
    if (secret) {
      chmodSync(join(identity, name), 0o644);
      await assert.rejects(readSiteIdentity(folder), says("exposed-file", name));
    }
    rmSync(join(identity, name));
    await assert.rejects(readSiteIdentity(folder), says("missing-file", name, "pki issue site"));
    rmSync(folder, { recursive: true });
    cpSync(whole, folder, { recursive: true });
  }
  for (const text of ["{", "[]", '{"site":"UPPER","domain":"x.test"}', '{"site":"north"}', "null"]) {
    writeFileSync(join(identity, "site.json"), text);
    await assert.rejects(readSiteIdentity(folder), says("bad-setting"), text);
  }
});
