/** Transactions of both versions, newest first. Ids sort by creation. Tokens leave masked. */
import type { Expression, ExpressionBuilder, SqlBool } from "kysely";
import { maskedToken } from "../core/observations.ts";
import type { TransactionRow, TransactionsAsked } from "../core/port.ts";
import type { Query } from "../core/queries.ts";
import type { Schema } from "../store/schema.ts";
import { rowsWithin } from "./limits.ts";
import { containing, endingAsShown } from "./text.ts";

export const transactionsList: Query<"transactions.list"> = async (db, asked) => {
  const rows = await db
    .selectFrom("transactions")
    .innerJoin("stations", "stations.id", "transactions.station_id")
    .selectAll("transactions")
    .select("stations.site_id as site_id")
    .where((e) => e.and(conditions(e, asked)))
    .orderBy("transactions.id", "desc")
    .limit(rowsWithin(asked.most))
    .execute();
  return rows.map((row) => transactionRow(row, row.site_id));
};

type Builder = ExpressionBuilder<Schema, "transactions" | "stations">;

function conditions(e: Builder, asked: TransactionsAsked): Expression<SqlBool>[] {
  const { site, station, openOnly, state, token, fromMs, toMs, review, text, beforeId } = asked;
  const all: Expression<SqlBool>[] = [];
  if (site !== undefined) all.push(e("stations.site_id", "=", site));
  if (station !== undefined) all.push(e("transactions.station_id", "=", station));
  if (openOnly) all.push(e("transactions.ended_at_ms", "is", null), e("transactions.state", "<>", "ended"));
  if (state !== undefined) all.push(e("transactions.state", "=", state));
  if (token !== undefined) all.push(endingAsShown("transactions.token", token));
  if (fromMs !== undefined) all.push(e("transactions.started_at_ms", ">=", fromMs));
  if (toMs !== undefined) all.push(e("transactions.started_at_ms", "<", toMs));
  if (review !== undefined) all.push(e("transactions.review", review ? "is not" : "is", null));
  if (text !== undefined) {
    all.push(containing(["transactions.station_id", "transactions.wire_id", "transactions.id"], text));
  }
  if (beforeId !== undefined) all.push(e("transactions.id", "<", beforeId));
  return all;
}

export const transactionsOpenCount: Query<"transactions.openCount"> = async (db) => {
  const row = await db
    .selectFrom("transactions")
    .select((e) => e.fn.countAll<number>().as("open"))
    .where("ended_at_ms", "is", null)
    .where("state", "<>", "ended")
    .executeTakeFirstOrThrow();
  return Number(row.open);
};

export const transactionRow = (row: Schema["transactions"], site: string | null): TransactionRow => ({
  id: row.id,
  wireId: row.wire_id,
  site,
  station: row.station_id,
  evse: row.evse_id,
  token: row.token === null ? null : maskedToken(row.token),
  state: row.state,
  startedAtMs: row.started_at_ms,
  endedAtMs: row.ended_at_ms,
  energyWh: row.energy_wh ?? soFarWh(row),
  powerW: row.power_w,
  powerAtMs: row.power_at_ms,
  stopReason: row.stop_reason,
  offline: row.offline === 1,
  review: row.review,
});

/** Negative where the register went back: shown as it is, never clamped (QUIRKS 39). */
function soFarWh({ meter_start_wh, meter_last_wh }: Schema["transactions"]): number | null {
  return meter_start_wh === null || meter_last_wh === null ? null : meter_last_wh - meter_start_wh;
}
