import assert from "node:assert/strict";
import { test } from "node:test";
import {
  LINK_SILENCE_MS_MAX,
  OBSERVED_WAITING_MAX,
  parseBundle,
  SITE_MESSAGE_BYTES_MAX,
} from "@wattward/sitelink";
import { seededChance } from "@wattward/testing";
import { HELLO_MS_MAX, RECORDS_IN_FLIGHT_MAX, RELAYS_WAITING_PER_STATION_MAX } from "./limits.ts";
import {
  beat,
  epoch,
  frame,
  hello,
  north,
  presence,
  record,
  relay,
  welcomed,
} from "./testing/site-messages.ts";

test("hello: welcome with what is durable, leases, and the signed bundle of exactly this site's stations", async () => {
  const w = await north();
  w.core.journals.set(`north ${epoch}`, 41);
  const link = await welcomed(w, { lastSeq: 50 });
  assert.deepEqual(link.heard("welcome")[0]?.ackedSeq, 41);
  assert.deepEqual(
    link.heard("lease").map(({ from, to }) => [from, to]),
    [[1000, 1999]],
  );
  const [{ bundle } = assert.fail()] = link.heard("bundle");
  const body = parseBundle(bundle.body);
  assert(body.ok);
  assert.deepEqual(
    body.value.stations.map(({ id }) => id),
    ["CP-1", "CP-2"],
  );
  assert.deepEqual(
    w.core.inputs("site.presence").map(({ connected }) => connected),
    [true],
  );
});

test("a bundle goes out again when stations or tokens changed, and not when the site has it already", async () => {
  const w = await north();
  const link = await welcomed(w);
  w.core.tokens = ["AB12"];
  w.core.commit("token.set");
  w.core.commit("token.set");
  await link.say(beat);
  await link.say(beat);
  assert.deepEqual(link.heard("bundle").length, 2);
  w.core.commit("token.set");
  await link.say(beat);
  await link.say(beat);
  assert.deepEqual(link.heard("bundle").length, 2, "nothing new in it");
  link.wire.close(1000, "");
  await w.time.advance(500);
  assert.deepEqual((await welcomed(w, { bundleVersion: 2 })).heard("bundle"), []);
});

test("a bundle of the same version and another epoch of ours is another bundle: it goes out again", async () => {
  const w = await north();
  const sent = async (more: object) => {
    const link = await welcomed(w, { bundleVersion: 1, ...more });
    link.wire.close(1000, "");
    await w.time.advance(500);
    return link.heard("bundle").length;
  };
  // The fake core compiles version 1 of epoch 1.
  assert.equal(await sent({ bundleEpoch: 0 }), 1, "the CSMS was restored since");
  assert.equal(await sent({ bundleEpoch: 1 }), 0);
  assert.equal(await sent({ bundleVersion: 3, bundleEpoch: 1 }), 1);
  assert.equal(await sent({}), 0, "a site that does not tell is taken at its version");
});

