/**
 * No answer before its fdatasync: the system calls of the real CSMS and the real site, judged. And the counter-proof: with
 * the sync taken away, which nothing else would notice until a power cut, the same judge convicts both.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { ocppVersions } from "@wattward/ocpp";
import { logOf } from "../../demo/plant.ts";
import { type Program, stop } from "../../demo/programs.ts";
import { boot, type Message, Session } from "./rig/charging.ts";
import {
  csmsOn,
  enrolCard,
  enrolSite,
  enrolStations,
  linked,
  type Server,
  siteOn,
  stationIdentity,
} from "./rig/operator.ts";
import { Station } from "./rig/station.ts";
import {
  type Judgement,
  judge,
  readTrace,
  type SystemCall,
  traced,
  tracerMissing,
  type Watch,
} from "./rig/system-calls.ts";
import { eventually, SOON_MS, workplace } from "./rig/workplace.ts";

const out = workplace("durability");
const skip = tracerMissing();
const unsafe = { env: { WATTWARD_UNSAFE_SYNCHRONOUS: "off" } };
const versions = ocppVersions;
const SAMPLES = 8;
const EDGE_MS = 20;
/** A start, the samples and the end, in each version. */
const MESSAGES = versions.length * (SAMPLES + 2);

before(
  async () => {
    const csms = await csmsOn(out);
    await enrolStations(
      out,
      versions.map((version) => `DIRECT-${version}`),
    );
    await enrolStations(
      out,
      versions.map((version) => `SITE-${version}`),
      "lyon",
    );
    await enrolCard(out);
    await enrolSite(out, "lyon");
    await stop(csms.program, SOON_MS);
  },
  { timeout: 120_000 },
);

type Window = { fromMs: number; toMs: number };
let sessions = 0;

/** Stations of each version charge, one message at a time; says when the messages that count were sent. */
async function charge(to: Server, prefix: string): Promise<Window[]> {
  const windows: Window[] = [];
  for (const version of versions) {
    const id = `${prefix}-${version}`;
    const station = await Station.connect(to, { id, version, identity: stationIdentity(out, id) });
    const tell = (message: Message) => station.tell(message);
    await tell(boot(version));
    // Nothing is said at the window's edge: two programs read the clock a little apart.
    await wait(EDGE_MS);
    const fromMs = Date.now() - EDGE_MS / 2;
    const session = new Session(version, `${id}-${++sessions}`, sessions * 10_000);
    const given = (await tell(session.start()))["transactionId"] as number | undefined;
    for (let i = 0; i < SAMPLES; i++) await tell(session.sample(given));
    await tell(session.stop(given));
    windows.push({ fromMs, toMs: Date.now() + EDGE_MS / 2 });
    await wait(EDGE_MS);
    station.leave();
    await station.closed;
  }
  return windows;
}

/** Ends the traced program, so that its trace is whole, and reads it. */
async function callsOf(program: Program, trace: string): Promise<SystemCall[]> {
  await stop(program, SOON_MS);
  const text = await eventually("the tracer wrote its last line", () => {
    const written = readFileSync(trace, "utf8");
    return new RegExp(`^${program.pid} +\\S+ \\+\\+\\+ `, "m").test(written) && written;
  });
  return readTrace(text);
}

/** What was answered within all of these windows, and what too early. */
function judgedIn(calls: SystemCall[], windows: Window[], watch: Pick<Watch, "port" | "journal">): Judgement {
  const judged = windows.map((window) => judge(calls, { ...watch, ...window }));
  const answered = judged.reduce((sum, each) => sum + each.answered, 0);
  return { answered, violations: judged.flatMap(({ violations }) => violations) };
}

async function csmsJudged(name: string, how: object): Promise<Judgement> {
  const trace = join(out, `${name}.trace`);
  const csms = await csmsOn(out, { under: traced(trace), ...how });
  const windows = await charge(csms, "DIRECT");
  const watch = { port: csms.port, journal: /\/wattward\.db-wal$/ };
  return judgedIn(await callsOf(csms.program, trace), windows, watch);
}

/** With the link up, then alone because the CSMS is stopped. */
async function siteJudged(name: string, how: object): Promise<{ linked: Judgement; alone: Judgement }> {
  const trace = join(out, `${name}.trace`);
  const csms = await csmsOn(out);
  const site = await siteOn(out, "lyon", { csmsPort: csms.port, under: traced(trace), ...how });
  await linked(site, versions.length);
  const together = await charge(site, "SITE");
  await stop(csms.program, SOON_MS);
  await eventually("the site noticed", () => site.said().includes('"link-down"'));
  const apart = await charge(site, "SITE");
  const calls = await callsOf(site.program, trace);
  const watch = { port: site.port, journal: /\/journal\/[^/]+\.wwj$/ };
  return { linked: judgedIn(calls, together, watch), alone: judgedIn(calls, apart, watch) };
}

test("no answer before its fdatasync: the CSMS, to direct stations of each version", {
  skip,
  timeout: 120_000,
}, async () => {
  assert.deepEqual(await csmsJudged("csms", {}), { answered: MESSAGES, violations: [] });
});

test("no answer before its fdatasync: the site, with its link and alone", {
  skip,
  timeout: 120_000,
}, async () => {
  const kept = { answered: MESSAGES, violations: [] };
  assert.deepEqual(await siteJudged("site", {}), { linked: kept, alone: kept });
});

test("no answer before its fdatasync: with synchronous OFF both are convicted, and say so themselves", {
  skip,
  timeout: 120_000,
}, async () => {
  const csms = await csmsJudged("csms-unsafe", unsafe);
  assert.deepEqual([csms.answered, csms.violations.length], [MESSAGES, MESSAGES]);
  const site = await siteJudged("site-unsafe", unsafe);
  for (const judged of [site.linked, site.alone]) {
    assert.deepEqual([judged.answered, judged.violations.length], [MESSAGES, MESSAGES]);
  }
  for (const log of [logOf(out, "csms"), logOf(join(out, "lyon"), "site")]) {
    assert.match(readFileSync(log, "utf8"), /"synchronous-off".*NOT durable/);
  }
});
