/**
 * The link between site and CSMS fails in the ways that lose or double things elsewhere: between a commit and its
 * answer; without a FIN; and before the site has ever been told what time it is.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { folderDisk } from "@wattward/kernel/node";
import { type OcppVersion, ocppVersions } from "@wattward/ocpp";
import { readJournal } from "@wattward/site/journal";
import { LINK_SILENCE_MS_MAX } from "@wattward/sitelink";
import { ANSWER_MS_MAX } from "../../apps/site/calls/call-desk.ts";
import { logOf } from "../../demo/plant.ts";
import { start, stop } from "../../demo/programs.ts";
import { stationIssuedAt } from "./rig/certificates.ts";
import { boot, Session } from "./rig/charging.ts";
import {
  type Csms,
  csmsOn,
  enrolCard,
  enrolSite,
  enrolStations,
  linked,
  type Site,
  siteOn,
  stationIdentity,
} from "./rig/operator.ts";
import { Relay } from "./rig/relay.ts";
import { Station } from "./rig/station.ts";
import { rows, transactionsOf } from "./rig/stored.ts";
import { eventually, SOON_MS, tailOf, workplace } from "./rig/workplace.ts";

const out = workplace("uplink");
const versions = ocppVersions;
const idOf = (version: OcppVersion) => `CP-${version}`;
let csms: Csms;

before(
  async () => {
    csms = await csmsOn(out);
    await enrolStations(out, versions.map(idOf), "lyon");
    await enrolCard(out);
    await enrolSite(out, "lyon");
  },
  { timeout: 120_000 },
);

const connected = (site: Site) =>
  Promise.all(
    versions.map(async (version) => {
      const id = idOf(version);
      const station = await Station.connect(site, { id, version, identity: stationIdentity(out, id) });
      await station.tell(boot(version));
      return station;
    }),
  );

/** The one transaction that a station's session became, once it has ended there. */
const storedOnce = (station: string, wireId: string) =>
  eventually(`the session ${wireId} of ${station} was stored`, () => {
    const found = transactionsOf(out, station).filter((each) => each.wireId === wireId);
    assert(found.length <= 1, `${wireId} is stored ${found.length} times`);
    return found[0]?.state === "ended" && found[0];
  });

const wireIdOf = (answer: Readonly<Record<string, unknown>>, reference: string) =>
  String(answer["transactionId"] ?? reference);
const numberOf = (answer: Readonly<Record<string, unknown>>) => answer["transactionId"] as number | undefined;

test("the CSMS that committed while the link died before its answer arrived: the site answers the same, and it is stored once", {
  timeout: 120_000,
}, async () => {
  const relay = await Relay.to(csms.port);
  const site = await siteOn(out, "lyon", { csmsPort: relay.port });
  await linked(site, versions.length);
  const sessions = await Promise.all(
    (await connected(site)).map(async (station) => {
      const reference = `${station.id}-committed`;
      return { station, reference, session: new Session(station.version, reference, 1_000) };
    }),
  );

  relay.hold("down");
  let answered = 0;
  const answers = sessions.map(({ station, session }) =>
    station.tell(session.start()).finally(() => answered++),
  );
  const committed = await eventually("both starts were committed", () => {
    const found = sessions.map(({ station }) => transactionsOf(out, station.id)[0]);
    return found.every((each) => each !== undefined) && found;
  });
  assert.equal(answered, 0, "an answer came through a link that carries none");
  relay.hold("up", "down");
  const started = await Promise.all(answers);
  for (const [i, { reference }] of sessions.entries()) {
    assert.equal(wireIdOf(started[i]!, reference), committed[i]?.wireId);
  }
  // They go on without the CSMS.
  for (const [i, { station, session }] of sessions.entries()) {
    await station.tell(session.sample(numberOf(started[i]!)));
    await station.tell(session.stop(numberOf(started[i]!)));
  }

  relay.release();
  for (const [i, { station, reference, session }] of sessions.entries()) {
    const stored = await storedOnce(station.id, wireIdOf(started[i]!, reference));
    assert.equal(stored.energyWh, session.energyWh);
    assert.equal(stored.events, 3);
    assert.equal(transactionsOf(out, station.id).length, 1);
    await eventually("the CSMS learned that the site had answered", () => {
      const sql = "SELECT answered_locally AS n FROM transaction_events WHERE station_id = ?";
      return rows(out, sql, station.id).every(({ n }) => n === 1);
    });
    station.leave();
  }
  await stop(site.program, SOON_MS);
});

