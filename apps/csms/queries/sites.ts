/** Sites with what their stations add up to. */
import { type Kysely, sql } from "kysely";
import type { SiteRow } from "../core/port.ts";
import type { Query } from "../core/queries.ts";
import type { Schema } from "../store/schema.ts";
import { atOneInstant } from "./read.ts";

export const sitesList: Query<"sites.list"> = (db) =>
  atOneInstant(db, async (tx) => {
    const sites = await tx.selectFrom("sites").selectAll().orderBy("id").execute();
    const totals = await siteTotals(tx);
    return sites.map((site) => siteRow(site, totals.get(site.id)));
  });

type Totals = Pick<SiteRow, "stations" | "stationsConnected" | "charging" | "powerW">;

/** Of all sites, or of one. A site without stations has no entry. */
export async function siteTotals(db: Kysely<Schema>, site?: string): Promise<Map<string, Totals>> {
  let stations = db
    .selectFrom("stations")
    .select((e) => [
      "site_id",
      e.fn.countAll<number>().as("stations"),
      e.fn.sum<number>("connected").as("connected"),
    ])
    .where("site_id", "is not", null)
    .groupBy("site_id");
  let open = db
    .selectFrom("transactions")
    .innerJoin("stations", "stations.id", "transactions.station_id")
    .select((e) => [
      "stations.site_id as site_id",
      e.fn.countAll<number>().as("charging"),
      // Null where no row has a power: the sum of nothing is unknown, not zero.
      sql<number | null>`sum(transactions.power_w)`.as("power"),
    ])
    .where("transactions.ended_at_ms", "is", null)
    .where("transactions.state", "<>", "ended")
    .groupBy("stations.site_id");
  if (site !== undefined) {
    stations = stations.where("site_id", "=", site);
    open = open.where("stations.site_id", "=", site);
  }
  const charging = new Map((await open.execute()).map((row) => [row.site_id, row]));
  const totals = new Map<string, Totals>();
  for (const row of await stations.execute()) {
    if (row.site_id === null) continue;
    const busy = charging.get(row.site_id);
    totals.set(row.site_id, {
      stations: Number(row.stations),
      stationsConnected: Number(row.connected),
      charging: Number(busy?.charging ?? 0),
      powerW: busy === undefined || busy.power === null ? null : Number(busy.power),
    });
  }
  return totals;
}

export const siteRow = (site: Schema["sites"], totals: Totals | undefined): SiteRow => ({
  id: site.id,
  connected: site.connected === 1,
  seenAtMs: site.seen_at_ms,
  ...(totals ?? { stations: 0, stationsConnected: 0, charging: 0, powerW: null }),
});
