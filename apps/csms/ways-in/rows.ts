/** How dispensations, and the ways by which stations came, are stored. */
import type { Row, Schema } from "../store/schema.ts";
import { each, statement } from "../store/statement.ts";

export type DispensationRow = Row<"dispensations">;

export const findDispensation = statement((db, p: { station: string }) =>
  db.selectFrom("dispensations").selectAll().where("station_id", "=", p.station),
);

const columns = [
  "station_id",
  "security_profile",
  "until_ms",
  "password_hash",
  "given_at_ms",
  "given_by",
] as const;
export const insertDispensation = statement((db, p: Schema["dispensations"]) =>
  db.insertInto("dispensations").values(each(p, columns)),
);

export const deleteDispensation = statement((db, p: { station: string }) =>
  db.deleteFrom("dispensations").where("station_id", "=", p.station),
);

export const dispensationsOver = statement((db, p: { atMs: number; most: number }) =>
  db
    .selectFrom("dispensations")
    .selectAll()
    .where("until_ms", "<=", p.atMs)
    .orderBy("station_id")
    .limit(p.most),
);

/** Of stations that may come through this site and are accepted, in order. */
export const dispensationsOfSite = statement((db, p: { site: string }) =>
  db
    .selectFrom("dispensations")
    .innerJoin("stations", "stations.id", "dispensations.station_id")
    .select(["station_id", "security_profile", "until_ms", "password_hash"])
    .where("site_id", "=", p.site)
    .where("admission", "=", "accepted")
    .where("route", "in", ["site", "either"])
    .orderBy("station_id"),
);

export const findWay = statement((db, p: { station: string }) =>
  db.selectFrom("station_ways").selectAll().where("station_id", "=", p.station),
);

export const upsertWay = statement((db, p: Schema["station_ways"]) =>
  db
    .insertInto("station_ways")
    .values(each(p, ["station_id", "security_profile", "profile_3_at_ms"]))
    .onConflict((c) =>
      c
        .column("station_id")
        .doUpdateSet({ security_profile: p.security_profile, profile_3_at_ms: p.profile_3_at_ms }),
    ),
);
