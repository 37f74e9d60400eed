/** Reading several tables as of one instant. */
import type { Kysely } from "kysely";
import type { Schema } from "../store/schema.ts";

/**
 * Runs `work` in a transaction, so that nothing is committed between its reads; in the caller's own where there is
 * one. On SQLite a transaction that only reads is a snapshot in WAL mode, and waits for nobody.
 */
export function atOneInstant<T>(db: Kysely<Schema>, work: (tx: Kysely<Schema>) => Promise<T>): Promise<T> {
  return db.isTransaction ? work(db) : db.transaction().execute(work);
}
