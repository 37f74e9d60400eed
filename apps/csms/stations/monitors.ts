/**
 * The monitors that a station has on its variables (2.0.1 N02 to N08), as it tells them in parts. A later event stream
 * names only a monitor's id: which variable that is, is known from here (2.1 N11.FR.08).
 */
import type { RequestOf } from "@wattward/ocpp";
import type { Call, Version2 } from "../core/call.ts";
import { observe } from "../core/observations.ts";
import { present } from "../core/timestamp.ts";
import type { Row, Schema } from "../store/schema.ts";
import { each, statement } from "../store/statement.ts";
import type { Tx } from "../store/writer.ts";
import { headOf } from "../transactions/record.ts";

/** Of one station; one that names more is making them up, and the rest is not kept. */
export const MONITORS_MAX = 2_000;

type Payload = RequestOf<Version2, "NotifyMonitoringReport">;
type Monitored = NonNullable<Payload["monitor"]>[number];

export async function takeMonitors(tx: Tx, call: Call<Payload>): Promise<void> {
  const { requestId, seqNo, tbc, monitor = [] } = call.payload;
  const rows = monitor.flatMap((monitored) => rowsOf(call, monitored));
  await keep(tx, call, rows);
  const data = { requestId, part: seqNo, more: tbc ?? false, monitors: rows.length };
  observe(tx, { ...headOf(call), kind: "station.monitors", data });
}

async function keep(tx: Tx, call: Call<object>, rows: readonly Schema["monitors"][]): Promise<void> {
  const station = call.station.id;
  let count = Number((await tx.first(countMonitors, { station }))?.count ?? 0);
  for (const row of rows.slice(0, MONITORS_MAX)) {
    const known = await tx.first(findMonitor, { station, monitor: row.monitor_id });
    const { newest, atMs } = present(call, known?.told_at_ms);
    if (!newest || (known === undefined && count >= MONITORS_MAX)) continue;
    if (known === undefined) count += 1;
    await tx.run(upsertMonitor, { ...row, told_at_ms: atMs });
  }
}

/** Which variable a monitor watches; undefined where the station has not said. */
export const knownMonitor = (
  tx: Tx,
  station: string,
  monitor: number,
): Promise<Row<"monitors"> | undefined> => tx.first(findMonitor, { station, monitor });

const rowsOf = (call: Call<object>, { component, variable, variableMonitoring }: Monitored) =>
  variableMonitoring.map(({ id, type, value, severity, transaction }): Schema["monitors"] => ({
    station_id: call.station.id,
    monitor_id: id,
    component: component.name,
    component_instance: component.instance ?? null,
    evse_id: component.evse?.id ?? null,
    connector_id: component.evse?.connectorId ?? null,
    variable: variable.name,
    variable_instance: variable.instance ?? null,
    kind: type,
    value: String(value),
    severity,
    in_transaction: transaction ? 1 : 0,
    told_at_ms: call.receivedAtMs,
  }));

const columns = [
  "station_id",
  "monitor_id",
  "component",
  "component_instance",
  "evse_id",
  "connector_id",
  "variable",
  "variable_instance",
  "kind",
  "value",
  "severity",
  "in_transaction",
  "told_at_ms",
] as const;
const countMonitors = statement((db, p: { station: string }) =>
  db
    .selectFrom("monitors")
    .select((e) => e.fn.countAll<number>().as("count"))
    .where("station_id", "=", p.station),
);
const findMonitor = statement((db, p: { station: string; monitor: number }) =>
  db
    .selectFrom("monitors")
    .selectAll()
    .where("station_id", "=", p.station)
    .where("monitor_id", "=", p.monitor),
);
const upsertMonitor = statement((db, p: Schema["monitors"]) =>
  db
    .insertInto("monitors")
    .values(each(p, columns))
    .onConflict((c) => c.columns(["station_id", "monitor_id"]).doUpdateSet(each(p, columns))),
);
