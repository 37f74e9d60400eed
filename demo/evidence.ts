/**
 * Reads what a run left behind: the frames that stations sent and the answers they got, the CSMS's database, the site's
 * journal. Reading only: a running system is not disturbed.
 *
 *     DIR/sent.jsonl       {"line","atMs","station","version","frame",…} a line, written before the frame was sent
 *     DIR/received.jsonl   {"line","atMs","station","frame"} a line
 *     DIR/csms/wattward.db, or DIR/csms/database with the URL of a PostgreSQL server, or DIR/csms/stored.json with what it held
 *     DIR/site/journal/
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { folderDisk } from "@wattward/kernel/node";
import { type JournalContent, readJournal } from "@wattward/site/journal";
import { Client } from "pg";
import type { ModeAt } from "./limits.ts";
import type { Span } from "./limits-trace.ts";
import { traceEntries } from "./trace.ts";

export type SentCall = {
  station: string;
  id: string;
  action: string;
  atMs: number;
  /** SHA-256 of the payload's JSON text, hex: what makes two sendings the same message. */
  digest: string;
  start?: { meterStartWh: number };
  end?: { meterStopWh: number };
  /** Of a StatusNotification, or 2.1's event in its place: which connector, and what it is. */
  state?: { of: string; is: string };
  /** A meter value outside any transaction, which no station sends again. */
  loose?: true;
};
export type StoredTransaction = { id: string; station: string; state: string; energyWh: number | null };

export type Evidence = {
  sent: SentCall[];
  /** "station messageId" of every call that got a CALLRESULT. */
  answered: Set<string>;
  /** "station digest" → ids of the transactions under which that content is stored, one for each row. */
  events: Map<string, string[]>;
  /** "station messageId" of everything that left an observation. */
  causes: Set<string>;
  transactions: StoredTransaction[];
  /** "station digest" of records that the site holds and the CSMS has not acknowledged. */
  pending: Set<string>;
  answeredLocally: number;
  replayed: number;
  /** What the site told of the mode that its energy is managed in, in order. */
  modes?: ModeAt[];
  /** Of what the site observed, as the CSMS was told. */
  kinds?: ReadonlySet<string>;
  /** What the stations' own traces are, and what is wrong with them. */
  traces?: Traces;
};

export type Traces = {
  readonly findings: readonly string[];
  /** How many frames were written down. */
  readonly sent: number;
  readonly received: number;
  /** From the first frame that was sent to the last one. */
  readonly spoke: Span | undefined;
};

export class EvidenceError extends Error {
  override readonly name = "EvidenceError";
}

export const digestOf = (payload: unknown): string =>
  createHash("sha256").update(JSON.stringify(payload)).digest("hex");

type Frame = {
  readonly station: string;
  readonly atMs: number;
  readonly frame: string;
  /** File and line. */
  readonly where: string;
};

/** The frames of a trace, in order. What is none, or cannot be read, is a finding. */
async function readFrames(path: string, findings: string[]): Promise<Frame[]> {
  const frames: Frame[] = [];
  for await (const { fields, where } of traceEntries(path, findings)) {
    const { atMs, frame, station } = fields;
    if (typeof atMs === "number" && typeof station === "string" && isFrame(frame))
      frames.push({ atMs, station, frame, where });
    else findings.push(`trace: ${where}: no frame of a station`);
  }
  return frames;
}

function isFrame(text: unknown): text is string {
  try {
    return typeof text === "string" && Array.isArray(JSON.parse(text));
  } catch {
    return false;
  }
}

/** The CALL in one line of `sent.jsonl`; undefined for an answer. */
export function sentCallOf(line: { station: string; atMs: number; frame: string }): SentCall | undefined {
  const frame = JSON.parse(line.frame) as [number, string, string, Record<string, unknown>];
  if (frame[0] !== 2) return undefined;
  const [, id, action, payload] = frame;
  const { station, atMs } = line;
  return { station, id, action, atMs, digest: digestOf(payload), ...factsIn(action, payload) };
}

