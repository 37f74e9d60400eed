/**
 * A station that verifies RSA signatures only (A00.FR.421, and the suites of the 1.6 security whitepaper), at the real
 * CSMS and the real site: OpenSSL's client, told to take nothing else, with Root R as its only root. Beside it: who
 * speaks ECDSA goes on with the one root, the RSA tree opens no door, and folders of before gain it.
 */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import { systemChance, systemClock } from "@wattward/kernel/node";
import { type Authorities, issueSite, issueStation, openOrIssueServer } from "@wattward/pki";
import { type AuthorityFiles, newKey, openAuthorityFiles, publicHalf } from "@wattward/pki/files";
import { backup } from "../../apps/csms/cli/backup.ts";
import { restore } from "../../apps/csms/cli/restore.ts";
import { DOMAIN } from "../../demo/plant.ts";
import { stop } from "../../demo/programs.ts";
import {
  type Csms,
  csmsOn,
  enrolSite,
  enrolStations,
  type Identity,
  linked,
  type Server,
  type Site,
  siteOn,
  stationFolder,
} from "./rig/operator.ts";
import { Station } from "./rig/station.ts";
import { eventually, workplace } from "./rig/workplace.ts";

const skip = spawnSync("openssl", ["version"]).status === 0 ? false : "there is no openssl here";
if (skip !== false && process.env["WATTWARD_SKIP_NONE"] === "1") throw new Error(skip);

const out = workplace("rsa-only");
const ports = { clock: systemClock(), chance: systemChance };
const CLIENT_MS_MAX = 20_000;
const STOP_MS_MAX = 20_000;
let csms: Csms;
let site: Site;

before(
  async () => {
    csms = await csmsOn(out);
    await enrolStations(out, ["DIRECT-1", "DIRECT-2"]);
    await enrolStations(out, ["LYON-1", "LYON-2"], "lyon");
    await enrolSite(out, "lyon");
    site = await siteOn(out, "lyon", { csmsPort: csms.port });
    await linked(site, 2);
  },
  { timeout: 120_000 },
);

const authoritiesIn = (folder: string): Promise<AuthorityFiles> =>
  openAuthorityFiles(join(out, folder), ports);

/** A station's certificate for a key of this kind: who takes no ECDSA signature makes none either. */
async function identityOf(
  serial: string,
  kind: "ec-p256" | "rsa-3072",
  from?: Authorities,
): Promise<Identity> {
  const { authorities } = await authoritiesIn("csms");
  const key = await newKey(kind);
  const request = { serial, publicKey: publicHalf(key) };
  const issued = await issueStation(from ?? authorities, request, ports);
  assert(issued.ok);
  const pem = key.export({ type: "pkcs8", format: "pem" }).toString();
  return { ca: authorities.root.pem, cert: issued.value.chainPem, key: pem };
}

type Client = { readonly id: string; readonly identity: Identity; readonly rootFile: string };

/** What OpenSSL's client says of this server, until it was answered over HTTP or ended. */
function client(to: Server, { id, identity, rootFile }: Client, options: readonly string[]): Promise<string> {
  const file = (name: string, text = "") => {
    writeFileSync(join(out, name), text, { mode: 0o600 });
    return join(out, name);
  };
  const own = ["-cert", file("client.pem", identity.cert), "-cert_chain", file("chain.pem", identity.cert)];
  const key = ["-key", file("client-key.pem", identity.key)];
  const trust = ["-CAfile", rootFile, "-no-CApath", "-no-CAstore", "-verify_return_error", "-x509_strict"];
  const name = ["-servername", to.name, "-verify_hostname", to.name];
  const at = ["s_client", "-connect", `127.0.0.1:${to.port}`, ...own, ...key, ...trust, ...name];
  const child = spawn("openssl", [...at, ...options]);
  const timer = setTimeout(() => child.kill(), CLIENT_MS_MAX);
  let output = "";
  return new Promise((resolve) => {
    const more = (bytes: Buffer) => {
      output += bytes.toString("latin1");
      if (/HTTP\/1\.1 \d{3}/.test(output)) child.kill();
    };
    child.stdout.on("data", more);
    child.stderr.on("data", more);
    child.stdin.on("error", () => {}); // Refused: it has ended before it could read.
    child.on("close", () => {
      clearTimeout(timer);
      resolve(output);
    });
    child.stdin.write(upgradeOf(id));
  });
}

