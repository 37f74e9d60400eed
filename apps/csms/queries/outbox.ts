/** The outbox as cursors read it: what came after a sequence, in order of commit. */
import type { JsonObject } from "@wattward/kernel";
import type { OutboxEntry } from "../core/port.ts";
import type { Query } from "../core/queries.ts";
import type { Schema } from "../store/schema.ts";
import { queryLimits, rowsWithin } from "./limits.ts";

/** Entries read at once, whatever was asked for. */
const ENTRIES_MAX = 1_000;

export const outboxAfter: Query<"outbox.after"> = async (db, { seq, most, site, kinds }) => {
  let rows = db.selectFrom("outbox").selectAll().where("seq", ">", seq);
  if (site !== undefined) rows = rows.where("site_id", "=", site);
  if (kinds !== undefined) rows = rows.where("kind", "in", kinds);
  return (await rows.orderBy("seq").limit(Math.min(most, ENTRIES_MAX)).execute()).map(outboxEntry);
};

export const outboxHead: Query<"outbox.head"> = async (db) =>
  (await db.selectFrom("outbox").select("seq").orderBy("seq", "desc").limit(1).executeTakeFirst())?.seq ?? 0;

/**
 * What happened last. Of a station there is no index: it is looked for among the newest alone, so that a quiet one
 * costs no walk through everything that ever happened.
 */
export const observationsList: Query<"observations.list"> = async (db, asked) => {
  const { site, station, kinds, beforeSeq, most } = asked;
  const head = await outboxHead(db, undefined);
  let rows = db
    .selectFrom("outbox")
    .selectAll()
    .where("seq", ">", head - queryLimits.observationsSearched);
  if (site !== undefined) rows = rows.where("site_id", "=", site);
  if (station !== undefined) rows = rows.where("station_id", "=", station);
  if (kinds !== undefined) rows = rows.where("kind", "in", kinds);
  if (beforeSeq !== undefined) rows = rows.where("seq", "<", beforeSeq);
  return (await rows.orderBy("seq", "desc").limit(rowsWithin(most)).execute()).map(outboxEntry);
};

export const outboxEntry = (row: Schema["outbox"]): OutboxEntry => ({
  seq: row.seq,
  atMs: row.at_ms,
  source: row.source,
  kind: row.kind,
  ...(row.station_id === null ? {} : { station: row.station_id }),
  ...(row.site_id === null ? {} : { site: row.site_id }),
  ...(row.cause === null ? {} : { cause: row.cause }),
  ...(row.trace === null ? {} : { trace: row.trace }),
  live: row.live === 1,
  // Written by observe() alone, as an object.
  data: JSON.parse(row.data) as JsonObject,
});