/** Whether a message begins or ends a transaction, and the energy register it says, in Wh; what state it tells. */
function factsIn(
  action: string,
  payload: Record<string, unknown>,
): Pick<SentCall, "start" | "end" | "state" | "loose"> {
  if (action === "StatusNotification") {
    const { connectorId, evseId = "", status, connectorStatus, errorCode = "" } = payload;
    return { state: { of: `${evseId}/${connectorId}`, is: `${status ?? connectorStatus} ${errorCode}` } };
  }
  if (action === "NotifyEvent") return connectorStateIn(payload);
  if (action === "MeterValues") return Number(payload["transactionId"] ?? 0) > 0 ? {} : { loose: true };
  if (action === "StartTransaction") return { start: { meterStartWh: Number(payload["meterStart"]) } };
  if (action === "StopTransaction") return { end: { meterStopWh: Number(payload["meterStop"]) } };
  if (action !== "TransactionEvent") return {};
  const registerWh = registerOf(payload["meterValue"]);
  if (registerWh === undefined) return {};
  if (payload["eventType"] === "Started") return { start: { meterStartWh: registerWh } };
  if (payload["eventType"] === "Ended") return { end: { meterStopWh: registerWh } };
  return {};
}

/** 2.1 tells a connector's state as an event of the device model (G01). */
function connectorStateIn(payload: Record<string, unknown>): Pick<SentCall, "state"> {
  type Event = {
    actualValue: string;
    component: { name: string; evse?: { id: number; connectorId?: number } };
    variable: { name: string };
  };
  const [event, ...others] = payload["eventData"] as Event[];
  if (event === undefined || others.length > 0) return {};
  const { component, variable, actualValue } = event;
  if (component.name !== "Connector" || variable.name !== "AvailabilityState") return {};
  return { state: { of: `${component.evse?.id}/${component.evse?.connectorId}`, is: `${actualValue} ` } };
}

type Sampled = {
  value: number;
  measurand?: string;
  phase?: string;
  unitOfMeasure?: { unit?: string; multiplier?: number };
};

/** The last Energy.Active.Import.Register (the default measurand, OCPP 2.0.1 SampledValueType) without a phase, in Wh. */
function registerOf(meterValue: unknown): number | undefined {
  const samples = ((meterValue ?? []) as { sampledValue: Sampled[] }[]).flatMap((m) => m.sampledValue);
  const sample = samples.findLast(
    (s) =>
      (s.measurand ?? "Energy.Active.Import.Register") === "Energy.Active.Import.Register" &&
      s.phase === undefined,
  );
  if (sample === undefined) return undefined;
  const { unit = "Wh", multiplier = 0 } = sample.unitOfMeasure ?? {};
  return Math.round(sample.value * 10 ** multiplier * (unit === "kWh" ? 1000 : 1));
}

/** The CALLs among them. One that is no message of OCPP at all is a finding: no station sends such. */
const callsIn = (sent: readonly Frame[], findings: string[]): SentCall[] =>
  sent.flatMap((frame) => {
    try {
      return sentCallOf(frame) ?? [];
    } catch {
      findings.push(`trace: ${frame.where}: no message of OCPP`);
      return [];
    }
  });

/** "station messageId" of each CALLRESULT. */
const answeredIn = (received: readonly Frame[]): Set<string> =>
  new Set(
    received.flatMap(({ frame, station }) => {
      const [type, id] = JSON.parse(frame) as [number, string];
      return type === 3 ? [`${station} ${id}`] : [];
    }),
  );

type Stored = Pick<Evidence, "events" | "causes" | "transactions" | "replayed"> & {
  modes: ModeAt[];
  kinds: ReadonlySet<string>;
  acked: Map<string, number>;
};

/** The same on both engines. */
const questions = {
  events: "SELECT station_id, digest, transaction_id FROM transaction_events",
  causes: "SELECT DISTINCT station_id, cause FROM outbox WHERE cause IS NOT NULL AND station_id IS NOT NULL",
  transactions: "SELECT id, station_id, state, energy_wh FROM transactions",
  replayed: "SELECT count(*) AS n FROM transaction_events WHERE path = 'replayed'",
  acked: "SELECT epoch, acked_seq FROM site_journals",
  observed: "SELECT data FROM outbox WHERE kind IN ('observed', 'site.guard')",
  modes: "SELECT at_ms, data FROM outbox WHERE kind = 'site.mode' ORDER BY at_ms, seq",
} as const;
type Answers = Readonly<Record<keyof typeof questions, Record<string, string | number | null>[]>>;
const names = Object.keys(questions) as (keyof typeof questions)[];

/** What the CSMS holds. Waits for nothing: WAL lets a reader in beside a running writer. */
export function readDatabase(path: string): Stored {
  if (!existsSync(path))
    throw new EvidenceError(`${path} is not there: is this the folder that a demo wrote (--out DIR)?`);
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    const answers = names.map((name) => [name, database.prepare(questions[name]).all()]);
    return storedFrom(Object.fromEntries(answers) as Answers);
  } finally {
    database.close();
  }
}