test("records: many at the core at one time, acknowledged cumulatively within 200 ms, live ones answered", async () => {
  const w = await north();
  const link = await welcomed(w);
  w.core.commitMs = 30;
  w.core.most = 0;
  for (let seq = 1; seq <= 10; seq++) link.wire.send(JSON.stringify(record(seq, {}, seq > 8)));
  await w.time.advance(30);
  assert.deepEqual(link.heard("ack"), [], "nothing is acknowledged before its commit");
  await w.time.advance(200);
  assert(w.core.most >= 10, `${w.core.most} at one time`);
  assert.deepEqual(link.heard("ack").at(-1), { t: "ack", epoch, seq: 10 });
  assert(link.heard("ack").length <= 2, "one for many");
  assert.deepEqual(
    link.heard("answer").map(({ seq }) => seq),
    [9, 10],
  );
  assert.match(link.heard("answer")[0]?.frame ?? "", /^\[3,"m9",/);
  assert.deepEqual(
    w.core.inputs("site.record").map(({ record: { seq } }) => seq),
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
  );
});

test("a lost acknowledgement: the records come again, are applied once, and a live one is answered again", async () => {
  const w = await north();
  const first = await welcomed(w);
  await first.say(record(1), record(2, {}, true));
  first.wire.terminate();
  await w.time.advance(500);
  const second = await welcomed(w, { lastSeq: 2 });
  assert.equal(second.heard("welcome")[0]?.ackedSeq, 2);
  await second.say(record(1), record(2, {}, true));
  assert.equal(w.core.journals.get(`north ${epoch}`), 2);
  assert.deepEqual(
    second.heard("answer").map(({ seq }) => seq),
    [2],
  );
  assert.deepEqual(second.heard("ack").at(-1)?.seq, 2);
});

test("a gap, another epoch, a store that is full: the link ends with a reason, and nothing after it is acknowledged", async () => {
  for (const [messages, code, closeCode] of [
    [[record(1), record(3)], "gap", 1008],
    [[record(1, { epoch: "f".repeat(24) })], "wrong-epoch", 1008],
  ] as const) {
    const w = await north();
    const link = await welcomed(w);
    await link.say(...messages);
    assert.equal(link.heard("refused")[0]?.code, code);
    assert.equal(link.closed?.code, closeCode);
    assert(w.core.observed().includes("gateway.site-fault"));
  }
  const w = await north();
  const link = await welcomed(w);
  await link.say(record(1));
  w.core.failures.set("site.record", "full");
  await link.say(record(2), record(3));
  assert.equal(link.closed?.code, 1013);
  assert.equal(link.heard("ack").at(-1)?.seq, 1);
  assert.deepEqual(w.core.observed(), [], "not the site's fault");
  const again = await welcomed(w, { lastSeq: 3 });
  assert.equal(again.heard("welcome")[0]?.ackedSeq, 1);
});

test("a record that breaks the core is set aside and acknowledged: what stands behind it goes on", async () => {
  const w = await north();
  const link = await welcomed(w);
  w.core.failures.set("site.record", "broken");
  await link.say(record(1, {}, false));
  await link.say(record(2));
  const [first, aside, second] = w.core.inputs("site.record");
  assert.deepEqual([first?.fault, aside?.call, aside?.fault?.code], [undefined, undefined, "InternalError"]);
  assert.deepEqual([aside?.record.seq, second?.record.seq], [1, 2]);
  assert.equal(link.heard("ack").at(-1)?.seq, 2);
  assert.equal(link.closed, undefined);
});

test("a frame in a record that is not valid is handed over with its fault, and its station is told", async () => {
  const w = await north();
  const link = await welcomed(w);
  await link.say(
    record(1, { frame: frame("a", "StatusNotification", {}) }, true),
    record(2, { frame: '[2,"b",{' }, true),
  );
  const [first, second] = w.core.inputs("site.record");
  assert.deepEqual([first?.call, first?.fault?.code], [undefined, "ProtocolError"]);
  assert.equal(second?.call, undefined);
  assert.match(link.heard("answer")[0]?.frame ?? "", /^\[4,"a","ProtocolError"/);
  assert.equal(link.heard("ack").at(-1)?.seq, 2);
});

test("a journal that went back in time: -1, and the site goes on with a new epoch on the same link", async () => {
  const w = await north();
  w.core.rewound = true;
  const link = await welcomed(w);
  assert.equal(link.heard("welcome")[0]?.ackedSeq, -1);
  const fresh = "f".repeat(24);
  await link.say(hello({ epoch: fresh }));
  await link.say(record(1, { epoch: fresh }));
  assert.deepEqual(link.heard("ack").at(-1), { t: "ack", epoch: fresh, seq: 1 });
});

test("a hostile site is ended with a reason: each of these, at each place", async () => {
  const chance = seededChance(5);
  const noise = String.fromCharCode(...chance.bytes(200));
  const rows: [says: string, before: object[], message: string | object, code: string][] = [
    ["not JSON", [], "{", "not-json"],
    ["noise", [hello()], noise, "not-json"],
    ["of no kind", [hello()], { t: "nothing" }, "bad-message"],
    [
      "a field of __proto__",
      [hello()],
      '{"t":"beat","wallMs":1,"clockQuality":"synced","__proto__":{}}',
      "bad-message",
    ],
    ["deep", [hello()], "[".repeat(100_000), "not-json"],
    ["huge", [hello()], `"${"x".repeat(SITE_MESSAGE_BYTES_MAX)}"`, "too-long"],
    ["another site's hello", [], hello({ site: "south" }), "wrong-site"],
    ["a record before hello", [], record(1), "misplaced"],
    ["a second hello", [hello()], hello(), "misplaced"],
    ["a message of the CSMS", [hello()], { t: "ack", epoch, seq: 1 }, "bad-message"],
  ];
  for (const [says, before, message, code] of rows) {
    const w = await north();
    const link = await w.link();
    for (const earlier of before) await link.say(earlier);
    await link.say(message);
    assert.equal(link.heard("refused")[0]?.code, code, says);
    assert.equal(link.closed?.code, 1008, says);
    assert.equal(w.csms.gateway.counts().sites, 0, says);
    assert.deepEqual(w.core.observed(), ["gateway.site-fault"], says);
  }
});

test("a site that says nothing is ended; so is one that falls silent; one that beats lives", async () => {
  const w = await north();
  const mute = await w.link();
  for (let ms = 0; ms < HELLO_MS_MAX; ms += 1_000) {
    await mute.say(beat);
    await w.time.advance(800);
  }
  assert.equal(mute.heard("refused")[0]?.code, "no-hello");

  const link = await welcomed(w);
  for (let i = 0; i < 20; i++) {
    await link.say(beat);
    await w.time.advance(1_800);
  }
  assert.equal(link.closed, undefined);
  assert(link.heard("beat").length >= 15);
  await w.time.advance(LINK_SILENCE_MS_MAX + 3_000);
  assert(link.closed !== undefined);
  assert.deepEqual(
    w.core.inputs("site.presence").map(({ connected }) => connected),
    [true, false],
  );
});

test("an unknown site is told what to do, and nobody suspects it", async () => {
  const w = await north();
  const identity = await w.ca.site("west");
  const link = await w.site("west", { identity });
  await link.say(hello({ site: "west" }));
  assert.match(link.heard("refused")[0]?.sentence ?? "", /station add ID --site west/);
  assert.equal(link.closed?.code, 1013);
});

test("relays are answered; a loud station delays the others by one message, and its surplus is forgotten", async () => {
  const w = await north();
  const link = await welcomed(w);
  w.core.commitMs = 20;
  for (let i = 0; i < 1_000; i++) link.wire.send(JSON.stringify(relay(i)));
  link.wire.send(JSON.stringify(relay(5_000, "CP-2")));
  await w.time.advance(1_000);
  const answered = link.heard("answer").map((answer) => answer.relay);
  assert(answered.includes(5_000));
  assert(answered.length <= 64 + RELAYS_WAITING_PER_STATION_MAX + 1, `${answered.length} answered`);
  assert(answered.indexOf(5_000) <= 66);
});

test("one link per site: a second with the same key replaces the first, which takes nothing down with it", async () => {
  const w = await north();
  const first = await welcomed(w);
  await first.say(presence("CP-1"));
  const second = await welcomed(w);
  assert.equal(first.closed?.code, 1008);
  await second.say(presence("CP-1", 2));
  assert.equal(w.csms.gateway.counts().sites, 1);
  assert.equal(w.csms.gateway.counts().stations, 1);
  assert.deepEqual(
    w.core.inputs("site.presence").map(({ connected }) => connected),
    [true, true],
  );
});

test("a replay of thousands: bounded at the core, all of it in order, the site read no faster than it is stored", async () => {
  const w = await north();
  const link = await welcomed(w);
  w.core.most = 0;
  const count = 3_000;
  for (let seq = 1; seq <= count; seq++) link.wire.send(JSON.stringify(record(seq)));
  assert(await w.time.until(() => w.core.journals.get(`north ${epoch}`) === count, 60_000));
  await w.time.advance(300);
  assert.equal(link.heard("ack").at(-1)?.seq, count);
  assert.equal(link.closed, undefined);
  assert(w.core.most <= 4 * RECORDS_IN_FLIGHT_MAX, `${w.core.most} at the core at one time`);
});

test("leases: given when wanted, and not without end", async () => {
  const w = await north();
  const link = await welcomed(w);
  for (let i = 0; i < 50; i++) link.wire.send(JSON.stringify({ t: "lease-wanted" }));
  await link.say({ t: "lease-wanted" });
  const given = w.core.inputs("site.lease").length;
  assert(given >= 1 && given <= 5, `${given} leases for 51 wishes`);
  assert.equal(link.heard("lease").length, 1 + given);
});

test("what a site observed, and what became of its bundle, reach the core", async () => {
  const w = await north();
  const link = await welcomed(w);
  await link.say(
    { t: "observed", kind: "certificate-refused", station: "CP-1", atMs: 5, detail: "expired" },
    { t: "bundle-state", version: 1, accepted: true, reason: "" },
  );
  assert.deepEqual(w.core.inputs("observe"), [
    { kind: "certificate-refused", station: "CP-1", site: "north", detail: { detail: "expired" }, atMs: 5 },
  ]);
  assert.deepEqual(
    w.core.inputs("site.bundle").map(({ version, accepted }) => [version, accepted]),
    [[1, true]],
  );
});

test("what a site saw and the store does not take: the link ends, since the site tells it again on the next; our own fault ends none", async () => {
  for (const [failure, closed] of [
    ["storage", 1013],
    ["full", 1013],
    ["broken", undefined],
  ] as const) {
    const w = await north();
    const link = await welcomed(w);
    w.core.failures.set("observe", failure);
    await link.say({ t: "observed", atMs: 1, kind: "site.mode", detail: "{}" });
    assert.equal(link.closed?.code, closed, failure);
  }
});

test("what a site saw while it had no link is all taken, its newest too, and more at once is not", async () => {
  const w = await north();
  const link = await welcomed(w);
  const seen = (n: number) => ({ t: "observed", kind: "certificate-refused", atMs: n, detail: `${n}` });
  await link.say(...Array.from({ length: OBSERVED_WAITING_MAX }, (_, n) => seen(n)), beat);
  await w.time.advance(2_000);
  assert.equal(w.core.inputs("observe").length, OBSERVED_WAITING_MAX);
  await link.say(...Array.from({ length: 1_000 }, (_, n) => seen(n)), beat);
  assert(w.core.inputs("observe").length < 2 * OBSERVED_WAITING_MAX);
});

test("what a site says before it was welcomed is not lost: it is read after the welcome", async () => {
  const w = await north();
  const link = await w.site("north", { identity: await w.addSite("north") });
  await link.say(hello(), record(1), record(2));
  await w.time.advance(1_000);
  assert.deepEqual(
    w.core.inputs("site.record").map(({ record: { seq } }) => seq),
    [1, 2],
  );
  assert.equal(link.heard("ack").at(-1)?.seq, 2);
});

test("records of a megabyte: few at the core at one time, and all of them stored", async () => {
  const w = await north();
  const link = await welcomed(w);
  w.core.commitMs = 10_000;
  w.core.most = 0;
  const long = JSON.stringify([2, "m", "DataTransfer", { vendorId: "V", data: "x".repeat(1_000_000) }]);
  for (let seq = 1; seq <= 40; seq++) link.wire.send(JSON.stringify(record(seq, { frame: long })));
  assert(await w.time.until(() => w.core.journals.get(`north ${epoch}`) === 40, 200_000));
  assert(w.core.most <= 12, `${w.core.most} at the core at one time`);
});

test("a site that tells its clock anew with every beat is read more slowly, and stays", async () => {
  const w = await north();
  const link = await welcomed(w);
  const before = w.core.inputs("site.presence").length;
  for (let i = 0; i < 2_000; i++)
    link.wire.send(
      JSON.stringify({ t: "beat", wallMs: 1, clockQuality: i % 2 === 0 ? "synced" : "unknown" }),
    );
  await w.time.advance(1_000);
  const told = w.core.inputs("site.presence").length - before;
  assert(told > 100 && told < 600, `${told} rows in a second`);
  await w.time.advance(10_000);
  assert.equal(link.closed, undefined);
});

test("a rate of the operator's own: so much of one site is read in a second, and the rest after it", async () => {
  const heard = async (siteMessagesPerSecond: number) => {
    const w = await north({ rates: { siteMessagesPerSecond } });
    const link = await welcomed(w);
    for (let seq = 1; seq <= 1_000; seq++) link.wire.send(JSON.stringify(record(seq)));
    await w.time.advance(900);
    return w.core.journals.get(`north ${epoch}`) ?? 0;
  };
  const [few, many] = [await heard(100), await heard(100_000)];
  assert(few > 50 && few < 400, `${few} of 1000 with 100 a second`);
  assert.equal(many, 1_000);
});

test("a fault of our own while a record is taken ends that site's link, not the process", async () => {
  const w = await north();
  const link = await welcomed(w);
  const decide = w.core.decide.bind(w.core);
  const broken = (name: "site.record", input: never) =>
    name === "site.record" ? Promise.reject(new TypeError("ours")) : decide(name, input);
  Object.assign(w.core, { decide: broken });
  await link.say(record(1));
  assert.deepEqual([link.heard("refused")[0]?.code, link.closed?.code], ["broken", 1013]);
});
