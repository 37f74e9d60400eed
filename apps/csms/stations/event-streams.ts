/**
 * Periodic event streams (2.1 N11 to N15): a station opens one for a monitor, then sends that monitor's values in
 * messages that nobody answers, and closes it.
 *
 *     Open id 4, monitor 17 ──▶ SEND id 4: values ──▶ newest value of the monitor's variable ──▶ Close id 4
 *
 * Of the values only the newest is kept: with the stream, and in the device model where the monitor's variable is known.
 * An observation is made of a stream once in a while, however often it sends. What was not opened means nothing.
 */
import type { RequestOf } from "@wattward/ocpp";
import type { Call } from "../core/call.ts";
import { clipped, observe } from "../core/observations.ts";
import type { SendTaken } from "../core/port.ts";
import { believable, FUTURE_MS_MAX } from "../core/timestamp.ts";
import type { Row, Schema } from "../store/schema.ts";
import { each, statement } from "../store/statement.ts";
import type { Tx } from "../store/writer.ts";
import { headOf } from "../transactions/record.ts";
import { knownMonitor } from "./monitors.ts";
import { componentName, storeVariables, type Variable, variableName } from "./variables.ts";

/** Streams that one station may have open; each may cost a commit a second. */
export const STREAMS_MAX = 64;
/** One observation of a stream in this time. */
export const STREAM_OBSERVED_EVERY_MS = 60_000;
const VALUE_CHARS_MAX = 2_500;

type Opened = RequestOf<"2.1", "OpenPeriodicEventStream">["constantStreamData"];
type Data = RequestOf<"2.1", "NotifyPeriodicEventStream">;

/** False: it has more than we follow, and is to use NotifyEvent instead (N11.FR.05, N11.FR.07). */
export async function openStream(tx: Tx, call: Call<object>, opened: Opened): Promise<boolean> {
  const { id, params, variableMonitoringId: monitor } = opened;
  const station = call.station.id;
  // A monitor has one stream (N11.FR.01): a station that restarted opens it anew, under another id perhaps.
  if (call.live) await tx.run(deleteFormer, { station, stream: id, monitor });
  const known = await tx.first(findStream, { station, stream: id });
  const open = Number((await tx.first(countStreams, { station }))?.count ?? 0);
  const accepted = known !== undefined || open < STREAMS_MAX;
  // A stream lives as long as its connection is told of: history opens none.
  if (accepted && call.live) {
    await tx.run(upsertStream, {
      ...blank,
      station_id: station,
      stream_id: id,
      monitor_id: monitor,
      every_s: params.interval ?? null,
      every_values: params.values ?? null,
      opened_at_ms: call.arrivedAtMs,
    });
  }
  const data = { stream: id, monitor, accepted };
  observe(tx, { ...headOf(call), kind: "station.stream-opened", data });
  return accepted;
}

export async function closeStream(tx: Tx, call: Call<object>, stream: number): Promise<void> {
  if (call.live) await tx.run(deleteStream, { station: call.station.id, stream });
  observe(tx, { ...headOf(call), kind: "station.stream-closed", data: { stream } });
}

export async function takeStreamed(tx: Tx, call: Call<Data>): Promise<SendTaken> {
  const { id, pending } = call.payload;
  const station = call.station.id;
  const stream = await tx.first(findStream, { station, stream: id });
  if (stream === undefined) return { kind: "dropped", why: "no such stream is open" };
  const newest = newestOf(call);
  if (stream.value_at_ms !== null && newest.atMs < stream.value_at_ms) return { kind: "taken" };
  const variable = await variableOf(tx, stream, newest.value);
  if (variable !== undefined) {
    await storeVariables(tx, station, [variable], { source: "event", atMs: call.arrivedAtMs });
  }
  const due = call.arrivedAtMs - (stream.observed_at_ms ?? 0) >= STREAM_OBSERVED_EVERY_MS;
  await tx.run(setValue, {
    ...{ station, stream: id, pending, value: newest.value, atMs: newest.atMs },
    observedAtMs: due ? call.arrivedAtMs : stream.observed_at_ms,
  });
  if (due) observeStream(tx, call, variable, newest.value);
  return { kind: "taken" };
}

function observeStream(tx: Tx, call: Call<Data>, variable: Variable | undefined, value: string): void {
  const data = {
    stream: call.payload.id,
    component: variable === undefined ? null : componentName(variable.component),
    variable: variable === undefined ? null : variableName(variable.variable),
    value: clipped(value),
  };
  observe(tx, { ...headOf(call), kind: "station.stream", data });
}

/** Of equal times the last in the list; `t` is in seconds from the base (N15.FR.09). */
function newestOf(call: Call<Data>): { readonly value: string; readonly atMs: number } {
  const { basetime, data } = call.payload;
  const base = believable(basetime, call).atMs;
  const newest = data.reduce((last, next) => (next.t >= last.t ? next : last));
  const atMs = Math.round(base + newest.t * 1_000);
  const latestMs = call.arrivedAtMs + FUTURE_MS_MAX;
  return { value: newest.v.slice(0, VALUE_CHARS_MAX), atMs: Math.min(Math.max(atMs, 0), latestMs) };
}

async function variableOf(
  tx: Tx,
  stream: Row<"event_streams">,
  value: string,
): Promise<Variable | undefined> {
  const monitor = await knownMonitor(tx, stream.station_id, stream.monitor_id);
  if (monitor === undefined) return undefined;
  const { evse_id: evse, connector_id: connector } = monitor;
  return {
    component: {
      name: monitor.component,
      instance: monitor.component_instance ?? undefined,
      ...(evse !== null && { evse: { id: evse, connectorId: connector ?? undefined } }),
    },
    variable: { name: monitor.variable, instance: monitor.variable_instance ?? undefined },
    value,
  };
}

const blank = { pending: 0, value: null, value_at_ms: null, observed_at_ms: null };
const columns = [
  "station_id",
  "stream_id",
  "monitor_id",
  "every_s",
  "every_values",
  "opened_at_ms",
  "pending",
  "value",
  "value_at_ms",
  "observed_at_ms",
] as const;
type Key = { station: string; stream: number };
const countStreams = statement((db, p: { station: string }) =>
  db
    .selectFrom("event_streams")
    .select((e) => e.fn.countAll<number>().as("count"))
    .where("station_id", "=", p.station),
);
const findStream = statement((db, p: Key) =>
  db
    .selectFrom("event_streams")
    .selectAll()
    .where("station_id", "=", p.station)
    .where("stream_id", "=", p.stream),
);
/** One that is opened again begins anew. */
const upsertStream = statement((db, p: Schema["event_streams"]) =>
  db
    .insertInto("event_streams")
    .values(each(p, columns))
    .onConflict((c) => c.columns(["station_id", "stream_id"]).doUpdateSet(each(p, columns))),
);
const setValue = statement(
  (db, p: Key & { pending: number; value: string; atMs: number; observedAtMs: number | null }) =>
    db
      .updateTable("event_streams")
      .set({ pending: p.pending, value: p.value, value_at_ms: p.atMs, observed_at_ms: p.observedAtMs })
      .where("station_id", "=", p.station)
      .where("stream_id", "=", p.stream),
);
const deleteFormer = statement((db, p: Key & { monitor: number }) =>
  db
    .deleteFrom("event_streams")
    .where("station_id", "=", p.station)
    .where("monitor_id", "=", p.monitor)
    .where("stream_id", "!=", p.stream),
);
const deleteStream = statement((db, p: Key) =>
  db.deleteFrom("event_streams").where("station_id", "=", p.station).where("stream_id", "=", p.stream),
);
