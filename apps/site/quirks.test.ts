/** What real stations get wrong, behind a site: kept as it was sent, answered as it was meant, told to the CSMS. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { StationId, Wire } from "@wattward/kernel";
import type { Handling } from "@wattward/ocpp";
import { fakeBundle } from "./testing/fake-csms.ts";
import { SITE, World } from "./testing/world.ts";

/** A site with stations A and B, handled so. */
async function site(seed: number, handling: Partial<Handling> = {}): Promise<World> {
  const world = new World(seed);
  const plain = fakeBundle(SITE, ["A", "B"]);
  const stations = plain.stations.map((entry) => ({
    ...entry,
    handling: { strict: false, pinged: true, ...handling },
  }));
  world.csms.bundle = { ...plain, stations };
  return world.start();
}

type Raw = { readonly wire: Wire; readonly received: string[]; closed: { code: number } | undefined };

async function connect(world: World, protocols: readonly string[] = ["ocpp1.6"]): Promise<Raw> {
  let raw: Raw | undefined;
  void world
    .dialStation("A")
    .dial("/ocpp/A", protocols)
    .then((dialled) => {
      assert(dialled.ok);
      const made: Raw = { wire: dialled.value, received: [], closed: undefined };
      dialled.value.listen({
        message: (text) => void made.received.push(text),
        closed: (code) => (made.closed = { code }),
      });
      raw = made;
    });
  await world.time.until(() => raw !== undefined, 10_000);
  await world.time.advance(500);
  return raw ?? assert.fail("not connected");
}

async function say(world: World, { wire, received }: Raw, frame: string): Promise<string | undefined> {
  const before = received.length;
  wire.send(frame);
  await world.time.until(() => received.length > before, 15_000);
  return received[before];
}

const loose =
  '[2,"m","MeterValues",{"connectorId":1,"meterValue":{"timestamp":"2026-01-05T08:00:00","sampledValue":{"value":5}}}]';
const longTag = `[2,"s","StartTransaction",{"connectorId":1,"idTag":"${"x".repeat(30)}","meterStart":0,"timestamp":"2026-01-05T08:00:00"}]`;

test("quirk 01: behind a site too: with the link and without, the frame is kept verbatim and answered as it was meant", async () => {
  const world = await site(51);
  const station = await connect(world);
  assert.equal(await say(world, station, loose), '[3,"m",{}]');
  world.uplink.cut();
  await world.time.advance(40_000);
  const again = await connect(world);
  assert.equal(await say(world, again, loose.replace('"m"', '"n"')), '[3,"n",{}]');
  world.uplink.heal();
  assert(await world.time.until(() => world.csms.frames.length === 2, 60_000));
  assert.deepEqual(
    world.csms.frames.map(({ frame }) => frame),
    [loose, loose.replace('"m"', '"n"')],
  );
});

test("quirk 20: without the link an over-long tag starts with an id and Invalid, and the raw frame is kept", async () => {
  const world = await site(52);
  world.uplink.cut();
  await world.time.advance(40_000);
  const station = await connect(world);
  const answer = JSON.parse((await say(world, station, longTag)) ?? "[]");
  assert.deepEqual(answer[2].idTagInfo, { status: "Invalid" });
  assert(answer[2].transactionId > 0);
});

test("quirk 04: a station that is held strictly is refused by its site as by the CSMS, link or none", async () => {
  const world = await site(53, { strict: true });
  const station = await connect(world);
  assert.match((await say(world, station, loose)) ?? "", /^\[4,"m","TypeConstraintViolation"/);
  world.uplink.cut();
  await world.time.advance(40_000);
  const again = await connect(world);
  assert.match((await say(world, again, loose)) ?? "", /^\[4,"m","TypeConstraintViolation"/);
  assert.equal(world.site.status().journal.lastSeq, 0);
});

test("quirk 08: a frame that cannot be read gets its CALLERROR, and the CSMS is told once to count it", async () => {
  const world = await site(54);
  const station = await connect(world);
  for (const id of ["a", "b", "c"]) {
    assert.match((await say(world, station, `[2,"${id}","Heartbeat",{`)) ?? "", /FormationViolation/);
  }
  await world.time.advance(1_000);
  const told = world.csms.messages.filter((message) => message.t === "observed");
  assert.deepEqual(
    told.map(({ kind, station: whose }) => [kind, whose]),
    [["deviation frame-unreadable", "A"]],
  );
});

test("quirk 23: at a site too: closed with 1002 where no sub-protocol is ours, or the assumed version where one is", async () => {
  const refused = await connect(await site(55), []);
  assert.deepEqual([refused.wire.protocol, refused.closed?.code], ["", 1002]);
  const world = await site(56, { assumed: "1.6" });
  const assumed = await connect(world, []);
  assert.match((await say(world, assumed, '[2,"h","Heartbeat",{}]')) ?? "", /^\[3,"h"/);
});

test("quirk 24: at a site too: a pinned version is spoken whatever the station prefers", async () => {
  const both = ["ocpp2.0.1", "ocpp1.6"];
  assert.equal((await connect(await site(57), both)).wire.protocol, "ocpp2.0.1");
  assert.equal((await connect(await site(58, { pinned: "1.6" }), both)).wire.protocol, "ocpp1.6");
});

test("quirk 29: at a site too: one that never answers a ping lives for three heartbeat intervals of silence", async () => {
  const world = await site(59);
  const station = await connect(world);
  // The simulated peer answers no ping from now on: it is as if it had none.
  world.network.link("site", "station-A").cut();
  const intervalMs = world.csms.bundle.policy.heartbeatIntervalS * 1_000;
  await world.time.advance(3 * intervalMs - 60_000);
  assert.equal(world.site.status().stationsConnected, 1, "90 s without a pong are nobody's death");
  await world.time.advance(120_000);
  assert.equal(world.site.status().stationsConnected, 0);
  assert.equal(station.received.length, 0);
});

test("quirk 36: a station's odd reply goes up in its own words, whether it could be repaired or not", async () => {
  const world = await site(60);
  const station = await connect(world);
  await say(world, station, '[2,"h","Heartbeat",{}]');
  const replies = ['{"status":"Rejected","scheduleStart":"0"}', '{"listVersion":0}', "{"];
  for (const [n, reply] of replies.entries()) {
    world.csms.send({ t: "down", station: "A" as StationId, frame: `[2,"d${n}","Reset",{"type":"Soft"}]` });
    await world.time.until(() => station.received.some((text) => text.includes(`"d${n}"`)), 5_000);
    station.wire.send(`[3,"d${n}",${reply}]`);
    await world.time.advance(1_000);
  }
  const up = world.csms.messages.filter((message) => message.t === "up").map(({ frame }) => frame);
  assert.deepEqual(
    up,
    replies.map((reply, n) => `[3,"d${n}",${reply}]`),
  );
});
