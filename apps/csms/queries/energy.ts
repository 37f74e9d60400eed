/** Sites' energy as it was written and told: documents with all their versions, quarters of an hour, modes, what guards refused, prices. */
import type { JsonObject } from "@wattward/kernel";
import { type Kysely, sql } from "kysely";
import type { EnergyDocumentRow, EnergyVersionRow, QuarterRow, StationPlace } from "../core/port.ts";
import type { Query } from "../core/queries.ts";
import { checkDocumentAt } from "../energy/check-document.ts";
import { FLEET, seriesIn } from "../energy/prices.ts";
import type { Row, Schema } from "../store/schema.ts";
import { queryLimits, rowsWithin } from "./limits.ts";
import { outboxEntry } from "./outbox.ts";

const isSite = async (db: Kysely<Schema>, site: string): Promise<boolean> =>
  (await db.selectFrom("sites").select("id").where("id", "=", site).executeTakeFirst()) !== undefined;

export const energyDocument: Query<"energy.document"> = async (db, { site, version }) => {
  if (!(await isSite(db, site))) return undefined;
  let rows = db.selectFrom("energy_documents").selectAll().where("site_id", "=", site);
  if (version !== undefined) rows = rows.where("version", "=", version);
  const row = await rows.orderBy("version", "desc").limit(1).executeTakeFirst();
  return { document: row === undefined ? null : documentOf(row) };
};

export const energyVersions: Query<"energy.versions"> = async (db, { site, beforeVersion, most }) => {
  if (!(await isSite(db, site))) return undefined;
  let rows = db
    .selectFrom("energy_documents")
    .select(["version", "at_ms", "actor", "reason"])
    .select(sql<number>`CASE WHEN energy IS NULL THEN 0 ELSE 1 END`.as("managed"))
    .where("site_id", "=", site);
  if (beforeVersion !== undefined) rows = rows.where("version", "<", beforeVersion);
  const found = await rows.orderBy("version", "desc").limit(rowsWithin(most)).execute();
  return found.map(({ managed, ...row }) => versionOf(row, managed === 1));
};

const versionOf = (
  row: Pick<Row<"energy_documents">, "version" | "at_ms" | "actor" | "reason">,
  managed: boolean,
): EnergyVersionRow => ({
  version: row.version,
  atMs: row.at_ms,
  actor: row.actor,
  reason: row.reason,
  managed,
});
const documentOf = (row: Row<"energy_documents">): EnergyDocumentRow => ({
  ...versionOf(row, row.energy !== null),
  text: row.text,
  energy: jsonIn(row.energy),
  guard: jsonIn(row.guard),
});
/** Written by this program alone, as objects. */
const jsonIn = (text: string | null): JsonObject | null =>
  text === null ? null : (JSON.parse(text) as JsonObject);

export const energyCheck: Query<"energy.check"> = (db, { site, text }) =>
  checkDocumentAt((stations) => placesOf(db, site, stations), site, text);

/** Of these stations and all of the site; unknown ones are left out. */
async function placesOf(
  db: Kysely<Schema>,
  site: string,
  stations: readonly string[],
): Promise<StationPlace[]> {
  const places = await db
    .selectFrom("stations")
    .select(["id", "site_id", "route"])
    .where((e) =>
      stations.length === 0
        ? e("site_id", "=", site)
        : e.or([e("site_id", "=", site), e("id", "in", stations)]),
    )
    .orderBy("id")
    .execute();
  if (places.length === 0) return [];
  const ids = places.map(({ id }) => id);
  const told = await db
    .selectFrom("connectors")
    .select(["station_id", "evse_id"])
    .distinct()
    .where("station_id", "in", ids)
    .where("evse_id", ">", 0)
    .execute();
  const evses = Map.groupBy(told, ({ station_id }) => station_id);
  return places.map(({ id, site_id, route }) => ({
    station: id,
    site: site_id,
    route,
    evses: (evses.get(id) ?? []).map(({ evse_id }) => evse_id).sort((a, b) => a - b),
  }));
}

