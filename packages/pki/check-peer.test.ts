import assert from "node:assert/strict";
import { before, test } from "node:test";
import { type Certificate, publicKeyOf, readCertificate, signedBy } from "./certificate.ts";
import { checkPeer, denySet, type PeerQuestion } from "./check-peer.ts";
import { issueServer, issueSite, issueStation } from "./issue.ts";
import { writePem } from "./pem.ts";
import { usages, validity } from "./profiles.ts";
import { forge, makeWorld, newPublicKey, value, type World } from "./testing/world.ts";
import * as x509 from "./x509-library.ts";

const dayMs = 86_400_000;
let world: World;
let stranger: World;
let station: Certificate;
let site: Certificate;
let server: Certificate;

before(async () => {
  world = await makeWorld();
  stranger = await makeWorld();
  const { authorities: from, ports } = world;
  const publicKey = await newPublicKey();
  station = value(await issueStation(from, { serial: "CP1", publicKey }, ports)).certificate;
  site = value(await issueSite(from, { site: "north", publicKey: await newPublicKey() }, ports)).certificate;
  const names = ["csms.wattward.test", "localhost", "127.0.0.1", "::1"];
  server = value(await issueServer(from, { names, publicKey: await newPublicKey() }, ports)).certificate;
});

/** By default: a station shows leaf and CA to somebody who trusts the root. */
const ask = (change: Partial<PeerQuestion> = {}) =>
  checkPeer({
    chainDer: [station.der, world.authorities.station.certificate.der],
    anchors: [world.authorities.root.pem],
    now: world.clock.now(),
    role: "station",
    ...change,
  } as PeerQuestion);

const reason = (change: Partial<PeerQuestion>) => {
  const verdict = ask(change);
  return verdict.kind === "refused" ? verdict.reason : "trusted";
};

test("a station's certificate is trusted, and its facts are told", () => {
  const verdict = ask();
  assert(verdict.kind === "trusted", JSON.stringify(verdict));
  assert.equal(verdict.dated, "checked");
  assert.deepEqual(verdict.facts, {
    cn: "CP1",
    o: "Operator",
    subject: "O=Operator, CN=CP1",
    serial: station.serial,
    issuer: "O=Operator, CN=Station CA",
    spkiSha256: station.spkiSha256,
    notBeforeMs: station.notBeforeMs,
    notAfterMs: station.notAfterMs,
  });
});

test("an issuing CA as anchor needs no chain; a chain may carry the root or a stranger besides", () => {
  const { station: ca, root } = world.authorities;
  const { root: other } = stranger.authorities;
  assert.equal(reason({ anchors: [ca.pem], chainDer: [station.der] }), "trusted");
  assert.equal(reason({ chainDer: [station.der, root.certificate.der, ca.certificate.der] }), "trusted");
  assert.equal(reason({ chainDer: [station.der, other.certificate.der, ca.certificate.der] }), "trusted");
  assert.equal(reason({ anchors: [other.pem, root.pem] }), "trusted");
  const unreadable = Uint8Array.of(0x30, 0x80);
  assert.equal(reason({ chainDer: [station.der, unreadable, ca.certificate.der] }), "trusted");
  assert.equal(reason({ chainDer: [station.der, unreadable] }), "unknown-issuer");
});

test("no certificate, or a chain that does not lead to an anchor", () => {
  const { station: ca, root } = world.authorities;
  assert.equal(reason({ chainDer: [] }), "missing");
  assert.equal(reason({ chainDer: [station.der] }), "unknown-issuer");
  assert.equal(reason({ anchors: [] }), "unknown-issuer");
  assert.equal(reason({ anchors: [stranger.authorities.root.pem] }), "unknown-issuer");
  // The stranger's CAs bear the very same names.
  assert.equal(
    reason({ chainDer: [station.der, stranger.authorities.station.certificate.der] }),
    "unknown-issuer",
  );
  assert.equal(
    reason({
      chainDer: [
        station.der,
        ca.certificate.der,
        root.certificate.der,
        ca.certificate.der,
        ca.certificate.der,
      ],
    }),
    "malformed",
  );
});

