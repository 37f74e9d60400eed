/**
 * A station's own clock, learnt from what it says: profiles are read by that clock alone, however wrong it is (ADR 13).
 *
 * A timestamp can be old (a queue that is sent late; what says so, 2.x's `offline`, is not heard here), never from the station's future: so the latest reading wins at once, and an
 * earlier one only where two frames that came some time apart say the same, which a queue sent at once does not. What is learnt is the
 * distance to this machine's monotonic clock, so that a jump of the site's own wall clock changes nothing.
 */
import { CLOCK_APART_MS, CLOCK_HEARSAY_MS, CLOCK_WITHIN_MS } from "./limits.ts";

/** What software writes for "not set" and "never", years 1 and 9999, is no clock's word, and no profile can begin there. */
const NEVER_MS = Date.UTC(9999, 0);
const isClocks = (stationMs: number): boolean => stationMs >= 0 && stationMs < NEVER_MS;

type Word = { readonly aheadMs: number; readonly atMs: number };

export class StationTime {
  private ahead: number | undefined;
  private hearsay: Word[] = [];

  /** A frame that came at `atMs` (monotonic) bears this timestamp. True where its clock has been set since it was heard before. */
  heard(stationMs: number, atMs: number): boolean {
    if (!isClocks(stationMs)) return false;
    const aheadMs = stationMs - atMs;
    if (this.ahead === undefined || aheadMs >= this.ahead) {
      const stepped = this.ahead !== undefined && aheadMs - this.ahead > CLOCK_WITHIN_MS;
      this.ahead = aheadMs;
      this.hearsay = [];
      return stepped;
    }
    if (this.ahead - aheadMs <= CLOCK_WITHIN_MS) return false;
    this.hearsay = this.hearsay.filter((word) => atMs - word.atMs <= CLOCK_HEARSAY_MS).slice(-7);
    const agrees = this.hearsay.some(
      (word) => Math.abs(word.aheadMs - aheadMs) <= CLOCK_WITHIN_MS && atMs - word.atMs >= CLOCK_APART_MS,
    );
    this.hearsay.push({ aheadMs, atMs });
    if (!agrees) return false;
    this.ahead = aheadMs;
    this.hearsay = [];
    return true;
  }

  /** What the station's clock shows at `atMs`; undefined before it said anything. */
  at(atMs: number): number | undefined {
    return this.ahead === undefined ? undefined : this.ahead + atMs;
  }

  /** What another has learnt of the same station. */
  take({ ahead }: StationTime): void {
    this.ahead = ahead;
  }

  /** It has rebooted, and may have another clock now: the next word is believed. */
  forget(): void {
    this.ahead = undefined;
    this.hearsay = [];
  }
}
