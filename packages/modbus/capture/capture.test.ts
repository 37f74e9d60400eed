/** Captures made by hand: both byte orders, links, reordered and lost segments, noise. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { seededChance } from "@wattward/testing";
import { joinAdu } from "../mbap.ts";
import { bytesOf } from "../testing/bytes.ts";
import { type CapturedEvent, CaptureReading, openCapture, readCapture, readPcap } from "./index.ts";

type Sent = {
  readonly by: "master" | "device";
  readonly sequence: number;
  readonly bytes: Uint8Array;
  readonly syn?: boolean;
  /** What its sender has received. */
  readonly acknowledges?: number;
  /** Seconds since the first packet; one a packet where it is absent. */
  readonly atS?: number;
};

const word = (n: number, bytes: number, little = false) => {
  const big = Array.from({ length: bytes }, (_, i) => Math.floor(n / 256 ** (bytes - 1 - i)) % 256);
  return little ? big.reverse() : big;
};

/** One TCP segment in IPv4 in Ethernet, tagged with a VLAN where asked, padded as Ethernet does. */
function packet(sent: Sent, vlan: boolean): number[] {
  const frame = [...word(0, 12), ...(vlan ? [0x81, 0, 0, 7] : []), 8, 0, ...ipPacket(sent)];
  return [...frame, ...word(0, Math.max(0, 60 - frame.length))];
}

function ipPacket({ by, sequence, bytes, syn = false, acknowledges }: Sent): number[] {
  const ports = by === "master" ? [40_000, 502] : [502, 40_000];
  const tcp = [
    ...ports.flatMap((port) => word(port, 2)),
    ...word(sequence, 4),
    ...word(acknowledges ?? 0, 4),
    0x50,
    (syn ? 2 : 8) + (acknowledges === undefined ? 0 : 16),
    ...word(0, 6),
    ...bytes,
  ];
  const [master, device] = [
    [10, 0, 0, 1],
    [10, 0, 0, 2],
  ];
  const addresses = by === "master" ? [...master!, ...device!] : [...device!, ...master!];
  return [0x45, 0, ...word(20 + tcp.length, 2), 0, 0, 0x40, 0, 64, 6, 0, 0, ...addresses, ...tcp];
}

