/** A verifier that we did not write: what we issue must satisfy `openssl verify -x509_strict`, and nothing more than meant. */
import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { newKey, publicHalf } from "./files/key-store.ts";
import { issueServer, issueSite, issueStation } from "./issue.ts";
import { writePem } from "./pem.ts";
import { usages } from "./profiles.ts";
import { forge, makeRsaWorld, newPublicKey, PASSPHRASE, value } from "./testing/world.ts";

const folder = mkdtempSync(join(tmpdir(), "wattward-openssl-"));
after(() => rmSync(folder, { recursive: true }));
let world: Awaited<ReturnType<typeof makeRsaWorld>>;
/** Chains by role, and by what a thief of an issuing key would try. */
const files: Record<string, string> = {};

const skip = hasOpenssl() ? false : "there is no openssl here";

function hasOpenssl(): boolean {
  try {
    execFileSync("openssl", ["version"]);
    return true;
  } catch {
    return false;
  }
}

before(async () => {
  world = await makeRsaWorld("Stadtwerke Köln");
  const { authorities: from, ports } = world;
  const { rsa } = world.authorities;
  const rsaKey = publicHalf(await newKey("rsa-3072"));
  const publicKey = await newPublicKey();
  const names = ["csms.wattward.test", "localhost", "127.0.0.1", "::1"];
  keep("station", value(await issueStation(from, { serial: "SN.0042", publicKey }, ports)).chainPem);
  keep("station-rsa", value(await issueStation(from, { serial: "SN43", publicKey: rsaKey }, ports)).chainPem);
  keep("site", value(await issueSite(from, { site: "north", publicKey }, ports)).chainPem);
  keep("server", value(await issueServer(from, { names, publicKey }, ports)).chainPem);
  keep("server-rsa", value(await issueServer(from, { names, publicKey: rsaKey }, ports)).chainPem);
  keep("bundle", from.bundle.pem);
  keep("root", from.root.pem);
  keep("root-rsa", rsa.root.pem);

  const leaf = { kind: "leaf", keyEncipherment: false } as const;
  for (const role of ["station", "site"] as const) {
    const asServer = await forge(world, from[role], {
      kind: { ...leaf, usage: usages.serverAuth, names: { dns: ["csms.wattward.test"], ip: [] } },
    });
    keep(`${role}-as-server`, writePem(asServer.der, "CERTIFICATE") + from[role].pem);
  }
  const foreign = await forge(world, from.site, { subject: { o: "Somebody else", cn: "x" } });
  keep("site-foreign", writePem(foreign.der, "CERTIFICATE") + from.site.pem);
  const withAddress = await forge(world, from.site, {
    kind: { ...leaf, usage: usages.clientAuth, names: { dns: [], ip: ["10.0.0.1"] } },
  });
  keep("site-with-address", writePem(withAddress.der, "CERTIFICATE") + from.site.pem);
});

function keep(name: string, pem: string): void {
  files[name] = join(folder, `${name}.pem`);
  writeFileSync(files[name]!, pem);
}

/** OpenSSL's complaint, or "OK"; at the time of the simulated clock, by the one root that was given for this chain. */
const verdict = (name: string, purpose: string, ...more: string[]): Promise<string> =>
  verdictBy(name === "server-rsa" ? "root-rsa" : "root", { name, purpose }, ...more);

type Asked = { readonly name: string; readonly purpose: string };

function verdictBy(root: "root" | "root-rsa", { name, purpose }: Asked, ...more: string[]): Promise<string> {
  const file = files[name]!;
  const at = String(world.clock.now().wallMs / 1000);
  const args = [
    "-x509_strict",
    "-attime",
    at,
    "-purpose",
    purpose,
    ...more,
    "-CAfile",
    files[root]!,
    "-untrusted",
    file,
    file,
  ];
  return new Promise((resolve) => {
    execFile("openssl", ["verify", ...args], (error, stdout, stderr) => {
      resolve(error ? stderr : stdout.trim().endsWith("OK") ? "OK" : stdout);
    });
  });
}

