import assert from "node:assert/strict";
import { test } from "node:test";
import { seededChance } from "@wattward/testing";
import { BUNDLE_STATIONS_MAX, FRAME_CHARS_MAX, SITE_MESSAGE_BYTES_MAX } from "./limits.ts";
import { parseBundle, parseCsmsMessage, parseRecord, parseSiteMessage } from "./parse.ts";

const head = {
  epoch: "0123456789abcdef01234567",
  seq: 7,
  station: "CP-1",
  receivedAtMs: 1_767_600_000_000,
  clockQuality: "synced",
  trace: "0123456789abcdef",
};
const frameRecord = { ...head, kind: "frame", version: "1.6", frame: '[2,"1","Heartbeat",{}]' };
const signed = { body: "{}", signature: `${"A".repeat(86)}==`, signer: "-----BEGIN CERTIFICATE-----" };

const fromSite = [
  {
    t: "hello",
    site: "north",
    epoch: head.epoch,
    lastSeq: 0,
    bundleVersion: 0,
    wallMs: 0,
    clockQuality: "unknown",
    software: "0.1.0",
  },
  {
    t: "hello",
    site: "north",
    epoch: head.epoch,
    lastSeq: 7,
    bundleVersion: 3,
    bundleEpoch: 2,
    wallMs: 0,
    clockQuality: "synced",
    software: "0.1.0",
  },
  { t: "record", live: true, record: frameRecord },
  { t: "record", live: false, record: { ...frameRecord, transactionId: 5, localAnswer: '[3,"1",{}]' } },
  { t: "record", live: false, record: { ...head, kind: "answer", ofSeq: 6, localAnswer: '[3,"1",{}]' } },
  { t: "record", live: false, record: { ...head, kind: "gap", action: "MeterValues", count: 3 } },
  {
    t: "relay",
    relay: 1,
    station: "CP-1",
    version: "2.0.1",
    trace: head.trace,
    receivedAtMs: 1,
    clockQuality: "holdover",
    frame: '[2,"1","Heartbeat",{}]',
  },
  {
    t: "sent",
    station: "CP-1",
    version: "2.1",
    trace: head.trace,
    receivedAtMs: 1,
    clockQuality: "synced",
    frame: '[6,"1","NotifyPeriodicEventStream",{}]',
  },
  { t: "up", station: "CP-1", frame: '[3,"1",{}]' },
  { t: "presence", station: "CP-1", connected: true, generation: 1, version: "1.6", address: "" },
  { t: "observed", kind: "certificate-refused", atMs: 1, detail: "expired" },
  { t: "observed", kind: "clone", station: "CP-1", atMs: 1, detail: "" },
  { t: "lease-wanted" },
  { t: "bundle-state", version: 3, accepted: false, reason: "older" },
  { t: "beat", wallMs: 1, clockQuality: "synced" },
];
const fromCsms = [
  { t: "welcome", csmsEpoch: 1, ackedSeq: -1, wallMs: 1 },
  { t: "welcome", csmsEpoch: 1, ackedSeq: 7, ackedTrace: head.trace, wallMs: 1 },
  { t: "ack", epoch: head.epoch, seq: 0 },
  { t: "answer", seq: 7, frame: '[3,"1",{}]' },
  { t: "answer", relay: 0, frame: '[3,"1",{}]' },
  { t: "lease", csmsEpoch: 1, from: 1, to: 1000 },
  { t: "bundle", bundle: signed },
  { t: "down", station: "CP-1", frame: '[2,"1","Reset",{"type":"Soft"}]' },
  { t: "refused", code: "unknown-site", sentence: "Add the site first." },
  { t: "beat", wallMs: 1 },
];

const directions = [
  { name: "site", parse: parseSiteMessage, messages: fromSite },
  { name: "csms", parse: parseCsmsMessage, messages: fromCsms },
];

for (const { name, parse, messages } of directions) {
  test(`${name}: every message passes whole and unchanged`, () => {
    for (const message of messages) {
      const result = parse(JSON.stringify(message));
      assert(result.ok, `${message.t}: ${result.ok ? "" : result.fault.sentence}`);
      assert.deepEqual(result.value, message);
    }
  });

  test(`${name}: each message is refused without any one of its required fields, or with one more`, () => {
    const free = new Set(["station", "seq", "relay"]);
    for (const message of messages) {
      for (const field of Object.keys(message)) {
        if (free.has(field) && (message.t === "observed" || message.t === "answer")) continue;
        if (field === "ackedTrace" || field === "bundleEpoch") continue;
        const rest = Object.fromEntries(Object.entries(message).filter(([key]) => key !== field));
        assert(!parse(JSON.stringify(rest)).ok, `${message.t} without ${field}`);
      }
      assert(!parse(JSON.stringify({ ...message, more: 1 })).ok, `${message.t} with one more field`);
      assert(!parse(JSON.stringify(message).replace("{", '{"__proto__":{},')).ok, `${message.t} __proto__`);
    }
  });

  test(`${name}: each field is refused with a value of another kind`, () => {
    for (const message of messages) {
      for (const field of Object.keys(message)) {
        for (const wrong of [null, [], {}, -2, 0.5, 1e300]) {
          const text = JSON.stringify({ ...message, [field]: wrong });
          assert(!parse(text).ok, `${message.t}.${field} = ${JSON.stringify(wrong)}`);
        }
      }
    }
  });

  test(`${name}: every truncation of every message is refused and none throws`, () => {
    for (const message of messages) {
      const text = JSON.stringify(message);
      for (let end = 0; end < text.length; end++) assert(!parse(text.slice(0, end)).ok);
    }
  });

  test(`${name}: seeded noise never throws, and some of it reaches the rules of fields`, () => {
    const chance = seededChance(11);
    let deep = 0;
    for (let round = 0; round < 3_000; round++) {
      const message = JSON.stringify(messages[chance.int(0, messages.length - 1)]);
      const at = chance.int(0, message.length - 1);
      const result = parse(
        message.slice(0, at) + String.fromCharCode(chance.int(32, 126)) + message.slice(at + 1),
      );
      if (!result.ok && result.fault.code === "bad-message") deep++;
    }
    assert(deep > 300, `only ${deep} of 3000 mutations were JSON (seed 11)`);
  });
}

