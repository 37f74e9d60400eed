/** What the CSMS has in its database, read beside the running process: WAL lets a reader in. */
import { join } from "node:path";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";

export type Row = Readonly<Record<string, string | number | null>>;

/** Rows of plain SQL on `OUT/csms`. */
export function rows(out: string, sql: string, ...values: SQLInputValue[]): Row[] {
  const database = new DatabaseSync(join(out, "csms", "wattward.db"), { readOnly: true, timeout: 5_000 });
  try {
    return database.prepare(sql).all(...values) as Row[];
  } finally {
    database.close();
  }
}

export type Stored = {
  /** The id on the wire. */
  readonly wireId: string;
  readonly state: string;
  readonly energyWh: number | null;
  readonly meterStartWh: number | null;
  readonly review: string | null;
  /** Messages stored for it. */
  readonly events: number;
};

/** Transactions of one station, oldest first. */
export function transactionsOf(out: string, station: string): Stored[] {
  const sql = `SELECT wire_id, state, energy_wh, meter_start_wh, review,
      (SELECT count(*) FROM transaction_events e WHERE e.transaction_id = t.id) AS events
    FROM transactions t WHERE station_id = ? ORDER BY started_at_ms, id`;
  return rows(out, sql, station).map((row) => ({
    wireId: String(row["wire_id"]),
    state: String(row["state"]),
    energyWh: row["energy_wh"] as number | null,
    meterStartWh: row["meter_start_wh"] as number | null,
    review: row["review"] as string | null,
    events: Number(row["events"]),
  }));
}

export type Seen = { readonly what: string; readonly station: string | null; readonly site: string | null };

/** What gateway and sites saw that is no station's message, oldest first. */
export const seen = (out: string): Seen[] =>
  rows(out, "SELECT station_id, site_id, data FROM outbox WHERE kind = 'observed' ORDER BY seq").map(
    (row) => ({
      what: String((JSON.parse(String(row["data"])) as { what: unknown }).what),
      station: row["station_id"] as string | null,
      site: row["site_id"] as string | null,
    }),
  );
