/**
 * Reports in parts (2.0.1 B07, B08; 2.1 the same): which request they answer, which parts have come, whether all have.
 *
 *     asked ──▶ open ── each part, in any order, once or often ──▶ complete     refused by the station: refused
 *
 * Complete means: a part said that no more come, and every number from 0 to its own has come. Nothing less is taken for
 * the whole; a full inventory that is complete replaces what the model knew before (B07.FR.08, FullInventory).
 */
import type { Row, Schema } from "../store/schema.ts";
import { each, statement } from "../store/statement.ts";
import type { Tx } from "../store/writer.ts";
import { arrived } from "../transactions/sequence.ts";
import { forgetVanished, storeVariables, type Variable } from "./variables.ts";

/** Reports of one station that are remembered: older ones are forgotten, complete or not. */
export const REPORTS_MAX = 32;
/** Parts of one report; B07 gives no limit, VARIABLES_MAX in parts of one variable needs no more. */
const PARTS_MAX = 10_000;

export type ReportKind =
  | "FullInventory"
  | "ConfigurationInventory"
  | "SummaryInventory"
  | "GetReport"
  | "unasked";
export type ReportPart = {
  readonly requestId: number;
  readonly seqNo: number;
  /** To be continued. */
  readonly more: boolean;
  readonly variables: readonly Variable[];
};

/** A request for a report is on its way; the same id again begins anew. */
export async function beginReport(
  tx: Tx,
  station: string,
  begun: {
    readonly requestId: number;
    readonly kind: ReportKind;
    readonly command: string;
    readonly atMs: number;
  },
): Promise<void> {
  const { requestId, kind, command, atMs } = begun;
  await tx.run(deleteReport, { station, requestId });
  await makeRoom(tx, station);
  await tx.run(insertReport, blank(station, { requestId, kind, command, atMs }));
}

/** The station will not send it. */
export async function refuseReport(tx: Tx, station: string, requestId: number, atMs: number): Promise<void> {
  await tx.run(refuse, { station, requestId, atMs });
}

/** Is a report of this id still coming? Two of one id could not be told apart. */
export async function isReportOpen(tx: Tx, station: string, requestId: number): Promise<boolean> {
  return (await tx.first(findReport, { station, requestId }))?.state === "open";
}

/** Was it asked for from here, and not refused? */
export async function isReportAskedFor(tx: Tx, station: string, requestId: number): Promise<boolean> {
  if (!Number.isSafeInteger(requestId)) return false;
  const report = await tx.first(findReport, { station, requestId });
  return report !== undefined && report.kind !== "unasked" && report.state !== "refused";
}

/** Stores what a part tells; says whether the report is whole with it. A part that comes again changes nothing more. */
export async function takeReportPart(
  tx: Tx,
  station: string,
  part: ReportPart,
  atMs: number,
): Promise<"open" | "complete"> {
  await storeVariables(tx, station, part.variables, { source: "report", atMs });
  const { requestId, seqNo, more } = part;
  if (!Number.isSafeInteger(requestId) || seqNo < 0 || seqNo > PARTS_MAX) return "open";
  const report = await tx.first(findReport, { station, requestId });
  if (report === undefined) await makeRoom(tx, station);
  const before = report ?? blank(station, { requestId, kind: "unasked", command: null, atMs });
  if (report === undefined) await tx.run(insertReport, before);
  if (before.state === "complete") return "complete";
  const after = withPart(before, seqNo, more);
  await tx.run(updateReport, { ...after, changed_at_ms: atMs });
  if (after.state !== "complete") return "open";
  if (after.kind === "FullInventory") await forgetVanished(tx, station, after.begun_at_ms);
  return "complete";
}

/** Parts are counted from 0 (B07.FR.09); a report that never had its first is not whole. */
function withPart(report: Row<"reports">, seqNo: number, more: boolean): Row<"reports"> {
  const { first_seq_no, seq_no, missing_seq } = report;
  const { first, last, missing } = arrived(
    { first: first_seq_no, last: seq_no, missing: missing_seq },
    seqNo,
  );
  const lastSeqNo = more ? report.last_seq_no : seqNo;
  const whole = first === 0 && missing === "" && lastSeqNo !== null && last === lastSeqNo;
  const state = whole ? "complete" : "open";
  return {
    ...report,
    state,
    first_seq_no: first,
    seq_no: last,
    last_seq_no: lastSeqNo,
    missing_seq: missing,
  };
}

const blank = (
  station: string,
  {
    requestId,
    kind,
    command,
    atMs,
  }: { requestId: number; kind: string; command: string | null; atMs: number },
): Schema["reports"] => ({
  station_id: station,
  request_id: requestId,
  kind,
  command_id: command,
  state: "open",
  first_seq_no: null,
  seq_no: null,
  last_seq_no: null,
  missing_seq: "",
  begun_at_ms: atMs,
  changed_at_ms: atMs,
});

async function makeRoom(tx: Tx, station: string): Promise<void> {
  const known = await tx.all(listReports, { station });
  for (const { request_id: requestId } of known.slice(REPORTS_MAX - 1)) {
    await tx.run(deleteReport, { station, requestId });
  }
}

type Key = { station: string; requestId: number };
const columns = [
  "station_id",
  "request_id",
  "kind",
  "command_id",
  "state",
  "first_seq_no",
  "seq_no",
  "last_seq_no",
  "missing_seq",
  "begun_at_ms",
  "changed_at_ms",
] as const;
const insertReport = statement((db, p: Schema["reports"]) =>
  db.insertInto("reports").values(each(p, columns)),
);
const findReport = statement((db, p: Key) =>
  db
    .selectFrom("reports")
    .selectAll()
    .where("station_id", "=", p.station)
    .where("request_id", "=", p.requestId),
);
const listReports = statement((db, p: { station: string }) =>
  db
    .selectFrom("reports")
    .select("request_id")
    .where("station_id", "=", p.station)
    .orderBy("changed_at_ms", "desc"),
);
const updateReport = statement((db, p: Schema["reports"]) =>
  db
    .updateTable("reports")
    .set({
      state: p.state,
      first_seq_no: p.first_seq_no,
      seq_no: p.seq_no,
      last_seq_no: p.last_seq_no,
      missing_seq: p.missing_seq,
      changed_at_ms: p.changed_at_ms,
    })
    .where("station_id", "=", p.station_id)
    .where("request_id", "=", p.request_id),
);
const refuse = statement((db, p: Key & { atMs: number }) =>
  db
    .updateTable("reports")
    .set({ state: "refused", changed_at_ms: p.atMs })
    .where("station_id", "=", p.station)
    .where("request_id", "=", p.requestId)
    .where("state", "=", "open"),
);
const deleteReport = statement((db, p: Key) =>
  db.deleteFrom("reports").where("station_id", "=", p.station).where("request_id", "=", p.requestId),
);
