import assert from "node:assert/strict";
import { before, test } from "node:test";
import { type SignedText, signBundle, verifyBundle } from "./bundle-signature.ts";
import type { Certificate } from "./certificate.ts";
import type { Authority } from "./kept-authority.ts";
import { writePem } from "./pem.ts";
import { usages } from "./profiles.ts";
import { forge, makeWorld, type World } from "./testing/world.ts";

const body = JSON.stringify({ schema: 1, site: "north", note: "Größe 1 €" });
let world: World;
let signed: SignedText;

before(async () => {
  world = await makeWorld();
  signed = await signBundle(body, world.authorities.bundle);
});

const check = (change: Partial<SignedText> = {}, now = world.clock.now()) => {
  const verdict = verifyBundle({ ...signed, ...change }, world.authorities.root.pem, now);
  return verdict.kind === "refused" ? verdict.reason : verdict.dated;
};

/** The signer's key under another certificate. */
const signedAs = (certificate: Certificate, { key } = world.authorities.bundle as Pick<Authority, "key">) =>
  signBundle(body, { key, pem: writePem(certificate.der, "CERTIFICATE") });

test("what the signer signed is valid, to the byte", () => {
  assert.equal(check(), "checked");
  for (let at = 0; at < body.length; at++) {
    const changed = `${body.slice(0, at)}${body[at] === "x" ? "y" : "x"}${body.slice(at + 1)}`;
    assert.equal(check({ body: changed }), "wrong-signature", `character ${at}`);
  }
  assert.equal(check({ body: `${body} ` }), "wrong-signature");
});

test("a signature has one spelling", () => {
  const { signature } = signed;
  const bytes = Buffer.from(signature, "base64");
  bytes[10]! ^= 1;
  assert.equal(check({ signature: bytes.toString("base64") }), "wrong-signature");
  for (const other of [
    "",
    "!",
    ` ${signature}`,
    signature.slice(0, -2),
    signature.replace("==", ""),
    `${signature}AA`,
  ]) {
    assert.equal(check({ signature: other }), "malformed", other);
  }
});

test("only the root's certificate with CN bundle and the right use may sign", async () => {
  const { root, station, site, bundle } = world.authorities;
  const document = {
    kind: "leaf",
    usage: usages.documentSigning,
    keyEncipherment: false,
    names: { dns: [], ip: [] },
  } as const;
  const content = {
    subject: { o: "Operator", cn: "bundle" },
    publicKey: bundle.key.publicKey,
    kind: document,
  };
  assert.equal(
    check(await signedAs(await forge(world, root, content))),
    "checked",
    "the forger can make a good one",
  );

  const table: [string, Promise<Certificate>][] = [
    ["from the site CA", forge(world, site, content)],
    ["from the station CA", forge(world, station, content)],
    ["from itself", forge(world, { key: bundle.key, certificate: undefined }, content)],
    [
      "the root's key under another name",
      forge(world, { key: root.key, certificate: site.certificate }, content),
    ],
    ["another CN", forge(world, root, { ...content, subject: { o: "Operator", cn: "bundles" } })],
    ["for TLS", forge(world, root, { ...content, kind: { ...document, usage: usages.clientAuth } })],
    [
      "a CA",
      forge(world, root, {
        ...content,
        kind: { kind: "issuing", usage: usages.documentSigning, nameConstraints: undefined },
      }),
    ],
  ];
  for (const [what, certificate] of table)
    assert.equal(check(await signedAs(await certificate)), "wrong-signer", what);
  assert.equal(check(await signBundle(body, site)), "wrong-signer", "the site CA itself");
  assert.equal(check(await signBundle(body, root)), "wrong-signer", "the root itself");
  assert.equal(
    check(await signBundle(body, { key: site.key, pem: bundle.pem })),
    "wrong-signature",
    "another key",
  );
  const stranger = await makeWorld();
  assert.equal(
    check(await signBundle(body, stranger.authorities.bundle)),
    "wrong-signer",
    "another operator",
  );
});

test("the signer's text is exactly one certificate", () => {
  const { pem } = world.authorities.bundle;
  for (const signer of [
    "",
    "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----",
    pem + pem,
    pem.slice(0, 200),
  ]) {
    assert.equal(check({ signer }), "malformed", signer.slice(0, 40));
  }
});

test("dates count when the clock is known", () => {
  const { bundle } = world.authorities;
  const now = (wallMs: number, quality: "synced" | "unknown") => ({ wallMs, quality, monotonicMs: 0 });
  const { notBeforeMs, notAfterMs } = bundle.certificate;
  assert.equal(check({}, now(notAfterMs, "synced")), "checked");
  assert.equal(check({}, now(notAfterMs + 1, "synced")), "expired");
  assert.equal(check({}, now(notBeforeMs - 1, "synced")), "not-yet-valid");
  assert.equal(check({}, now(notAfterMs + 1, "unknown")), "unchecked");
  assert.equal(check({}, now(0, "unknown")), "unchecked");
});
