/** What must hold in the database at the end of a run, whatever happened: read from the file, with plain SQL. */
import { DatabaseSync } from "node:sqlite";

type Row = Record<string, string | number | null>;

/** Review codes that honest stations with bad clocks and links may earn; any other means that facts were mixed up. */
const earned: ReadonlySet<string> = new Set(["clock", "accepted-locally"]);

export type Circumstances = {
  /** Traces of records that were applied as history. */
  readonly replayed: ReadonlySet<string>;
  /** With a full disk a site gives up samples, and their numbers are then missing. */
  readonly samplesGivenUp: boolean;
  /** A command that expired before this must have come to an end. */
  readonly overdueBeforeMs: number;
};

/** One sentence for each thing that is not as it must be. */
export function faultsIn(
  path: string,
  { replayed, samplesGivenUp, overdueBeforeMs }: Circumstances,
): string[] {
  const database = new DatabaseSync(path, { readOnly: true });
  const rows = (sql: string) => database.prepare(sql).all() as Row[];
  try {
    return [
      ...gaps(rows),
      ...liveHistory(rows, replayed),
      ...rows(
        `SELECT journal_epoch, journal_seq, count(*) AS n FROM transaction_events
         WHERE journal_seq IS NOT NULL GROUP BY journal_epoch, journal_seq HAVING n > 1`,
      ).map((row) => `record ${row["journal_epoch"]}/${row["journal_seq"]} was applied ${row["n"]} times`),
      ...rows(
        `SELECT wire_id, group_concat(station_id) AS stations, count(*) AS n FROM transactions
         WHERE ocpp_version = '1.6' GROUP BY wire_id HAVING n > 1`,
      ).map((row) => `1.6 transaction id ${row["wire_id"]} was given to ${row["stations"]}`),
      ...transactions(rows, samplesGivenUp),
      ...rows(
        `SELECT id, station_id, action, state FROM commands
         WHERE state IN ('requested', 'sent') AND expires_at_ms < ${overdueBeforeMs}`,
      ).map((row) => `command ${row["action"]} for ${row["station_id"]} is still ${row["state"]}`),
    ];
  } finally {
    database.close();
  }
}

function gaps(rows: (sql: string) => Row[]): string[] {
  const [outbox] = rows("SELECT count(*) AS n, min(seq) AS first, max(seq) AS last FROM outbox");
  const { n, first, last } = outbox ?? {};
  return first === 1 && last === n ? [] : [`the outbox has ${n} rows from ${first} to ${last}`];
}

function liveHistory(rows: (sql: string) => Row[], replayed: ReadonlySet<string>): string[] {
  const live = rows("SELECT seq, kind, trace FROM outbox WHERE live = 1 AND trace IS NOT NULL");
  const events = rows("SELECT message_id, trace FROM transaction_events WHERE path = 'live'");
  return [
    ...live
      .filter(({ trace }) => replayed.has(String(trace)))
      .map(({ seq, kind }) => `outbox row ${seq}, ${kind}, is called live, but was replayed`),
    ...events
      .filter(({ trace }) => replayed.has(String(trace)))
      .map((row) => `the event of message ${row["message_id"]} is called live, but was replayed`),
  ];
}

function transactions(rows: (sql: string) => Row[], samplesGivenUp: boolean): string[] {
  return rows("SELECT id, station_id, wire_id, state, review, missing_seq FROM transactions").flatMap(
    (row) => {
      const codes = String(row["review"] ?? "")
        .split(",")
        .filter((code) => code !== "");
      const givenUp = (code: string) => samplesGivenUp && code === "events-missing";
      const unearned = codes.filter((code) => !earned.has(code) && !givenUp(code));
      const named = `transaction ${row["wire_id"]} of ${row["station_id"]}`;
      return [
        ...(row["state"] === "ended" ? [] : [`${named} is ${row["state"]} at the end`]),
        ...(unearned.length === 0 ? [] : [`${named} is marked ${unearned.join(", ")}`]),
        ...(row["missing_seq"] === "" || samplesGivenUp ? [] : [`${named} lacks ${row["missing_seq"]}`]),
      ];
    },
  );
}
