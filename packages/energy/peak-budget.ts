/**
 * The budget of a quarter of an hour: a contract counts the mean import of each, so what was not used early may be used later, and
 * what was used too early has to be missed. Predictive: each turn answers the power that, held to the end of the quarter, meets the
 * limit exactly. Watts, watt-hours; wall time, since the contract's quarters lie on the clock.
 */
import { QUARTER_MS } from "./limits.ts";

/** The last moments do not turn a small rest into a great power. */
const REST_MS_MIN = 60_000;
/** A gap without readings counts at the limit itself; a longer step of the clock begins anew. */
const GAP_MS_MAX = QUARTER_MS;

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
   * meter): what passed since the last turn counts as if the limit had been used.
   */
  allowedW(wallMs: number | undefined, importW: number | undefined): number {
    if (wallMs === undefined) {
      this.quarter = undefined;
      return this.limitW;
    }
    const quarter = Math.floor(wallMs / QUARTER_MS);
    const startMs = quarter * QUARTER_MS;
    const goesOn = quarter === this.quarter && wallMs >= this.lastMs && wallMs - this.lastMs <= GAP_MS_MAX;
    if (!goesOn) {
      // Begun in the middle: what went before is unknown, so it counts at the limit.
      this.usedWms = this.quarter === quarter - 1 ? 0 : this.limitW * (wallMs - startMs);
      this.lastMs = this.quarter === quarter - 1 ? startMs : wallMs;
    }
    this.usedWms += Math.max(0, importW ?? this.limitW) * (wallMs - this.lastMs);
    this.quarter = quarter;
    this.lastMs = wallMs;
    const restMs = startMs + QUARTER_MS - wallMs;
    const evenW = Math.max(0, (this.limitW * QUARTER_MS - this.usedWms) / restMs);
    // Held, not stretched: who is on his budget goes on to the end of the quarter.
    const highestW = goesOn ? this.lastW : this.limitW;
    this.lastW = restMs >= REST_MS_MIN ? evenW : Math.min(evenW, highestW);
    return this.lastW;
  }
}