function pcap(sent: readonly Sent[], { little = true, nanos = false, vlan = false } = {}): Uint8Array {
  const header = [nanos ? 0xa1b23c4d : 0xa1b2c3d4, 0x00020004, 0, 0, 65_535, 1];
  const packets = sent.flatMap((one, i) => {
    const bytes = packet(one, vlan);
    const head = [1_700_000_000 + (one.atS ?? i), nanos ? 5_000_000 : 5_000, bytes.length, bytes.length];
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

test("readCapture: a connection's first segments in the wrong order, behind its SYN", () => {
  const syn: readonly Sent[] = [
    { by: "master", sequence: 99, bytes: bytesOf(""), syn: true },
    { by: "device", sequence: 899, bytes: bytesOf(""), syn: true, acknowledges: 100 },
  ];
  const [first, firstAnswer, second, secondAnswer] = inOrder;
  const events = eventsOf(pcap([...syn, second!, first!, firstAnswer!, secondAnswer!]));
  assert.deepEqual(shown(events), ["1 answered", "2 answered"]);
  const again = eventsOf(pcap([...syn, ...inOrder, ...syn, ...inOrder]));
  assert.deepEqual(
    shown(again),
    ["1 answered", "2 answered", "1 answered", "2 answered"],
    "ports used again",
  );
  const twice = eventsOf(pcap([syn[0]!, ...syn, ...inOrder.slice(0, 1), syn[1]!, ...inOrder.slice(1)]));
  assert.deepEqual(shown(twice), ["1 answered", "2 answered"], "a SYN that is sent again begins nothing");
});

test("readCapture: entered in its middle, at what keeps a connection alive or within a frame", () => {
  const alive: Sent = { by: "master", sequence: 99, bytes: bytesOf("00") };
  assert.deepEqual(shown(eventsOf(pcap([alive, ...inOrder]))), ["1 answered", "2 answered"]);
  const [first, ...others] = inOrder;
  for (let from = 1; from < first!.bytes.length; from++) {
    const rest = { ...first!, sequence: 100 + from, bytes: first!.bytes.subarray(from) };
    const [odd, ...found] = shown(eventsOf(pcap([rest, ...others])));
    if (odd !== "unasked-answer") assert.fail(`${from}: ${odd}`);
    assert.equal(found.at(-1), "2 answered", `${from}`);
  }
  const garbage: Sent = { by: "master", sequence: 100, bytes: bytesOf("16 03 01 02 00 01 00") };
  assert.deepEqual(shown(eventsOf(pcap([garbage]))), ["malformed"], "what never has a frame is no Modbus");
});

test("readCapture: what was lost is known as soon as its receiver has acknowledged what came behind it", () => {
  const lost = ask(2).length;
  const third: Sent = { by: "master", sequence: 112 + lost, bytes: ask(3) };
  const answered: Sent = { by: "device", sequence: 911, bytes: answer(3), acknowledges: 112 + 2 * lost };
  const events = eventsOf(pcap([inOrder[0]!, inOrder[1]!, third, answered]));
  assert.deepEqual(shown(events), ["1 answered", "gap", "3 answered"]);
});

test("readCapture: an answer of more than a minute later is late, and none; a request of then is not taken for one of now", () => {
  const [asked, answered, again, answeredAgain] = inOrder;
  const late = (atS: number) => eventsOf(pcap([asked!, { ...answered!, atS }]));
  assert.deepEqual([shown(late(60)), shown(late(61))], [["1 answered"], ["1", "late-answer"]]);
  const same = eventsOf(
    pcap([
      asked!,
      { ...again!, bytes: ask(1), atS: 100 },
      { ...answeredAgain!, sequence: 900, bytes: answer(1), atS: 100 },
    ]),
  );
  assert.deepEqual(shown(same), ["1", "1 answered"]);
});

/** The frames of two exchanges in a capture of another link type. */
function linked(linkWord: number, head: readonly number[], tail: readonly number[] = []): Uint8Array {
  const packets = inOrder.flatMap((one, i) => {
    const bytes = [...head, ...ipPacket(one), ...tail];
    return [...[1_700_000_000 + i, 0, bytes.length, bytes.length].flatMap((n) => word(n, 4)), ...bytes];
  });
  const header = [0xa1b2c3d4, 0x00020004, 0, 0, 65_535, linkWord];
  return Uint8Array.from([...header.flatMap((n) => word(n, 4)), ...packets]);
}
function readingOf(file: Uint8Array): {
  readonly found: readonly string[];
  readonly reading: CaptureReading;
} {
  const reading = new CaptureReading();
  const found: string[] = [];
  for (const step of openCapture(() => [file]).steps(reading)) found.push(step.what);
  return { found, reading };
}

test("openCapture: link types, VLAN tags and PPPoE, with and without a frame check sequence", () => {
  const ethernet = word(0, 12);
  for (const [what, link, head, tail] of [
    ["loopback", 0, [2, 0, 0, 0], []],
    ["OpenBSD loopback", 108, [0, 0, 0, 2], []],
    ["raw", 101, [], []],
    ["raw, as some systems call it", 12, [], []],
    ["IPv4", 228, [], []],
    ["Linux cooked", 113, [...word(0, 14), 8, 0], []],
    ["Linux cooked, second version", 276, [8, 0, ...word(0, 18)], []],
    ["Ethernet with its check sequence", 0x2400_0001, [...ethernet, 8, 0], [1, 2, 3, 4]],
    ["three tags", 1, [...ethernet, 0x91, 0, 0, 1, 0x88, 0xa8, 0, 2, 0x81, 0, 0, 3, 8, 0], []],
    ["PPPoE", 1, [...ethernet, 0x88, 0x64, 0x11, 0, 0, 1, 0, 60, 0, 0x21], []],
  ] as const) {
    const { found, reading } = readingOf(linked(link, head, tail));
    assert.deepEqual(found, ["request", "answer", "request", "answer"], what);
    assert.deepEqual([reading.packets, reading.segments, reading.unread], [4, 4, 0], what);
  }
});

test("openCapture: what is not understood is counted by its reason; what cannot be Modbus is not", () => {
  const ethernet = word(0, 12);
  for (const [what, link, head, reasons] of [
    ["a link type that is not read", 147, [], { "link type 147": 4 }],
    ["MPLS", 1, [...ethernet, 0x88, 0x47, 0, 0, 0, 0], { "tunnelled (ether type 0x8847)": 4 }],
    ["ARP", 1, [...ethernet, 8, 6], {}],
  ] as const) {
    const { reading } = readingOf(linked(link, head));
    assert.deepEqual(reading.reasons, reasons, what);
    assert.equal(reading.nothing, what !== "ARP", what);
    assert.equal(reading.others, what === "ARP" ? 4 : 0, what);
  }
  const whole = pcap(inOrder, { little: false });
  const change = (at: number, value: number) => {
    const file = whole.slice();
    file[at] = value;
    return readingOf(file).reading;
  };
  const ip = 24 + 16 + 14;
  assert.deepEqual(change(ip + 6, 0x20).reasons, { "IP fragment": 1 });
  assert.deepEqual(change(ip + 9, 47).reasons, { "tunnelled (IP protocol 47)": 1 });
  assert.equal(change(ip + 9, 17).others, 1, "UDP");
  assert.deepEqual(change(ip + 32, 0xf0).reasons, { "cut short or broken headers": 1 });
  assert.equal(change(ip + 3, 0).segments, 4, "a length of 0 is filled in by the network card");
  assert.deepEqual(readingOf(whole.subarray(0, whole.length - 1)).reading.cut, true);
});

test("openCapture: a payload that was not captured whole is told, and is a gap", () => {
  const bytes = packet(inOrder[0]!, false);
  const short = [bytes.slice(0, 60), packet({ ...inOrder[2]!, bytes: ask(2) }, false)];
  const file = Uint8Array.from([
    ...[0xa1b2c3d4, 0x00020004, 0, 0, 60, 1].flatMap((n) => word(n, 4)),
    ...short.flatMap((one, i) => [...[i, 0, one.length, bytes.length].flatMap((n) => word(n, 4)), ...one]),
  ]);
  const { found, reading } = readingOf(file);
  assert.deepEqual(found, ["odd", "request"]);
  assert.deepEqual(
    [reading.segments, reading.reasons, reading.gaps],
    [1, { "cut short (snapshot length)": 1 }, 1],
  );
});

test("openCapture: in whatever pieces a capture comes, its steps are the same", () => {
  const file = pcap(inOrder);
  for (const size of [1, 7, 24, 100, file.length]) {
    const reading = new CaptureReading();
    const pieces = function* () {
      for (let at = 0; at < file.length; at += size) yield file.slice(at, at + size);
    };
    const steps = [...openCapture(pieces).steps(reading)].map(({ what }) => what);
    assert.deepEqual([steps.length, reading.packets, reading.cut], [4, 4, false], `${size}`);
  }
});
