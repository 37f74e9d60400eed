/** A whole site in simulated time, network and disk: the main road, and every way off it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { fakeBundle } from "./testing/fake-csms.ts";
import { keyOf, RetryingStation, SITE, World } from "./testing/world.ts";

const at = (n: number) => new Date(Date.UTC(2026, 0, 5, 8, n)).toISOString();
const start = (n: number) => ({ connectorId: 1, idTag: "TAG", timestamp: at(n), meterStart: 100 * n });
const stop = (transactionId: unknown, n: number) => ({ transactionId, timestamp: at(n), meterStop: 100 * n });
const idIn = (answer: unknown[]) => (answer[2] as { transactionId: number }).transactionId;

/** Lets simulated time pass until a promise is done. */
async function done<T>(world: World, promise: Promise<T>, limitMs = 120_000): Promise<T> {
  let result: { value: T } | undefined;
  void promise.then((value) => (result = { value }));
  await world.time.until(() => result !== undefined, limitMs);
  assert(result !== undefined, "not done in time");
  return result.value;
}

test("site: with the link up the CSMS's answers go back verbatim, and everything is acknowledged", async () => {
  const world = await new World(1).start();
  const station = new RetryingStation(world, "A");
  const boot = await done(
    world,
    station.tell("BootNotification", { chargePointVendor: "V", chargePointModel: "M" }),
  );
  assert.deepEqual((boot[2] as { interval: number }).interval, 77);
  await done(world, station.tell("Authorize", { idTag: "TAG" }));
  const started = await done(world, station.tell("StartTransaction", start(1)));
  await done(world, station.tell("StopTransaction", stop(idIn(started), 9)));
  await world.time.advance(1_000);
  const { journal } = world.site.status();
  assert.deepEqual([journal.lastSeq, journal.ackedSeq], [3, 3]);
  assert(world.csms.received.every(({ live }) => live));
  assert.equal(world.csms.frames.filter(({ localAnswer }) => localAnswer !== undefined).length, 0);
  assert.equal(world.csms.messages.filter(({ t }) => t === "presence").length, 1);
});

test("site: many stations at once are all answered by the CSMS, none is sent as history while it waits", async () => {
  const names = Array.from({ length: 20 }, (_, i) => `S${i}`);
  const world = await new World(17, names).start();
  world.disk.options.syncMs = 3;
  world.disk.options.clock = world.time;
  let left = names.length * 20;
  for (const name of names) {
    const station = new RetryingStation(world, name);
    void (async () => {
      for (let n = 0; n < 20; n++, left--)
        await station.tell("MeterValues", { connectorId: 1, meterValue: [] });
    })();
  }
  assert(await world.time.until(() => left === 0, 120_000), `${left} unanswered`);
  assert.equal(world.csms.received.filter(({ live }) => !live).length, 0);
  assert.equal([...world.csms.applied.values()].flat().length, names.length * 20);
});

test("site: with the link cut without FIN it answers by itself, and replays in order when the link is back", async () => {
  const world = await new World(2).start();
  const station = new RetryingStation(world, "A");
  const first = await done(world, station.tell("StartTransaction", start(1)));
  world.uplink.cut();
  const cutAtMs = world.time.now().monotonicMs;
  await done(world, station.tell("StopTransaction", stop(idIn(first), 2)));
  assert(world.time.now().monotonicMs - cutAtMs < 10_500, "a station waited longer than the deadline");
  const second = await done(world, station.tell("StartTransaction", start(3)));
  assert.equal(idIn(second), idIn(first) + 1);
  assert.equal((second[2] as { idTagInfo: { status: string } }).idTagInfo.status, "Accepted");
  await done(world, station.tell("StopTransaction", stop(idIn(second), 4)));
  assert.equal(world.site.status().linkUp, false);
  world.uplink.heal();
  assert(
    await world.time.until(
      () => world.site.status().journal.ackedSeq === world.site.status().journal.lastSeq,
      60_000,
    ),
  );
  const records = [...world.csms.applied.values()].flat();
  assert.deepEqual(
    records.map(({ seq }) => seq),
    records.map((_, i) => i + 1),
  );
  assert.equal(world.csms.transactions().size, 4);
  assert(records.some((record) => record.kind === "answer" && record.ofSeq === 2));
  assert.equal(world.csms.frames.filter(({ localAnswer }) => localAnswer !== undefined).length, 2);
});

