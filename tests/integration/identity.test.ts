/**
 * Who may speak as whom, at the real CSMS and the real site: every wrong proof, with the right one beside it that shows
 * that the door opens at all. Denied certificates, resumed sessions too, are in `denial.test.ts`.
 */
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import { hex, type JsonObject, silentLog, type Wire } from "@wattward/kernel";
import { systemChance } from "@wattward/kernel/node";
import { dialer } from "@wattward/ocpp/websocket";
import { parseCsmsMessage, SITE_PROTOCOL } from "@wattward/sitelink";
import { logOf } from "../../demo/plant.ts";
import { readJson, start } from "../../demo/programs.ts";
import { foreignStation, stationIssuedAt } from "./rig/certificates.ts";
import { boot, Session } from "./rig/charging.ts";
import {
  type Csms,
  csmsOn,
  enrolCard,
  enrolSite,
  enrolStations,
  type Identity,
  linked,
  linkIdentity,
  type Server,
  type Site,
  siteOn,
  stationIdentity,
} from "./rig/operator.ts";
import { Station } from "./rig/station.ts";
import { rows, seen, transactionsOf } from "./rig/stored.ts";
import { eventually, workplace } from "./rig/workplace.ts";

const out = workplace("identity");
const DAY_MS = 86_400_000;
/** WebSocket's "policy violation": another connection has taken its place. */
const POLICY = 1008;
let csms: Csms;
let lyon: Site;
let paris: Site;

before(
  async () => {
    csms = await csmsOn(out);
    await enrolStations(out, ["DIRECT-1", "DIRECT-2"]);
    await enrolStations(out, ["LYON-1", "LYON-2"], "lyon");
    await enrolStations(out, ["PARIS-1"], "paris");
    await enrolCard(out);
    for (const site of ["lyon", "paris"]) await enrolSite(out, site);
    lyon = await siteOn(out, "lyon", { csmsPort: csms.port });
    paris = await siteOn(out, "paris", { csmsPort: csms.port });
    await linked(lyon, 2);
    await linked(paris, 1);
  },
  { timeout: 120_000 },
);

const own = (id: string) => stationIdentity(out, id);
const dial = (to: Server, id: string, identity: Identity) =>
  Station.dial(to, { id, version: "1.6", identity });
const refused = async (to: Server, id: string, identity: Identity): Promise<string> => {
  const dialled = await dial(to, id, identity);
  if (dialled.kind === "out") return dialled.why;
  dialled.station.leave();
  return "let in";
};
const admitted = async (to: Server, id: string, identity: Identity): Promise<Station> => {
  const dialled = await dial(to, id, identity);
  assert(dialled.kind === "in", dialled.kind === "out" ? dialled.why : "");
  return dialled.station;
};
const whats = (about: Partial<{ station: string; site: string }> = {}) =>
  seen(out)
    .filter(({ station }) => about.station === undefined || station === about.station)
    .filter(({ site }) => about.site === undefined || site === about.site)
    .map(({ what }) => what);

/** TLS itself ends: not a byte of HTTP was looked at. */
const inTls = /ended the connection right after TLS|No TLS with|was lost/;