/** What a PostgreSQL server holds; the password, if it wants one, in PGPASSWORD. */
async function askServer(url: string): Promise<Answers> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    const answers: [string, unknown][] = [];
    for (const name of names) answers.push([name, (await client.query(questions[name])).rows]);
    return Object.fromEntries(answers) as Answers;
  } finally {
    await client.end();
  }
}

const urlIn = async (folder: string) => (await readFile(join(folder, "database"), "utf8")).trim();

/** What the server of a CSMS's folder held, written into that folder: for a server that ends with the run. */
export async function keepStored(folder: string): Promise<void> {
  await writeFile(join(folder, KEPT), JSON.stringify(await askServer(await urlIn(folder))), { mode: 0o600 });
}
const KEPT = "stored.json";

/** The database of a CSMS's folder: a file in it, the server that its file `database` names, or what that server held. */
async function readStored(folder: string): Promise<Stored> {
  const kept = join(folder, KEPT);
  if (existsSync(kept)) return storedFrom(JSON.parse(await readFile(kept, "utf8")) as Answers);
  if (!existsSync(join(folder, "database"))) return readDatabase(join(folder, "wattward.db"));
  return storedFrom(await askServer(await urlIn(folder)));
}

/** The node that has that site's link, as the server of a CSMS's folder knows it. */
export async function holderOf(folder: string, site: string): Promise<string | undefined> {
  const client = new Client({ connectionString: await urlIn(folder) });
  await client.connect();
  try {
    const { rows } = await client.query("SELECT node FROM sites WHERE id = $1", [site]);
    return rows[0]?.node ?? undefined;
  } finally {
    await client.end();
  }
}

function storedFrom({
  events: told,
  causes,
  transactions,
  replayed,
  acked,
  modes,
  observed,
}: Answers): Stored {
  const events = new Map<string, string[]>();
  for (const row of told) {
    const content = `${row["station_id"]} ${row["digest"]}`;
    events.set(content, [...(events.get(content) ?? []), String(row["transaction_id"])]);
  }
  return {
    events,
    causes: new Set(causes.map((row) => `${row["station_id"]} ${row["cause"]}`)),
    transactions: transactions.map((row) => ({
      id: String(row["id"]),
      station: String(row["station_id"]),
      state: String(row["state"]),
      energyWh: row["energy_wh"] === null ? null : Number(row["energy_wh"]),
    })),
    replayed: Number(replayed[0]?.["n"] ?? 0),
    kinds: new Set(observed.map((row) => String(wordIn("what", row["data"])))),
    modes: modes.map((row) => ({ atMs: Number(row["at_ms"]), mode: String(wordIn("mode", row["data"])) })),
    acked: new Map(acked.map((row) => [String(row["epoch"]), Number(row["acked_seq"])])),
  };
}

const wordIn = (name: string, data: unknown): unknown =>
  (JSON.parse(String(data)) as Record<string, unknown>)[name];

/** Everything a run left in `folder`; see the head of this file for the layout. */
export async function readEvidence(folder: string): Promise<Evidence> {
  const sentPath = join(folder, "sent.jsonl");
  if (!existsSync(sentPath))
    throw new EvidenceError(`${sentPath} is not there: is ${folder} what a demo wrote (--out DIR)?`);
  const findings: string[] = [];
  const sent = await readFrames(sentPath, findings);
  const received = await readFrames(join(folder, "received.jsonl"), findings);
  const [first, last] = [sent[0], sent.at(-1)];
  const spoke = first && last && { fromMs: first.atMs, toMs: last.atMs };
  const journal = await readJournal(folderDisk(join(folder, "site")));
  // Read last, so that what was acknowledged meanwhile is seen here.
  const { acked, ...stored } = await readStored(join(folder, "csms"));
  return {
    sent: callsIn(sent, findings),
    answered: answeredIn(received),
    ...stored,
    ...heldBySite(journal, acked),
    traces: { findings, sent: sent.length, received: received.length, spoke },
  };
}

/** What only the site has so far, and how often it answered a station by itself. */
function heldBySite(
  journal: JournalContent | undefined,
  acked: Map<string, number>,
): Pick<Evidence, "pending" | "answeredLocally"> {
  const pending = new Set<string>();
  let answeredLocally = 0;
  const ackedSeq = acked.get(journal?.epoch ?? "") ?? 0;
  for (const record of journal?.records ?? []) {
    if (record.kind === "answer" || (record.kind === "frame" && record.localAnswer !== undefined))
      answeredLocally++;
    if (record.kind !== "frame" || record.seq <= ackedSeq) continue;
    pending.add(`${record.station} ${digestOf((JSON.parse(record.frame) as unknown[])[3])}`);
  }
  return { pending, answeredLocally };
}
