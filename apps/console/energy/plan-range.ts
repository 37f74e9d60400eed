/** How much of the plan and of what happened a picture shows, around the quarter of an hour that is under way. Pure. */
import type { PlanRange } from "../site/search.ts";
import { QUARTER_MS, type Span } from "./plan-series.ts";

const HOUR_MS = 3_600_000;

/** Back from the begin of this quarter of an hour, and on from there; together what its name says. */
const around: Readonly<Record<PlanRange, { readonly pastMs: number; readonly aheadMs: number }>> = {
  "1h": { pastMs: 3 * QUARTER_MS, aheadMs: QUARTER_MS },
  "6h": { pastMs: 4 * HOUR_MS, aheadMs: 2 * HOUR_MS },
  "24h": { pastMs: 14 * HOUR_MS, aheadMs: 10 * HOUR_MS },
  "36h": { pastMs: 14 * HOUR_MS, aheadMs: 22 * HOUR_MS },
};
/** Fewer quarters of an hour are lost in a day and a half. */
const QUARTERS_FEW = 8;

/** It moves on with every quarter. */
export function spanOf(range: PlanRange, nowMs: number): Span {
  const quarter = Math.floor(nowMs / QUARTER_MS) * QUARTER_MS;
  const { pastMs, aheadMs } = around[range];
  return { fromMs: quarter - pastMs, toMs: quarter + aheadMs };
}

/** Where nobody chose: short while little has happened, so that it can be seen. `toldQuarters` undefined: not known yet. */
export const rangeFor = (chosen: PlanRange | undefined, toldQuarters: number | undefined): PlanRange =>
  chosen ?? (toldQuarters !== undefined && toldQuarters < QUARTERS_FEW ? "6h" : "36h");
