/** Settings kept in the `meta` table, with their defaults and limits. Read in the decision that needs them. */
import { statement } from "../store/statement.ts";
import type { Tx } from "../store/writer.ts";

/** Names are the keys in `meta`; every value is a whole number. */
export const settings = {
  /** 1: a token that nobody knows may charge. For demonstrations. */
  accept_unknown_tokens: { byDefault: 0, least: 0, most: 1 },
  /** Open transactions that one token may have at once; 0 for as many as it likes. */
  transactions_per_token: { byDefault: 1, least: 0, most: 1_000 },
  /** Seconds between heartbeats, granted in boot answers. */
  heartbeat_interval_s: { byDefault: 300, least: 10, most: 86_400 },
  /** Seconds until a station that is pending or refused asks again. */
  boot_retry_interval_s: { byDefault: 60, least: 10, most: 86_400 },
  /** 1: at a site without link, a token in neither list nor cache may charge. */
  accept_unknown_tokens_offline: { byDefault: 1, least: 0, most: 1 },
  /** How long a site may reuse an answer about a token. */
  token_cache_ms: { byDefault: 7 * 86_400_000, least: 0, most: 365 * 86_400_000 },
  /** How long the message log is kept, in days; 0: no message log. */
  message_log_days: { byDefault: 30, least: 0, most: 3_650 },
  /** Frames in the message log, of all stations, and their characters; the oldest go first. */
  message_log_rows: { byDefault: 2_000_000, least: 1_000, most: 1_000_000_000 },
  message_log_mb: { byDefault: 1_000, least: 1, most: 1_000_000 },
  /** Frames that one station may leave in it in a day: the rest is counted, so that nobody pushes out the others. */
  message_log_station_rows: { byDefault: 20_000, least: 100, most: 10_000_000 },
  /** Free space of the data folder's file system below which the message log is given up, MiB; 0: never. */
  disk_free_min_mb: { byDefault: 512, least: 0, most: 10_000_000 },
  /** Size of a PostgreSQL database above which the message log is given up, MiB; 0: never. */
  database_max_mb: { byDefault: 0, least: 0, most: 1_000_000_000 },
  /** Days for which what happened, ended commands, and power and registers outside transactions are kept; 0: for ever. */
  outbox_days: { byDefault: 365, least: 0, most: 36_500 },
  commands_days: { byDefault: 365, least: 0, most: 36_500 },
  idle_samples_days: { byDefault: 90, least: 0, most: 36_500 },
  /** Days for which a site's energy is kept by the quarter of an hour; 0: for ever. */
  energy_quarters_days: { byDefault: 800, least: 0, most: 36_500 },
} as const;
export type Setting = keyof typeof settings;

/** Where `meta` keeps who changed a setting last, and when: JSON `{atMs, by}`. */
export const changedKey = (name: Setting): string => `changed:${name}`;

export const readMeta = statement((db, p: { key: string }) =>
  db.selectFrom("meta").select("value").where("key", "=", p.key),
);
export const writeMeta = statement((db, p: { key: string; value: string }) =>
  db
    .insertInto("meta")
    .values({ key: p.key, value: p.value })
    .onConflict((c) => c.column("key").doUpdateSet({ value: p.value })),
);

/** A value out of its limits was written by hand: the default holds. */
export async function setting(tx: Tx, name: Setting): Promise<number> {
  const { byDefault, least, most } = settings[name];
  const row = await tx.first(readMeta, { key: name });
  const value = Number(row?.value ?? byDefault);
  return Number.isInteger(value) && value >= least && value <= most ? value : byDefault;
}

/** Raised by a restore; fences leases and bundles (ADR 26). */
export async function csmsEpoch(tx: Tx): Promise<number> {
  return Number((await tx.first(readMeta, { key: "csms_epoch" }))?.value ?? 1);
}

/** Takes `count` 1.6 transaction ids from the one counter of this database, for ever; returns the first. */
export async function takeTransactionIds(tx: Tx, count: number): Promise<number> {
  const first = Number((await tx.first(readMeta, { key: "next_transaction_id" }))?.value ?? 1);
  await tx.run(writeMeta, { key: "next_transaction_id", value: String(first + count) });
  return first;
}
