/**
 * The budget of a quarter of an hour: a contract counts the mean import of each, so what was not used early may be used later, and
 * what was used too early has to be missed. Predictive: each turn answers the power that, held to the end of the quarter, meets the
 * limit exactly. Watts, watt-hours; wall time, since the contract's quarters lie on the clock.
 */
import { QUARTER_MS } from "./limits.ts";

const HOUR_MS = 3_600_000;
/** The last moments do not turn a small rest into a great power. */
const REST_MS_MIN = 60_000;
/** A gap without readings counts at the limit itself; a longer step of the clock begins anew, … */
const GAP_MS_MAX = QUARTER_MS;
/** … and so does one back that is more than the correction of a clock that runs. */
const BACK_MS_MAX = 10_000;

/** What is known of a quarter from before: kept over a restart, or counted elsewhere. */
export type QuarterSoFar = {
  readonly fromWallMs: number;
  readonly importWh: number;
  readonly measuredS: number;
};

export class PeakBudget {
  private readonly limitW: number;
  private quarter: number | undefined;
  private lastMs = 0;
  private usedWms = 0;
  private lastW = 0;

  constructor(limitW: number) {
    this.limitW = limitW;
  }

  /**
   * The import allowed from now on. `wallMs` absent (no trusted clock): the limit, always. `importW` absent (no trusted
   * meter): what passed since the last turn counts as if the limit had been used. `before`: of the quarter under way, where it is begun in the middle.
   */
  allowedW(wallMs: number | undefined, importW: number | undefined, before?: QuarterSoFar): number {
    if (wallMs === undefined) {
      this.quarter = undefined;
      return this.limitW;
    }
    const quarter = Math.floor(wallMs / QUARTER_MS);
    const startMs = quarter * QUARTER_MS;
    const passedMs = wallMs - this.lastMs;
    const goesOn = quarter === this.quarter && passedMs >= -BACK_MS_MAX && passedMs <= GAP_MS_MAX;
    if (!goesOn) {
      this.usedWms = this.quarter === quarter - 1 ? 0 : this.usedBefore(wallMs, startMs, before);
      this.lastMs = this.quarter === quarter - 1 ? startMs : wallMs;
    }
    this.usedWms += Math.max(0, importW ?? this.limitW) * Math.max(0, wallMs - this.lastMs);
    this.quarter = quarter;
    this.lastMs = wallMs;
    const restMs = startMs + QUARTER_MS - wallMs;
    const evenW = Math.max(0, (this.limitW * QUARTER_MS - this.usedWms) / restMs);
    // Held, not stretched: who is on his budget goes on to the end of the quarter.
    const highestW = goesOn ? this.lastW : this.limitW;
    this.lastW = restMs >= REST_MS_MIN ? evenW : Math.min(evenW, highestW);
    return this.lastW;
  }

  /** Begun in the middle: what is unknown of what went before counts at the limit. */
  private usedBefore(wallMs: number, startMs: number, before: QuarterSoFar | undefined): number {
    const known = before?.fromWallMs === startMs ? before : { importWh: 0, measuredS: 0 };
    const unknownMs = Math.max(0, wallMs - startMs - known.measuredS * 1_000);
    return known.importWh * HOUR_MS + this.limitW * unknownMs;
  }
}