test("site: a long backlog is replayed in order, a window at a time, over cuts, nothing twice", async () => {
  const names = Array.from({ length: 20 }, (_, i) => `S${i}`);
  const world = new World(18, names);
  world.limits = { segmentBytes: 20_000 };
  await world.start();
  world.uplink.cut();
  await world.time.advance(10_000);
  let left = names.length * 100;
  for (const name of names) {
    const station = new RetryingStation(world, name);
    void (async () => {
      for (let n = 0; n < 100; n++, left--)
        await station.tell("MeterValues", { connectorId: n, meterValue: [] });
    })();
  }
  assert(await world.time.until(() => left === 0, 600_000), `${left} unanswered`);
  let outstanding = 0;
  world.csms.onRecord = () => {
    const acked = world.isRunning ? world.site.status().journal.ackedSeq : 0;
    outstanding = Math.max(outstanding, [...world.csms.applied.values()].flat().length - acked);
    if (world.csms.received.length % 700 === 0) world.uplink.reset();
  };
  world.uplink.heal();
  assert(await world.time.until(() => world.site.status().journal.ackedSeq === 2_000, 120_000));
  const records = [...world.csms.applied.values()].flat();
  assert.deepEqual(
    records.map(({ seq }) => seq),
    records.map((_, i) => i + 1),
  );
  assert(world.csms.received.every(({ live }) => !live));
  assert(outstanding <= 512, `${outstanding} at once`);
  assert(world.csms.messages.filter(({ t }) => t === "hello").length >= 3, "the cuts did not happen");
});

test("site: a CSMS that takes records and acknowledges none loses the link, and gets them again", async () => {
  const world = await new World(19).start();
  world.csms.ackNothing = true;
  const station = new RetryingStation(world, "A");
  await done(world, station.tell("StartTransaction", start(1)));
  assert(await world.time.until(() => !world.site.status().linkUp, 20_000), "still up");
  world.csms.ackNothing = false;
  assert(await world.time.until(() => world.site.status().journal.ackedSeq === 1, 60_000));
  assert.equal(world.csms.startIds().size, 1);
});

test("site: the CSMS commits and the link dies before its answer: answered by the site, counted once", async () => {
  const world = await new World(3).start();
  const station = new RetryingStation(world, "A");
  world.csms.mute = true;
  world.csms.onRecord = () => world.uplink.reset();
  const started = await done(world, station.tell("StartTransaction", start(1)));
  world.csms.mute = false;
  world.csms.onRecord = () => {};
  assert(await world.time.until(() => world.site.status().journal.ackedSeq === 2, 60_000));
  assert.deepEqual([...world.csms.startIds().values()], [idIn(started)]);
  assert.deepEqual(
    [...world.csms.applied.values()].flat().map(({ kind }) => kind),
    ["frame", "answer"],
  );
});

test("site: killed at every write between frame and acknowledgement, nothing is lost and nothing counted twice", async () => {
  let survivedTo = 0;
  for (let killAt = 1; killAt <= 24; killAt++) {
    const world = await new World(killAt).start();
    const before = new RetryingStation(world, "A", "1.6", 5_000);
    const idBefore = idIn(await done(world, before.tell("StartTransaction", start(1))));
    world.killSite();
    await world.time.advance(100);
    await world.startSite(killAt);
    const script = async () => {
      await before.tell("StopTransaction", stop(idBefore, 2));
      const id = idIn(await before.tell("StartTransaction", start(3)));
      await before.tell("MeterValues", {
        connectorId: 1,
        transactionId: id,
        meterValue: [{ timestamp: at(4), sampledValue: [{ value: "350" }] }],
      });
      await before.tell("StopTransaction", stop(id, 5));
      return id;
    };
    const running = script();
    await world.time.until(() => !world.isRunning, 20_000);
    if (!world.isRunning) await world.startSite();
    else survivedTo = killAt;
    const id = await done(world, running);
    const owed = () => world.site.status().journal.lastSeq - world.site.status().journal.ackedSeq;
    assert(
      await world.time.until(() => world.site.status().linkUp && owed() === 0, 60_000),
      `kill at ${killAt}`,
    );
    const ids = world.csms.startIds();
    assert.deepEqual([...ids.values()], [idBefore, id], `kill at ${killAt}`);
    const keys = [...world.csms.transactions().keys()].map((key) => key.split(" ")[0]);
    assert.deepEqual(keys.sort(), ["start", "start", "stop", "stop"], `kill at ${killAt}`);
  }
  assert(survivedTo > 0, "the scenario has more writes than were tried");
});

