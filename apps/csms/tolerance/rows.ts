/** How deviations, handling and messages set aside are stored. */
import type { Schema } from "../store/schema.ts";
import { each, statement } from "../store/statement.ts";

type Key = { station: string; rule: string };
export const findDeviation = statement((db, p: Key) =>
  db.selectFrom("deviations").select("count").where("station_id", "=", p.station).where("rule", "=", p.rule),
);
export const insertDeviation = statement((db, p: Key & { places: number; atMs: number; example: string }) =>
  db.insertInto("deviations").values({
    station_id: p.station,
    rule: p.rule,
    count: p.places,
    first_at_ms: p.atMs,
    last_at_ms: p.atMs,
    last_example: p.example,
  }),
);
export const countDeviation = statement((db, p: Key & { places: number; atMs: number; example: string }) =>
  db
    .updateTable("deviations")
    .set((e) => ({ count: e("count", "+", p.places), last_at_ms: p.atMs, last_example: p.example }))
    .where("station_id", "=", p.station)
    .where("rule", "=", p.rule),
);

export const findHandling = statement((db, p: { station: string }) =>
  db.selectFrom("station_handling").selectAll().where("station_id", "=", p.station),
);
export const handlingsOfSite = statement((db, p: { site: string }) =>
  db
    .selectFrom("station_handling")
    .innerJoin("stations", "stations.id", "station_handling.station_id")
    .selectAll("station_handling")
    .where("stations.site_id", "=", p.site),
);
const handlingColumns = [
  "station_id",
  "strict",
  "pinned_version",
  "assumed_version",
  "pinged",
  "close_deaf",
  "changed_at_ms",
] as const;
export const upsertHandling = statement((db, p: Schema["station_handling"]) =>
  db
    .insertInto("station_handling")
    .values(each(p, handlingColumns))
    .onConflict((c) =>
      c.column("station_id").doUpdateSet({
        strict: p.strict,
        pinned_version: p.pinned_version,
        assumed_version: p.assumed_version,
        pinged: p.pinged,
        close_deaf: p.close_deaf,
        changed_at_ms: p.changed_at_ms,
      }),
    ),
);

export const findSetAside = statement((db, p: { station: string; digest: string }) =>
  db
    .selectFrom("set_aside")
    .select("wire_id")
    .where("station_id", "=", p.station)
    .where("digest", "=", p.digest),
);
export const countSetAside = statement((db, p: { station: string }) =>
  db
    .selectFrom("set_aside")
    .select((e) => e.fn.countAll<number>().as("count"))
    .where("station_id", "=", p.station),
);
const setAsideColumns = [
  "station_id",
  "digest",
  "action",
  "received_at_ms",
  "code",
  "reason",
  "message",
  "wire_id",
] as const;
export const insertSetAside = statement((db, p: Schema["set_aside"]) =>
  db.insertInto("set_aside").values(each(p, setAsideColumns)),
);
