/** What stations told beside connectors and transactions: for a page, a script, or a later decision. */
import type { JsonObject } from "@wattward/kernel";
import type { SettlementRow } from "../core/port.ts";
import type { Query } from "../core/queries.ts";
import { componentName, variableName } from "../stations/variables.ts";
import type { Row } from "../store/schema.ts";
import { queryLimits, rowsWithin } from "./limits.ts";

/** A station's rows are bounded when they are written: stations/told.ts. */
export const stationTold: Query<"station.told"> = async (db, { station, subject }) => {
  let rows = db.selectFrom("told").selectAll().where("station_id", "=", station);
  if (subject !== undefined) rows = rows.where("subject", "=", subject);
  return (await rows.orderBy("subject").orderBy("about").execute()).map((row) => ({
    subject: row.subject,
    about: row.about,
    version: row.ocpp_version,
    body: objectIn(row.body) ?? {},
    ended: row.ended === 1,
    toldAtMs: row.told_at_ms,
  }));
};

export const stationMonitoring: Query<"station.monitoring"> = async (db, { station }) => {
  const monitors = await db
    .selectFrom("monitors")
    .selectAll()
    .where("station_id", "=", station)
    .orderBy("monitor_id")
    .execute();
  const streams = await db
    .selectFrom("event_streams")
    .selectAll()
    .where("station_id", "=", station)
    .orderBy("stream_id")
    .execute();
  return {
    monitors: monitors.map((row) => ({
      id: row.monitor_id,
      ...namesOf(row),
      kind: row.kind,
      value: row.value,
      severity: row.severity,
      toldAtMs: row.told_at_ms,
    })),
    streams: streams.map((row) => ({
      id: row.stream_id,
      monitor: row.monitor_id,
      pending: row.pending,
      value: row.value,
      valueAtMs: row.value_at_ms,
    })),
  };
};

export const stationSetAside: Query<"station.setAside"> = async (db, { station }) => {
  const rows = await db
    .selectFrom("set_aside")
    .selectAll()
    .where("station_id", "=", station)
    .orderBy("received_at_ms", "desc")
    .orderBy("digest")
    .limit(queryLimits.setAsideMax)
    .execute();
  return rows.map((row) => ({
    action: row.action,
    receivedAtMs: row.received_at_ms,
    code: row.code,
    reason: row.reason,
    message: row.message,
    wireId: row.wire_id,
  }));
};

export const settlementsList: Query<"settlements.list"> = async (db, { station, most }) => {
  let rows = db.selectFrom("settlements").selectAll();
  if (station !== undefined) rows = rows.where("station_id", "=", station);
  const found = await rows
    .orderBy("settled_at_ms", "desc")
    .orderBy("dedupe")
    .limit(rowsWithin(most))
    .execute();
  return found.map(settlementRow);
};

export const settlementRow = (row: Row<"settlements">): SettlementRow => ({
  station: row.station_id,
  transaction: row.transaction_id,
  pspRef: row.psp_ref,
  status: row.status,
  amount: row.amount,
  settledAtMs: row.settled_at_ms,
  receiptId: row.receipt_id,
});

export const transactionDetails: Query<"transaction.details"> = async (db, { id }) => {
  const row = await db
    .selectFrom("transaction_details")
    .selectAll()
    .where("transaction_id", "=", id)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  return {
    chargingState: row.charging_state,
    chargingS: row.charging_s,
    remoteStartId: row.remote_start_id,
    reservationId: row.reservation_id,
    operationMode: row.operation_mode,
    tariff: row.tariff,
    limits: objectIn(row.limits),
    cost: objectIn(row.cost),
  };
};

/** Only JSON objects of ours were written there. */
const objectIn = (text: string | null): JsonObject | null =>
  text === null ? null : (JSON.parse(text) as JsonObject);

function namesOf(row: Row<"monitors">): { component: string; variable: string } {
  const { evse_id: id, connector_id: connectorId } = row;
  const component = componentName({
    name: row.component,
    instance: row.component_instance ?? undefined,
    ...(id !== null && { evse: { id, connectorId: connectorId ?? undefined } }),
  });
  return {
    component,
    variable: variableName({ name: row.variable, instance: row.variable_instance ?? undefined }),
  };
}