test("refused: kinds of the other direction, prototypes' names, lists, bare values, too long", () => {
  for (const text of [
    '{"t":"welcome","csmsEpoch":1,"ackedSeq":1,"wallMs":1}',
    '{"t":"constructor"}',
    '{"t":"__proto__"}',
    '{"t":["beat"]}',
    "[]",
    "null",
    "1",
    '""',
    `"${"x".repeat(SITE_MESSAGE_BYTES_MAX)}"`,
  ]) {
    assert(!parseSiteMessage(text).ok, text.slice(0, 40));
  }
});

test("refused: an answer to nothing or to two things, a lease that ends before it begins", () => {
  const answer = { t: "answer", frame: '[3,"1",{}]' };
  for (const message of [
    answer,
    { ...answer, seq: 1, relay: 1 },
    { t: "lease", csmsEpoch: 1, from: 2, to: 1 },
  ]) {
    assert(!parseCsmsMessage(JSON.stringify(message)).ok, JSON.stringify(message));
  }
});

test("a fault names the field and shows nothing of its content", () => {
  const secret = { ...frameRecord, station: "no/station secret" };
  const result = parseSiteMessage(JSON.stringify({ t: "record", live: true, record: secret }));
  assert(!result.ok);
  assert.equal(result.fault.code, "bad-message");
  assert.match(result.fault.sentence, /record\.station must be a station id/);
  assert.doesNotMatch(result.fault.sentence, /secret/);
});

test("a record's limits: frame length, sequence from 1, transaction id within 31 bits and never 0, a time that can be written", () => {
  const cases: [object, boolean][] = [
    [{ frame: "x".repeat(FRAME_CHARS_MAX) }, true],
    [{ frame: "x".repeat(FRAME_CHARS_MAX + 1) }, false],
    [{ seq: 0 }, false],
    [{ seq: 2 ** 53 }, false],
    [{ transactionId: 0 }, false],
    [{ transactionId: -1 }, false],
    [{ transactionId: 2 ** 31 - 1 }, true],
    [{ transactionId: 2 ** 31 }, false],
    [{ epoch: head.epoch.toUpperCase() }, false],
    [{ receivedAtMs: Date.UTC(9999, 11, 31, 23, 59, 59, 999) }, true],
    [{ receivedAtMs: Date.UTC(10_000, 0) }, false],
  ];
  for (const [change, passes] of cases) {
    const result = parseRecord(JSON.stringify({ ...frameRecord, ...change }));
    assert.equal(result.ok, passes, JSON.stringify(change).slice(0, 60));
  }
});

test("a bundle: whole, and refused with too many stations or a field of another schema", () => {
  const bundle = {
    schema: 1,
    site: "north",
    version: 1,
    csmsEpoch: 0,
    issuedAtMs: 1,
    softwareFloor: "0.1.0",
    stations: [{ id: "CP-1", serial: "SN-1" }],
    localList: [{ token: "AB12", status: "Accepted" }],
    stationAnchors: ["-----BEGIN CERTIFICATE-----"],
    deny: [
      { kind: "serial", issuer: "CN=x", serial: "0a" },
      { kind: "key", spkiSha256: "a".repeat(64) },
    ],
    policy: { unknownTokenOffline: "refuse", cacheMsMax: 0, heartbeatIntervalS: 300 },
  };
  const whole = parseBundle(JSON.stringify(bundle));
  assert(whole.ok, whole.ok ? "" : whole.fault.sentence);
  assert.deepEqual(whole.value, bundle);
  const [first, ...others] = bundle.stations;
  const handled = (handling: object) =>
    parseBundle(JSON.stringify({ ...bundle, stations: [{ ...first, handling }, ...others] }));
  assert(handled({ strict: true, pinged: false, pinned: "1.6", assumed: "2.0.1" }).ok);
  for (const handling of [{}, { strict: 1, pinged: true }, { strict: true, pinged: true, pinned: "1.5" }]) {
    assert(!handled(handling).ok, JSON.stringify(handling));
  }
  const many = Array.from({ length: BUNDLE_STATIONS_MAX + 1 }, () => bundle.stations[0]);
  assert(!parseBundle(JSON.stringify({ ...bundle, stations: many })).ok);
  assert(!parseBundle(JSON.stringify({ ...bundle, schema: 2 })).ok);
  assert(!parseBundle(JSON.stringify({ ...bundle, policy: { ...bundle.policy, heartbeatIntervalS: 0 } })).ok);
});