test("a cut without FIN is noticed by both ends, and stations are answered by the site, within the limits of the beat", {
  timeout: 120_000,
}, async () => {
  const log = logOf(out, "uplink");
  const said = tailOf(log);
  const uplink = start("uplink", "demo/uplink.ts", [String(csms.port)], log);
  const uplinkPort = await eventually("the uplink listened", () => Number(said().trim()) || undefined);
  const site = await siteOn(out, "lyon", { csmsPort: uplinkPort });
  await linked(site, versions.length);
  const [station] = await connected(site);
  const session = new Session("1.6", "", 5_000);
  assert(station);

  process.kill(uplink.pid, "SIGSTOP");
  const cutMs = performance.now();
  const started = await station.tell(session.start());
  const answeredMs = performance.now() - cutMs;
  // Later than the answer's own limit would say nothing of the beat.
  assert(
    answeredMs < ANSWER_MS_MAX,
    `${Math.round(answeredMs)} ms; silence is noticed after ${LINK_SILENCE_MS_MAX}`,
  );
  assert.match(site.said(), /"link-down".*the CSMS is silent/);
  const connectedNow = () => rows(out, "SELECT connected AS n FROM sites WHERE id = 'lyon'")[0]?.["n"];
  await eventually("the CSMS noticed too", () => connectedNow() === 0);

  const againMs = performance.now();
  await station.tell(session.stop(numberOf(started)));
  assert(performance.now() - againMs < LINK_SILENCE_MS_MAX, "known to be cut, and waited for all the same");
  process.kill(uplink.pid, "SIGCONT");
  const stored = await storedOnce(station.id, wireIdOf(started, ""));
  assert.deepEqual([stored.energyWh, stored.events], [session.energyWh, 2]);
  await eventually("the link was up again", () => connectedNow() === 1);
  await stop(site.program, SOON_MS);
  await stop(uplink, SOON_MS);
});

test("a site that boots in 1970 without uplink charges, by certificates that are not valid yet; the CSMS's clock ends that", {
  timeout: 120_000,
}, async () => {
  const first = await siteOn(out, "lyon", { csmsPort: csms.port });
  await linked(first, versions.length);
  await stop(first.program, SOON_MS);
  const { port } = csms;
  await stop(csms.program, SOON_MS);
  // What it knew of the time is lost too: nothing holds its clock above 1970.
  await folderDisk(join(out, "lyon", "site")).remove("state/clock.json");

  const year1970 = pathToFileURL(join(import.meta.dirname, "rig", "year-1970.ts")).href;
  const env = { NODE_OPTIONS: `--import=${year1970}` };
  const site = await siteOn(out, "lyon", { csmsPort: port, port: first.port, env });
  const notYet = await stationIssuedAt(out, idOf("1.6"), { atMs: Date.now() + 400 * 86_400_000 });
  const identities = {
    "1.6": notYet,
    "2.0.1": stationIdentity(out, idOf("2.0.1")),
    "2.1": stationIdentity(out, idOf("2.1")),
  };
  const charged = await Promise.all(
    versions.map(async (version) => {
      const id = idOf(version);
      const station = await Station.connect(site, { id, version, identity: identities[version] });
      const booted = await station.tell(boot(version));
      const told = Date.parse(String(booted["currentTime"]));
      assert(told < Date.UTC(1971, 0, 1), "the site knows better than its machine, and should not");
      // A station takes the time from the boot's answer.
      const session = new Session(version, `${id}-1970`, 9_000, () => told + 1_000);
      const started = await station.tell(session.start());
      await station.tell(session.sample(numberOf(started)));
      await station.tell(session.stop(numberOf(started)));
      station.leave();
      return { id, wireId: wireIdOf(started, `${id}-1970`), energyWh: session.energyWh };
    }),
  );
  const journal = await readJournal(folderDisk(join(out, "lyon", "site")));
  const kept = journal?.records.filter(({ clockQuality }) => clockQuality === "unknown") ?? [];
  assert(
    kept.length >= charged.length * 3 &&
      kept.every(({ receivedAtMs }) => receivedAtMs < Date.UTC(1971, 0, 1)),
  );

  csms = await csmsOn(out, { port });
  for (const { id, wireId, energyWh } of charged) {
    assert.equal((await storedOnce(id, wireId)).energyWh, energyWh);
    const [dated] = rows(out, "SELECT started_at_ms AS n FROM transactions WHERE wire_id = ?", wireId);
    assert(Number(dated?.["n"]) > Date.UTC(2010, 0, 1), "billed in 1970");
  }
  const late = await Station.dial(site, { id: idOf("1.6"), version: "1.6", identity: notYet });
  assert.equal(late.kind, "out", "the site knows the time, and lets a certificate in that is not valid yet");
  await stop(site.program, SOON_MS);
});
