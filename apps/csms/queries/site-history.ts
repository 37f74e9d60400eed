/**
 * A site's power over a past span, as the mean of each step.
 *
 * Each outlet (station, EVSE) is a signal that holds its value until the next sample, the end of the transaction, or
 * {@link HOLD_MS}. The database averages what falls into one step, so that never more than outlets × steps rows come
 * back; the steps then add up the signals, weighted with the time they lasted. EVSE 0 is a station's own meter and
 * would count twice. A step in which no signal was known is null.
 */
import { type Kysely, sql } from "kysely";
import type { PowerPoint } from "../core/port.ts";
import type { Query } from "../core/queries.ts";
import type { Schema } from "../store/schema.ts";
import { queryLimits } from "./limits.ts";

/** Stations report every 15 minutes at the least (a common MeterValueSampleInterval); one may come a minute late. */
const HOLD_MS = 16 * 60_000;

export const siteHistory: Query<"site.history"> = async (db, span) => {
  const known = await db.selectFrom("sites").select("id").where("id", "=", span.site).executeTakeFirst();
  if (known === undefined) return undefined;
  const steps = Math.min(Math.ceil((span.toMs - span.fromMs) / span.stepMs), queryLimits.historyPointsMax);
  if (!(span.stepMs >= 1) || !(steps >= 1)) return [];
  const toMs = Math.min(span.toMs, span.fromMs + steps * span.stepMs);
  return meanPower(await samples(db, { ...span, toMs }), { ...span, toMs });
};

type Span = { readonly fromMs: number; readonly toMs: number; readonly stepMs: number };

/** The samples of one outlet and transaction within one step. */
export type SampleGroup = {
  readonly outlet: string;
  readonly firstMs: number;
  readonly lastMs: number;
  readonly meanW: number;
  /** End of the transaction they belong to; null while it is open, or where there is none. */
  readonly endedMs: number | null;
};

async function samples(db: Kysely<Schema>, span: Span & { readonly site: string }): Promise<SampleGroup[]> {
  // Counted from before the first sample: a division of integers drops the rest towards zero, on both engines, and
  // negative steps would fall together with the first. Numbers are bound as floating point, hence the casts.
  const baseMs = span.fromMs - Math.ceil(HOLD_MS / span.stepMs) * span.stepMs;
  const step = sql<number>`(meter_samples.at_ms - cast(${baseMs} as bigint)) / cast(${span.stepMs} as bigint)`;
  const rows = await db
    .selectFrom("meter_samples")
    .leftJoin("transactions", "transactions.id", "meter_samples.transaction_id")
    .select((e) => [
      "meter_samples.station_id as station",
      "meter_samples.evse_id as evse",
      e.fn.min<number>("meter_samples.at_ms").as("firstMs"),
      e.fn.max<number>("meter_samples.at_ms").as("lastMs"),
      e.fn.sum<number>("meter_samples.power_w").as("sumW"),
      e.fn.countAll<number>().as("count"),
      e.fn.max<number | null>("transactions.ended_at_ms").as("endedMs"),
    ])
    .where("meter_samples.station_id", "in", (e) =>
      e.selectFrom("stations").select("id").where("site_id", "=", span.site),
    )
    .where("meter_samples.at_ms", ">=", span.fromMs - HOLD_MS)
    .where("meter_samples.at_ms", "<", span.toMs)
    .where("meter_samples.power_w", "is not", null)
    .where("meter_samples.evse_id", ">", 0)
    .groupBy(["meter_samples.station_id", "meter_samples.evse_id", "meter_samples.transaction_id", step])
    .execute();
  return rows.map((row) => ({
    outlet: `${row.station} ${row.evse}`,
    firstMs: row.firstMs,
    lastMs: row.lastMs,
    meanW: Number(row.sumW) / Number(row.count),
    endedMs: row.endedMs,
  }));
}

/** Pure: from groups in any order to one point for each step from `fromMs` to `toMs`. */
export function meanPower(groups: readonly SampleGroup[], { fromMs, toMs, stepMs }: Span): PowerPoint[] {
  const points = Array.from({ length: Math.ceil((toMs - fromMs) / stepMs) }, () => ({
    wattMs: 0,
    known: false,
  }));
  const add = (startMs: number, endMs: number, powerW: number) => {
    for (let at = Math.max(startMs, fromMs); at < Math.min(endMs, toMs); ) {
      const index = Math.floor((at - fromMs) / stepMs);
      const until = Math.min(endMs, toMs, fromMs + (index + 1) * stepMs);
      const point = points[index]!;
      point.wattMs += powerW * (until - at);
      point.known = true;
      at = until;
    }
  };
  const ordered = groups.toSorted((a, b) =>
    a.outlet < b.outlet ? -1 : a.outlet > b.outlet ? 1 : a.firstMs - b.firstMs,
  );
  ordered.forEach((group, i) => {
    const next = ordered[i + 1];
    const replacedMs = next?.outlet === group.outlet ? next.firstMs : Number.POSITIVE_INFINITY;
    const endMs = Math.min(replacedMs, group.lastMs + HOLD_MS, group.endedMs ?? Number.POSITIVE_INFINITY);
    add(group.firstMs, endMs, group.meanW);
  });
  return points.map(({ wattMs, known }, index) => {
    const atMs = fromMs + index * stepMs;
    const lengthMs = Math.min(stepMs, toMs - atMs);
    return { atMs, powerW: known ? Math.round(wattMs / lengthMs) : null };
  });
}
