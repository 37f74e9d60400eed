/** Every public function: vectors from the specification's own examples, bounds, truncations, properties, noise. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { seededChance } from "@wattward/testing";
import {
  changing,
  functionCode,
  functionNames,
  type Request,
  type Response,
  readReply,
  readRequest,
  writeException,
  writeRequest,
  writeResponse,
} from "./pdu.ts";
import { bytesOf, hexOf } from "./testing/bytes.ts";
import { anyRequest, anyResponse } from "./testing/messages.ts";

const bits = (text: string) => [...text].map((digit) => digit === "1");

/** Request and response as on the wire, and what they mean. Most are the examples of Application Protocol V1.1b3 §6. */
const vectors: readonly (readonly [string, Request, string, Response])[] = [
  [
    "01 00 13 00 13",
    { kind: "read-coils", address: 19, quantity: 19 },
    "01 03 cd 6b 05",
    { kind: "read-coils", bits: bits("1011001111010110101") },
  ],
  [
    "02 00 c4 00 16",
    { kind: "read-discrete-inputs", address: 196, quantity: 22 },
    "02 03 ac db 35",
    { kind: "read-discrete-inputs", bits: bits("0011010111011011101011") },
  ],
  [
    "03 00 6b 00 03",
    { kind: "read-holding-registers", address: 107, quantity: 3 },
    "03 06 02 2b 00 00 00 64",
    { kind: "read-holding-registers", registers: [555, 0, 100] },
  ],
  [
    "04 00 08 00 01",
    { kind: "read-input-registers", address: 8, quantity: 1 },
    "04 02 00 0a",
    { kind: "read-input-registers", registers: [10] },
  ],
  [
    "05 00 ac ff 00",
    { kind: "write-single-coil", address: 172, on: true },
    "05 00 ac ff 00",
    { kind: "write-single-coil", address: 172, on: true },
  ],
  [
    "06 00 01 00 03",
    { kind: "write-single-register", address: 1, value: 3 },
    "06 00 01 00 03",
    { kind: "write-single-register", address: 1, value: 3 },
  ],
  ["07", { kind: "read-exception-status" }, "07 6d", { kind: "read-exception-status", status: 0x6d }],
  [
    "08 00 00 a5 37",
    { kind: "diagnostics", subFunction: 0, data: bytesOf("a5 37") },
    "08 00 00 a5 37",
    { kind: "diagnostics", subFunction: 0, data: bytesOf("a5 37") },
  ],
  [
    "0b",
    { kind: "get-comm-event-counter" },
    "0b ff ff 01 08",
    { kind: "get-comm-event-counter", busy: true, events: 264 },
  ],
  [
    "0c",
    { kind: "get-comm-event-log" },
    "0c 08 00 00 01 08 01 21 20 00",
    { kind: "get-comm-event-log", busy: false, events: 264, messages: 289, log: bytesOf("20 00") },
  ],
  [
    "0f 00 13 00 0a 02 cd 01",
    { kind: "write-multiple-coils", address: 19, bits: bits("1011001110") },
    "0f 00 13 00 0a",
    { kind: "write-multiple-coils", address: 19, quantity: 10 },
  ],
  [
    "10 00 01 00 02 04 00 0a 01 02",
    { kind: "write-multiple-registers", address: 1, registers: [10, 258] },
    "10 00 01 00 02",
    { kind: "write-multiple-registers", address: 1, quantity: 2 },
  ],
  [
    "11",
    { kind: "report-server-id" },
    "11 03 01 ff 41",
    { kind: "report-server-id", data: bytesOf("01 ff 41") },
  ],
  [
    "14 0e 06 00 04 00 01 00 02 06 00 03 00 09 00 02",
    {
      kind: "read-file-record",
      records: [
        { file: 4, record: 1, length: 2 },
        { file: 3, record: 9, length: 2 },
      ],
    },
    "14 0c 05 06 0d fe 00 20 05 06 33 cd 00 40",
    {
      kind: "read-file-record",
      records: [
        [0x0dfe, 0x20],
        [0x33cd, 0x40],
      ],
    },
  ],
  [
    "15 0d 06 00 04 00 07 00 03 06 af 04 be 10 0d",
    { kind: "write-file-record", records: [{ file: 4, record: 7, registers: [0x06af, 0x04be, 0x100d] }] },
    "15 0d 06 00 04 00 07 00 03 06 af 04 be 10 0d",
    { kind: "write-file-record", records: [{ file: 4, record: 7, registers: [0x06af, 0x04be, 0x100d] }] },
  ],
  [
    "16 00 04 00 f2 00 25",
    { kind: "mask-write-register", address: 4, and: 0xf2, or: 0x25 },
    "16 00 04 00 f2 00 25",
    { kind: "mask-write-register", address: 4, and: 0xf2, or: 0x25 },
  ],
  [
    "17 00 03 00 06 00 0e 00 03 06 00 ff 00 ff 00 ff",
    {
      kind: "read-write-multiple-registers",
      read: { address: 3, quantity: 6 },
      write: { address: 14, registers: [255, 255, 255] },
    },
    "17 0c 00 fe 0a cd 00 01 00 03 00 0d 00 ff",
    { kind: "read-write-multiple-registers", registers: [0xfe, 0x0acd, 1, 3, 13, 255] },
  ],
  [
    "18 04 de",
    { kind: "read-fifo-queue", address: 1246 },
    "18 00 06 00 02 01 b8 12 84",
    { kind: "read-fifo-queue", registers: [440, 4740] },
  ],
  [
    "2b 0e 01 00",
    { kind: "read-device-identification", code: 1, object: 0 },
    "2b 0e 01 01 ff 02 02 00 02 41 42 01 01 31",
    {
      kind: "read-device-identification",
      code: 1,
      conformity: 1,
      next: 2,
      objects: [
        { id: 0, value: bytesOf("41 42") },
        { id: 1, value: bytesOf("31") },
      ],
    },
  ],
  [
    "2b 0d 01 02",
    { kind: "canopen-general-reference", data: bytesOf("01 02") },
    "2b 0d 03",
    { kind: "canopen-general-reference", data: bytesOf("03") },
  ],
];

