import assert from "node:assert/strict";
import { createPublicKey } from "node:crypto";
import { before, test } from "node:test";
import { elements, encode, only, tags } from "./der.ts";
import { writePem } from "./pem.ts";
import { REQUESTS_MAX, type RequestProfile, signCsr, splitRequests } from "./request.ts";
import { makeWorld, value, type World } from "./testing/world.ts";
import * as x509 from "./x509-library.ts";

const { subtle } = globalThis.crypto;

type KeyPair = CryptoKeyPair;
type Algorithm = EcKeyGenParams | RsaHashedKeyGenParams;

const p256: Algorithm = { name: "ECDSA", namedCurve: "P-256" };
const rsa = (modulusLength: number, hash = "SHA-256", exponent = [1, 0, 1]): Algorithm => ({
  name: "RSASSA-PKCS1-v1_5",
  modulusLength,
  publicExponent: Uint8Array.from(exponent),
  hash,
});

const newPair = (algorithm: Algorithm): Promise<KeyPair> =>
  subtle.generateKey(algorithm, true, ["sign", "verify"]) as Promise<KeyPair>;

let world: World;
let pair: KeyPair;
before(async () => {
  world = await makeWorld();
  pair = await newPair(p256);
});

async function request(
  cn = "CP1",
  keys = pair,
  extensions: x509.Extension[] = [],
  hash = "SHA-256",
): Promise<string> {
  const made = await x509.Pkcs10CertificateRequestGenerator.create({
    name: `CN=${cn}, O=Whoever`,
    keys,
    extensions,
    signingAlgorithm: { ...keys.privateKey.algorithm, hash },
  });
  return made.toString("pem");
}

const sign = (pem: string, profile: RequestProfile = { profile: "station", id: "CP1" }) =>
  signCsr(world.authorities, pem, profile, world.ports);

const code = async (...args: Parameters<typeof sign>) => {
  const result = await sign(...args);
  return result.ok ? "signed" : result.fault.code;
};

test("a station's request: its key, and nothing else of it, is certified", async () => {
  const greedy = [
    new x509.BasicConstraintsExtension(true, 3, true),
    new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
    new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
    new x509.SubjectAlternativeNameExtension([{ type: "dns", value: "csms.wattward.test" }]),
  ];
  const { certificate } = value(await sign(await request("CP1", pair, greedy)));
  assert.equal(certificate.subject.text, "O=Operator, CN=CP1");
  assert.equal(certificate.issuer.cn, "Station CA");
  assert.deepEqual(certificate.spki, new Uint8Array(await subtle.exportKey("spki", pair.publicKey)));
  assert.deepEqual(certificate.extensions, {
    ca: false,
    pathLength: undefined,
    keyUsage: 1,
    extendedKeyUsage: ["1.3.6.1.5.5.7.3.2"],
    dnsNames: [],
    ipAddresses: [],
  });
  assert.match(certificate.serial, /^[0-9a-f]{28,32}$/);
});

test("P-256, P-384 and RSA from 2048 bits are certified; weaker, huge and other keys are not", async () => {
  const table: [string, Algorithm, string][] = [
    ["P-384", { name: "ECDSA", namedCurve: "P-384" }, "signed"],
    ["RSA-2048", rsa(2048), "signed"],
    ["P-521", { name: "ECDSA", namedCurve: "P-521" }, "weak-key"],
    ["RSA-1024", rsa(1024), "weak-key"],
    ["RSA with exponent 3", rsa(2048, "SHA-256", [3]), "weak-key"],
  ];
  for (const [what, algorithm, expected] of table) {
    assert.equal(await code(await request("CP1", await newPair(algorithm))), expected, what);
  }
  const ed = (await subtle.generateKey("Ed25519", true, ["sign", "verify"])) as KeyPair;
  assert.equal(await code(await request("CP1", ed)), "weak-key");
});

test("a key has one encoding: a compressed point, which would have another hash, is refused", async () => {
  const whole = new Uint8Array(new x509.Pkcs10CertificateRequest(await request()).rawData);
  const [info, algorithm, signature] = elements(only(whole, tags.sequence).content);
  const [version, subject, spki, attributes] = elements(info!.content);
  const [kind, bits] = elements(spki!.content);
  const point = bits!.content.subarray(1);
  const compressed = Uint8Array.of(0, 2 + (point.at(-1)! & 1), ...point.subarray(1, 33));
  const newSpki = encode(tags.sequence, kind!.whole, encode(tags.bitString, compressed));
  const newInfo = encode(tags.sequence, version!.whole, subject!.whole, newSpki, attributes!.whole);
  const made = encode(tags.sequence, newInfo, algorithm!.whole, signature!.whole);
  assert.equal(
    createPublicKey({ key: Buffer.from(newSpki), format: "der", type: "spki" }).asymmetricKeyType,
    "ec",
  );
  assert.equal(await code(writePem(made, "CERTIFICATE REQUEST")), "weak-key");
});

