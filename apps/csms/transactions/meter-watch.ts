/**
 * Meters that say too little while a car charges (AT-O18): values that came and come no more, and a register that stands
 * still under a power that should move it. Hard rules on what the station itself says; whether it lies altogether, only a
 * second meter can tell.
 */
import { sql } from "kysely";
import { observe } from "../core/observations.ts";
import { statement } from "../store/statement.ts";
import type { Tx } from "../store/writer.ts";
import { deleteDoubt, headAt, insertDoubt } from "./doubt-rows.ts";
import { withReview } from "./review.ts";
import { findTransactionById, updateTransaction } from "./rows.ts";

/** A station that charges and was heard at least so often is expected within so many of its own intervals. */
const VALUES_MIN = 3;
const INTERVALS_MISSED = 4;
/** And not before this: stations send a value every few minutes at most. */
export const SILENT_MS_MIN = 20 * 60_000;
/** And found silent for so long while it is connected: what waited for its link, or its site's, has come by then. */
export const QUIET_MS_MIN = 10 * 60_000;
/** Below it a car may just have stopped. */
const CHARGING_W_MIN = 1_000;

/** So many values over so long without a watt-hour between them, at this power: 1.5 kWh, and registers count whole ones. */
export const FROZEN_MS_MIN = 30 * 60_000;
const FROZEN_VALUES_MIN = 5;
const FROZEN_W_MIN = 3_000;
/** Further back than this nothing is looked at. */
const FROZEN_WINDOW_MS = 45 * 60_000;

/** Told of in one decision; the next goes on. */
const TENDED_MAX = 200;

type Found = { id: string; first_ms: number; last_ms: number };

export async function tendMeters(tx: Tx, atMs: number): Promise<void> {
  await tendSilent(tx, atMs);
  const frozen = await tx.all(findFrozen, {
    ...{ values: FROZEN_VALUES_MIN, watts: FROZEN_W_MIN, spanMs: FROZEN_MS_MIN, most: TENDED_MAX },
    fromMs: atMs - FROZEN_WINDOW_MS,
  });
  for (const found of frozen)
    await doubt(tx, found, { doubt: "frozen", atMs, minutesFromMs: found.first_ms });
}

/** Told of where it was silent all the while since it was first found so: `quiet` is the doubt that waits for that. */
async function tendSilent(tx: Tx, atMs: number): Promise<void> {
  const silent = await tx.all(findSilent, {
    ...{ values: VALUES_MIN, watts: CHARGING_W_MIN, missed: INTERVALS_MISSED, most: TENDED_MAX },
    ...{ atMs, beforeMs: atMs - SILENT_MS_MIN },
  });
  const quiet = new Map((await tx.all(findQuiet, {})).map((row) => [row.transaction_id, row.since_ms]));
  for (const found of silent) {
    const sinceMs = quiet.get(found.id);
    quiet.delete(found.id);
    if (sinceMs === undefined) {
      await tx.run(insertDoubt, { transaction: found.id, doubt: "quiet", sinceMs: atMs });
    } else if (atMs - sinceMs >= QUIET_MS_MIN) {
      await tx.run(deleteDoubt, { transaction: found.id, doubt: "quiet" });
      await doubt(tx, found, { doubt: "silent", atMs, minutesFromMs: found.last_ms });
    }
  }
  for (const transaction of quiet.keys()) await tx.run(deleteDoubt, { transaction, doubt: "quiet" });
}

type Why = { readonly doubt: "silent" | "frozen"; readonly atMs: number; readonly minutesFromMs: number };

async function doubt(tx: Tx, { id }: Found, { doubt, atMs, minutesFromMs }: Why): Promise<void> {
  const transaction = await tx.first(findTransactionById, { id });
  if (transaction === undefined) return;
  await tx.run(insertDoubt, { transaction: id, doubt, sinceMs: atMs });
  const code = doubt === "silent" ? "meter-silent" : "meter-frozen";
  await tx.run(updateTransaction, { ...transaction, review: withReview(transaction.review, [code]) });
  const minutes = Math.round((atMs - minutesFromMs) / 60_000);
  const data = { transaction: id, wireId: transaction.wire_id, minutes, powerW: transaction.power_w };
  observe(tx, { ...(await headAt(tx, transaction, atMs)), kind: `transaction.${doubt}`, data });
}

const valued = ["meter", "updated"];
const firstMs = sql<number>`min(transaction_events.received_at_ms)`;
const lastMs = sql<number>`max(transaction_events.received_at_ms)`;
const told = (doubt: string) => sql<boolean>`exists (select 1 from transaction_doubts
  where transaction_doubts.transaction_id = transactions.id and transaction_doubts.doubt = ${sql.lit(doubt)})`;

/** No more than are found silent at one time. */
const findQuiet = statement((db, _: Record<never, never>) =>
  db.selectFrom("transaction_doubts").select(["transaction_id", "since_ms"]).where("doubt", "=", "quiet"),
);

/** Open and charging by its last word, of a connected station, and overdue by its own pace. */
const findSilent = statement(
  (db, p: { atMs: number; beforeMs: number; values: number; watts: number; missed: number; most: number }) =>
    db
      .selectFrom("transactions")
      .innerJoin("stations", "stations.id", "transactions.station_id")
      .innerJoin("transaction_events", "transaction_events.transaction_id", "transactions.id")
      .select(["transactions.id", firstMs.as("first_ms"), lastMs.as("last_ms")])
      .where("transactions.ended_at_ms", "is", null)
      .where("transactions.power_w", ">=", p.watts)
      .where("stations.connected", "=", 1)
      .where("transaction_events.kind", "in", valued)
      .where((e) => e.not(told("silent")))
      .groupBy("transactions.id")
      .having((e) => e.fn.countAll(), ">=", p.values)
      .having(lastMs, "<=", p.beforeMs)
      .having(sql<boolean>`(${p.atMs} - ${lastMs}) * (count(*) - 1) > ${p.missed} * (${lastMs} - ${firstMs})`)
      .limit(p.most),
);

/** Open, of a connected station: values for so long, each with power, and one register in all of them. */
const findFrozen = statement(
  (db, p: { fromMs: number; values: number; watts: number; spanMs: number; most: number }) =>
    db
      .selectFrom("transactions")
      .innerJoin("stations", "stations.id", "transactions.station_id")
      .innerJoin("transaction_events", "transaction_events.transaction_id", "transactions.id")
      .select(["transactions.id", firstMs.as("first_ms"), lastMs.as("last_ms")])
      .where("transactions.ended_at_ms", "is", null)
      .where("stations.connected", "=", 1)
      .where("transaction_events.kind", "in", valued)
      .where("transaction_events.received_at_ms", ">=", p.fromMs)
      .where("transaction_events.meter_wh", "is not", null)
      .where("transaction_events.power_w", "is not", null)
      .where((e) => e.not(told("frozen")))
      .groupBy("transactions.id")
      .having((e) => e.fn.countAll(), ">=", p.values)
      .having(sql<boolean>`min(transaction_events.meter_wh) = max(transaction_events.meter_wh)`)
      .having((e) => e.fn.min("transaction_events.power_w"), ">=", p.watts)
      .having(sql<boolean>`${lastMs} - ${firstMs} >= ${p.spanMs}`)
      .limit(p.most),
);