export const energyQuarters: Query<"energy.quarters"> = async (db, { site, fromMs, toMs }) => {
  if (!(await isSite(db, site))) return undefined;
  const rows = await db
    .selectFrom("energy_quarters")
    .selectAll()
    .where("site_id", "=", site)
    .where("from_ms", ">=", fromMs)
    .where("from_ms", "<", toMs)
    .orderBy("from_ms")
    .limit(queryLimits.quartersMax)
    .execute();
  return rows.map(quarterOf);
};

const quarterOf = (row: Row<"energy_quarters">): QuarterRow => {
  const [gridWh, carsWh, batteryWh] = [row.planned_grid_wh, row.planned_cars_wh, row.planned_battery_wh];
  return {
    fromMs: row.from_ms,
    importWh: row.import_wh,
    exportWh: row.export_wh,
    solarWh: row.solar_wh,
    batteryInWh: row.battery_in_wh,
    batteryOutWh: row.battery_out_wh,
    buildingWh: row.building_wh,
    carsWh: row.cars_wh,
    carsWhByMode: JSON.parse(row.cars_wh_by_mode) as Record<string, number>,
    costMilliCent: row.cost_milli_cent,
    planned: gridWh === null || carsWh === null || batteryWh === null ? null : { gridWh, carsWh, batteryWh },
    chargePermille: row.charge_permille,
    measuredS: row.measured_s,
  };
};

/** Its kind stands in the SQL as it is: only so is the index of that kind found. */
function told(
  db: Kysely<Schema>,
  kind: "site.mode" | "site.guard",
  { site, beforeSeq, most }: { site: string; beforeSeq?: number; most: number },
) {
  let rows = db
    .selectFrom("outbox")
    .selectAll()
    .where("site_id", "=", site)
    .where(sql<boolean>`kind = ${sql.lit(kind)}`);
  if (beforeSeq !== undefined) rows = rows.where("seq", "<", beforeSeq);
  return rows.orderBy("seq", "desc").limit(rowsWithin(most)).execute();
}

export const energyModes: Query<"energy.modes"> = async (db, asked) => {
  if (!(await isSite(db, asked.site))) return undefined;
  return (await told(db, "site.mode", asked)).map((row) => {
    const { seq, atMs, data } = outboxEntry(row);
    const { mode, islanded, reason, before, alert } = data;
    return {
      ...{ seq, atMs },
      mode: String(mode),
      islanded: islanded === true,
      reason: String(reason),
      before: typeof before === "string" ? before : null,
      alert: String(alert),
    };
  });
};

export const energyGuard: Query<"energy.guard"> = async (db, asked) => {
  if (!(await isSite(db, asked.site))) return undefined;
  return (await told(db, "site.guard", asked)).map((row) => {
    const { seq, atMs, data } = outboxEntry(row);
    // Written by energy/told.ts alone.
    return { seq, atMs, what: String(data["what"]), detail: data["detail"] as JsonObject };
  });
};

export const energyLimit: Query<"energy.limit"> = async (db, { site, nowMs }) => {
  if (!(await isSite(db, site))) return undefined;
  const row = await db
    .selectFrom("energy_limits")
    .selectAll()
    .where("site_id", "=", site)
    .where("until_ms", ">", nowMs)
    .executeTakeFirst();
  if (row === undefined) return { limit: null };
  const { limit_w: limitW, until_ms: untilMs, at_ms: atMs, actor, reason } = row;
  return { limit: { limitW, untilMs, atMs, actor, reason } };
};

export const energyPrices: Query<"energy.prices"> = async (db) => {
  const rows = await db
    .selectFrom("energy_prices")
    .selectAll()
    .orderBy("site_id")
    .limit(queryLimits.rowsMax)
    .execute();
  return rows.map((row) => ({
    site: row.site_id === FLEET ? null : row.site_id,
    ...seriesIn(row),
    toldAtMs: row.told_at_ms,
    toldBy: row.told_by,
  }));
};
