/**
 * The two modes beside each other, in how they connect, whom they let in, and what ends with what: rows of
 * docs/local-controller.md, one test for each mode.
 */
import assert from "node:assert/strict";
import { SITE, World } from "../testing/world.ts";
import {
  autonomous,
  away,
  call,
  compare,
  heartbeat,
  raw,
  said,
  start,
  transparent,
} from "./testing/modes.ts";
import { kept, TransparentWorld } from "./testing/world.ts";

compare({
  upstream: {
    async autonomous() {
      const world = await autonomous();
      await raw(world, "A");
      await raw(world, "B");
      await world.time.advance(1_000);
      assert.equal(world.csms.messages.filter(({ t }) => t === "hello").length, 1, "one link for both");
    },
    async transparent() {
      const world = await transparent();
      await world.connect("A");
      await world.connect("B", { path: "/web/B" });
      assert.deepEqual(
        world.csms.sockets.map(({ path }) => path),
        ["/ocpp/A", "/web/B"],
      );
    },
  },
  "sub-protocol": {
    async autonomous() {
      const world = await autonomous();
      assert.equal((await raw(world, "A", ["ocpp2.0.1", "ocpp1.6"])).wire.protocol, "ocpp2.0.1");
      assert.equal((await raw(world, "B", ["ocpp1.5"])).wire.protocol, "", "none of ours: closed");
    },
    async transparent() {
      const world = await transparent();
      world.csms.choose = (offered) => offered.at(-1) ?? "";
      assert.equal(
        (await world.connect("A", { protocols: ["ocpp2.0.1", "ocpp1.6"] })).wire.protocol,
        "ocpp1.6",
      );
      assert.equal((await world.connect("B", { protocols: ["ocpp1.5"] })).wire.protocol, "ocpp1.5");
      assert.deepEqual(
        world.csms.sockets[0]?.protocols,
        ["ocpp2.0.1", "ocpp1.6"],
        "the list as it was offered",
      );
    },
  },
  "who is let in": {
    async autonomous() {
      const world = new World(1);
      await world.startSite();
      await assert.rejects(raw(world), /503/, "without a bundle nobody is");
      await world.startCsms();
      await world.time.until(() => world.site.status().bundleVersion > 0, 30_000);
      await raw(world);
      await assert.rejects(raw(world, "C"), /403/);
    },
    async transparent() {
      const world = await transparent();
      world.csms.refused.set("B", 401);
      assert.equal(typeof (await world.knock("A")), "object", "its certificate's serial number is its id");
      assert.equal(await world.knock("A", { facts: { cn: "Z" } }), 403, "the site's own refusal");
      assert.equal(await world.knock("B"), 401, "the CSMS's, as it is");
    },
  },
  "identity at the CSMS": {
    async autonomous() {
      const world = await autonomous();
      await raw(world);
      const hello = world.csms.messages.find(({ t }) => t === "hello");
      assert(hello?.t === "hello" && hello.site === SITE, "the site, which speaks for its stations");
      const told = () => world.csms.messages.some((each) => each.t === "presence" && each.station === "A");
      assert(await world.time.until(told, 5_000));
    },
    async transparent() {
      const stations = [
        { id: "A", serial: "A", password: "its password there" },
        { id: "B", serial: "B" },
      ];
      const world = await (await new TransparentWorld(1).stationsFile({ stations })).start();
      for (const id of ["A", "B"]) await world.connect(id);
      assert.deepEqual(
        world.csms.sockets.map(({ station, certificate }) => [station, certificate]),
        [
          ["A", "the site's own"],
          ["B", "the site's own"],
        ],
      );
      assert.deepEqual([...world.passwords], [["A", "its password there"]]);
    },
  },
  takeover: {
    async autonomous() {
      const world = await autonomous();
      await raw(world);
      let status = 0;
      void world
        .dialStation("A", { key: "f".repeat(64) })
        .dial("/ocpp/A", ["ocpp1.6"])
        .then((dialled) => (status = dialled.ok ? 101 : (dialled.fault.status ?? -1)));
      await world.time.until(() => status !== 0, 10_000);
      assert.equal(status, 403);
    },
    async transparent() {
      const world = await transparent();
      await world.connect("A");
      assert.equal(await world.knock("A", { facts: { spkiSha256: "f".repeat(64) } }), 403);
      assert.equal(world.csms.asked.length, 1, "the CSMS hears nothing of it");
    },
  },
  "CSMS away": {
    async autonomous() {
      const world = await autonomous();
      const station = await raw(world);
      await away(world);
      assert.match(await said(world, station, heartbeat), /^\[3,"h",\{"currentTime"/);
      assert.equal(station.closed, undefined);
    },
    async transparent() {
      const world = await transparent();
      const station = await world.connect("A");
      await world.time.advance(25_000);
      world.uplink.cut();
      await world.eventually("closed (§6.3)", () => station.closed !== undefined, 75_000);
      world.killCsms();
      world.uplink.heal();
      assert.equal(await world.knock("A"), 503);
      assert.deepEqual(station.texts, [], "the site says nothing in the CSMS's place");
    },
  },
  "what a station said": {
    async autonomous() {
      const world = await autonomous();
      const station = await raw(world);
      await said(world, station, start);
      assert.equal(world.site.status().journal.lastSeq, 1, "kept before it was answered");
      assert(world.disk.paths().some((path) => path.startsWith("journal/")));
    },
    async transparent() {
      const world = await transparent();
      const station = await world.connect("A");
      await said(world, station, start);
      await world.time.advance(61_000);
      const files = world.disk.paths();
      assert(
        files.every((path) => path.startsWith("state/")),
        files.join(),
      );
    },
  },
  "after a cut": {
    async autonomous() {
      const world = await autonomous();
      const station = await raw(world);
      await away(world);
      await said(world, station, start);
      world.uplink.heal();
      assert(await world.time.until(() => world.csms.frames.length === 1, 60_000));
      assert.equal(world.csms.frames[0]?.frame, start, "the site replays it");
    },
    async transparent() {
      const world = await transparent();
      const station = await world.connect("A");
      await world.time.advance(25_000);
      world.uplink.cut();
      await world.eventually("closed", () => station.closed !== undefined, 75_000);
      world.uplink.heal();
      const again = await world.reconnect("A");
      await world.time.advance(60_000);
      assert.deepEqual(world.csms.texts("A"), [], "nothing by the site");
      await said(world, again, start);
      assert.deepEqual(world.csms.texts("A"), [start], "the station repeats it by itself");
    },
  },
  "time of the site": {
    async autonomous() {
      const world = new World(1);
      await world.startSite();
      assert.equal(world.site.status().clock.quality, "unknown");
      await world.startCsms();
      assert(
        await world.time.until(() => world.site.status().clock.quality === "synced", 60_000),
        "told by the CSMS",
      );
    },
    async transparent() {
      const world = new TransparentWorld(1);
      await world.startSite();
      assert.equal(world.site.status().clock.quality, "synced", "the machine's, without any CSMS");
    },
  },
  flood: {
    async autonomous() {
      const world = await autonomous();
      const station = await raw(world);
      for (let i = 0; i < 5_000; i++) station.wire.send(call(`f${i}`, "Heartbeat", {}));
      await world.time.advance(2_000);
      assert(world.csms.messages.filter(({ t }) => t === "relay").length < 400);
      assert.equal(station.closed, undefined);
    },
    async transparent() {
      const world = await transparent();
      const station = await world.connect("A");
      for (let i = 0; i < 5_000; i++) station.wire.send(call(`f${i}`, "Heartbeat", {}));
      await world.time.advance(2_000);
      assert(world.csms.texts("A").length < 400);
      assert.equal(station.closed, undefined);
    },
  },
  "a station that is gone": {
    async autonomous() {
      const world = await autonomous();
      await raw(world);
      await world.time.advance(65_000);
      world.network.link("station-A", "site").cut();
      await world.time.advance(125_000);
      const told = world.csms.messages.filter((each) => each.t === "presence");
      assert.deepEqual(
        told.map((each) => each.connected),
        [true, false],
        "the CSMS is told; the link stays",
      );
      assert(world.site.status().linkUp);
    },
    async transparent() {
      const world = await transparent();
      await world.connect("A");
      await world.connect("B");
      await world.time.advance(65_000);
      world.network.link("station-A", "site").cut();
      await world.time.advance(125_000);
      assert.deepEqual(
        world.csms.sockets.map(({ closed }) => closed !== undefined),
        [true, false],
        "its own connection (§6.3)",
      );
    },
  },
  "what is written down": {
    async autonomous() {
      const world = new World(1);
      const { log, lines } = kept();
      world.log = log;
      await world.start();
      await said(world, await raw(world), start.replace('"T"', '"PLANTED"'));
      assert(!JSON.stringify(lines).includes("PLANTED"), "not in the log");
      assert(
        world.disk
          .paths()
          .some((path) => new TextDecoder().decode(world.disk.peek(path)).includes("PLANTED")),
        "in the journal",
      );
    },
    async transparent() {
      const world = new TransparentWorld(1);
      const { log, lines } = kept();
      world.log = log;
      await world.start();
      await said(world, await world.connect("A"), start.replace('"T"', '"PLANTED"'));
      await world.time.advance(61_000);
      assert(!JSON.stringify(lines).includes("PLANTED"));
      assert(
        !world.disk
          .paths()
          .some((path) => new TextDecoder().decode(world.disk.peek(path)).includes("PLANTED")),
      );
    },
  },
});
