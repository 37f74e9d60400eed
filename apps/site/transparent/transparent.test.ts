/** A station, a site between and another's CSMS, through a whole site: what goes through, what ends with what, who is let in. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { BUFFERED_BYTES_MAX } from "./limits.ts";
import { answerPlainly, fakePem, ISSUED_AT_MS, kept, keyOf, TransparentWorld } from "./testing/world.ts";

const frames = [
  '[2,"a","BootNotification",{"chargePointVendor":"V","chargePointModel":"M"}]',
  ' [ 2 , "b" , "Heartbeat" , { } ] ',
  '[3,"x",{"status":"Accepted"}]',
  '[4,"y","GenericError","",{}]',
  '[5,"z","GenericError","",{}]',
  '[6,"s","NotifyPeriodicEventStream",{"id":1}]',
  '[2,"\\u0063","Heartbeat",{}]',
  "no JSON at all {",
  '["é","\u{1f50c}"]',
  "",
];

test("relay: every kind of frame goes on as the text it came as, in order, both ways", async () => {
  const world = await new TransparentWorld(1).start();
  world.csms.answer = () => undefined;
  const station = await world.connect("A", { protocols: ["ocpp2.1"] });
  for (const frame of frames) station.wire.send(frame);
  const csms = world.csms.of("A");
  await world.eventually("all up", () => csms.texts.length === frames.length);
  assert.deepEqual(csms.texts, frames);
  for (const frame of frames) csms.wire.send(frame);
  await world.eventually("all down", () => station.texts.length === frames.length);
  assert.deepEqual(station.texts, frames);
});

test("relay: the end of either is the end of the other, with its code where that can be said", async () => {
  const rows: readonly (readonly [given: number, passed: number])[] = [
    [1000, 1000],
    [1001, 1001],
    [1008, 1008],
    [1011, 1011],
    [3000, 3000],
    [4999, 4999],
    [1005, 1000],
    [1006, 1001],
    [1015, 1001],
    [999, 1001],
  ];
  const world = await new TransparentWorld(2).start();
  for (const [given, passed] of rows) {
    const up = await world.connect("A");
    const above = world.csms.of("A");
    up.wire.close(given, "why");
    await world.eventually("the CSMS's", () => above.closed !== undefined);
    assert.deepEqual(above.closed, { code: passed, reason: "why" });
    const down = await world.connect("A");
    world.csms.of("A").wire.close(given, "why");
    await world.eventually("the station's", () => down.closed !== undefined);
    assert.deepEqual(down.closed, { code: passed, reason: "why" });
    await world.time.advance(20_000);
  }
});

test("relay: a station's socket that dies without a word, and a CSMS's, take the other one with them", async () => {
  const world = await new TransparentWorld(3).start();
  const station = await world.connect("A");
  await world.time.advance(35_000);
  const csms = world.csms.of("A");
  world.network.link("station-A", "site").cut();
  await world.eventually("the CSMS hears", () => csms.closed !== undefined, 125_000);
  assert.equal(station.closed, undefined, "nobody could tell it");
  world.network.link("station-A", "site").heal();

  const again = await world.reconnect("A");
  await world.time.advance(25_000);
  world.uplink.cut();
  await world.eventually("the station hears", () => again.closed !== undefined, 75_000);
  assert.equal(again.closed?.code, 1001);
});

test("relay: a CSMS that takes nothing stops the reading of its station, in bounds, and nothing is lost or turned round", async () => {
  const world = await new TransparentWorld(5).start();
  world.csms.answer = () => undefined;
  const station = await world.connect("A");
  const csms = world.csms.of("A");
  const big = (i: number) => `[2,"${i}","DataTransfer",{"data":"${"x".repeat(100_000)}"}]`;
  world.uplink.cut();
  let peak = 0;
  for (let i = 0; i < 40; i++) {
    station.wire.send(big(i));
    await world.time.advance(400);
    peak = Math.max(peak, station.wire.bufferedBytes);
  }
  assert.equal(csms.texts.length, 0);
  world.uplink.heal();
  await world.eventually("all of it", () => csms.texts.length === 40, 60_000);
  assert.deepEqual(
    csms.texts.map((text) => /"(\d+)"/.exec(text)?.[1]),
    Array.from({ length: 40 }, (_, i) => String(i)),
  );
  assert(BUFFERED_BYTES_MAX < 40 * 100_000, "the test sends more than may be buffered");
});

test("relay: a station that floods is slowed, not lost; another's is not", async () => {
  const world = await new TransparentWorld(6).start();
  const flood = await world.connect("A");
  const quiet = await world.connect("B");
  for (let i = 0; i < 2_000; i++) flood.wire.send(`[2,"f${i}","Heartbeat",{}]`);
  quiet.wire.send('[2,"q","Heartbeat",{}]');
  const fromMs = world.time.now().monotonicMs;
  await world.eventually("B's answer", () => quiet.texts.length === 1);
  assert(world.time.now().monotonicMs - fromMs < 1_000);
  assert(world.csms.of("A").texts.length < 300);
  await world.eventually("all of A's", () => world.csms.of("A").texts.length === 2_000, 60_000);
  assert.deepEqual(
    world.csms.of("A").texts,
    Array.from({ length: 2_000 }, (_, i) => `[2,"f${i}","Heartbeat",{}]`),
  );
});

test("upstream: a refusal is passed on, costs the CSMS one attempt a back-off, and no other station anything", async () => {
  const world = await new TransparentWorld(15).start();
  for (const [station, status] of [
    ["A", 401],
    ["B", 403],
    ["C", 404],
    ["D", 503],
  ] as const) {
    world.csms.refused.set(station, status);
    assert.equal(await world.knock(station), status);
    assert.equal(await world.knock(station), status, "the same again, without asking");
  }
  assert.deepEqual(world.csms.asked, ["A", "B", "C", "D"]);
  assert.equal(typeof (await world.knock("E")), "object");
  assert.deepEqual(world.state("A"), { upstream: "refused", status: 401, say: "csms answered 401" });
  assert.deepEqual(world.state("E"), { upstream: "open", protocol: "ocpp1.6" });
  world.csms.refused.clear();
  await world.reconnect("A");
  let asked = 0;
  world.csms.refused.set("F", 401);
  for (let i = 0; i < 600; i++) {
    await world.knock("F");
    await world.time.advance(100);
  }
  asked = world.csms.asked.filter((station) => station === "F").length;
  assert(asked >= 4 && asked <= 12, `${asked} attempts in a minute`);
});

test("upstream: a CSMS that lets a station in and throws it out at once is not dialled faster than one that refuses", async () => {
  const world = await new TransparentWorld(16).start();
  const { upgrade } = world.csms;
  for (let i = 0; i < 300; i++) {
    const heard = await world.knock("A");
    if (typeof heard !== "number") {
      world.csms.of("A").wire.close(1008, "go away");
      await world.eventually("thrown out", () => heard.closed !== undefined);
    }
    await world.time.advance(200);
  }
  assert(upgrade !== undefined);
  assert(world.csms.asked.length <= 14, `${world.csms.asked.length} attempts in a minute`);
});

test("upstream: a station that goes while the CSMS is asked leaves no connection behind there", async () => {
  const world = await new TransparentWorld(17).start();
  world.uplink.delayMsMin = world.uplink.delayMsMax = 3_000;
  const host = world.network.host("station-A");
  const chain = [
    new TextEncoder().encode(
      JSON.stringify({ cn: "A", issuer: "CA", serial: "1", spkiSha256: keyOf("A"), notBeforeMs: 1 }),
    ),
  ];
  void host.dialer("site", 9444, chain).dial("/ocpp/A", ["ocpp1.6"]);
  await world.time.advance(1_000);
  host.kill();
  await world.time.advance(30_000);
  assert.equal(world.csms.sockets.length, 1);
  assert(world.csms.sockets[0]?.closed !== undefined);
  assert.equal(world.site.status().stationsConnected, 0);
});

test("takeover: the same key takes its own place, and the CSMS never has two connections of one station", async () => {
  const world = await new TransparentWorld(18).start();
  const first = await world.connect("A");
  const { upgrade } = world.csms;
  let openMost = 0;
  world.csms.upgrade = async (request) => {
    openMost = Math.max(openMost, world.csms.sockets.filter(({ closed }) => closed === undefined).length);
    return upgrade(request);
  };
  const second = await world.connect("A");
  await world.time.advance(1_000);
  const third = await world.connect("A");
  await world.time.advance(1_000);
  assert.equal(openMost, 0, "a connection of the station was open while the next one was asked for");
  assert.equal(first.closed?.code, 1008);
  assert.equal(second.closed?.code, 1008);
  assert.equal(third.closed, undefined);
  assert.equal(world.site.status().stationsConnected, 1);
  assert.deepEqual(world.state("A"), { upstream: "open", protocol: "ocpp1.6" });
  third.wire.send('[2,"m","Heartbeat",{}]');
  await world.eventually("served", () => third.texts.length === 1);
});

test("takeover: a newcomer that goes before it is in leaves no mute socket of the old one behind", async () => {
  const world = await new TransparentWorld(24).start();
  const old = await world.connect("A");
  world.uplink.delayMsMin = world.uplink.delayMsMax = 2_000;
  const host = world.network.host("station-A-anew");
  await world.time.advance(35_000);
  const facts = { cn: "A", issuer: "CA", serial: "01", spkiSha256: keyOf("A"), notBeforeMs: 1_000 };
  world.network.link("station-A", "site").cut();
  await world.time.advance(5_000);
  void host
    .dialer("site", 9444, [new TextEncoder().encode(JSON.stringify(facts))])
    .dial("/ocpp/A", ["ocpp1.6"]);
  await world.time.advance(3_500);
  host.kill();
  world.network.link("station-A", "site").heal();
  await world.eventually("the old one is told", () => old.closed !== undefined);
  assert.equal(world.site.status().stationsConnected, 0);
  await world.time.advance(5_000);
  assert(world.csms.sockets.every(({ closed }) => closed !== undefined));
});

test("takeover: a newcomer that the CSMS refuses leaves no mute socket of the old one behind", async () => {
  const world = await new TransparentWorld(25).start();
  const old = await world.connect("A");
  world.csms.refused.set("A", 401);
  assert.equal(await world.knock("A"), 401);
  await world.eventually("the old one is told", () => old.closed !== undefined, 1_000);
  assert.deepEqual(world.state("A"), { upstream: "refused", status: 401, say: "csms answered 401" });
  assert.equal(world.site.status().stationsConnected, 0);
});

test("takeover: another key is refused and a clone is held, and the CSMS is not even asked", async () => {
  const world = await new TransparentWorld(19).start();
  const real = await world.connect("A");
  const asked = world.csms.asked.length;
  assert.equal(await world.knock("A", { facts: { spkiSha256: "f".repeat(64) } }), 403);
  await world.time.advance(30_500);
  assert.equal(await world.knock("A", { from: "thief" }), 503);
  assert.equal(world.csms.asked.length, asked);
  real.wire.send('[2,"m","Heartbeat",{}]');
  await world.eventually("served all the same", () => real.texts.length === 1);
  const newer = await world.connect("A", { facts: { spkiSha256: "f".repeat(64), notBeforeMs: 2_000 } });
  assert.equal(await world.knock("A"), 403, "the older certificate, for ever");
  assert.equal(newer.closed, undefined);
  await world.time.advance(61_000);
  world.killSite();
  await world.startSite();
  assert.equal(await world.knock("A"), 403, "after a restart too");
});

test("clock: the machine's is believed unless it is plainly wrong, and then no certificate's dates decide", async () => {
  const good = await new TransparentWorld(20).start();
  assert.equal(good.site.status().clock.quality, "synced");
  const early = new TransparentWorld(21);
  const { log, lines } = kept();
  early.log = log;
  early.machine = early.time.machine(0);
  await early.start();
  assert.equal(early.site.status().clock.quality, "unknown");
  assert(lines.some(({ event }) => event === "clock-unknown"));
  assert.equal(typeof (await early.knock("A")), "object", "it charges all the same");
  early.machine.setWall(ISSUED_AT_MS + 1_000);
  await early.time.advance(31_000);
  assert.equal(early.site.status().clock.quality, "synced");
  early.machine.setWall(0);
  await early.time.advance(120_000);
  assert.equal(early.site.status().clock.quality, "holdover");
  assert(early.site.status().clock.wallMs > ISSUED_AT_MS);
});

test("log: who came, who went, who was not let in, and never what they said", async () => {
  const world = new TransparentWorld(22);
  const { log, lines } = kept();
  world.log = log;
  await world.start();
  world.csms.answer = answerPlainly;
  const station = await world.connect("A");
  station.wire.send('[2,"m","Authorize",{"idTag":"PLANTED-SECRET"}]');
  await world.eventually("an answer", () => station.texts.length === 1);
  station.wire.close(1000, "bye");
  for (let i = 0; i < 500; i++) await world.knock("B", { facts: { cn: "X" } });
  await world.time.advance(1_000);
  const text = JSON.stringify(lines);
  assert(!text.includes("PLANTED-SECRET") && !text.includes(fakePem));
  const left = lines.find(({ event }) => event === "station-disconnected");
  assert.equal(left?.fields["framesUp"], 1);
  assert.equal(left?.fields["framesDown"], 1);
  assert.equal(left?.fields["by"], "station");
  assert(lines.filter(({ event }) => event === "station-turned-away").length < 200);
});

test("site: closing says goodbye to both ends", async () => {
  const world = await new TransparentWorld(23).start();
  const station = await world.connect("A");
  const csms = world.csms.of("A");
  let done = false;
  void world.site.close().then(() => (done = true));
  await world.eventually("closed", () => done && station.closed !== undefined && csms.closed !== undefined);
  assert.equal(station.closed?.code, 1001);
  assert.equal(csms.closed?.code, 1001);
});
