/** Bytes from a stranger: whatever they are, the answer is a refusal, and quickly. Seeds stand in the messages. */
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { seededChance } from "@wattward/testing";
import { verifyBundle } from "./bundle-signature.ts";
import { CERTIFICATE_BYTES_MAX, readCertificate } from "./certificate.ts";
import { checkPeer } from "./check-peer.ts";
import { DerFault, elements, encode, integerHex, oid, only, tags, text, timeMs } from "./der.ts";
import { issueStation } from "./issue.ts";
import { writePem } from "./pem.ts";
import { makeWorld, newPublicKey, value, type World } from "./testing/world.ts";

let world: World;
let leaf: Uint8Array;
let ca: Uint8Array;

before(async () => {
  world = await makeWorld();
  const publicKey = await newPublicKey();
  leaf = value(await issueStation(world.authorities, { serial: "CP1", publicKey }, world.ports)).certificate
    .der;
  ca = world.authorities.station.certificate.der;
});

const verdict = (chainDer: Uint8Array[]) =>
  checkPeer({ chainDer, anchors: [world.authorities.root.pem], role: "station", now: world.clock.now() });

test("every truncation of leaf or CA is refused", () => {
  for (const [index, whole] of [leaf, ca].entries()) {
    for (let length = 0; length < whole.length; length++) {
      const cut = whole.subarray(0, length);
      const chain = index === 0 ? [cut, ca] : [leaf, cut];
      assert.equal(verdict(chain).kind, "refused", `${length} of ${whole.length} bytes`);
    }
  }
});

test("every single flipped bit of leaf or CA is refused, and some flips are read to the end", () => {
  const reasons = new Map<string, number>();
  for (const [index, whole] of [leaf, ca].entries()) {
    for (let bit = 0; bit < whole.length * 8; bit++) {
      const flipped = Uint8Array.from(whole);
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      const answer = verdict(index === 0 ? [flipped, ca] : [leaf, flipped]);
      assert(answer.kind === "refused", `bit ${bit} of ${index === 0 ? "leaf" : "CA"} went unnoticed`);
      reasons.set(answer.reason, (reasons.get(answer.reason) ?? 0) + 1);
    }
  }
  // The signature stops what the reader lets pass: both must have had work.
  assert((reasons.get("malformed") ?? 0) > 500, JSON.stringify([...reasons]));
  assert((reasons.get("unknown-issuer") ?? 0) > 500, JSON.stringify([...reasons]));
});

test("seeded noise: bytes changed, doubled, dropped and spliced are refused without an exception", () => {
  for (let seed = 1; seed <= 3000; seed++) {
    const chance = seededChance(seed);
    const source = chance.int(0, 1) === 0 ? leaf : ca;
    let bytes = Buffer.from(source);
    for (let change = chance.int(1, 4); change > 0; change--) {
      const at = chance.int(0, bytes.length - 1);
      const until = chance.int(at, Math.min(bytes.length, at + 40));
      const piece = bytes.subarray(at, until);
      const kinds = [
        chance.bytes(piece.length),
        Buffer.concat([piece, piece]),
        Buffer.alloc(0),
        ca.subarray(at, until),
      ];
      bytes = Buffer.concat([bytes.subarray(0, at), kinds[chance.int(0, 3)]!, bytes.subarray(until)]);
    }
    if (bytes.equals(source)) continue;
    const chain = chance.int(0, 1) === 0 ? [bytes, ca] : [leaf, bytes];
    const isSwap = chain.every((der) => same(der, leaf) || same(der, ca));
    if (!isSwap) assert.equal(verdict(chain).kind, "refused", `seed ${seed}`);
  }
});

const same = (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b) === 0;

test("shapes made to exhaust a reader: deep, long, endless, huge", () => {
  let deep: Uint8Array = new Uint8Array(0);
  while (deep.length < CERTIFICATE_BYTES_MAX - 8) deep = encode(tags.sequence, deep);
  const hostile = [
    deep,
    encode(tags.sequence, ...Array.from({ length: 5000 }, () => encode(tags.integer, Uint8Array.of(1)))),
    new Uint8Array(CERTIFICATE_BYTES_MAX + 1).fill(0x30),
    Uint8Array.of(0x30, 0x80, 0x00, 0x00),
    Uint8Array.of(0x30, 0x84, 0x7f, 0xff, 0xff, 0xff),
    Uint8Array.of(0x1f, 0x81, 0x00),
    new Uint8Array(0),
  ];
  for (const der of hostile) {
    const answer = verdict([der, ca]);
    assert(answer.kind === "refused" && answer.reason === "malformed");
  }
});