const upgradeOf = (id: string) =>
  [
    `GET /ocpp/${id} HTTP/1.1`,
    "Host: station",
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
    "Sec-WebSocket-Protocol: ocpp1.6",
    "\r\n",
  ].join("\r\n");

const rsaOnly = ["-sigalgs", "RSA+SHA256:RSA-PSS+SHA256"];
const ways: readonly (readonly [what: string, options: readonly string[]])[] = [
  ["TLS 1.2 with forward secrecy", ["-tls1_2", "-cipher", "ECDHE-RSA-AES128-GCM-SHA256", ...rsaOnly]],
  ["TLS 1.2 without", ["-tls1_2", "-cipher", "AES128-GCM-SHA256", ...rsaOnly]],
  ["TLS 1.3", ["-tls1_3", ...rsaOnly]],
];
const places = [
  ["the CSMS", () => csms, ["DIRECT-1", "DIRECT-2"]],
  ["the site", () => site, ["LYON-1", "LYON-2"]],
] as const;

for (const [place, server, [rsaStation, ecStation]] of places) {
  test(`rsa only, at ${place}: RSA down to its root, and in; ECDSA for all others, by the one root`, {
    skip,
    timeout: 120_000,
  }, async () => {
    const identity = await identityOf(rsaStation, "rsa-3072");
    const rootFile = join(stationFolder(out, rsaStation), "root-rsa.pem");
    for (const [what, options] of ways) {
      const said = await client(server(), { id: rsaStation, identity, rootFile }, options);
      assert.match(said, /Verify return code: 0 \(ok\)/, `${what}: ${said}`);
      assert.match(said, /Server public key is 3072 bit/, what);
      assert.match(said, /issuer=O = Wattward, CN = Server CA R/, what);
      assert.match(said, /HTTP\/1\.1 101 /, what);
    }

    const withRoot = { id: ecStation, identity: await identityOf(ecStation, "ec-p256") };
    const oneRoot = join(stationFolder(out, ecStation), "root.pem");
    for (const version of ["-tls1_2", "-tls1_3"]) {
      const said = await client(server(), { ...withRoot, rootFile: oneRoot }, [version]);
      assert.match(said, /Verify return code: 0 \(ok\)/, said);
      assert.match(said, /Server public key is 256 bit/);
      assert.match(said, /HTTP\/1\.1 101 /);
    }
    const crossed = await client(server(), { ...withRoot, rootFile }, ["-tls1_3"]);
    assert.match(crossed, /Verification error: unable to get (local )?issuer certificate|verify error/);
    assert.doesNotMatch(crossed, /HTTP\/1\.1/);
  });

  test(`rsa only, at ${place}: who holds a key of the RSA tree is no station`, {
    timeout: 60_000,
  }, async () => {
    const { authorities } = await authoritiesIn("csms");
    const { rsa } = authorities;
    assert(rsa !== undefined);
    for (const [what, thief] of [
      ["Server CA R", rsa.server],
      ["Root R", rsa.root],
    ] as const) {
      const identity = await identityOf(rsaStation, "ec-p256", { ...authorities, station: thief });
      const dialled = await Station.dial(server(), { id: rsaStation, version: "1.6", identity });
      assert(dialled.kind === "out", `certified by ${what}`);
      assert.match(dialled.why, /ended the connection right after TLS|No TLS with|was lost/, what);
    }
  });
}

