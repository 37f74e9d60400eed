/**
 * A disk that is full, a real one: nothing that was acknowledged is lost, everything else is refused in a way that makes
 * stations say it again, and service resumes by itself when space returns. The processes never die of it.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { before, test } from "node:test";
import { ocppVersions } from "@wattward/ocpp";
import { stop } from "../../demo/programs.ts";
import { available, boot, type Message, Session } from "./rig/charging.ts";
import {
  csmsOn,
  enrolCard,
  enrolSite,
  enrolStations,
  linked,
  localControllerPid,
  type Server,
  siteOn,
  stationIdentity,
} from "./rig/operator.ts";
import { SmallDisk, smallDiskMissing } from "./rig/small-disk.ts";
import { type Answer, Station } from "./rig/station.ts";
import { rows, transactionsOf } from "./rig/stored.ts";
import { alive, eventually, SOON_MS, workplace } from "./rig/workplace.ts";

const out = workplace("disk-full");
const skip = smallDiskMissing();
const versions = ocppVersions;
/** Room for the database's log to grow, and no more. */
const DISK_MB = 32;
/** Of some 300 bytes each. */
const FILLERS_MAX = 50;
/** A station that is not answered waits longer; a test need not. */
const PATIENCE_MS = 3_000;

before(
  async () => {
    const csms = await csmsOn(out);
    const numbered = (prefix: string) => versions.map((version) => `${prefix}-${version}`);
    await enrolStations(out, numbered("DIRECT"));
    for (const site of ["lyon", "paris"]) await enrolStations(out, numbered(site), site);
    await enrolCard(out);
    for (const site of ["lyon", "paris"]) await enrolSite(out, site);
    await stop(csms.program, SOON_MS);
  },
  { timeout: 120_000 },
);

type Charging = { station: Station; readonly session: Session; given: number | undefined };

/** Stations of each version, in the middle of a session. */
const charging = (to: Server, prefix: string): Promise<Charging[]> =>
  Promise.all(
    versions.map(async (version) => {
      const id = `${prefix}-${version}`;
      const station = await Station.connect(to, { id, version, identity: stationIdentity(out, id) });
      await station.tell(boot(version));
      const session = new Session(version, `${id}-first`, 1_000);
      const started = await station.tell(session.start());
      const given = started["transactionId"] as number | undefined;
      await station.tell(session.sample(given));
      return { station, session, given };
    }),
  );

