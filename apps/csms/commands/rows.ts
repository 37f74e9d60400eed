/** How commands are stored. */
import type { Row, Schema } from "../store/schema.ts";
import { each, statement } from "../store/statement.ts";

export type Command = Row<"commands">;

const columns = [
  "id",
  "station_id",
  "action",
  "payload",
  "actor",
  "reason",
  "hash",
  "requested_at_ms",
  "expires_at_ms",
  "state",
  "sent_at_ms",
  "ended_at_ms",
  "outcome",
  "node",
] as const;

export const insertCommand = statement((db, p: Schema["commands"]) =>
  db.insertInto("commands").values(each(p, columns)),
);
export const findCommand = statement((db, p: { id: string }) =>
  db.selectFrom("commands").selectAll().where("id", "=", p.id),
);
export const countOpenCommands = statement((db, p: { station: string }) =>
  db
    .selectFrom("commands")
    .select((e) => e.fn.countAll<number>().as("open"))
    .where("station_id", "=", p.station)
    .where("state", "in", ["requested", "sent"]),
);
/** Oldest first: ids sort by creation. */
export const findRequested = statement((db, p: { station: string; most: number }) =>
  db
    .selectFrom("commands")
    .selectAll()
    .where("station_id", "=", p.station)
    .where("state", "=", "requested")
    .orderBy("id")
    .limit(p.most),
);
export const findSent = statement((db, _: Record<never, never>) =>
  db.selectFrom("commands").selectAll().where("state", "=", "sent"),
);
/** Past its end, or asked for in what is the future now: the clock went back, and nobody knows how old it is. */
export const findExpired = statement((db, p: { station: string; atMs: number; madeByMs: number }) =>
  db
    .selectFrom("commands")
    .selectAll()
    .where("station_id", "=", p.station)
    .where("state", "=", "requested")
    .where((e) => e.or([e("expires_at_ms", "<=", p.atMs), e("requested_at_ms", ">", p.madeByMs)])),
);
/** Of all stations. */
export const findOverdue = statement((db, p: { atMs: number; most: number }) =>
  db
    .selectFrom("commands")
    .selectAll()
    .where("state", "=", "requested")
    .where("expires_at_ms", "<=", p.atMs)
    .limit(p.most),
);
export const findUntold = statement((db, p: { sentBeforeMs: number; most: number }) =>
  db
    .selectFrom("commands")
    .selectAll()
    .where("state", "=", "sent")
    .where("sent_at_ms", "<=", p.sentBeforeMs)
    .limit(p.most),
);
export const findSentBy = statement((db, p: { node: string }) =>
  db.selectFrom("commands").selectAll().where("state", "=", "sent").where("node", "=", p.node),
);
export const markSent = statement((db, p: { id: string; node: string | null; atMs: number }) =>
  db.updateTable("commands").set({ state: "sent", sent_at_ms: p.atMs, node: p.node }).where("id", "=", p.id),
);
export const endCommand = statement(
  (db, p: { id: string; state: string; atMs: number; payload: string; outcome: string | null }) =>
    db
      .updateTable("commands")
      .set({ state: p.state, ended_at_ms: p.atMs, payload: p.payload, outcome: p.outcome })
      .where("id", "=", p.id),
);
