/** Commands and what became of them, newest first. */
import type { JsonObject } from "@wattward/kernel";
import { type OcppVersion, ocppVersions } from "@wattward/ocpp";
import type { Kysely } from "kysely";
import { keptPayload } from "../commands/kept.ts";
import type { CommandRow } from "../core/port.ts";
import type { Query } from "../core/queries.ts";
import type { Schema } from "../store/schema.ts";
import { rowsWithin } from "./limits.ts";
import { containing } from "./text.ts";

export const commandGet: Query<"command.get"> = async (db, { id }) => {
  const row = await commands(db).where("commands.id", "=", id).executeTakeFirst();
  return row === undefined ? undefined : commandRow(row);
};

export const commandsList: Query<"commands.list"> = async (db, asked) => {
  const { site, station, states, action, actor, text, beforeId, most } = asked;
  let rows = commands(db);
  if (site !== undefined) rows = rows.where("stations.site_id", "=", site);
  if (station !== undefined) rows = rows.where("commands.station_id", "=", station);
  if (states !== undefined) rows = rows.where("commands.state", "in", states);
  if (action !== undefined) rows = rows.where("commands.action", "=", action);
  if (actor !== undefined) rows = rows.where("commands.actor", "=", actor);
  if (text !== undefined) {
    rows = rows.where(containing(["commands.station_id", "commands.action", "commands.reason"], text));
  }
  if (beforeId !== undefined) rows = rows.where("commands.id", "<", beforeId);
  return (await rows.orderBy("commands.id", "desc").limit(rowsWithin(most)).execute()).map(commandRow);
};

const commands = (db: Kysely<Schema>) =>
  db
    .selectFrom("commands")
    .innerJoin("stations", "stations.id", "commands.station_id")
    .selectAll("commands")
    .select(["stations.site_id as site_id", "stations.ocpp_version as version"]);

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

type Found = Schema["commands"] & { site_id: string | null; version: string | null };

const commandRow = (row: Found): CommandRow => ({
  id: row.id,
  site: row.site_id,
  station: row.station_id,
  action: row.action,
  payload: payloadOf(row),
  actor: row.actor,
  reason: row.reason,
  state: row.state,
  requestedAtMs: row.requested_at_ms,
  expiresAtMs: row.expires_at_ms,
  sentAtMs: row.sent_at_ms,
  endedAtMs: row.ended_at_ms,
  outcome: row.outcome === null ? null : (JSON.parse(row.outcome) as JsonObject),
});

/** Written by us from an object. Whole while it has yet to be sent: what leaves is what will stay of it. */
function payloadOf({ payload, ended_at_ms, version, action }: Found): JsonObject {
  const whole = JSON.parse(payload) as JsonObject;
  if (ended_at_ms !== null) return whole;
  return keptPayload({ version: readVersion(version), action }, whole);
}

const readVersion = (text: string | null): OcppVersion | undefined =>
  ocppVersions.find((known) => known === text);
