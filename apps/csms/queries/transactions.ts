/** Transactions of both versions, newest first. Ids sort by creation. */
import type { TransactionRow } from "../core/port.ts";
import type { Query } from "../core/queries.ts";
import type { Schema } from "../store/schema.ts";
import { rowsWithin } from "./limits.ts";

export const transactionsList: Query<"transactions.list"> = async (db, input) => {
  const { site, station, openOnly, beforeId, most } = input;
  let rows = db.selectFrom("transactions").selectAll();
  if (site !== undefined) {
    rows = rows.where("station_id", "in", (e) =>
      e.selectFrom("stations").select("id").where("site_id", "=", site),
    );
  }
  if (station !== undefined) rows = rows.where("station_id", "=", station);
  if (openOnly) rows = rows.where("ended_at_ms", "is", null).where("state", "<>", "ended");
  if (beforeId !== undefined) rows = rows.where("id", "<", beforeId);
  return (await rows.orderBy("id", "desc").limit(rowsWithin(most)).execute()).map(transactionRow);
};

export const transactionsOpenCount: Query<"transactions.openCount"> = async (db) => {
  const row = await db
    .selectFrom("transactions")
    .select((e) => e.fn.countAll<number>().as("open"))
    .where("ended_at_ms", "is", null)
    .where("state", "<>", "ended")
    .executeTakeFirstOrThrow();
  return Number(row.open);
};

export const transactionRow = (row: Schema["transactions"]): TransactionRow => ({
  id: row.id,
  wireId: row.wire_id,
  station: row.station_id,
  evse: row.evse_id,
  token: row.token,
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