test("site: the CSMS answers with another transaction id: refused, the station gets the one in the journal", async () => {
  const world = await new World(5).start();
  world.csms.twist = (frame) => frame.replace(/"transactionId":\d+/, '"transactionId":77');
  const station = new RetryingStation(world, "A");
  assert.equal(idIn(await done(world, station.tell("StartTransaction", start(1)))), 1_001);
  world.csms.twist = (frame) => frame.replace(/"m\d+"/, '"other"');
  const started = await done(world, station.tell("StartTransaction", start(2)));
  assert.deepEqual([started[1], idIn(started)], ["m2", 1_002]);
});

test("site: the same start again, with a new message id, gets the same transaction id; over a restart too", async () => {
  const world = await new World(6).start();
  const station = new RetryingStation(world, "A");
  const id = idIn(await done(world, station.tell("StartTransaction", start(1))));
  assert.equal(idIn(await done(world, station.tell("StartTransaction", { ...start(1), idTag: "tag" }))), id);
  await world.time.advance(120_000);
  world.killSite();
  await world.startSite();
  assert.equal(idIn(await done(world, station.tell("StartTransaction", start(1)))), id);
  assert.equal(idIn(await done(world, station.tell("StartTransaction", start(2)))), id + 1);
});

test("site: boots in 1970 without uplink, and charges; its time never falls below the last persisted", async () => {
  const world = await new World(7).start();
  const station = new RetryingStation(world, "A");
  await world.time.advance(120_000);
  const lastWallMs = world.site.status().clock.wallMs;
  world.killSite();
  world.uplink.cut();
  world.machine = world.time.machine(0, "unknown");
  await world.time.advance(1_000);
  await world.startSite();
  const { clock } = world.site.status();
  assert.equal(clock.quality, "unknown");
  assert(clock.wallMs >= lastWallMs - 60_000, "more than one save lost");
  const boot = await done(
    world,
    station.tell("BootNotification", { chargePointVendor: "V", chargePointModel: "M" }),
  );
  assert.equal((boot[2] as { interval: number }).interval, 60);
  const id = idIn(await done(world, station.tell("StartTransaction", start(1))));
  assert.equal(id, 1_001);
  world.uplink.heal();
  assert(await world.time.until(() => world.site.status().linkUp, 60_000));
  assert.equal(world.site.status().clock.quality, "synced");
  assert(await world.time.until(() => world.csms.frames.length === 2, 10_000));
  assert(world.csms.frames.every(({ clockQuality }) => clockQuality === "unknown"));
});

test("site: without a lease a start waits unanswered, and goes on when one comes", async () => {
  const world = new World(8);
  await world.startCsms();
  world.csms.leaseSize = 2;
  await world.startSite();
  assert(await world.time.until(() => world.site.status().transactionIdsLeft > 0, 30_000));
  world.uplink.cut();
  await world.time.advance(20_000);
  const station = new RetryingStation(world, "A");
  const given: number[] = [];
  for (const n of [1, 2]) given.push(idIn(await done(world, station.tell("StartTransaction", start(n)))));
  const third = station.tell("StartTransaction", start(3));
  await world.time.advance(45_000);
  assert.equal(station.answers.length, 2);
  world.uplink.heal();
  given.push(idIn(await done(world, third)));
  assert.equal(new Set(given).size, 3);
  assert.equal(world.csms.startIds().size, 3);
});