test("every public function has a vector", () => {
  assert.deepEqual(new Set(vectors.map(([, { kind }]) => kind)), new Set(functionNames));
});

for (const [requestHex, request, responseHex, response] of vectors) {
  test(`${request.kind} (${functionCode(request.kind)}): read and written as the specification has it`, () => {
    assert.deepEqual(readRequest(bytesOf(requestHex)), { ok: true, value: request });
    assert.equal(hexOf(writeRequest(request)), requestHex);
    assert.deepEqual(readReply(bytesOf(responseHex), request), { ok: true, value: response });
    assert.equal(hexOf(writeResponse(response)), responseHex);
  });

  test(`${request.kind}: one byte less or more is a fault, in both directions`, () => {
    const [asked, answered] = [bytesOf(requestHex), bytesOf(responseHex)];
    for (let n = 0; n < asked.length; n++) whole(asked.subarray(0, n), n);
    for (let n = 1; n < answered.length; n++) {
      const read = readReply(answered.subarray(0, n), request);
      assert(!read.ok || request.kind === "canopen-general-reference", `an answer cut to ${n} bytes`);
    }
    const more = (pdu: Uint8Array) => Uint8Array.of(...pdu, 0);
    whole(more(asked), asked.length + 1);
    assert(!readReply(more(answered), request).ok || request.kind === "canopen-general-reference");

    function whole(pdu: Uint8Array, n: number) {
      const read = readRequest(pdu);
      if (request.kind === "canopen-general-reference" && n > 1) return;
      assert(!read.ok, `a request of ${n} bytes`);
      assert([1, 3].includes(read.fault.exception), read.fault.sentence);
    }
  });

  test(`${request.kind}: its exceptions are read, and nobody else's`, () => {
    const code = functionCode(request.kind);
    assert.deepEqual(readReply(writeException(code, 2), request), {
      ok: true,
      value: { kind: "exception", code: 2 },
    });
    for (const wrong of [[code | 0x80], [code | 0x80, 0], [code | 0x80, 2, 0], [(code + 1) | 0x80, 2], []]) {
      assert(!readReply(Uint8Array.from(wrong), request).ok, wrong.join(" "));
    }
  });
}