test("a request must be signed with its own key, and not with SHA-1", async () => {
  const honest = new x509.Pkcs10CertificateRequest(await request()).rawData;
  const thief = await newPair(p256);
  const stolen = new Uint8Array(new x509.Pkcs10CertificateRequest(await request("CP1", thief)).rawData);
  // The thief's request with the honest public key in it: the last 65 bytes of a P-256 SPKI are the point.
  const point = (await subtle.exportKey("raw", pair.publicKey)) as ArrayBuffer;
  const thiefPoint = Buffer.from((await subtle.exportKey("raw", thief.publicKey)) as ArrayBuffer);
  const at = Buffer.from(stolen).indexOf(thiefPoint);
  assert(at > 0);
  stolen.set(new Uint8Array(point), at);
  assert.equal(await code(writePem(stolen, "CERTIFICATE REQUEST")), "bad-signature");
  assert.equal(await code(writePem(new Uint8Array(honest), "CERTIFICATE REQUEST")), "signed");
  assert.equal(
    await code(await request("CP1", await newPair(rsa(2048, "SHA-1")), [], "SHA-1")),
    "bad-signature",
  );
});

test("the CN must be the one expected, and must be able to name a station", async () => {
  assert.equal(await code(await request("CP2")), "wrong-subject");
  assert.equal(await code(await request("cp1")), "wrong-subject", "compared exactly");
  assert.equal(await code(await request("CP1, CN=CP2")), "wrong-subject", "two common names");
  assert.equal(await code(await request("CP2"), { profile: "station" }), "signed");
  assert.equal(await code(await request("10.0.0.1"), { profile: "station" }), "bad-serial");
  assert.equal(await code(await request("https://csms.test/"), { profile: "station" }), "bad-serial");
  assert.equal(await code(await request("CP1"), { profile: "station", days: 0 }), "bad-days");
  assert.equal(await code(await request("CP1"), { profile: "station", days: 99_999 }), "bad-days");
});

test("a site's request comes from the site CA, a server's takes its names from us", async () => {
  const site = value(await sign(await request("north"), { profile: "site", id: "north" }));
  assert.equal(site.certificate.issuer.cn, "Site CA");
  const server = value(
    await sign(await request("whatever"), { profile: "server", names: ["a.test", "10.0.0.1"] }),
  );
  assert.equal(server.certificate.subject.cn, "a.test");
  assert.deepEqual(server.certificate.extensions.dnsNames, ["a.test"]);
  assert.deepEqual(server.certificate.extensions.ipAddresses, ["0a000001"]);
});

test("an authority's own key is not certified a second time", async () => {
  const { station } = world.authorities;
  const request = new Uint8Array(new x509.Pkcs10CertificateRequest(await requestText()).rawData);
  const own = Buffer.from(await subtle.exportKey("spki", pair.publicKey));
  request.set(station.key.publicKey, Buffer.from(request).indexOf(own));
  assert.equal(await code(writePem(request, "CERTIFICATE REQUEST")), "foreign-key");
});
const requestText = () => request();

test("hostile requests are refused, never thrown", async () => {
  const whole = new Uint8Array(new x509.Pkcs10CertificateRequest(await request()).rawData);
  for (let length = 0; length < whole.length; length += 3) {
    const result = await code(writePem(whole.subarray(0, length), "CERTIFICATE REQUEST"));
    assert.notEqual(result, "signed", `${length} bytes`);
  }
  for (let bit = 0; bit < whole.length * 8; bit += 5) {
    const flipped = Uint8Array.from(whole);
    flipped[bit >> 3]! ^= 1 << (bit & 7);
    assert.notEqual(await code(writePem(flipped, "CERTIFICATE REQUEST")), "signed", `bit ${bit}`);
  }
  assert.equal(await code("nothing"), "unreadable");
  assert.equal(await code(`${await request()}${await request()}`), "too-many");
});

test("a large file of nothing but beginnings is refused at once", () => {
  const startMs = performance.now();
  assert(!splitRequests("-----BEGIN CERTIFICATE REQUEST-----\n".repeat(30_000)).ok);
  // Quadratic it took ten seconds and more.
  assert(performance.now() - startMs < 2_000);
});

test("a file of several requests is split; none, or too many, is a fault", async () => {
  const one = await request();
  const two = value(splitRequests(`Subject: x\n${one}\nsome words\n${await request("CP2")}`));
  assert.equal(two.length, 2);
  assert.equal(await code(two[1]!, { profile: "station", id: "CP2" }), "signed");
  assert(!splitRequests("").ok);
  assert(!splitRequests(one.repeat(REQUESTS_MAX + 1)).ok);
  assert(!splitRequests(`${one}-----BEGIN CERTIFICATE REQUEST-----\n-cut off`).ok, "all of them, or none");
});