test("site: a restored CSMS raises its epoch: old leases are void, and no id is used twice", async () => {
  const world = await new World(9).start();
  const station = new RetryingStation(world, "A");
  const first = idIn(await done(world, station.tell("StartTransaction", start(1))));
  world.csms.csmsEpoch = 2;
  world.csms.nextLeaseFrom = 900;
  world.csms.drop();
  assert(await world.time.until(() => !world.site.status().linkUp, 1_000));
  assert.equal(world.site.status().transactionIdsLeft, 999, "offline the old lease holds");
  assert(await world.time.until(() => world.site.status().linkUp, 60_000));
  assert.equal(world.site.status().transactionIdsLeft, 0, "the old lease is void");
  assert(await world.time.until(() => world.site.status().transactionIdsLeft > 0, 120_000));
  const second = idIn(await done(world, station.tell("StartTransaction", start(2))));
  assert(second > first, `${second} after ${first}`);
  world.csms.csmsEpoch = 1;
  world.csms.drop();
  await world.time.advance(60_000);
  assert.equal(world.site.status().linkUp, false);
  assert(idIn(await done(world, station.tell("StartTransaction", start(3)))) > second);
});

test("site: a CSMS that says -1 gets a new epoch with what it is owed, and fresh ids", async () => {
  const world = await new World(10).start();
  const station = new RetryingStation(world, "A");
  await done(world, station.tell("StartTransaction", start(1)));
  const { epoch } = world.site.status().journal;
  world.uplink.cut();
  await world.time.advance(10_000);
  await done(world, station.tell("StartTransaction", start(2)));
  world.csms.welcomeWith = -1;
  world.uplink.heal();
  assert(await world.time.until(() => world.csms.startIds().size === 2, 60_000));
  const status = world.site.status();
  assert.notEqual(status.journal.epoch, epoch);
  assert.equal(world.csms.applied.get(status.journal.epoch)?.length, 1);
  assert(await world.time.until(() => world.site.status().transactionIdsLeft > 0, 60_000));
  assert(idIn(await done(world, station.tell("StartTransaction", start(3)))) >= 2_001);
});

