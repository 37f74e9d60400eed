/** Framing of untrusted bytes: fixed vectors, every split point, merged segments, garbage, and noise with a seed. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { seededChance } from "@wattward/testing";
import { ADU_BYTES_MAX, AduStream, BACKLOG_BYTES_MAX, cutAdu, joinAdu } from "./mbap.ts";
import { bytesOf } from "./testing/bytes.ts";

const read = bytesOf("15 01 00 00 00 06 ff 03 00 04 00 01");

test("cutAdu: a read request, cut at every byte, is incomplete until the last one", () => {
  for (let n = 0; n < read.length; n++) assert.equal(cutAdu(read.subarray(0, n)).kind, "incomplete", `${n}`);
  const cut = cutAdu(read);
  assert(cut.kind === "adu");
  assert.deepEqual([cut.adu.transaction, cut.adu.unit, cut.rest.length], [0x1501, 0xff, 0]);
  assert.deepEqual(joinAdu(cut.adu), read);
});

for (const [hostile, reason] of [
  ["00 01 00 01 00 06 ff", "protocol-id"],
  ["00 01 01", "protocol-id"],
  ["00 01 00 00 ff ff ff", "length"],
  ["00 01 00 00 00 00", "length"],
  ["00 01 00 00 00 01 ff", "length"],
  ["00 01 00 00 00 ff", "length"],
  ["47 45 54 20 2f", "protocol-id"],
  ["16 03 01 02 00 01", "protocol-id"],
] as const) {
  test(`cutAdu: ${hostile} is malformed by its ${reason}, and nothing more is waited for`, () => {
    assert.deepEqual(cutAdu(bytesOf(hostile)), { kind: "malformed", reason });
  });
}

test("cutAdu: the longest ADU has 260 bytes, the shortest 8", () => {
  const longest = joinAdu({ transaction: 0xffff, unit: 255, pdu: new Uint8Array(253).fill(3) });
  assert.equal(longest.length, ADU_BYTES_MAX);
  assert.equal(ADU_BYTES_MAX, 260);
  const cut = cutAdu(longest);
  assert(cut.kind === "adu" && cut.adu.pdu.length === 253);
  assert.equal(joinAdu({ transaction: 0, unit: 0, pdu: Uint8Array.of(7) }).length, 8);
});

test("joinAdu: what does not fit a header is our own fault", () => {
  const pdu = Uint8Array.of(7);
  for (const bad of [
    { transaction: 0x10000, unit: 1, pdu },
    { transaction: -1, unit: 1, pdu },
    { transaction: 1.5, unit: 1, pdu },
    { transaction: 1, unit: 256, pdu },
    { transaction: 1, unit: 1, pdu: new Uint8Array(0) },
    { transaction: 1, unit: 1, pdu: new Uint8Array(254) },
  ]) {
    assert.throws(() => joinAdu(bad), { name: "AssertionError" });
  }
});

test("cutAdu: noise never throws and what it accepts round-trips", () => {
  let accepted = 0;
  for (let seed = 1; seed <= 2000; seed++) {
    const chance = seededChance(seed);
    const bytes = chance.bytes(chance.int(0, 300));
    // A plausible header, or noise would never get past it.
    if (bytes.length >= 6) bytes.set([0, 0, 0, chance.int(0, 255)], 2);
    const cut = cutAdu(bytes);
    if (cut.kind !== "adu") continue;
    accepted++;
    assert.deepEqual(joinAdu(cut.adu), bytes.slice(0, bytes.length - cut.rest.length), `seed ${seed}`);
  }
  assert(accepted > 500, `only ${accepted} of 2000 reached the round trip`);
});

test("AduStream: however a stream is split and merged, the same ADUs come out, and own their bytes", () => {
  for (let seed = 1; seed <= 300; seed++) {
    const chance = seededChance(seed);
    const sent = Array.from({ length: chance.int(1, 12) }, () => ({
      transaction: chance.int(0, 0xffff),
      unit: chance.int(0, 255),
      pdu: chance.bytes(chance.int(1, 253)),
    }));
    const whole = Uint8Array.from(sent.flatMap((adu) => [...joinAdu(adu)]));
    const stream = new AduStream();
    const got = [];
    for (let at = 0; at < whole.length; ) {
      const segment = whole.slice(at, at + chance.int(1, seed % 3 === 0 ? 3 : 700));
      at += segment.length;
      stream.push(segment);
      segment.fill(0xee);
      for (let next = stream.next(); next.kind === "adu"; next = stream.next()) got.push(next.adu);
    }
    assert.deepEqual(
      got.map(({ pdu, ...head }) => ({ ...head, pdu: pdu.slice() })),
      sent,
      `seed ${seed}`,
    );
    assert.equal(stream.pendingBytes, 0, `seed ${seed}`);
  }
});

test("AduStream: after garbage nothing is found again, not even a perfect command right behind it", () => {
  const stream = new AduStream();
  stream.push(bytesOf("15 01 00 00 00 06 ff 03 00 04 00 01 00 02 00 00 00 01 ff"));
  assert.equal(stream.next().kind, "adu");
  assert.deepEqual(stream.next(), { kind: "malformed", reason: "length" });
  for (let n = 0; n < 3; n++) {
    stream.push(read);
    assert.deepEqual(stream.next(), { kind: "malformed", reason: "length" });
    assert.equal(stream.pendingBytes, 0);
  }
});

test("AduStream: what nobody cuts is bounded", () => {
  const stream = new AduStream();
  const merged = Uint8Array.from(Array.from({ length: 100 }, () => [...read]).flat());
  for (let sent = 0; sent <= BACKLOG_BYTES_MAX; sent += merged.length) stream.push(merged);
  assert.deepEqual(stream.next(), { kind: "malformed", reason: "backlog" });
});