/** What a device has to answer, and why: bounds of quantities, counts that disagree, fields out of range. */
const refused: readonly (readonly [string, string, number])[] = [
  ["00", "function", 1],
  ["09 00 00 00 00", "function", 1],
  ["5a 00 01", "function", 1],
  ["80", "function", 1],
  ["83 02", "function", 1],
  ["ff", "function", 1],
  ["2b", "function", 1],
  ["2b 0c 01 00", "function", 1],
  ["01 00 00 00 00", "quantity", 3],
  ["01 00 00 07 d1", "quantity", 3],
  ["03 00 00 00 7e", "quantity", 3],
  ["04 00 00 ff ff", "quantity", 3],
  ["03 ff ff 00 02", "address", 2],
  ["01 ff ff 00 02", "address", 2],
  ["05 00 00 ff 01", "value", 3],
  ["05 00 00 01 00", "value", 3],
  ["0f 00 00 07 b1 f7", "quantity", 3],
  ["0f 00 00 00 09 01 ff", "length", 3],
  ["10 00 00 00 02 04 00 01", "length", 3],
  ["10 00 00 00 02 02 00 01", "length", 3],
  ["10 00 00 00 7c f8", "quantity", 3],
  ["10 ff ff 00 02 04 00 01 00 02", "address", 2],
  ["14 00", "quantity", 3],
  ["14 07 05 00 04 00 01 00 02", "value", 3],
  ["14 07 06 00 00 00 01 00 02", "value", 3],
  ["14 07 06 00 01 27 10 00 02", "address", 2],
  ["14 07 06 00 01 00 00 00 00", "quantity", 3],
  ["14 07 06 00 01 00 00 00 80", "value", 3],
  ["15 00", "quantity", 3],
  ["15 09 06 00 01 00 00 00 02 00 01", "length", 3],
  ["17 00 00 00 00 00 00 00 01 02 00 00", "quantity", 3],
  ["17 00 00 00 01 00 00 00 7a f4", "quantity", 3],
  ["17 00 00 00 01 ff ff 00 02 04 00 00 00 00", "address", 2],
  ["2b 0e 05 00", "value", 3],
  ["2b 0e 00 00", "value", 3],
  ["08 00 01 00", "length", 3],
  ["08 00 01 00 00 00 00", "length", 3],
];

for (const [pdu, reason, exception] of refused) {
  test(`readRequest: ${pdu} is refused by its ${reason}, with exception 0${exception}`, () => {
    const read = readRequest(bytesOf(pdu));
    assert(!read.ok);
    assert.deepEqual([read.fault.reason, read.fault.exception], [reason, exception], read.fault.sentence);
  });
}

test("readReply: an answer that is well formed and belongs to another question is refused", () => {
  const three: Request = { kind: "read-holding-registers", address: 0, quantity: 3 };
  const write: Request = { kind: "write-multiple-registers", address: 5, registers: [1, 2] };
  const single: Request = { kind: "write-single-register", address: 5, value: 7 };
  const mask: Request = { kind: "mask-write-register", address: 4, and: 1, or: 2 };
  for (const [request, pdu] of [
    [three, "03 04 00 01 00 02"],
    [three, "03 08 00 01 00 02 00 03 00 04"],
    [three, "04 06 00 01 00 02 00 03"],
    [three, "03 05 00 01 00 02 00 03"],
    [write, "10 00 06 00 02"],
    [write, "10 00 05 00 01"],
    [single, "06 00 05 00 08"],
    [single, "06 00 04 00 07"],
    [mask, "16 00 04 00 01 00 03"],
    [{ kind: "diagnostics", subFunction: 0, data: bytesOf("01 02") }, "08 00 00 01 03"],
    [{ kind: "read-fifo-queue", address: 1 }, `18 00 42 00 20${" 00 00".repeat(32)}`],
  ] as const) {
    const read = readReply(bytesOf(pdu), request);
    assert(!read.ok, pdu);
  }
});