test("OpenSSL accepts each certificate for its purpose, strictly, and for no other", { skip }, async () => {
  const table = [
    ["station", "sslclient", "OK"],
    ["station-rsa", "sslclient", "OK"],
    ["site", "sslclient", "OK"],
    ["server", "sslserver", "OK"],
    ["server-rsa", "sslserver", "OK"],
    ["bundle", "any", "OK"],
    ["station", "sslserver", /unsuitable certificate purpose/],
    ["site", "sslserver", /unsuitable certificate purpose/],
    ["server", "sslclient", /unsuitable certificate purpose/],
    ["server-rsa", "sslclient", /unsuitable certificate purpose/],
    ["bundle", "sslclient", /unsuitable certificate purpose/],
    ["bundle", "sslserver", /unsuitable certificate purpose/],
  ] as const;
  await Promise.all(
    table.map(async ([name, purpose, expected]) => {
      const found = await verdict(name, purpose);
      if (expected === "OK") assert.equal(found, "OK", `${name} as ${purpose}`);
      else assert.match(found, expected, `${name} as ${purpose}`);
    }),
  );
});

test("OpenSSL finds no way from either tree to the other's root", { skip }, async () => {
  for (const name of ["station", "station-rsa", "site", "server", "bundle"]) {
    const found = await verdictBy("root-rsa", { name, purpose: "any" });
    assert.match(found, /unable to get (local )?issuer certificate/, name);
  }
  const crossed = await verdictBy("root", { name: "server-rsa", purpose: "sslserver" });
  assert.match(crossed, /unable to get (local )?issuer certificate/);
});

test("whoever knows RSA signatures only can check all that an RSA server shows", { skip }, () => {
  const chain = readFileSync(files["server-rsa"]!, "utf8").split(/(?<=-----END CERTIFICATE-----\n)/);
  const shown = [...chain.filter((pem) => pem !== ""), readFileSync(files["root-rsa"]!, "utf8")];
  assert.equal(shown.length, 3, "leaf, Server CA R, Root R");
  for (const pem of shown) {
    const text = execFileSync("openssl", ["x509", "-noout", "-text"], { input: pem }).toString();
    assert.match(text, /Signature Algorithm: sha256WithRSAEncryption/);
    assert.match(text, /Public Key Algorithm: rsaEncryption\n +Public-Key: \(3072 bit\)/);
  }
});

test("OpenSSL finds the server's names, and only those", { skip }, async () => {
  for (const name of ["csms.wattward.test", "localhost"]) {
    assert.equal(await verdict("server", "sslserver", "-verify_hostname", name), "OK");
  }
  for (const address of ["127.0.0.1", "::1"]) {
    assert.equal(await verdict("server-rsa", "sslserver", "-verify_ip", address), "OK");
  }
  assert.match(
    await verdict("server", "sslserver", "-verify_hostname", "other.wattward.test"),
    /[Hh]ostname mismatch/,
  );
});

test("OpenSSL refuses what a thief of an issuing key makes outside its role", { skip }, async () => {
  assert.match(await verdict("station-as-server", "sslserver"), /unsuitable certificate purpose/);
  assert.match(
    await verdict("site-as-server", "sslserver"),
    /unsuitable certificate purpose|excluded subtree/,
  );
  assert.match(await verdict("site-as-server", "any"), /excluded subtree violation/);
  assert.match(await verdict("site-with-address", "sslclient"), /excluded subtree violation/);
  assert.match(await verdict("site-foreign", "sslclient"), /permitted subtree violation/);
});

test("what stations load has no critical extension that a small TLS stack cannot read", { skip }, () => {
  for (const name of ["station", "station-rsa", "server", "server-rsa", "root", "root-rsa"]) {
    for (const pem of readFileSync(files[name]!, "utf8").split(/(?<=-----END CERTIFICATE-----\n)/)) {
      const shown = execFileSync("openssl", ["x509", "-noout", "-text"], { input: pem }).toString();
      const critical = [...shown.matchAll(/X509v3 (.*): critical/g)].map(([, extension]) => extension);
      assert.deepEqual(critical, ["Basic Constraints", "Key Usage"], name);
    }
  }
});

test("OpenSSL opens a stored key with its passphrase, and with no other", { skip }, () => {
  const { tls } = world.authorities.station.key;
  assert(tls !== undefined);
  const file = join(folder, "key.pem");
  writeFileSync(file, tls.key, { mode: 0o600 });
  const open = (passphrase: string) =>
    execFileSync("openssl", ["pkey", "-in", file, "-passin", `pass:${passphrase}`, "-pubout"], {
      stdio: "pipe",
    });
  assert.match(open(PASSPHRASE).toString(), /BEGIN PUBLIC KEY/);
  assert.throws(() => open(`${PASSPHRASE}!`));
  const shape = execFileSync("openssl", ["asn1parse", "-in", file]).toString();
  assert.match(shape, /PBES2/);
  assert.match(shape, /aes-256-cbc/);
});
