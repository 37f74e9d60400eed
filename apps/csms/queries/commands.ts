/** Commands and what became of them, newest first. */
import type { JsonObject } from "@wattward/kernel";
import type { CommandRow } from "../core/port.ts";
import type { Query } from "../core/queries.ts";
import type { Schema } from "../store/schema.ts";
import { rowsWithin } from "./limits.ts";

export const commandGet: Query<"command.get"> = async (db, { id }) => {
  const row = await db.selectFrom("commands").selectAll().where("id", "=", id).executeTakeFirst();
  return row === undefined ? undefined : commandRow(row);
};

export const commandsList: Query<"commands.list"> = async (db, { station, most }) => {
  let rows = db.selectFrom("commands").selectAll();
  if (station !== undefined) rows = rows.where("station_id", "=", station);
  return (await rows.orderBy("id", "desc").limit(rowsWithin(most)).execute()).map(commandRow);
};

export const commandsNextDue: Query<"commands.nextDue"> = async (db, { untoldMs }) => {
  const unsent = await db
    .selectFrom("commands")
    .select((e) => e.fn.min("expires_at_ms").as("atMs"))
    .where("state", "=", "requested")
    .executeTakeFirst();
  const sent = await db
    .selectFrom("commands")
    .select((e) => e.fn.min("sent_at_ms").as("atMs"))
    .where("state", "=", "sent")
    .executeTakeFirst();
  const untoldAtMs = typeof sent?.atMs === "number" ? sent.atMs + untoldMs : Number.POSITIVE_INFINITY;
  const dueMs = Math.min(unsent?.atMs ?? Number.POSITIVE_INFINITY, untoldAtMs);
  return dueMs === Number.POSITIVE_INFINITY ? undefined : dueMs;
};

const commandRow = (row: Schema["commands"]): CommandRow => ({
  id: row.id,
  station: row.station_id,
  action: row.action,
  // Both were written by us from objects.
  payload: JSON.parse(row.payload) as JsonObject,
  actor: row.actor,
  reason: row.reason,
  state: row.state,
  requestedAtMs: row.requested_at_ms,
  expiresAtMs: row.expires_at_ms,
  sentAtMs: row.sent_at_ms,
  endedAtMs: row.ended_at_ms,
  outcome: row.outcome === null ? null : (JSON.parse(row.outcome) as JsonObject),
});
