/** Stations with their connectors and the power they last reported. */
import type { Kysely } from "kysely";
import type { ConnectorRow, StationRow } from "../core/port.ts";
import type { Query } from "../core/queries.ts";
import type { Schema } from "../store/schema.ts";
import { handlingIn } from "../tolerance/handling.ts";
import { deviationsOf } from "./deviations.ts";
import { waysOf } from "./dispensations.ts";
import { rowsWithin } from "./limits.ts";
import { atOneInstant } from "./read.ts";
import { containing } from "./text.ts";
import { learnedOfStation } from "./variables.ts";

export const stationGet: Query<"station.get"> = (db, { station }) =>
  atOneInstant(db, async (tx) => {
    const row = await tx.selectFrom("stations").selectAll().where("id", "=", station).executeTakeFirst();
    const [known] = row === undefined ? [] : await withDetails(tx, [row]);
    if (known === undefined) return undefined;
    const handling = handlingIn(
      await tx
        .selectFrom("station_handling")
        .selectAll()
        .where("station_id", "=", station)
        .executeTakeFirst(),
    );
    const { strict, pinned = null, assumed = null, pinged, closeDeaf = false } = handling;
    const deaf = await tx
      .selectFrom("deaf_stations")
      .select("since_ms")
      .where("station_id", "=", station)
      .executeTakeFirst();
    return {
      ...known,
      handling: { strict, pinned, assumed, pinged, closeDeaf },
      deafSinceMs: deaf?.since_ms ?? null,
      learned: row === undefined ? [] : await learnedOfStation(tx, row),
      deviations: await deviationsOf(tx, station),
    };
  });

export const stationsList: Query<"stations.list"> = (db, asked) =>
  atOneInstant(db, async (tx) => {
    const { site, connected, admission, text, afterId, most } = asked;
    let rows = tx.selectFrom("stations").selectAll();
    if (site !== undefined) rows = rows.where("site_id", "=", site);
    if (connected !== undefined) rows = rows.where("connected", "=", connected ? 1 : 0);
    if (admission !== undefined) rows = rows.where("admission", "=", admission);
    if (text !== undefined) {
      rows = rows.where(containing(["id", "serial", "vendor", "model", "firmware"], text));
    }
    if (afterId !== undefined) rows = rows.where("id", ">", afterId);
    return withDetails(tx, await rows.orderBy("id").limit(rowsWithin(most)).execute());
  });

/** Keeps the order of `rows`. */
export async function withDetails(
  db: Kysely<Schema>,
  rows: readonly Schema["stations"][],
): Promise<StationRow[]> {
  if (rows.length === 0) return [];
  const ids = rows.map((row) => row.id);
  const connectors = await db
    .selectFrom("connectors")
    .selectAll()
    .where("station_id", "in", ids)
    .orderBy("evse_id")
    .orderBy("connector_id")
    .execute();
  const powers = await db
    .selectFrom("transactions")
    .select(["station_id", "power_w", "power_at_ms"])
    .where("station_id", "in", ids)
    .where("ended_at_ms", "is", null)
    .where("state", "<>", "ended")
    .execute();
  const { dispensations, ways } = await waysOf(db, ids);
  const connectorsOf = Map.groupBy(connectors, (connector) => connector.station_id);
  const powersOf = Map.groupBy(powers, (power) => power.station_id);
  return rows.map((row) => ({
    ...{ securityProfile: ways.get(row.id) ?? null, dispensation: dispensations.get(row.id) ?? null },
    ...stationRow(row, (connectorsOf.get(row.id) ?? []).map(connectorRow), powersOf.get(row.id) ?? []),
  }));
}

type Power = { readonly power_w: number | null; readonly power_at_ms: number | null };

function stationRow(
  row: Schema["stations"],
  connectors: readonly ConnectorRow[],
  powers: readonly Power[],
): Omit<StationRow, "securityProfile" | "dispensation"> {
  return {
    id: row.id,
    serial: row.serial,
    site: row.site_id,
    route: row.route,
    admission: row.admission,
    connected: row.connected === 1,
    version: row.ocpp_version,
    seenAtMs: row.seen_at_ms,
    bootedAtMs: row.booted_at_ms,
    vendor: row.vendor,
    model: row.model,
    firmware: row.firmware,
    ...powerOf(powers),
    connectors,
  };
}

/** The sum of what was reported; as old as its oldest part. */
function powerOf(powers: readonly Power[]): { powerW: number | null; powerAtMs: number | null } {
  let powerW: number | null = null;
  let powerAtMs: number | null = null;
  for (const { power_w, power_at_ms } of powers) {
    if (power_w === null) continue;
    powerW = (powerW ?? 0) + power_w;
    if (power_at_ms !== null) powerAtMs = Math.min(powerAtMs ?? power_at_ms, power_at_ms);
  }
  return { powerW, powerAtMs };
}

const connectorRow = (row: Schema["connectors"]): ConnectorRow => ({
  evse: row.evse_id,
  connector: row.connector_id,
  status: row.status,
  errorCode: row.error_code,
  statusAtMs: row.status_at_ms,
});