test("a hostile signer of a bundle is refused in the same way", () => {
  for (let length = 0; length < leaf.length; length += 7) {
    const signer = writePem(leaf.subarray(0, length), "CERTIFICATE");
    const answer = verifyBundle(
      { body: "{}", signature: "", signer },
      world.authorities.root.pem,
      world.clock.now(),
    );
    assert.equal(answer.kind, "refused");
  }
});

test("DER has one spelling: every other one is a fault", () => {
  const bytes = (hexadecimal: string) => new Uint8Array(Buffer.from(hexadecimal, "hex"));
  const table: [string, () => unknown][] = [
    ["a long length that is short", () => only(bytes("30810101"), tags.sequence)],
    ["a padded long length", () => elements(bytes(`30820080${"00".repeat(128)}`))],
    ["bytes after the end", () => only(bytes("300000"), tags.sequence)],
    ["a padded integer", () => integerHex(elements(bytes("02020001"))[0])],
    ["a negative integer", () => integerHex(elements(bytes("020180"))[0])],
    ["an empty integer", () => integerHex(elements(bytes("0200"))[0])],
    ["an OID cut off", () => oid(elements(bytes("060255 84".replace(" ", "")))[0])],
    ["an OID with leading zeros", () => oid(elements(bytes("0603558003"))[0])],
    ["an OID part of 80 bits", () => oid(elements(bytes("060c55ffffffffffffffffffff01"))[0])],
    ["a NUL in a name", () => text(elements(bytes("0c03610062"))[0])],
    ["a name that is not UTF-8", () => text(elements(bytes("0c02c328"))[0])],
    ["31 February", () => timeMs(elements(encode(tags.utcTime, Buffer.from("260231000000Z")))[0])],
    ["a time without seconds", () => timeMs(elements(encode(tags.utcTime, Buffer.from("2602010000Z")))[0])],
    [
      "a time with an offset",
      () => timeMs(elements(encode(tags.generalizedTime, Buffer.from("20260201000000+00")))[0]),
    ],
  ];
  for (const [what, read] of table) assert.throws(read, DerFault, what);
  assert.equal(oid(elements(bytes("0603551d0f"))[0]), "2.5.29.15");
  assert.equal(oid(elements(bytes("06092a864886f70d01010b"))[0]), "1.2.840.113549.1.1.11");
  assert.equal(integerHex(elements(bytes("02020080"))[0]), "80");
  assert.equal(
    timeMs(elements(encode(tags.utcTime, Buffer.from("491231235959Z")))[0]),
    Date.UTC(2049, 11, 31, 23, 59, 59),
  );
  assert.equal(timeMs(elements(encode(tags.utcTime, Buffer.from("500101000000Z")))[0]), Date.UTC(1950, 0, 1));
});

test("an unknown critical extension, and one given twice, are refused by the reader itself", () => {
  const reader = (critical: boolean, dottedDer: string, times: number) => {
    const extension = encode(
      tags.sequence,
      encode(tags.oid, Buffer.from(dottedDer, "hex")),
      ...(critical ? [encode(tags.boolean, Uint8Array.of(0xff))] : []),
      encode(tags.octetString, encode(0x05)),
    );
    const parts = elements(only(leaf, tags.sequence).content);
    const tbs = elements(parts[0]!.content);
    const list = only(tbs.at(-1)!.content, tags.sequence);
    const extensions = encode(
      tags.context3,
      encode(tags.sequence, list.content, ...Array(times).fill(extension)),
    );
    const newTbs = encode(tags.sequence, ...tbs.slice(0, -1).map(({ whole }) => whole), extensions);
    return () => readCertificate(encode(tags.sequence, newTbs, parts[1]!.whole, parts[2]!.whole));
  };
  assert.doesNotThrow(reader(false, "2a0304", 1));
  assert.throws(reader(true, "2a0304", 1), /critical extension 1\.2\.3\.4/);
  assert.throws(reader(false, "2a0304", 2), /twice/);
});
