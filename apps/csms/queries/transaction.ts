/** One transaction, whole: its facts and what was said of it. */
import type { Json } from "@wattward/kernel";
import type { Kysely } from "kysely";
import type { ReviewReason, TransactionEventRow } from "../core/port.ts";
import type { Query } from "../core/queries.ts";
import type { Row, Schema } from "../store/schema.ts";
import { codesOf, reviewCodes } from "../transactions/review.ts";
import { queryLimits } from "./limits.ts";
import { atOneInstant } from "./read.ts";
import { settlementRow, transactionDetails } from "./station-told.ts";
import { transactionRow } from "./transactions.ts";

export const transactionGet: Query<"transaction.get"> = (db, { id }) =>
  atOneInstant(db, async (tx) => {
    const row = await findWithSite(tx, id);
    if (row === undefined) return undefined;
    const { count } = await tx
      .selectFrom("transaction_events")
      .select((e) => e.fn.countAll<number>().as("count"))
      .where("transaction_id", "=", id)
      .executeTakeFirstOrThrow();
    const events = await tx
      .selectFrom("transaction_events")
      .selectAll()
      .where("transaction_id", "=", id)
      .orderBy("at_ms", "desc")
      .orderBy("received_at_ms", "desc")
      .orderBy("dedupe")
      .limit(queryLimits.transactionEventsMax)
      .execute();
    const settlements = await tx
      .selectFrom("settlements")
      .selectAll()
      .where("station_id", "=", row.station_id)
      .where("transaction_id", "=", id)
      .orderBy("settled_at_ms", "desc")
      .limit(queryLimits.settlementsMax)
      .execute();
    return {
      ...transactionRow(row, row.site_id),
      connector: row.connector_id,
      version: row.ocpp_version,
      meterStartWh: row.meter_start_wh,
      meterLastWh: row.meter_last_wh,
      meterStopWh: row.meter_stop_wh,
      firstSeqNo: row.first_seq_no,
      lastSeqNo: row.seq_no,
      missingSeqNos: row.missing_seq,
      changedAtMs: row.changed_at_ms,
      reviews: reasonsOf(row.review),
      details: (await transactionDetails(tx, { id })) ?? null,
      settlements: settlements.map(settlementRow),
      events: events.reverse().map(eventRow),
      eventCount: Number(count),
    };
  });

/** With the site of its station. */
export const findWithSite = (db: Kysely<Schema>, id: string) =>
  db
    .selectFrom("transactions")
    .innerJoin("stations", "stations.id", "transactions.station_id")
    .selectAll("transactions")
    .select("stations.site_id as site_id")
    .where("transactions.id", "=", id)
    .executeTakeFirst();

export function reasonsOf(review: string | null): ReviewReason[] {
  const sentences: Readonly<Record<string, string>> = reviewCodes;
  // A code of an earlier program has no sentence any more.
  return codesOf(review).map((code) => ({ code, sentence: sentences[code] ?? code }));
}

const eventRow = (row: Row<"transaction_events">): TransactionEventRow => ({
  kind: row.kind,
  seqNo: row.seq_no,
  atMs: row.at_ms,
  receivedAtMs: row.received_at_ms,
  clockQuality: row.clock_quality,
  meterWh: row.meter_wh,
  powerW: row.power_w,
  path: row.path,
  answeredLocally: row.answered_locally === 1,
  messageId: row.message_id,
  trace: row.trace,
  // Written by storeEvent alone, as an array.
  signedValues: row.signed_values === null ? null : (JSON.parse(row.signed_values) as Json[]),
});