for (const at of ["the CSMS", "the site"] as const) {
  test(`identity at ${at}: wrong, expired, foreign and missing certificates, and ids that are not the certificate's`, {
    timeout: 60_000,
  }, async () => {
    const [to, id, other]: [Server, string, string] =
      at === "the CSMS" ? [csms, "DIRECT-1", "DIRECT-2"] : [lyon, "LYON-1", "LYON-2"];
    const identity = own(id);
    const expired = await stationIssuedAt(out, id, { atMs: Date.now() - 30 * DAY_MS, days: 10 });
    const unknown = at === "the CSMS" ? "404" : "403";
    const table: readonly (readonly [what: string, id: string, shown: Identity, how: RegExp])[] = [
      ["expired", id, expired, inTls],
      ["foreign", id, await foreignStation(out, id, identity.ca), inTls],
      ["missing", id, { ca: identity.ca }, inTls],
      ["another station's", id, own(other), /^403$/],
      ["its own, for another's id", other, identity, /^403$/],
      ["its own, for an id that nobody has", "NOBODY", identity, new RegExp(`^${unknown}$`)],
      [
        "its own, for a station of another place",
        at === "the CSMS" ? "LYON-1" : "PARIS-1",
        identity,
        /^403$/,
      ],
      ["a site's", id, linkIdentity(out, "lyon"), at === "the CSMS" ? /^403$/ : inTls],
    ];
    for (const [what, as, shown, how] of table) {
      assert.match(await refused(to, as, shown), how, `${what}, at ${at}`);
    }
    const station = await admitted(to, id, identity);
    assert.equal((await station.tell(boot("1.6")))["status"], "Accepted");
    station.leave();
    await station.closed;

    const expected =
      at === "the CSMS"
        ? ["gateway.connection-refused", "gateway.station-refused", "gateway.certificate-refused"]
        : ["expired", "unknown-issuer", "missing"].map((reason) => `refused-certificate-${reason}`);
    const others = at === "the CSMS" ? [] : ["refused-wrong-certificate", "refused-unknown-station"];
    for (const what of [...expected, ...others]) {
      await eventually(`'${what}' was observed`, () => whats().includes(what));
    }
  });

  test(`two sockets with one id at ${at}: the same key replaces, another key does not, a newer certificate does for good`, {
    timeout: 60_000,
  }, async () => {
    const [to, id]: [Server, string] = at === "the CSMS" ? [csms, "DIRECT-2"] : [lyon, "LYON-2"];
    const first = await admitted(to, id, own(id));
    const second = await admitted(to, id, own(id));
    assert.equal(await first.closed, POLICY);
    // The end of the old socket must not have taken the new one's seat with it.
    assert.equal((await second.tell(boot("1.6")))["status"], "Accepted");

    const older = await stationIssuedAt(out, id, { atMs: Date.now() - DAY_MS });
    assert.equal(await refused(to, id, older), "403");
    assert.equal((await second.call("Heartbeat", {})).kind, "result", "the newcomer has disturbed it");

    const newer = await stationIssuedAt(out, id, { atMs: Date.now() + 5 * 60_000 });
    const third = await admitted(to, id, newer);
    assert.equal(await second.closed, POLICY);
    assert.equal((await third.tell(boot("1.6")))["status"], "Accepted");
    third.leave();
    await third.closed;
    assert.equal(await refused(to, id, own(id)), "403", "an older certificate, although nobody is there");
  });
}

test("a site's key used as server to another site's station: the station refuses by name", {
  timeout: 60_000,
}, async () => {
  const misled: Server = { name: lyon.name, port: paris.port };
  assert.match(await refused(misled, "LYON-1", own("LYON-1")), /ERR_TLS_CERT_ALTNAME_INVALID/);
  // And so does the station that was not written for this test.
  const stations = join(out, "stations");
  writeFileSync(join(stations, "stations.json"), JSON.stringify([{ id: "LYON-1", version: "1.6" }]));
  const results = join(out, "simulator");
  mkdirSync(results);
  const url = ["--url", `wss://${lyon.name}:${paris.port}/ocpp`, "--connect", `127.0.0.1:${paris.port}`];
  const args = ["--stations", stations, ...url, "--out", results, "--for", "3", "--deadline", "1"];
  const simulator = start("simulator", "apps/simulator/main.ts", args, logOf(out, "simulator"));
  await simulator.exited;
  const truth = readJson(join(results, "summary.json")) as {
    truth: { connections: number; dialFaults: number }[];
  };
  assert.equal(truth.truth[0]?.connections, 0);
  assert(Number(truth.truth[0]?.dialFaults) > 0);
  assert.doesNotMatch(paris.said(), /LYON-1/, "the thief has heard who called");
});

/** The link as a thief would open it, with a site's own key. */
async function thief(path: string, identity: Identity) {
  const url = `wss://${csms.name}:${csms.port}`;
  const connectTo = { host: "127.0.0.1", port: csms.port };
  const dialled = await dialer({ url, connectTo, tls: identity, log: silentLog }).dial(path, [SITE_PROTOCOL]);
  if (!dialled.ok) return { kind: "out", status: dialled.fault.status } as const;
  return { kind: "in", ...spoken(dialled.value) } as const;
}

