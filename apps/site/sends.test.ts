/** Frames that nobody answers, over a site: SEND and CALLRESULTERROR of OCPP 2.1 (Part 4 §4.2.3, §4.2.4). */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { SiteMessage } from "@wattward/sitelink";
import { RetryingStation, World } from "./testing/world.ts";

type Sent = Extract<SiteMessage, { t: "sent" }>;

const stream = (pending: number) =>
  `[6, "s${pending}","NotifyPeriodicEventStream",{"id":1, "pending":${pending},"basetime":"2026-01-05T08:00:00Z","data":[{"t":0,"v":"1"}]}]`;

async function connected() {
  const world = await new World(3).start();
  const station = new RetryingStation(world, "A", "2.1");
  /** Lets time pass until it is done. */
  const during = async <T>(work: Promise<T>): Promise<T> => {
    let done = false;
    void work.finally(() => (done = true));
    assert(await world.time.until(() => done, 20_000), "it took more than 20 s");
    return work;
  };
  await during(station.connect());
  const sent = () => world.csms.messages.filter((message): message is Sent => message.t === "sent");
  return { world, station, sent, during };
}

test("sends: a SEND goes up verbatim in its place among the CALLs; nobody answers it and the journal has none of it", async () => {
  const { world, station, sent } = await connected();
  station.say(stream(1));
  station.say('[2,"h","Heartbeat",{}]');
  station.say(stream(2));
  assert(await world.time.until(() => sent().length === 2, 5_000));
  await world.time.advance(15_000);
  assert.deepEqual(
    sent().map(({ station: from, version, frame }) => [from, version, frame]),
    [
      ["A", "2.1", stream(1)],
      ["A", "2.1", stream(2)],
    ],
  );
  const order = world.csms.messages.filter(({ t }) => t === "sent" || t === "relay").map(({ t }) => t);
  assert.deepEqual(order, ["sent", "relay", "sent"]);
  assert.deepEqual(
    station.heard.map(([type]) => type),
    [3],
  );
  assert.equal(world.site.status().journal.lastSeq, 0);
});

test("sends: without a link they are given up and counted; the count is told with the first that goes up again", async () => {
  const { world, station, sent } = await connected();
  world.uplink.cut();
  assert(await world.time.until(() => !world.site.status().linkUp, 20_000));
  for (let i = 1; i <= 7; i++) station.say(stream(i));
  await world.time.advance(1_000);
  world.uplink.heal();
  assert(await world.time.until(() => world.site.status().linkUp, 60_000));
  assert.equal(sent().length, 0);
  station.say(stream(8));
  const told = () =>
    world.csms.messages.filter((message) => message.t === "observed" && message.kind === "sends-given-up");
  assert(await world.time.until(() => told().length === 1, 5_000));
  station.say(stream(9));
  await world.time.advance(2_000);
  assert.deepEqual(
    told().map((message) => message.t === "observed" && [message.station, message.detail]),
    [["A", "7 frames"]],
  );
  assert.deepEqual(
    sent().map(({ frame }) => frame),
    [stream(8), stream(9)],
  );
  assert.equal(world.site.status().journal.lastSeq, 0);
});

test("sends: one that breaks its schema, is none of 2.1's, or comes from an older version does not go up", async () => {
  const { world, station, sent, during } = await connected();
  const older = new RetryingStation(world, "B", "2.0.1");
  await during(older.connect());
  older.say(stream(1));
  station.say('[6,"x","NotifyPeriodicEventStream",{"id":"one"}]');
  station.say('[6,"y","Heartbeat",{}]');
  station.say('[6,"z"');
  await world.time.advance(5_000);
  assert.equal(sent().length, 0);
  assert.deepEqual(station.heard, []);
  assert.equal((await during(station.tell("Heartbeat", {})))[0], 3, "the socket is as it was");
});

test("sends: a station's CALLRESULTERROR to an answer goes up verbatim", async () => {
  const { world, station, sent, during } = await connected();
  await during(station.tell("Heartbeat", {}));
  const dispute = '[5,"m1","TypeConstraintViolation","currentTime is none",{}]';
  station.say(dispute);
  assert(await world.time.until(() => sent().length === 1, 5_000));
  assert.equal(sent()[0]!.frame, dispute);
});

test("sends: the CSMS's CALLRESULTERROR goes down verbatim, to the station alone; the site itself disputes nothing of the CSMS's", async () => {
  const { world, station, during } = await connected();
  await during(station.tell("Heartbeat", {}));
  station.reply = { status: 7 };
  world.csms.send({ t: "down", station: "A" as never, frame: '[2,"c1","ClearCache",{}]' });
  assert(await world.time.until(() => world.csms.messages.some(({ t }) => t === "up"), 5_000));
  await world.time.advance(1_000);
  const disputes = () => station.heard.filter(([type]) => type === 5);
  assert.deepEqual(disputes(), []);
  const dispute = '[5,"c1","TypeConstraintViolation","status is no text",{}]';
  for (const to of ["A", "B"]) world.csms.send({ t: "down", station: to as never, frame: dispute });
  assert(await world.time.until(() => disputes().length > 0, 5_000));
  assert.deepEqual(disputes(), [JSON.parse(dispute)]);
  assert.equal(world.csms.messages.filter(({ t }) => t === "up").length, 1);
});

test("sends: what the CSMS sends down that is neither CALL nor CALLRESULTERROR reaches nobody", async () => {
  const { world, station, during } = await connected();
  await during(station.tell("Heartbeat", {}));
  const before = station.heard.length;
  for (const frame of ['[3,"x",{}]', stream(1), "{}", '[2,"y"]']) {
    world.csms.send({ t: "down", station: "A" as never, frame });
  }
  await world.time.advance(5_000);
  assert.equal(station.heard.length, before);
  assert(world.site.status().linkUp);
});
