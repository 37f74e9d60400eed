/**
 * Does what a CSMS lets an outlet have go up and down, at 0.1 Hz or faster (AT-C6)? A sequential probability ratio test (Wald 1945) on the
 * signs of its changes: a change *swings* where its sign is not that of the one before, and half a period of 0.1 Hz has not passed by
 * much more than half. Where nobody means harm, one in twenty does (schedules begin, people correct themselves); where somebody makes a
 * load swing, nine in ten.
 *
 *     score  +ln(0.9/0.05) for each that swings, +ln(0.1/0.95) for each that does not, never below nothing, which it is again after
 *            a pause; decided at ln(0.99/0.0001): four in a row, which is 1 s at 2 Hz and 20 s at 0.1 Hz
 *
 * On what is asked, since what flows is metered too seldom for the faster half, and dwell and reversals have long taken the swing out of it.
 */
const HALF_PERIOD_MS_MAX = 7_500;
const PAUSE_MS = 2 * HALF_PERIOD_MS_MAX;
/** Less is no change: schedules are rounded. */
const CHANGE_MA_MIN = 1_000;
const SWINGS = Math.log(0.9 / 0.05);
const SWINGS_NOT = Math.log(0.1 / 0.95);
const DECIDED = Math.log(0.99 / 0.0001);

export class Swing {
  private askedMa: number | undefined;
  private sign = 0;
  private changedAtMs = Number.NEGATIVE_INFINITY;
  private score = 0;

  /** What it may have now, in milliamperes per phase; true: it swings, which begins anew from here. */
  sees(askedMa: number, nowMs: number): boolean {
    const byMa = askedMa - (this.askedMa ?? askedMa);
    this.askedMa ??= askedMa;
    if (Math.abs(byMa) < CHANGE_MA_MIN) return false;
    const sinceMs = nowMs - this.changedAtMs;
    const swings = Math.sign(byMa) === -this.sign && sinceMs <= HALF_PERIOD_MS_MAX;
    const before = sinceMs < PAUSE_MS ? this.score : 0;
    this.score = Math.max(0, before + (swings ? SWINGS : SWINGS_NOT));
    this.askedMa = askedMa;
    this.sign = Math.sign(byMa);
    this.changedAtMs = nowMs;
    if (this.score < DECIDED) return false;
    this.score = 0;
    return true;
  }
}
