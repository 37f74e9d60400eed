/** Frames of a station out of the message log, newest first. */
import type { Query } from "../core/queries.ts";
import { rowsWithin } from "./limits.ts";
import { containing } from "./text.ts";

export const messagesList: Query<"messages.list"> = async (
  db,
  { station, action, sender, verdict, text, sinceMs, beforeId, most },
) => {
  let query = db.selectFrom("messages").selectAll().where("station_id", "=", station);
  if (action !== undefined) query = query.where("action", "=", action);
  if (sender !== undefined) query = query.where("sender", "=", sender);
  if (verdict !== undefined) query = query.where("verdict", "=", verdict);
  if (text !== undefined) query = query.where(containing(["frame"], text));
  if (sinceMs !== undefined) query = query.where("at_ms", ">=", sinceMs);
  if (beforeId !== undefined) query = query.where("id", "<", beforeId);
  const found = await query.orderBy("id", "desc").limit(rowsWithin(most)).execute();
  return found.map((row) => ({
    id: row.id,
    station: row.station_id,
    atMs: row.at_ms,
    receivedAtMs: row.received_at_ms,
    sender: row.sender === "csms" ? "csms" : "station",
    route: row.route,
    version: row.version,
    kind: row.kind,
    action: row.action,
    messageId: row.message_id,
    trace: row.trace,
    verdict: row.verdict,
    chars: row.chars,
    frame: row.frame,
  }));
};
