/**
 * Does what a CSMS lets an outlet have go up and down, at 0.1 Hz or faster (AT-C6)? A sequential probability ratio test (Wald 1945) on its
 * turning points: one *swings* where it comes within half a period of 0.1 Hz of the one before, or a little more, and was about as long
 * in coming as that one. (Who clears a limit and sets the next at once makes short blips, seldom: that is no swing.) Where nobody
 * means harm, one in twenty does, by schedules that begin and people who correct themselves; where somebody makes a load swing, nine in ten.
 *
 *     score  +ln(0.9/0.05) for each that swings, +ln(0.1/0.95) for each that does not, never below nothing, which it is again after
 *            a pause; decided at ln(0.99/0.0001): four in a row, which is 1 s at 2 Hz and 20 s at 0.1 Hz
 *
 * On what is asked, since what flows is metered too seldom for the faster half, and dwell and reversals have long taken the swing out of it.
 * Who swings with long and short halves in turn is not said; dwell, ramp and reversals hold for that one, too.
 */
const HALF_PERIOD_MS_MAX = 7_500;
const PAUSE_MS = 20_000;
/** Of one half to the other. */
const UNEVEN_MAX = 4;
/** Less is no change: schedules are rounded. */
const CHANGE_MA_MIN = 1_000;
const SWINGS = Math.log(0.9 / 0.05);
const SWINGS_NOT = Math.log(0.1 / 0.95);
const DECIDED = Math.log(0.99 / 0.0001);

export class Swing {
  private askedMa: number | undefined;
  private sign = 0;
  private turnedAtMs = Number.NEGATIVE_INFINITY;
  private halfMs: number | undefined;
  private score = 0;

  /** What it may have now, in milliamperes per phase; true: it swings, which begins anew from here. */
  sees(askedMa: number, nowMs: number): boolean {
    const byMa = askedMa - (this.askedMa ?? askedMa);
    this.askedMa ??= askedMa;
    if (Math.abs(byMa) < CHANGE_MA_MIN) return false;
    this.askedMa = askedMa;
    const turned = Math.sign(byMa) !== this.sign;
    this.sign = Math.sign(byMa);
    return turned && this.turns(nowMs);
  }

  private turns(nowMs: number): boolean {
    const halfMs = nowMs - this.turnedAtMs;
    const longer = Math.max(halfMs, this.halfMs ?? halfMs);
    const shorter = Math.min(halfMs, this.halfMs ?? halfMs);
    const swings = halfMs <= HALF_PERIOD_MS_MAX && longer <= UNEVEN_MAX * shorter;
    const before = halfMs < PAUSE_MS ? this.score : 0;
    this.score = Math.max(0, before + (swings ? SWINGS : SWINGS_NOT));
    this.turnedAtMs = nowMs;
    this.halfMs = Number.isFinite(halfMs) ? halfMs : undefined;
    if (this.score < DECIDED) return false;
    this.score = 0;
    return true;
  }
}