test("each role has its own CA: nobody passes for another", () => {
  const { authorities } = world;
  const chains = {
    station: [station.der, authorities.station.certificate.der],
    site: [site.der, authorities.site.certificate.der],
    server: [server.der, authorities.server.certificate.der],
  };
  const roles = ["station", "site", "server"] as const;
  for (const shown of roles) {
    for (const role of roles) {
      const verdict = reason({ chainDer: chains[shown], role, name: "localhost" } as Partial<PeerQuestion>);
      assert.equal(verdict, shown === role ? "trusted" : "wrong-role", `${shown} as ${role}`);
    }
  }
  // Every issuing CA as anchor at once changes nothing.
  const anchors = [authorities.station.pem, authorities.site.pem, authorities.server.pem];
  assert.equal(reason({ chainDer: [station.der], anchors, role: "site" }), "wrong-role");
});

test("a stolen issuing key cannot leave its role", async () => {
  const { station: ca, bundle } = world.authorities;
  const names = { dns: ["csms.wattward.test"], ip: [] };
  const asServer = await forge(world, ca, {
    kind: { kind: "leaf", usage: usages.serverAuth, keyEncipherment: false, names },
  });
  const server = { role: "server", name: "csms.wattward.test" } as const;
  assert.equal(reason({ chainDer: [asServer.der, ca.certificate.der], ...server }), "wrong-role");
  assert.equal(
    reason({ chainDer: [asServer.der, ca.certificate.der] }),
    "wrong-role",
    "wrong extended key usage",
  );

  const nameless = await forge(world, ca, { usage: usages.serverAuth });
  assert.equal(
    reason({ chainDer: [nameless.der, ca.certificate.der] }),
    "wrong-role",
    "for servers, without a name",
  );

  const named = await forge(world, ca, {
    kind: { kind: "leaf", usage: usages.clientAuth, keyEncipherment: false, names },
  });
  assert.equal(
    reason({ chainDer: [named.der, ca.certificate.der] }),
    "wrong-role",
    "a client with a host name",
  );

  const foreign = await forge(world, ca, { subject: { o: "Somebody else", cn: "CP1" } });
  assert.equal(reason({ chainDer: [foreign.der, ca.certificate.der] }), "wrong-role", "another owner");

  // A CA below the station CA, and a leaf signed by the bundle signer, by a station, and by the root itself.
  const key = world.authorities.site.key;
  const subCa = await forge(world, ca, {
    subject: { o: "Operator", cn: "Station CA" },
    publicKey: key.publicKey,
    kind: { kind: "issuing", usage: usages.clientAuth, nameConstraints: undefined },
  });
  const below = await forge(world, { key, certificate: subCa });
  assert.equal(reason({ chainDer: [below.der, subCa.der, ca.certificate.der] }), "unknown-issuer");
  assert.equal(reason({ chainDer: [below.der, subCa.der], anchors: [ca.pem] }), "unknown-issuer");
  assert.equal(reason({ chainDer: [subCa.der, ca.certificate.der] }), "wrong-role", "a CA is no station");
  const byBundle = await forge(world, bundle);
  assert.equal(reason({ chainDer: [byBundle.der, bundle.certificate.der] }), "wrong-role");
  assert.equal(reason({ chainDer: [(await forge(world, world.authorities.root)).der] }), "wrong-role");
});