test("coils: padding bits carry nothing, and are written as 0", () => {
  const read = readRequest(bytesOf("0f 00 00 00 03 01 fd"));
  assert(read.ok && read.value.kind === "write-multiple-coils");
  assert.deepEqual(read.value.bits, [true, false, true]);
  assert.equal(hexOf(writeRequest(read.value)), "0f 00 00 00 03 01 05");
});

test("codec: whatever can be asked or answered, is read as it was written, and fits a PDU", () => {
  const seen = new Set<string>();
  for (let seed = 1; seed <= 4000; seed++) {
    const chance = seededChance(seed);
    const request = anyRequest(chance);
    const asked = writeRequest(request);
    assert.deepEqual(readRequest(asked), { ok: true, value: request }, `seed ${seed}`);
    const response = anyResponse(chance, request);
    const answered = writeResponse(response);
    assert.deepEqual(readReply(answered, request), { ok: true, value: response }, `seed ${seed}`);
    assert(asked.length <= 253 && answered.length <= 253, `seed ${seed}: ${request.kind}`);
    seen.add(request.kind);
  }
  assert.equal(seen.size, functionNames.length);
});

test("codec: noise never throws, and a request that is accepted is written again byte by byte", () => {
  const accepted = new Set<string>();
  for (let seed = 1; seed <= 8_000; seed++) {
    const chance = seededChance(seed);
    // Half of it damaged from something valid, or noise would never get past the first length.
    const pdu = chance.int(0, 1) === 0 ? writeRequest(anyRequest(chance)) : chance.bytes(chance.int(1, 253));
    for (let n = chance.int(0, 2); n > 0; n--) pdu[chance.int(0, pdu.length - 1)] = chance.int(0, 255);
    const read = readRequest(pdu);
    if (!read.ok) {
      assert([1, 2, 3].includes(read.fault.exception), `seed ${seed}`);
      continue;
    }
    accepted.add(read.value.kind);
    const again = writeRequest(read.value);
    if (read.value.kind !== "write-multiple-coils") assert.deepEqual(again, pdu, `seed ${seed}`);
    assert.deepEqual(readRequest(again), read, `seed ${seed}`);
    readReply(chance.bytes(chance.int(0, 253)), read.value);
  }
  assert.equal(accepted.size, functionNames.length, [...accepted].join(" "));
});

test("writeRequest: what does not fit is our own fault", () => {
  const long = Array.from({ length: 124 }, () => 0);
  for (const bad of [
    { kind: "read-coils", address: 0, quantity: 0 },
    { kind: "read-holding-registers", address: 0, quantity: 126 },
    { kind: "read-holding-registers", address: 65_536, quantity: 1 },
    { kind: "write-single-register", address: 0, value: -1 },
    { kind: "write-single-register", address: 0, value: 0.5 },
    { kind: "write-single-register", address: 0, value: Number.NaN },
    { kind: "write-multiple-registers", address: 0, registers: long },
    { kind: "write-multiple-registers", address: 0, registers: [] },
    { kind: "write-multiple-registers", address: 0, registers: [65_536] },
  ] as const satisfies readonly Request[]) {
    assert.throws(() => writeRequest(bad), { name: "AssertionError" }, JSON.stringify(bad));
  }
});

test("changing: every function that is not a plain read", () => {
  const reads = functionNames.filter((name) => !changing.has(name));
  assert(reads.every((name) => /^(read|get|report)-/.test(name)));
  assert(changing.has("read-write-multiple-registers"));
});
