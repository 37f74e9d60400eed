/** What stations get wrong, by rule, with how often and the last example. */
import { type Noticed, noticed, repairs } from "@wattward/ocpp";
import type { Kysely } from "kysely";
import type { DeviationRow } from "../core/port.ts";
import type { Query } from "../core/queries.ts";
import type { Row, Schema } from "../store/schema.ts";
import { rowsWithin } from "./limits.ts";

const known: ReadonlyMap<string, Noticed> = new Map(
  [...noticed, ...repairs].map((rule) => [rule.rule, rule]),
);

export const deviationsList: Query<"deviations.list"> = async (db, { site, station, rule, after, most }) => {
  let query = db
    .selectFrom("deviations")
    .innerJoin("stations", "stations.id", "deviations.station_id")
    .selectAll("deviations");
  if (site !== undefined) query = query.where("stations.site_id", "=", site);
  if (station !== undefined) query = query.where("deviations.station_id", "=", station);
  if (rule !== undefined) query = query.where("deviations.rule", "=", rule);
  if (after !== undefined) {
    query = query.where((e) =>
      e.or([
        e("deviations.station_id", ">", after.station),
        e.and([e("deviations.station_id", "=", after.station), e("deviations.rule", ">", after.rule)]),
      ]),
    );
  }
  const found = await query
    .orderBy("deviations.station_id")
    .orderBy("deviations.rule")
    .limit(rowsWithin(most))
    .execute();
  return found.map(deviationRow);
};

/** Of one station, the newest first: as many as there are rules. */
export async function deviationsOf(db: Kysely<Schema>, station: string): Promise<readonly DeviationRow[]> {
  const found = await db
    .selectFrom("deviations")
    .selectAll()
    .where("station_id", "=", station)
    .orderBy("last_at_ms", "desc")
    .orderBy("rule")
    .execute();
  return found.map(deviationRow);
}

const deviationRow = (row: Row<"deviations">): DeviationRow => ({
  station: row.station_id,
  rule: row.rule,
  row: known.get(row.rule)?.row ?? null,
  does: known.get(row.rule)?.does ?? null,
  count: row.count,
  firstAtMs: row.first_at_ms,
  lastAtMs: row.last_at_ms,
  lastExample: row.last_example,
});
