/** Captures made by hand: both byte orders, links, reordered and lost segments, noise. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { seededChance } from "@wattward/testing";
import { joinAdu } from "../mbap.ts";
import { bytesOf } from "../testing/bytes.ts";
import { type CapturedEvent, readCapture, readPcap } from "./index.ts";

type Sent = { readonly by: "master" | "device"; readonly sequence: number; readonly bytes: Uint8Array };

const word = (n: number, bytes: number, little = false) => {
  const big = Array.from({ length: bytes }, (_, i) => Math.floor(n / 256 ** (bytes - 1 - i)) % 256);
  return little ? big.reverse() : big;
};

/** One TCP segment in IPv4 in Ethernet, tagged with a VLAN where asked, padded as Ethernet does. */
function packet({ by, sequence, bytes }: Sent, vlan: boolean): number[] {
  const ports = by === "master" ? [40_000, 502] : [502, 40_000];
  const tcp = [
    ...ports.flatMap((port) => word(port, 2)),
    ...word(sequence, 4),
    0,
    0,
    0,
    0,
    0x50,
    0x18,
    ...word(0, 6),
    ...bytes,
  ];
  const [master, device] = [
    [10, 0, 0, 1],
    [10, 0, 0, 2],
  ];
  const addresses = by === "master" ? [...master!, ...device!] : [...device!, ...master!];
  const ip = [0x45, 0, ...word(20 + tcp.length, 2), 0, 0, 0x40, 0, 64, 6, 0, 0, ...addresses, ...tcp];
  const frame = [...word(0, 12), ...(vlan ? [0x81, 0, 0, 7] : []), 8, 0, ...ip];
  return [...frame, ...word(0, Math.max(0, 60 - frame.length))];
}

function pcap(sent: readonly Sent[], { little = true, nanos = false, vlan = false } = {}): Uint8Array {
  const header = [nanos ? 0xa1b23c4d : 0xa1b2c3d4, 0x00020004, 0, 0, 65_535, 1];
  const packets = sent.flatMap((one, i) => {
    const bytes = packet(one, vlan);
    const head = [1_700_000_000 + i, nanos ? 5_000_000 : 5_000, bytes.length, bytes.length];
    return [...head.flatMap((n) => word(n, 4, little)), ...bytes];
  });
  return Uint8Array.from([...header.flatMap((n) => word(n, 4, little)), ...packets]);
}

const ask = (transaction: number) => joinAdu({ transaction, unit: 1, pdu: bytesOf("03 00 00 00 01") });
const answer = (transaction: number) => joinAdu({ transaction, unit: 1, pdu: bytesOf("03 02 00 2a") });
const inOrder: readonly Sent[] = [
  { by: "master", sequence: 100, bytes: ask(1) },
  { by: "device", sequence: 900, bytes: answer(1) },
  { by: "master", sequence: 112, bytes: ask(2) },
  { by: "device", sequence: 911, bytes: answer(2) },
];

function eventsOf(file: Uint8Array): readonly CapturedEvent[] {
  const events = readCapture(file);
  assert(events.ok);
  return events.value;
}
const shown = (events: readonly CapturedEvent[]) =>
  events.map((event) =>
    event.kind === "exchange"
      ? `${event.transaction}${event.answer?.reply?.ok ? " answered" : ""}`
      : event.kind,
  );

for (const options of [{}, { little: false }, { nanos: true }, { vlan: true }]) {
  test(`readCapture: requests and answers, ${JSON.stringify(options)}`, () => {
    const events = eventsOf(pcap(inOrder, options));
    assert.deepEqual(shown(events), ["1 answered", "2 answered"]);
    assert.deepEqual(events[0]?.master, { address: "10.0.0.1", port: 40_000 });
    assert.equal(events[0]?.atMs, 1_700_000_000_005);
  });
}

test("readCapture: split, repeated and early segments are put in order; sequence numbers go round", () => {
  const start = 2 ** 32 - 5;
  const whole = Uint8Array.of(...ask(1), ...ask(2), ...ask(3));
  const cut = (from: number, to: number): Sent => ({
    by: "master",
    sequence: (start + from) % 2 ** 32,
    bytes: whole.subarray(from, to),
  });
  const sent = [cut(0, 3), cut(20, 36), cut(0, 10), cut(7, 12), cut(12, 22)];
  assert.deepEqual(shown(eventsOf(pcap(sent))), ["1", "2", "3"]);
});

test("readCapture: what the capture lost is told, and reading goes on behind it", () => {
  const events = eventsOf(pcap([inOrder[0]!, inOrder[1]!, { by: "master", sequence: 5_000, bytes: ask(9) }]));
  assert.deepEqual(shown(events), ["1 answered", "gap", "9"]);
});

test("readCapture: after a malformed frame its direction is not read on; an answer that nobody asked for is told", () => {
  const bad: Sent = { by: "master", sequence: 112, bytes: bytesOf("00 02 00 07 00 02 01 07") };
  const more: Sent = { by: "master", sequence: 120, bytes: ask(3) };
  const stray: Sent = { by: "device", sequence: 911, bytes: answer(7) };
  const events = eventsOf(pcap([inOrder[0]!, inOrder[1]!, bad, more, stray]));
  assert.deepEqual(shown(events), ["1 answered", "malformed", "unasked-answer"]);
});

test("readPcap: a capture cut anywhere is read as far as it goes; what is none says so", () => {
  const file = pcap(inOrder);
  for (let n = 0; n < file.length; n++) {
    const capture = readPcap(file.subarray(0, n));
    if (n < 24) assert(!capture.ok, `${n}`);
    else assert(capture.ok && capture.value.packets.length < 4, `${n}`);
  }
  const pcapng = readPcap(Uint8Array.from({ length: 64 }, (_, i) => [0x0a, 0x0d, 0x0d, 0x0a][i] ?? 0));
  assert(!pcapng.ok);
  assert.match(pcapng.fault.sentence, /pcapng/);
});

test("readCapture: noise in a capture never throws, and still finds something", () => {
  let exchanges = 0;
  for (let seed = 1; seed <= 400; seed++) {
    const chance = seededChance(seed);
    const file = pcap(inOrder, { vlan: seed % 2 === 0 });
    for (let n = chance.int(1, 6); n > 0; n--) file[chance.int(24, file.length - 1)] = chance.int(0, 255);
    const events = readCapture(file);
    if (events.ok) exchanges += events.value.filter(({ kind }) => kind === "exchange").length;
  }
  assert(exchanges > 300, `${exchanges}`);
});