test("rsa only: who holds a key of the RSA tree is no site either", { timeout: 60_000 }, async () => {
  const { authorities } = await authoritiesIn("csms");
  assert(authorities.rsa !== undefined);
  const key = await newKey("ec-p256");
  const from = { ...authorities, site: authorities.rsa.server };
  const issued = await issueSite(from, { site: "lyon", publicKey: publicHalf(key) }, ports);
  assert(issued.ok);
  const pem = key.export({ type: "pkcs8", format: "pem" }).toString();
  const identity = { ca: authorities.root.pem, cert: issued.value.chainPem, key: pem };
  const dialled = await Station.dial(csms, { id: "../site/lyon", version: "1.6", identity });
  assert(dialled.kind === "out");
  assert.match(dialled.why, /ended the connection right after TLS|No TLS with|was lost/);
});

const files = ["root-rsa", "servers-rsa"].flatMap((name) => [`keys/${name}.pem`, `pki/${name}.pem`]);
const read = (folder: string, path: string) => readFileSync(join(out, folder, path), "utf8");

/** The folder as a version left it that knew one tree: no RSA authorities, and both server certificates by Server CA. */
async function asBefore(folder: string): Promise<void> {
  for (const path of files) rmSync(join(out, folder, path));
  rmSync(join(out, folder, "pki", "server-rsa.pem"));
  const { authorities, keys, certificates } = await authoritiesIn(folder);
  const oneTree = { ...authorities, rsa: { root: authorities.root, server: authorities.server } };
  const names = [`csms.${DOMAIN}`, "localhost", "127.0.0.1", "::1"];
  await openOrIssueServer(oneTree, names, { keys, certificates, ...ports });
}

test("rsa only: a folder of before, and one out of a backup of before, gain the RSA tree at their start; a new backup has it", {
  skip,
  timeout: 240_000,
}, async () => {
  const { port } = csms;
  assert.equal(await stop(csms.program, STOP_MS_MAX), 0);
  const secret = { WATTWARD_BACKUP_PASSPHRASE: "correct-horse-Zq7-battery" };
  const context = { out: () => {}, err: () => {}, env: secret };
  const [old, renewed] = [join(out, "old.backup"), join(out, "new.backup")];
  const kept = ["pki/root.pem", "pki/servers.pem", "pki/server-ec.pem", "keys/server-rsa.pem"];
  const before = kept.map((path) => read("csms", path));
  await asBefore("csms");
  const oneTree = read("csms", "pki/server-rsa.pem");
  await backup(["--data", join(out, "csms"), "--out", old], context);

  csms = await csmsOn(out, { port });
  assert.deepEqual(
    kept.map((path) => read("csms", path)),
    before,
    "the one tree, the ECDSA certificate and the RSA key stay",
  );
  assert.notEqual(read("csms", "pki/server-rsa.pem"), oneTree);
  const rsaStation = { id: "DIRECT-1", identity: await identityOf("DIRECT-1", "rsa-3072") };
  const verified = async (rootFile: string) => {
    const said = await client(csms, { ...rsaStation, rootFile }, ["-tls1_3", ...rsaOnly]);
    assert.match(said, /Verify return code: 0 \(ok\)/, said);
  };
  await verified(join(out, "csms", "pki", "root-rsa.pem"));
  await eventually("the site is linked again", () => site.said().split('"link-up"').length > 2);

  await backup(["--data", join(out, "csms"), "--out", renewed], context);
  assert.equal(await stop(csms.program, STOP_MS_MAX), 0);
  await restore(["--data", join(out, "again", "csms"), "--in", renewed], context);
  for (const path of files) assert.equal(read("again/csms", path), read("csms", path), path);

  await restore(["--data", join(out, "restored", "csms"), "--in", old], context);
  csms = await csmsOn(join(out, "restored"));
  assert.equal(read("restored/csms", "pki/root.pem"), before[0]);
  assert.notEqual(read("restored/csms", "pki/root-rsa.pem"), read("csms", "pki/root-rsa.pem"));
  await verified(join(out, "restored", "csms", "pki", "root-rsa.pem"));
});
