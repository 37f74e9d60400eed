/**
 * The two modes beside each other: one row of docs/local-controller.md, one test for each mode, named after it. What a
 * row says is here done to a whole site, autonomous and transparent, in simulated time and network.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { StationId } from "@wattward/kernel";
import { SITE, World } from "../testing/world.ts";
import { type Heard, kept, TransparentWorld } from "./testing/world.ts";

const at = "2026-01-05T08:00:00.000Z";
const call = (id: string, action: string, payload: object) => JSON.stringify([2, id, action, payload]);
const boot = call("b", "BootNotification", { chargePointVendor: "V", chargePointModel: "M" });
const start = call("s", "StartTransaction", { connectorId: 1, idTag: "T", timestamp: at, meterStart: 0 });
const heartbeat = call("h", "Heartbeat", {});
/** What QUIRKS 1 and 6 repair, and what nothing repairs. */
const loose = `[2,"l","MeterValues",{"connectorId":1,"meterValue":{"timestamp":"2026-01-05T08:00:00","sampledValue":[{"value":5}]}}]`;
const broken = call("x", "StatusNotification", { connectorId: "one" });
const profile = call("p", "SetChargingProfile", {
  connectorId: 0,
  csChargingProfiles: {
    ...{ chargingProfileId: 1, stackLevel: 0, chargingProfilePurpose: "TxDefaultProfile" },
    chargingProfileKind: "Absolute",
    chargingSchedule: { chargingRateUnit: "W", chargingSchedulePeriod: [{ startPeriod: 0, limit: 1000 }] },
  },
});
const send =
  '[6,"n","NotifyPeriodicEventStream",{"id":1,"pending":0,"basetime":"2026-01-05T08:00:00Z","data":[{"t":0,"v":"1"}]}]';

/** An autonomous site with its CSMS, and stations A and B known to both. */
const autonomous = (): Promise<World> => new World(1).start();
const transparent = (): Promise<TransparentWorld> => new TransparentWorld(1).start();

/** A raw connection to an autonomous site. */
async function raw(world: World, id = "A", protocols: readonly string[] = ["ocpp1.6"]): Promise<Heard> {
  let found: Heard | number | undefined;
  void world
    .dialStation(id)
    .dial(`/ocpp/${id}`, protocols)
    .then((dialled) => {
      if (!dialled.ok) {
        found = dialled.fault.status ?? -1;
        return;
      }
      const heard: Heard = { wire: dialled.value, texts: [], closed: undefined };
      dialled.value.listen({
        message: (text) => void heard.texts.push(text),
        closed: (code, reason) => (heard.closed = { code, reason }),
      });
      found = heard;
    });
  await world.time.until(() => found !== undefined, 30_000);
  assert(typeof found === "object", `refused with ${String(found)}`);
  return found;
}

/** Says something and waits for the next frame. */
async function said(world: { time: World["time"] }, station: Heard, text: string): Promise<string> {
  const before = station.texts.length;
  station.wire.send(text);
  assert(await world.time.until(() => station.texts.length > before, 30_000), "no answer");
  return station.texts.at(-1) ?? "";
}

async function away(world: World): Promise<void> {
  world.uplink.cut();
  assert(await world.time.until(() => !world.site.status().linkUp, 20_000));
}

type Row = { readonly autonomous: () => Promise<void>; readonly transparent: () => Promise<void> };

const rows: Readonly<Record<string, Row>> = {
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
      assert.deepEqual(station.texts, [], "none so far");
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
};

for (const mode of ["autonomous", "transparent"] as const)
  for (const [row, of] of Object.entries(rows)) test(`${mode}: ${row}`, of[mode]);

/** Rows that need real sockets, and where their tests are. */
const elsewhere = new Map([["compression", "../../../tests/integration/transparent.test.ts"]]);

test("modes: docs/local-controller.md has a row for each pair of tests, and a pair of tests for each row", () => {
  const read = (path: string) => readFileSync(new URL(path, import.meta.url), "utf8");
  const section =
    read("../../../docs/local-controller.md").split("## Two modes\n")[1]?.split("\n## ")[0] ?? "";
  const documented = section
    .split("\n")
    .filter((line) => line.startsWith("| ") && !line.startsWith("| |"))
    .map((line) => line.split("|")[1]?.trim());
  assert.deepEqual(documented, [...Object.keys(rows), ...elsewhere.keys()]);
  for (const [row, path] of elsewhere)
    for (const mode of ["autonomous", "transparent"])
      assert(read(path).includes(`"${mode}: ${row}"`), `${mode}: ${row}`);
});
