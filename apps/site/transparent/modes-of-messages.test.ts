/**
 * The two modes beside each other, in what becomes of a message: rows of docs/local-controller.md, one test for each mode.
 */
import assert from "node:assert/strict";
import type { StationId } from "@wattward/kernel";
import {
  autonomous,
  away,
  boot,
  broken,
  call,
  compare,
  heartbeat,
  loose,
  managed,
  profile,
  raw,
  said,
  send,
  start,
  transparent,
} from "./testing/modes.ts";

compare({
  "transaction ids (1.6)": {
    async autonomous() {
      const world = await autonomous();
      const answer = JSON.parse(await said(world, await raw(world), start));
      assert.equal(answer[2].transactionId, 1_001, "the first of its lease");
    },
    async transparent() {
      const world = await transparent();
      world.csms.answer = () => '[3,"s",{"transactionId":4711,"idTagInfo":{"status":"Accepted"}}]';
      assert.equal(JSON.parse(await said(world, await world.connect("A"), start))[2].transactionId, 4711);
    },
  },
  "message ids": {
    async autonomous() {
      const world = await autonomous();
      const station = await raw(world);
      await said(world, station, heartbeat);
      const relayed = world.csms.messages.find(({ t }) => t === "relay");
      assert(relayed?.t === "relay" && relayed.frame === heartbeat);
      const down = call("of the CSMS", "ClearCache", {});
      world.csms.send({ t: "down", station: "A" as StationId, frame: down });
      await world.time.until(() => station.texts.length === 2, 10_000);
      assert.equal(station.texts[1], down);
    },
    async transparent() {
      const world = await transparent();
      const station = await world.connect("A");
      await said(world, station, heartbeat);
      const down = call("of the CSMS", "ClearCache", {});
      world.csms.of("A").wire.send(down);
      await world.eventually("down", () => station.texts.length === 2);
      assert.deepEqual([world.csms.texts("A"), station.texts[1]], [[heartbeat], down]);
    },
  },
  "frames that break their schema": {
    async autonomous() {
      const world = await autonomous();
      const station = await raw(world);
      assert.match(await said(world, station, broken), /^\[4,"x",/, "by the site");
      assert.equal(await said(world, station, loose), '[3,"l",{}]', "repaired for its answer");
      assert.equal(world.csms.messages.filter(({ t }) => t === "relay").length, 0);
    },
    async transparent() {
      const world = await transparent();
      world.csms.answer = () => undefined;
      const station = await world.connect("A");
      for (const text of [broken, loose, "no JSON"]) station.wire.send(text);
      await world.eventually("all", () => world.csms.texts("A").length === 3);
      assert.deepEqual(world.csms.texts("A"), [broken, loose, "no JSON"]);
      assert.deepEqual(station.texts, []);
    },
  },
  "answers of the CSMS": {
    async autonomous() {
      const world = await autonomous();
      world.csms.twist = (frame) => frame.replace(/"transactionId":\d+/, '"transactionId":7');
      const answer = JSON.parse(await said(world, await raw(world), start));
      assert.equal(answer[2].transactionId, 1_001, "one with another id is not passed on");
    },
    async transparent() {
      const world = await transparent();
      world.csms.answer = () => '[3,"s",{"any":"thing"}]';
      assert.equal(await said(world, await world.connect("A"), start), '[3,"s",{"any":"thing"}]');
    },
  },
  "a CSMS that is slow": {
    async autonomous() {
      const world = await autonomous();
      world.csms.mute = true;
      const fromMs = world.time.now().monotonicMs;
      await said(world, await raw(world), heartbeat);
      const tookMs = world.time.now().monotonicMs - fromMs;
      assert(tookMs > 9_000 && tookMs < 11_000, `answered by the site after ${tookMs} ms`);
    },
    async transparent() {
      const world = await transparent();
      world.csms.answer = () => undefined;
      const station = await world.connect("A");
      station.wire.send(heartbeat);
      await world.time.advance(50_000);
      assert.deepEqual(station.texts, [], "its own patience decides");
      world.csms.of("A").wire.send('[3,"h",{"currentTime":"late"}]');
      await world.eventually("late, and passed on", () => station.texts.length === 1);
    },
  },
  "several CALLs at once": {
    async autonomous() {
      const world = await autonomous();
      const station = await raw(world);
      world.csms.mute = true;
      station.wire.send(call("1", "Heartbeat", {}));
      station.wire.send(call("2", "Heartbeat", {}));
      await world.time.advance(5_000);
      assert.equal(
        world.csms.messages.filter(({ t }) => t === "relay").length,
        1,
        "the second waits for the first",
      );
    },
    async transparent() {
      const world = await transparent();
      const waiting: string[] = [];
      world.csms.answer = (text) => {
        waiting.push(text);
        return undefined;
      };
      const station = await world.connect("A");
      station.wire.send(call("1", "Heartbeat", {}));
      station.wire.send(call("2", "Heartbeat", {}));
      await world.eventually("both", () => waiting.length === 2);
      for (const id of ["2", "1"]) world.csms.of("A").wire.send(`[3,"${id}",{}]`);
      await world.eventually("answered", () => station.texts.length === 2);
      assert.deepEqual(station.texts, ['[3,"2",{}]', '[3,"1",{}]'], "in the CSMS's order");
    },
  },
  commands: {
    async autonomous() {
      const world = await autonomous();
      const station = await raw(world);
      await said(world, station, heartbeat);
      for (const id of ["1", "2"])
        world.csms.send({ t: "down", station: "A" as StationId, frame: call(id, "ClearCache", {}) });
      await world.time.advance(5_000);
      assert.equal(station.texts.length, 2, "one at a time");
      station.wire.send('[3,"1",{"status":"Accepted"}]');
      await world.time.until(() => station.texts.length === 3, 5_000);
      const ups = () => world.csms.messages.flatMap((each) => (each.t === "up" ? [each.frame] : []));
      assert(await world.time.until(() => ups().length === 1, 5_000));
      assert.deepEqual(ups(), ['[3,"1",{"status":"Accepted"}]']);
    },
    async transparent() {
      const world = await transparent();
      const station = await world.connect("A");
      for (const id of ["1", "2"]) world.csms.of("A").wire.send(call(id, "ClearCache", {}));
      await world.eventually("both, as the CSMS sent them", () => station.texts.length === 2);
      station.wire.send('[3,"1",{"status":"Accepted"}]');
      await world.eventually("its answer", () => world.csms.texts("A").length === 1);
      assert.deepEqual(world.csms.texts("A"), ['[3,"1",{"status":"Accepted"}]']);
    },
  },
  "the site's own CALLs": {
    async autonomous() {
      const world = await autonomous();
      const station = await raw(world);
      await world.time.advance(60 * 60_000);
      assert.deepEqual(station.texts, [], "none where nobody manages its energy");
    },
    async transparent() {
      const world = await transparent();
      const station = await world.connect("A");
      await said(world, station, boot);
      let outcome = "";
      const options = { timeoutMs: 10_000 };
      void world.site.call("A" as StationId, "ClearCache", {}, options).then(({ kind }) => (outcome = kind));
      await world.eventually("asked", () => station.texts.length === 2);
      const id = JSON.parse(station.texts[1]!)[1] as string;
      station.wire.send(`[3,"${id}",{"status":"Accepted"}]`);
      await world.eventually("answered", () => outcome === "result");
      await world.time.advance(1_000);
      assert.deepEqual(world.csms.texts("A"), [boot], "the CSMS hears nothing of it (§6.4)");
      void world.site.call("B" as StationId, "ClearCache", {}, options).then(({ kind }) => (outcome = kind));
      await world.eventually("who is not here", () => outcome === "closed");
    },
  },
  "charging profiles": {
    async autonomous() {
      const world = await autonomous();
      const station = await raw(world);
      await said(world, station, heartbeat);
      world.csms.send({ t: "down", station: "A" as StationId, frame: profile });
      assert(await world.time.until(() => station.texts.length === 2, 5_000));
      assert.equal(station.texts[1], profile);
    },
    async transparent() {
      const world = await transparent();
      const station = await world.connect("A");
      world.csms.of("A").wire.send(profile);
      await world.eventually("down", () => station.texts.length === 1);
      assert.deepEqual(station.texts, [profile]);
    },
  },
  "charging profiles, managed": {
    async autonomous() {
      const world = await managed();
      const station = await raw(world);
      await said(world, station, boot);
      world.csms.send({ t: "down", station: "A" as StationId, frame: profile });
      const answer = () => world.csms.messages.find(({ t }) => t === "up");
      assert(await world.time.until(() => answer() !== undefined, 5_000));
      const told = answer();
      assert.equal(told?.t === "up" && told.frame, '[3,"p",{"status":"Accepted"}]');
      assert(!station.texts.includes(profile));
      const last = (): unknown[] => JSON.parse(station.texts.at(-1)!);
      assert.equal(last()[2], "ClearChargingProfile", "the site's own: what others left goes first");
      station.wire.send(JSON.stringify([3, last()[1], { status: "Unknown" }]));
      assert(await world.time.until(() => last()[2] === "SetChargingProfile", 5_000));
      assert.match(JSON.stringify(last()[3]), /"TxDefaultProfile"/, "then its safe default");
    },
    async transparent() {
      const world = await transparent();
      const station = await world.connect("A");
      world.csms.of("A").wire.send(profile);
      await world.eventually("down", () => station.texts.length === 1);
      assert.deepEqual(station.texts, [profile]);
    },
  },
  boot: {
    async autonomous() {
      const world = await autonomous();
      const station = await raw(world);
      world.csms.twist = (frame) => frame.replace('"Accepted"', '"Pending"');
      assert.match(await said(world, station, boot), /"Pending"/, "the CSMS's word, while it is there");
      await away(world);
      assert.match(await said(world, station, boot), /"Accepted"/, "the bundle's, without it");
    },
    async transparent() {
      const world = await transparent();
      world.csms.answer = () =>
        '[3,"b",{"status":"Rejected","currentTime":"2026-01-05T08:00:00Z","interval":9}]';
      assert.match(await said(world, await world.connect("A"), boot), /"Rejected".*"interval":9/);
    },
  },
  "time of stations": {
    async autonomous() {
      const world = await autonomous();
      const station = await raw(world);
      await away(world);
      const { currentTime } = JSON.parse(await said(world, station, heartbeat))[2] as { currentTime: string };
      assert(Math.abs(Date.parse(currentTime) - world.time.now().wallMs) < 1_000, "the site's");
    },
    async transparent() {
      const world = await transparent();
      world.csms.answer = () => '[3,"h",{"currentTime":"1999-12-31T23:59:59Z"}]';
      assert.match(
        await said(world, await world.connect("A"), heartbeat),
        /1999/,
        "the CSMS's, whatever it is",
      );
    },
  },
  "SEND (2.1)": {
    async autonomous() {
      const world = await autonomous();
      const station = await raw(world, "A", ["ocpp2.1"]);
      station.wire.send(send);
      assert(await world.time.until(() => world.csms.messages.some(({ t }) => t === "sent"), 10_000));
      await away(world);
      const { lastSeq } = world.site.status().journal;
      station.wire.send(send);
      await world.time.advance(5_000);
      assert.equal(world.site.status().journal.lastSeq, lastSeq, "given up without a CSMS");
    },
    async transparent() {
      const world = await transparent();
      const station = await world.connect("A", { protocols: ["ocpp2.1"] });
      station.wire.send(send);
      await world.eventually("up", () => world.csms.texts("A").length === 1);
      assert.deepEqual([world.csms.texts("A"), station.texts], [[send], []]);
    },
  },
});
