/** How stations and their connectors are stored. */
import type { Row, Schema } from "../store/schema.ts";
import { each, statement } from "../store/statement.ts";

export type Station = Row<"stations">;

export const findStation = statement((db, p: { id: string }) =>
  db.selectFrom("stations").selectAll().where("id", "=", p.id),
);

const columns = [
  "id",
  "serial",
  "route",
  "site_id",
  "admission",
  "added_at_ms",
  "connected",
  "generation",
  "ocpp_version",
  "seen_at_ms",
  "booted_at_ms",
  "vendor",
  "model",
  "firmware",
  "certificate_from_ms",
  "certificate_key",
  "node",
] as const;
export const insertStation = statement((db, p: Schema["stations"]) =>
  db.insertInto("stations").values(each(p, columns)),
);

export const updateInventory = statement(
  (db, p: { id: string; serial: string; route: string; site_id: string | null; admission: string }) =>
    db
      .updateTable("stations")
      .set({ serial: p.serial, route: p.route, site_id: p.site_id, admission: p.admission })
      .where("id", "=", p.id),
);

export const rememberCertificate = statement((db, p: { id: string; key: string; fromMs: number }) =>
  db
    .updateTable("stations")
    .set({ certificate_key: p.key, certificate_from_ms: p.fromMs })
    .where("id", "=", p.id),
);

export const setConnected = statement(
  (db, p: { id: string; node: string | null; generation: number; version: string; atMs: number }) =>
    db
      .updateTable("stations")
      .set({
        connected: 1,
        node: p.node,
        generation: p.generation,
        ocpp_version: p.version,
        seen_at_ms: p.atMs,
      })
      .where("id", "=", p.id),
);

/** Only the socket that is live may end the presence: cleanup of an older one changes nothing. */
export const setDisconnected = statement((db, p: { id: string; generation: number }) =>
  db
    .updateTable("stations")
    .set({ connected: 0, node: null })
    .where("id", "=", p.id)
    .where("generation", "=", p.generation)
    .where("connected", "=", 1),
);

export const setSeen = statement((db, p: { id: string; atMs: number; version: string }) =>
  db.updateTable("stations").set({ seen_at_ms: p.atMs, ocpp_version: p.version }).where("id", "=", p.id),
);

export const setBooted = statement(
  (db, p: { id: string; vendor: string; model: string; firmware: string | null; atMs: number }) =>
    db
      .updateTable("stations")
      .set({ vendor: p.vendor, model: p.model, firmware: p.firmware, booted_at_ms: p.atMs })
      .where("id", "=", p.id),
);

export const disconnectAll = statement((db, _: Record<never, never>) =>
  db.updateTable("stations").set({ connected: 0 }).where("connected", "=", 1),
);

export const disconnectStationsOfSite = statement((db, p: { site: string }) =>
  db
    .updateTable("stations")
    .set({ connected: 0 })
    .where("site_id", "=", p.site)
    .where("connected", "=", 1)
    // Where several processes serve, each tells the end of its own sockets one by one.
    .where("node", "is", null),
);

export const stationsOfSite = statement((db, p: { site: string }) =>
  db
    .selectFrom("stations")
    .select(["id", "serial"])
    .where("site_id", "=", p.site)
    .where("admission", "=", "accepted")
    .where("route", "in", ["site", "either"])
    .orderBy("id"),
);

type ConnectorKey = { station: string; evse: number; connector: number };
export const findConnector = statement((db, p: ConnectorKey) =>
  db
    .selectFrom("connectors")
    .selectAll()
    .where("station_id", "=", p.station)
    .where("evse_id", "=", p.evse)
    .where("connector_id", "=", p.connector),
);
export const countConnectors = statement((db, p: { station: string }) =>
  db
    .selectFrom("connectors")
    .select((e) => e.fn.countAll<number>().as("count"))
    .where("station_id", "=", p.station),
);
export const upsertStatus = statement(
  (db, p: ConnectorKey & { status: string; errorCode: string | null; atMs: number }) =>
    db
      .insertInto("connectors")
      .values({
        station_id: p.station,
        evse_id: p.evse,
        connector_id: p.connector,
        status: p.status,
        error_code: p.errorCode,
        status_at_ms: p.atMs,
        power_w: null,
        power_at_ms: null,
      })
      .onConflict((c) =>
        c.columns(["station_id", "evse_id", "connector_id"]).doUpdateSet({
          status: p.status,
          error_code: p.errorCode,
          status_at_ms: p.atMs,
        }),
      ),
);
/** Power of a connector outside a transaction; changes no row where the connector is not known. */
export const setConnectorPower = statement((db, p: ConnectorKey & { powerW: number; atMs: number }) =>
  db
    .updateTable("connectors")
    .set({ power_w: p.powerW, power_at_ms: p.atMs })
    .where("station_id", "=", p.station)
    .where("evse_id", "=", p.evse)
    .where("connector_id", "=", p.connector),
);
