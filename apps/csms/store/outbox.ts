/** The outbox's rows: what was observed, in the commit that made it true. Its kinds are in core/observations.ts. */
import type { Schema } from "./schema.ts";
import { each, statement } from "./statement.ts";

export type OutboxDraft = Omit<Schema["outbox"], "seq">;

const columns = [
  "seq",
  "at_ms",
  "source",
  "kind",
  "station_id",
  "site_id",
  "cause",
  "trace",
  "live",
  "data",
] as const;

export const insertOutbox = statement((db, p: Schema["outbox"]) =>
  db.insertInto("outbox").values(each(p, columns)),
);

/** Highest sequence; no row where the outbox is empty. */
export const readOutboxHead = statement((db, _: Record<never, never>) =>
  db.selectFrom("outbox").select("seq").orderBy("seq", "desc").limit(1),
);