test("what a good CA never makes: each rule refuses it by itself", async () => {
  const { root } = world.authorities;
  const pair = await globalThis.crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, [
    "sign",
    "verify",
  ]);
  const spki = new Uint8Array(await globalThis.crypto.subtle.exportKey("spki", pair.publicKey));
  const caFor = (usage: string, certificate = root.certificate) =>
    forge(
      world,
      { key: root.key, certificate },
      {
        subject: { o: "Operator", cn: "Station CA" },
        publicKey: spki,
        kind: { kind: "issuing", usage, nameConstraints: undefined },
      },
    );
  const { KeyUsageFlags: flags } = x509;
  const good = {
    basic: new x509.BasicConstraintsExtension(false, undefined, true),
    usage: new x509.KeyUsagesExtension(flags.digitalSignature, true),
    extended: new x509.ExtendedKeyUsageExtension([usages.clientAuth]),
  };
  const by = async (
    ca: Certificate,
    change: Partial<Record<keyof typeof good, x509.Extension | undefined>>,
  ) => {
    const extensions = Object.values({ ...good, ...change }).filter((extension) => extension !== undefined);
    const leaf = await x509.X509CertificateGenerator.create({
      subject: new x509.Name([{ O: [{ utf8String: "Operator" }] }, { CN: [{ utf8String: "CP1" }] }]),
      issuer: new x509.Name(new Uint8Array(ca.subject.der)),
      publicKey: pair.publicKey,
      signingKey: pair.privateKey,
      notBefore: new Date(world.clock.now().wallMs - 1),
      notAfter: new Date(world.clock.now().wallMs + dayMs),
      extensions,
    });
    return reason({ chainDer: [new Uint8Array(leaf.rawData), ca.der] });
  };
  const ca = await caFor(usages.clientAuth);
  assert.equal(await by(ca, {}), "trusted", "the forger can make a good one");
  const basic = new x509.BasicConstraintsExtension(true, undefined, true);
  assert.equal(await by(ca, { basic }), "wrong-role", "a CA");
  const usage = new x509.KeyUsagesExtension(flags.keyAgreement, true);
  assert.equal(await by(ca, { usage }), "wrong-role", "a key that may not sign");
  assert.equal(await by(ca, { usage: undefined }), "wrong-role", "no key usage");
  assert.equal(await by(ca, { extended: undefined }), "wrong-role", "no extended key usage");
  assert.equal(await by(await caFor(usages.serverAuth), {}), "wrong-role", "a station CA for servers");
  const bySiteName = await caFor(usages.clientAuth, world.authorities.site.certificate);
  assert.equal(await by(bySiteName, {}), "unknown-issuer", "the root's key under another name");
});

test("a signature is not read by another algorithm's name", () => {
  const { station: ca } = world.authorities;
  const key = publicKeyOf(ca.certificate);
  assert(signedBy(station, key));
  for (const algorithm of ["1.2.840.113549.1.1.11", "1.2.840.10045.4.3.3", "1.2.840.10045.4.1", "2.5.4.3"]) {
    assert(!signedBy({ ...station, signed: { ...station.signed, algorithm } }, key), algorithm);
  }
});

test("the server's name: its alternative names alone, exactly", () => {
  const chainDer = [server.der, world.authorities.server.certificate.der];
  const table = [
    ["csms.wattward.test", "trusted"],
    ["CSMS.Wattward.Test", "trusted"],
    ["localhost", "trusted"],
    ["127.0.0.1", "trusted"],
    ["::1", "trusted"],
    ["0:0:0:0:0:0:0:1", "trusted"],
    ["127.0.0.2", "wrong-name"],
    ["wattward.test", "wrong-name"],
    ["x.csms.wattward.test", "wrong-name"],
    ["north.lc.wattward.test", "wrong-name"],
    ["", "wrong-name"],
  ] as const;
  for (const [name, expected] of table)
    assert.equal(reason({ chainDer, role: "server", name }), expected, name);
});

test("dates are judged by our clock; a clock of unknown quality judges nothing", () => {
  const at = (wallMs: number, quality: "synced" | "holdover" | "unknown" = "synced") =>
    ask({ now: { wallMs, quality, monotonicMs: 0 } });
  const { notBeforeMs, notAfterMs } = station;
  assert.equal(at(notBeforeMs).kind, "trusted");
  assert.equal(at(notAfterMs).kind, "trusted");
  const early = at(notBeforeMs - 1);
  assert(early.kind === "refused" && early.reason === "not-yet-valid");
  const late = at(notAfterMs + 1, "holdover");
  assert(late.kind === "refused" && late.reason === "expired");
  assert.equal(late.facts?.cn, "CP1", "A00.FR.429 needs to know whose certificate has expired");
  for (const wallMs of [0, notAfterMs + 50 * 365 * dayMs]) {
    const verdict = at(wallMs, "unknown");
    assert(verdict.kind === "trusted" && verdict.dated === "unchecked");
  }
});

test("an expired CA ends what it issued", async () => {
  const { clock, chance, authorities } = world;
  const { certify } = await import("./certify.ts");
  const old = await certify(
    {
      subject: { o: "Operator", cn: "Station CA" },
      publicKey: authorities.station.key.publicKey,
      ...validity(clock.now().wallMs - 100 * dayMs, 50),
      kind: { kind: "issuing", usage: usages.clientAuth, nameConstraints: undefined },
    },
    authorities.root,
    chance,
  );
  assert.equal(reason({ chainDer: [station.der, old.der] }), "expired");
});