/** Comes again as a station does, until it is let in; then says it again. */
async function insistAt(to: Server, of: Charging, message: Message): Promise<Answer> {
  const { id, version } = of.station;
  await of.station.closed;
  for (const endMs = performance.now() + SOON_MS; ; ) {
    const dialled = await Station.dial(to, { id, version, identity: stationIdentity(out, id) });
    if (dialled.kind === "in") {
      of.station = dialled.station;
      return insist(of.station, message);
    }
    assert(performance.now() < endMs, dialled.why);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** Says it again, as a station does, until it is answered. */
async function insist(station: Station, { action, payload }: Message): Promise<Answer> {
  for (const endMs = performance.now() + SOON_MS; ; ) {
    const answer = await station.call(action, payload, { limitMs: PATIENCE_MS });
    if (answer.kind === "result" || performance.now() > endMs) return answer;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

test("disk full at the CSMS: refused until there is room, then stored once; nothing acknowledged is lost", {
  skip,
  timeout: 120_000,
}, async () => {
  const disk = await SmallDisk.at(join(out, "csms"), DISK_MB);
  const csms = await csmsOn(disk.seen(out), { under: disk.under });
  const readiness = async () => (await fetch(`http://localhost:${csms.httpPort}/readyz`)).status;
  const stations = await charging(csms, "DIRECT");
  const site = await siteOn(out, "paris", { csmsPort: csms.port });
  await linked(site, versions.length);
  const behind = await charging(site, "paris");
  assert.equal(await readiness(), 200);

  disk.fill();
  const refused: { of: Charging; messages: Message[] }[] = [];
  for (const of of stations) {
    const messages = [of.session.sample(of.given), of.session.stop(of.given)];
    const [{ action, payload }] = messages as [Message];
    const answer = await of.station.call(action, payload, { limitMs: PATIENCE_MS });
    assert.equal(answer.kind, "none", `${action} was answered on a full disk`);
    assert.equal(await of.station.closed, 1013);
    refused.push({ of, messages });
  }
  assert.equal(await readiness(), 503, "it says that it is ready");
  // A site has a disk of its own.
  for (const { station, session, given } of behind) {
    for (const message of [session.sample(given), session.stop(given)]) {
      assert.equal(
        (await station.call(message.action, message.payload)).kind,
        "result",
        "a full CSMS stops its sites",
      );
    }
  }

  disk.clear();
  for (const { of, messages } of refused) {
    const [sample, stopped] = messages as [Message, Message];
    assert.equal((await insistAt(csms, of, sample)).kind, "result");
    assert.equal((await insist(of.station, stopped)).kind, "result");
  }
  assert.equal(await readiness(), 200);
  assert(alive(csms.program.pid));
  for (const { station } of [...stations, ...behind]) station.leave();
  const sql = `SELECT station_id, state, energy_wh, (SELECT count(*) FROM transaction_events e
      WHERE e.transaction_id = t.id) AS events FROM transactions t ORDER BY station_id`;
  const stored = () => disk.rows(join(out, "csms", "wattward.db"), sql);
  const expected = [...stations, ...behind].map(({ station, session }) => ({
    ...{ station_id: station.id, state: "ended", energy_wh: session.energyWh, events: 4 },
  }));
  await eventually("the site had caught up", () => stored().every(({ state }) => state === "ended"));
  assert.deepEqual(stored(), expected);
  await stop(site.program, SOON_MS);
  await stop(csms.program, SOON_MS);
});

test("disk full at the site: starts and ends wait for room, samples are counted as given up, and all of it resumes", {
  skip,
  timeout: 120_000,
}, async () => {
  const csms = await csmsOn(out);
  const disk = await SmallDisk.at(join(out, "lyon", "site"), DISK_MB);
  const site = await siteOn(disk.seen(out), "lyon", { csmsPort: csms.port, under: disk.under });
  await linked(site, versions.length);
  const { localControllerPid: pid } = site;
  const stations = await charging(site, "lyon");

  disk.fill();
  // What is left of the block that the journal has begun holds a few small records still.
  const filler = available("1.6");
  const full = () => site.said().includes('"journal-disk-full"');
  for (let i = 0; i < FILLERS_MAX && !full(); i++) await stations[0]!.station.tell(filler);
  assert(full());
  const givenUp = stations.map((_, i) => (i === 0 ? 1 : 0));
  const ends: Message[] = [];
  for (const [i, { station, session, given }] of stations.entries()) {
    const sample = session.sample(given);
    givenUp[i]!++;
    assert.equal(
      (await station.call(sample.action, sample.payload)).kind,
      "result",
      "a sample blocks its station",
    );
    const end = session.stop(given);
    const answer = await station.call(end.action, end.payload, { limitMs: PATIENCE_MS });
    assert.equal(answer.kind, "none", "the end of a transaction was acknowledged on a full disk");
    ends.push(end);
  }

  disk.clear();
  for (const [i, { station }] of stations.entries()) {
    assert.equal((await insist(station, ends[i]!)).kind, "result");
  }
  // A start that was never made durable took no id with it.
  for (const { station } of stations) {
    const next = new Session(station.version, `${station.id}-next`, 5_000);
    const started = await station.tell(next.start());
    await station.tell(next.stop(started["transactionId"] as number | undefined));
  }
  for (const [i, { station, session }] of stations.entries()) {
    const [first, next, ...more] = await eventually("both sessions were stored", () => {
      const found = transactionsOf(out, station.id);
      return found.length >= 2 && found.every(({ state }) => state === "ended") && found;
    });
    // The sample that was given up is not among them; the start, the sample before it and the end are.
    assert.deepEqual([first?.energyWh, first?.events], [session.energyWh, 3]);
    assert.deepEqual([next?.energyWh, next?.events, more.length], [100, 2, 0]);
    await eventually("what was given up is counted", () => {
      const sql = "SELECT data FROM outbox WHERE kind = 'journal.gap' AND station_id = ?";
      const counts = rows(out, sql, station.id).map(
        ({ data }) => (JSON.parse(String(data)) as { count: number }).count,
      );
      return counts.reduce((sum, count) => sum + count, 0) === givenUp[i];
    });
    station.leave();
  }
  assert.equal(localControllerPid(site), pid, "the local controller died of it");
  await stop(site.program, SOON_MS);
});
