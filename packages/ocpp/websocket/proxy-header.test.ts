/** The parser of PROXY headers: every split, every truncation, and what it must refuse at the first byte that shows it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { PROXY_SIGNATURE, type ProxyHeaderFields, proxyHeader, tlv } from "../testing/proxy-header.ts";
import { PROXY_HEADER_BYTES_MAX, readProxyHeader } from "./proxy-header.ts";

/** Gives the parser what it asks for, at most `step` bytes at a time; returns its verdict and how much it took. */
function fed(bytes: Buffer, step: number) {
  for (let taken = 0; ; ) {
    const read = readProxyHeader(bytes.subarray(0, taken));
    if (read.kind !== "more") return { read, taken };
    assert(read.bytes > 0, "it asks for something");
    assert(taken < bytes.length, "it asks for no more than there is");
    taken = Math.min(bytes.length, taken + Math.min(step, read.bytes));
  }
}

const good: readonly (readonly [what: string, fields: ProxyHeaderFields, address: string | undefined])[] = [
  ["IPv4", { from: "203.0.113.7" }, "203.0.113.7"],
  ["IPv6", { from: "2001:db8::7" }, "2001:db8::7"],
  ["IPv4 in IPv6, in its plain spelling", { from: "64:ff9b::1" }, "64:ff9b::1"],
  ["with TLVs", { from: "203.0.113.7", tlvs: Buffer.concat([tlv(1, 8), tlv(4, 100)]) }, "203.0.113.7"],
  ["TLVs that lie about their length", { tlvs: Buffer.from([0x20, 0xff, 0xff, 0]) }, "203.0.113.7"],
  ["as long as it may be", { tlvs: Buffer.alloc(PROXY_HEADER_BYTES_MAX - 28) }, "203.0.113.7"],
  ["LOCAL", { versionAndCommand: 0x20 }, undefined],
  ["LOCAL of no family, as HAProxy's health checks", { versionAndCommand: 0x20, family: 0 }, undefined],
];

for (const [what, fields, address] of good) {
  test(`a header, ${what}, is read at every split, and not a byte beyond it`, () => {
    const header = proxyHeader(fields);
    const stream = Buffer.concat([header, Buffer.from([0x16, 3, 1])]);
    for (let step = 1; step <= Math.min(stream.length, 64); step++) {
      const { read, taken } = fed(stream, step);
      assert.deepEqual(read, address === undefined ? { kind: "local" } : { kind: "proxied", address });
      assert.equal(taken, header.length);
    }
  });
}

test("LOCAL without any addresses is as short as a header can be", () => {
  const short = Buffer.concat([PROXY_SIGNATURE, Buffer.from([0x20, 0, 0, 0])]);
  assert.deepEqual(fed(short, 16), { read: { kind: "local" }, taken: 16 });
});

const wrong: readonly (readonly [what: string, bytes: Buffer, reason: RegExp, taken: number])[] = [
  ["a TLS handshake", Buffer.from([0x16, 3, 1, 2, 0, 1]), /no PROXY header/, 1],
  ["HTTP", Buffer.from("GET / HTTP/1.1\r\n\r\n"), /no PROXY header/, 1],
  ["HTTP that begins like version 1", Buffer.from("PUT / HTTP/1.1\r\n\r\n"), /no PROXY header/, 2],
  [
    "version 1",
    Buffer.from("PROXY TCP4 203.0.113.7 203.0.113.8 1 2\r\n"),
    /version 1 \(text\).*version 2/,
    6,
  ],
  ["a signature with one wrong byte", Buffer.from("0d0a0d0a000d0a515549540b", "hex"), /no PROXY header/, 12],
  ["version 3", proxyHeader({ versionAndCommand: 0x31 }), /version 3/, 13],
  ["version 0", proxyHeader({ versionAndCommand: 0x01 }), /version 0/, 13],
  ["a command that is none", proxyHeader({ versionAndCommand: 0x22 }), /neither LOCAL nor PROXY/, 13],
  ["datagrams", proxyHeader({ family: 0x12 }), /0x12/, 14],
  ["a unix socket", proxyHeader({ family: 0x31 }), /0x31/, 14],
  ["PROXY of no family", proxyHeader({ family: 0x00 }), /0x00/, 14],
  ["addresses of IPv6 in the length of IPv4", proxyHeader({ family: 0x21 }), /too few/, 16],
  ["no addresses", proxyHeader({ length: 0 }), /too few/, 16],
  [
    "longer than it may be",
    proxyHeader({ tlvs: Buffer.alloc(PROXY_HEADER_BYTES_MAX - 27) }),
    /2049 bytes/,
    16,
  ],
  ["64 KiB", proxyHeader({ length: 0xffff }), /65551 bytes/, 16],
  ["a LOCAL of 64 KiB", proxyHeader({ versionAndCommand: 0x20, length: 0xffff }), /65551 bytes/, 16],
];

for (const [what, bytes, reason, taken] of wrong) {
  test(`no header: ${what} is refused at byte ${taken}`, () => {
    const byByte = fed(bytes, 1);
    assert(byByte.read.kind === "bad", JSON.stringify(byByte.read));
    assert.match(byByte.read.reason, reason);
    assert.equal(byByte.taken, taken);
    const whole = readProxyHeader(bytes);
    assert.equal(whole.kind, "bad", "and when it came at once");
  });
}

test("every truncation of a good header asks for the rest", () => {
  const header = proxyHeader({ from: "2001:db8::7", tlvs: tlv(1, 20) });
  for (let length = 0; length < header.length; length++) {
    const read = readProxyHeader(header.subarray(0, length));
    assert(
      read.kind === "more" && read.bytes <= header.length - length,
      `${length}: ${JSON.stringify(read)}`,
    );
  }
});