test("site: commands go down one at a time and come back; a station that is not there is answered for", async () => {
  const world = await new World(11).start();
  const station = new RetryingStation(world, "A");
  await done(world, station.tell("Heartbeat", {}));
  for (const id of ["c1", "c2"]) {
    world.csms.send({ t: "down", station: "A" as never, frame: `[2,"${id}","ClearCache",{}]` });
  }
  world.csms.send({ t: "down", station: "B" as never, frame: '[2,"c3","ClearCache",{}]' });
  world.csms.send({ t: "down", station: "A" as never, frame: "garbage" });
  await world.time.advance(2_000);
  assert.deepEqual(
    station.asked.map(([, id]) => id),
    ["c1", "c2"],
  );
  const ups = world.csms.messages.filter((message) => message.t === "up").map(({ frame }) => frame);
  assert.equal(ups.length, 3);
  assert(ups.includes('[3,"c1",{"status":"Accepted"}]'));
  assert.match(ups.find((frame) => frame.includes("c3")) ?? "", /^\[4,"c3","GenericError"/);
});

test("site: bundles: older, foreign or wrongly signed ones change nothing; stations taken out are shown out", async () => {
  const world = await new World(12).start();
  const station = new RetryingStation(world, "A");
  await done(world, station.tell("Heartbeat", {}));
  const states = () =>
    world.csms.messages.filter((m) => m.t === "bundle-state").map((m) => `${m.version} ${m.accepted}`);
  world.csms.sendBundle(fakeBundle(SITE, ["A", "B"], { version: 5 }));
  world.csms.sendBundle(fakeBundle(SITE, [], { version: 4 }));
  world.csms.sendBundle(fakeBundle("south", [], { version: 6 }));
  world.csms.sendBundle(fakeBundle(SITE, [], { version: 7 }), "wrong");
  world.csms.sendBundle(fakeBundle(SITE, [], { version: 8, softwareFloor: "0.2.0" }));
  await world.time.advance(1_000);
  assert.deepEqual(states(), ["1 true", "5 true", "4 false", "6 false", "0 false", "8 false"]);
  assert.equal(world.site.status().stationsConnected, 1);
  world.csms.sendBundle(fakeBundle(SITE, ["B"], { version: 9 }));
  await world.time.advance(1_000);
  assert.equal(world.site.status().stationsConnected, 0);
  assert.equal(await done(world, station.connect()), false);
  world.killSite();
  await world.startSite();
  assert.equal(world.site.status().bundleVersion, 9);
});

test("site: a denied key is shown out at once and not let in again, though its link was resumed", async () => {
  const world = await new World(13).start();
  const station = new RetryingStation(world, "A");
  await done(world, station.tell("Heartbeat", {}));
  const deny = [{ kind: "key" as const, spkiSha256: keyOf("A") }];
  world.csms.sendBundle(fakeBundle(SITE, ["A", "B"], { version: 2, deny }));
  await world.time.advance(1_000);
  assert.equal(world.site.status().stationsConnected, 0);
  assert.equal(await done(world, station.connect()), false);
});

for (const [says, message] of [
  ["garbage", "not JSON"],
  ["an unknown kind", '{"t":"format-disk"}'],
  ["an acknowledgement of what was never sent", '{"t":"ack","epoch":"EPOCH","seq":99}'],
  ["an acknowledgement of another epoch", '{"t":"ack","epoch":"000000000000000000000000","seq":0}'],
  ["a second welcome", '{"t":"welcome","csmsEpoch":1,"ackedSeq":0,"wallMs":5}'],
  ["a field too many", '{"t":"beat","wallMs":5,"__proto__":{}}'],
] as const) {
  test(`site: a CSMS that sends ${says} loses the link, and nothing else`, async () => {
    const world = await new World(14).start();
    const station = new RetryingStation(world, "A");
    await done(world, station.tell("Heartbeat", {}));
    world.csms.send(message.replace("EPOCH", world.site.status().journal.epoch));
    assert(await world.time.until(() => !world.site.status().linkUp, 1_000), "the link is still up");
    assert(await world.time.until(() => world.site.status().linkUp, 30_000), "the link did not come back");
    await done(world, station.tell("StartTransaction", start(1)));
    assert.deepEqual(world.fatal, []);
  });
}

test("site: answers for nobody, late answers and answers that are no frames are dropped without harm", async () => {
  const world = await new World(15).start();
  const station = new RetryingStation(world, "A");
  world.csms.send({ t: "answer", seq: 4_000, frame: '[3,"x",{}]' });
  world.csms.send({ t: "answer", relay: 4_000, frame: '[3,"x",{}]' });
  world.csms.twist = () => "{{{{";
  const beat = await done(world, station.tell("Heartbeat", {}));
  assert.equal(beat[0], 3);
  assert.equal(world.site.status().linkUp, true);
});

test("site: a full disk leaves starts unanswered, answers the rest, and recovers by itself with a record of the gap", async () => {
  const world = await new World(16).start();
  const station = new RetryingStation(world, "A");
  await done(world, station.tell("StartTransaction", start(1)));
  world.disk.options.capacityBytes = 10;
  const status = { connectorId: 1, errorCode: "NoError", status: "Available" };
  assert.deepEqual((await done(world, station.tell("StatusNotification", status)))[2], {});
  const pending = station.tell("StartTransaction", start(2));
  await world.time.advance(70_000);
  assert.equal(station.answers.length, 2);
  delete world.disk.options.capacityBytes;
  await done(world, pending);
  await world.time.advance(10_000);
  assert.equal(world.csms.startIds().size, 2);
  const gaps = [...world.csms.applied.values()].flat().filter((record) => record.kind === "gap");
  assert.deepEqual(
    gaps.map(({ station, action, count }) => [station, action, count]),
    [["A", "StatusNotification", 1]],
  );
  assert.deepEqual(world.fatal, []);
});
