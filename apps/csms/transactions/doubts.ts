/**
 * Transactions of which nothing is heard as it should be.
 *
 *     open ── its station boots ──▶ uncertain ─┬─ it goes on ──────────────────────▶ open, as before
 *                                              ├─ its own end comes ───────────────▶ ended, as told
 *                                              ├─ Available, or a new start there ─▶ ended, as assumed
 *                                              └─ UNCERTAIN_MS_MAX pass ───────────▶ ended, as assumed
 *
 * A boot does not prove an end: some stations resume (QUIRKS 42). An assumed end has the last sample as its meter, is
 * marked for review, and gives way to a real one that still comes. And: a transaction without meter values is an alarm,
 * whatever the station's settings say (QUIRKS 41).
 */
import { notice } from "@wattward/ocpp";
import type { Call } from "../core/call.ts";
import type { Decision } from "../core/decision.ts";
import { type Observation, observe } from "../core/observations.ts";
import { statement } from "../store/statement.ts";
import type { Tx } from "../store/writer.ts";
import { countDeviations, countOf } from "../tolerance/deviations.ts";
import { deleteDoubt, headAt, insertDoubt } from "./doubt-rows.ts";
import { tendMeters } from "./meter-watch.ts";
import { codesOf, withoutReview, withReview } from "./review.ts";
import { findOpenOnEvse, findTransactionById, findUndoubted, updateTransaction } from "./rows.ts";
import { notTold, type Transaction } from "./transaction.ts";

/** From the boot on: longer than any car stays to be charged. */
export const UNCERTAIN_MS_MAX = 24 * 3_600_000;
/** A transaction this old should have told a meter value; stations send one every few minutes at most. */
export const UNMETERED_MS_MAX = 20 * 60_000;
/** One that is older than this was looked at before. */
const UNMETERED_WINDOW_MS = 60 * 60_000;
/** Ended, or alarmed about, in one decision; the next goes on. */
const TENDED_MAX = 200;

const findDoubted = statement((db, p: { doubt: string; beforeMs: number; most: number }) =>
  db
    .selectFrom("transaction_doubts")
    .select("transaction_id")
    .where("doubt", "=", p.doubt)
    .where("since_ms", "<=", p.beforeMs)
    .orderBy("since_ms")
    .limit(p.most),
);
/** Open, of a station that is connected, begun in that window, without a value of its meter, and not told of yet. */
const findUnmetered = statement((db, p: { fromMs: number; toMs: number; most: number }) =>
  db
    .selectFrom("transactions")
    .innerJoin("stations", "stations.id", "transactions.station_id")
    .selectAll("transactions")
    .where("transactions.ended_at_ms", "is", null)
    .where("transactions.started_at_ms", ">=", p.fromMs)
    .where("transactions.started_at_ms", "<=", p.toMs)
    .where("stations.connected", "=", 1)
    .where((e) =>
      e.not(
        e.exists(
          e
            .selectFrom("transaction_events")
            .select("dedupe")
            .whereRef("transaction_events.transaction_id", "=", "transactions.id")
            .where("kind", "in", ["meter", "updated"])
            .where((o) => o.or([o("meter_wh", "is not", null), o("power_w", "is not", null)])),
        ),
      ),
    )
    .where((e) =>
      e.not(
        e.exists(
          e
            .selectFrom("transaction_doubts")
            .select("doubt")
            .whereRef("transaction_doubts.transaction_id", "=", "transactions.id")
            .where("doubt", "=", "unmetered"),
        ),
      ),
    )
    .orderBy("transactions.started_at_ms")
    .limit(p.most),
);

const isUncertain = ({ review }: Transaction): boolean => codesOf(review).includes("uncertain");