function spoken(wire: Wire) {
  const heard: JsonObject[] = [];
  const closed = new Promise<void>((resolve) => {
    wire.listen({
      message(text) {
        const message = parseCsmsMessage(text);
        assert(message.ok);
        heard.push(message.value as unknown as JsonObject);
      },
      closed: () => resolve(),
    });
  });
  const say = (message: object) => wire.send(JSON.stringify(message));
  const until = (t: string) => eventually(`'${t}' came`, () => heard.find((message) => message["t"] === t));
  return { heard, say, until, closed };
}

const epoch = hex(systemChance, 12);
/** Of this version's hello nothing is guessed here: the real site says it, and the thief repeats it. */
const hello = (site: string) => ({
  ...{ t: "hello", site, epoch, lastSeq: 0, bundleVersion: 0 },
  ...{ wallMs: Date.now(), clockQuality: "synced", software: "0.1.0" },
});

test("a site's key used for another site's stations: refused, observed, nothing stored", {
  timeout: 60_000,
}, async () => {
  // Its own controller is switched off: a thief has the key now.
  process.kill(paris.program.pid, "SIGTERM");
  await paris.program.exited;
  const key = linkIdentity(out, "paris");
  assert.deepEqual(await thief("/site/lyon", key), { kind: "out", status: 403 });
  assert.deepEqual(await thief("/site/paris", own("LYON-1")), { kind: "out", status: 403 });

  const liar = await thief("/site/paris", key);
  assert(liar.kind === "in");
  liar.say(hello("lyon"));
  assert.equal((await liar.until("refused"))["code"], "wrong-site");
  await liar.closed;

  const before = tables();
  const link = await thief("/site/paris", key);
  assert(link.kind === "in");
  link.say(hello("paris"));
  await link.until("welcome");
  const bundle = (await link.until("bundle"))["bundle"] as { body: string };
  assert.doesNotMatch(bundle.body, /LYON-/, "it is told of others' stations");

  const station = "LYON-1";
  const { payload } = new Session("1.6", "", 0).start();
  const frame = JSON.stringify([2, "stolen-1", "StartTransaction", payload]);
  const head = { station, trace: hex(systemChance, 8), receivedAtMs: Date.now(), clockQuality: "synced" };
  link.say({ t: "presence", station, connected: true, generation: 1, version: "1.6", address: "10.0.0.1" });
  link.say({
    t: "relay",
    relay: 1,
    version: "1.6",
    ...head,
    frame: frame.replace("StartTransaction", "Heartbeat"),
  });
  link.say({ t: "up", station, frame: '[3,"x",{}]' });
  const record = { epoch, seq: 1, kind: "frame", version: "1.6", ...head, frame, transactionId: 4_711 };
  link.say({ t: "record", live: true, record });
  const answer = await link.until("answer");
  assert.match(String(answer["frame"]), /"SecurityError"/);
  link.say({ t: "observed", station, kind: "slander", atMs: Date.now(), detail: "…" });
  await eventually("the slander was stored under the slanderer", () =>
    whats({ site: "paris" }).includes("slander"),
  );

  assert.deepEqual(tables(), before);
  assert.deepEqual(transactionsOf(out, station), []);
  assert.equal(seen(out).find(({ what }) => what === "slander")?.station, null);
  await eventually("the lie was observed", () => whats().includes("gateway.foreign-station"));
  assert.equal(rows(out, "SELECT * FROM outbox WHERE kind = 'security.foreign-station'").length, 1);
  // The honest site never noticed.
  const honest = await admitted(lyon, station, own(station));
  assert.equal((await honest.tell(boot("1.6")))["status"], "Accepted");
});

/** Everything that a message of LYON-1 could have changed. */
const tables = () => ({
  transactions: rows(out, "SELECT * FROM transactions"),
  events: rows(out, "SELECT * FROM transaction_events"),
  samples: rows(out, "SELECT * FROM meter_samples"),
  connectors: rows(out, "SELECT * FROM connectors"),
  station: rows(out, "SELECT connected, generation, ocpp_version FROM stations WHERE id = 'LYON-1'"),
});