test("the deny set holds, by serial number, by key, for the CA, and in any spelling", () => {
  const { issuer, serial, spkiSha256 } = station;
  const ca = world.authorities.station.certificate;
  const denied = (...list: Parameters<typeof denySet>[0]) => reason({ deny: denySet(list) });
  assert.equal(denied({ kind: "serial", issuer: issuer.text, serial }), "denied");
  assert.equal(
    denied({ kind: "serial", issuer: issuer.text, serial: `00${serial.toUpperCase()}` }),
    "denied",
  );
  assert.equal(denied({ kind: "key", spkiSha256: spkiSha256.toUpperCase() }), "denied");
  assert.equal(denied({ kind: "key", spkiSha256: ca.spkiSha256 }), "denied");
  assert.equal(denied({ kind: "serial", issuer: ca.issuer.text, serial: ca.serial }), "denied");
  assert.equal(denied({ kind: "serial", issuer: site.issuer.text, serial }), "trusted");
  assert.equal(denied(), "trusted");
  const verdict = ask();
  assert(verdict.kind === "trusted");
  assert(denySet([{ kind: "key", spkiSha256 }]).denies(verdict.facts), "facts of a live socket can be swept");
});

test("a denied certificate stays denied when the clock is of unknown quality", () => {
  const deny = denySet([{ kind: "key", spkiSha256: station.spkiSha256 }]);
  assert.equal(reason({ deny, now: { wallMs: 0, quality: "unknown", monotonicMs: 0 } }), "denied");
});

test("a leaf whose signature was proven: trusted by nobody else, nor with one bit changed, and judged by date and denial each time", () => {
  const { station: issuer } = world.authorities;
  const shown = { chainDer: [station.der], anchors: [issuer.pem] };
  assert.equal(ask(shown).kind, "trusted");
  assert.equal(ask(shown).kind, "trusted");
  assert.equal(reason({ ...shown, anchors: [stranger.authorities.station.pem] }), "unknown-issuer");
  for (const at of [40, Math.floor(station.der.length / 2), station.der.length - 1]) {
    const changed = Uint8Array.from(station.der, (byte, n) => (n === at ? byte ^ 1 : byte));
    assert.notEqual(ask({ ...shown, chainDer: [changed] }).kind, "trusted", `bit of byte ${at}`);
  }
  const late = { ...world.clock.now(), wallMs: station.notAfterMs + 1 };
  assert.equal(reason({ ...shown, now: late }), "expired");
  assert.equal(ask(shown).kind, "trusted");
});

test("a CA that was proven under one root is not trusted under another", () => {
  assert.equal(reason({}), "trusted");
  assert.equal(reason({ anchors: [stranger.authorities.root.pem] }), "unknown-issuer");
  assert.equal(reason({ anchors: [] }), "unknown-issuer");
});

test("a leaf or site CA in the anchors certifies nobody; an anchor that is no certificate is our own fault", () => {
  assert.equal(reason({ anchors: [writePem(station.der, "CERTIFICATE")] }), "unknown-issuer");
  for (const anchor of ["no PEM", writePem(Uint8Array.of(0x30, 0x80), "CERTIFICATE")]) {
    assert.throws(() => ask({ anchors: [anchor] }), TypeError);
  }
});

test("what we issue is what Node reads too", async () => {
  const { X509Certificate } = await import("node:crypto");
  const { root, station: ca } = world.authorities;
  for (const { der } of [station, site, server, root.certificate, ca.certificate]) {
    const ours = readCertificate(der);
    const node = new X509Certificate(der);
    assert.equal(ours.serial, node.serialNumber.toLowerCase());
    assert.equal(ours.notAfterMs, node.validToDate.getTime());
    assert.equal(ours.notBeforeMs, node.validFromDate.getTime());
    assert.equal(ours.extensions.ca, node.ca);
    assert.equal(ours.subject.text.replace(", ", "\n"), node.subject);
    assert.deepEqual(Buffer.from(ours.spki), node.publicKey.export({ type: "spki", format: "der" }));
  }
});
