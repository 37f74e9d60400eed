/**
 * Energy, power and state of charge over the time of one transaction. Few samples come as they are; many are thinned
 * in the database to equal steps, each with its mean power and what stood at its end.
 */
import { type Kysely, sql } from "kysely";
import type { CurvePoint } from "../core/port.ts";
import type { Query } from "../core/queries.ts";
import type { Row, Schema } from "../store/schema.ts";
import { queryLimits } from "./limits.ts";
import { atOneInstant } from "./read.ts";
import { findWithSite } from "./transaction.ts";

/** Samples may be dated a little before the start that they came with. */
const BEFORE_START_MS = 3_600_000;

export const transactionCurve: Query<"transaction.curve"> = (db, { id, nowMs, points }) =>
  atOneInstant(db, async (tx) => {
    const row = await findWithSite(tx, id);
    if (row === undefined) return undefined;
    const told = await spanOf(tx, row, nowMs);
    const found = samplesOf(tx, row, told);
    const { count, fromMs, toMs } = await found
      .select((e) => [
        e.fn.countAll<number>().as("count"),
        e.fn.min<number | null>("at_ms").as("fromMs"),
        e.fn.max<number | null>("at_ms").as("toMs"),
      ])
      .executeTakeFirstOrThrow();
    const span = {
      fromMs: Math.min(told.fromMs, fromMs ?? Number.POSITIVE_INFINITY),
      toMs: Math.max(told.toMs, toMs ?? 0),
    };
    const samples = Number(count);
    const most = Math.max(2, Math.min(points, queryLimits.curvePointsMax));
    const stepMs = samples <= most ? null : Math.ceil((span.toMs - span.fromMs + 1) / most);
    const rows = await found
      .select((e) => [
        e.fn.max<number>("at_ms").as("atMs"),
        e.fn.max<number | null>("meter_wh").as("meterWh"),
        // Whole in the database: a mean is no whole number there, and PostgreSQL's is no number of JavaScript's.
        sql<number | null>`cast(round(avg(power_w)) as bigint)`.as("powerW"),
        e.fn.max<number | null>("soc_percent").as("socPercent"),
      ])
      .groupBy(stepMs === null ? sql`at_ms` : stepNumber(span.fromMs, stepMs))
      .orderBy("atMs")
      .execute();
    return { ...span, samples, stepMs, points: rows.map((sample) => pointOf(sample, row.meter_start_wh)) };
  });

type Span = { readonly fromMs: number; readonly toMs: number };

/** From what its start and its messages say; one that is open lasts until now. */
async function spanOf(db: Kysely<Schema>, row: Row<"transactions">, nowMs: number): Promise<Span> {
  const heard = await db
    .selectFrom("transaction_events")
    .select((e) => [e.fn.min<number>("at_ms").as("firstMs"), e.fn.max<number>("at_ms").as("lastMs")])
    .where("transaction_id", "=", row.id)
    .executeTakeFirst();
  const begunMs = Math.min(row.started_at_ms ?? Infinity, heard?.firstMs ?? Infinity);
  return {
    fromMs: begunMs === Infinity ? row.changed_at_ms : begunMs,
    toMs: Math.max(row.ended_at_ms ?? nowMs, heard?.lastMs ?? 0),
  };
}

/** By the index of samples: station and time. */
const samplesOf = (db: Kysely<Schema>, row: Row<"transactions">, { fromMs, toMs }: Span) =>
  db
    .selectFrom("meter_samples")
    .where("station_id", "=", row.station_id)
    .where("transaction_id", "=", row.id)
    .where("at_ms", ">=", fromMs - BEFORE_START_MS)
    .where("at_ms", "<=", toMs);

/** Numbers are bound as floating point: the casts make it a division of integers on both engines. */
const stepNumber = (fromMs: number, stepMs: number) =>
  sql`(at_ms - cast(${fromMs} as bigint)) / cast(${stepMs} as bigint)`;

type Sampled = { atMs: number; meterWh: number | null; powerW: number | null; socPercent: number | null };

const pointOf = (sample: Sampled, startWh: number | null): CurvePoint => ({
  atMs: sample.atMs,
  energyWh: sample.meterWh === null || startWh === null ? null : sample.meterWh - startWh,
  powerW: sample.powerW,
  socPercent: sample.socPercent,
});
