/** What is in doubt about a transaction, each once: how it is stored, and the head of what is observed of it. */
import { findStation } from "../stations/rows.ts";
import { statement } from "../store/statement.ts";
import type { Tx } from "../store/writer.ts";
import type { Transaction } from "./transaction.ts";

export type Doubted = { transaction: string; doubt: string };

/** Told again, it changes nothing. */
export const insertDoubt = statement((db, p: Doubted & { sinceMs: number }) =>
  db
    .insertInto("transaction_doubts")
    .values({ transaction_id: p.transaction, doubt: p.doubt, since_ms: p.sinceMs })
    .onConflict((c) => c.columns(["transaction_id", "doubt"]).doNothing()),
);

export const deleteDoubt = statement((db, p: Doubted) =>
  db
    .deleteFrom("transaction_doubts")
    .where("transaction_id", "=", p.transaction)
    .where("doubt", "=", p.doubt),
);

/** Of what nobody told, and we found. */
export async function headAt(tx: Tx, { station_id: station }: Transaction, atMs: number) {
  const site = (await tx.first(findStation, { id: station }))?.site_id ?? null;
  return { source: "csms", atMs, station, site } as const;
}