/** The station has booted: what was open there is uncertain. */
export async function doubtAfterBoot(tx: Tx, call: Call<object>): Promise<void> {
  if (call.repeated) return;
  const asked = { station: call.station.id, beganByMs: call.receivedAtMs };
  const doubted = await tx.all(findUndoubted, asked);
  for (const transaction of doubted) {
    await tx.run(insertDoubt, { transaction: transaction.id, doubt: "rebooted", sinceMs: call.arrivedAtMs });
    await tx.run(updateTransaction, {
      ...transaction,
      review: withReview(transaction.review, ["uncertain"]),
    });
    const data = { transaction: transaction.id, wireId: transaction.wire_id };
    observe(tx, { ...headOf(call), kind: "transaction.uncertain", data });
  }
  if (doubted.length > 0) await countOf(tx, call, [notice("rebooted-in-transaction", doubted[0]?.wire_id)]);
}

/** It goes on, or has ended by itself: the doubt is resolved. Gives the transaction without it. */
export async function resolved(tx: Tx, transaction: Transaction): Promise<Transaction> {
  if (!isUncertain(transaction)) return transaction;
  await tx.run(deleteDoubt, { transaction: transaction.id, doubt: "rebooted" });
  return { ...transaction, review: withoutReview(transaction.review, "uncertain") };
}

/** The connector is free, so what was uncertain there is over. */
export async function endUncertain(tx: Tx, call: Call<object>, evse: number): Promise<void> {
  const open = await tx.all(findOpenOnEvse, { station: call.station.id, evse });
  for (const transaction of open) {
    if (isUncertain(transaction)) await endUntold(tx, transaction, call.receivedAtMs, headOf(call));
  }
}

type Head = Omit<Observation<"transaction.ended">, "kind" | "data">;

async function endUntold(tx: Tx, before: Transaction, atMs: number, head: Head): Promise<void> {
  const after = notTold(before, Math.max(atMs, before.started_at_ms ?? 0));
  await tx.run(deleteDoubt, { transaction: before.id, doubt: "rebooted" });
  await tx.run(updateTransaction, after);
  const data = {
    transaction: after.id,
    wireId: after.wire_id,
    evse: after.evse_id,
    state: after.state,
    meterWh: after.meter_stop_wh,
    energyWh: after.energy_wh,
    powerW: null,
    reason: after.stop_reason,
  };
  observe(tx, { ...head, kind: "transaction.ended", data });
}

/** Now and then: ends what was uncertain for too long, and tells what has no meter values. */
export const tend: Decision<"transactions.tend"> = async (tx, { atMs }) => {
  const overdue = { doubt: "rebooted", beforeMs: atMs - UNCERTAIN_MS_MAX, most: TENDED_MAX };
  for (const { transaction_id: id } of await tx.all(findDoubted, overdue)) {
    const transaction = await tx.first(findTransactionById, { id });
    if (transaction === undefined || transaction.ended_at_ms !== null) {
      await tx.run(deleteDoubt, { transaction: id, doubt: "rebooted" });
    } else {
      await endUntold(tx, transaction, transaction.changed_at_ms, await headAt(tx, transaction, atMs));
    }
  }
  const window = { fromMs: atMs - UNMETERED_WINDOW_MS, toMs: atMs - UNMETERED_MS_MAX, most: TENDED_MAX };
  for (const transaction of await tx.all(findUnmetered, window)) {
    await tx.run(insertDoubt, { transaction: transaction.id, doubt: "unmetered", sinceMs: atMs });
    const head = await headAt(tx, transaction, atMs);
    const minutes = Math.round((atMs - (transaction.started_at_ms ?? atMs)) / 60_000);
    const data = { transaction: transaction.id, wireId: transaction.wire_id, minutes };
    observe(tx, { ...head, kind: "transaction.unmetered", data });
    await countDeviations(tx, head, [notice("no-meter-values", `transaction ${transaction.wire_id}`)], atMs);
  }
  await tendMeters(tx, atMs);
};

const headOf = (call: Call<object>) =>
  ({
    source: "station",
    atMs: call.arrivedAtMs,
    station: call.station.id,
    site: call.station.site_id,
    cause: call.id,
    trace: call.trace,
    live: call.live,
  }) as const;
