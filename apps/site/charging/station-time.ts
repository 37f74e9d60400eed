/**
 * A station's own clock, learnt from what it says: profiles are read by that clock alone, however wrong it is (ADR 13).
 *
 * A timestamp can be old (a queue that is sent late), never from the station's future: so the latest reading wins at once, and an
 * earlier one, or a first that says itself that it was queued (2.x), only where two frames that came some time apart say the same, which a
 * queue sent at once does not. What is learnt is the distance to this machine's monotonic clock, so that a jump of the site's own wall clock
 * changes nothing.
 */
import { CLOCK_APART_MS, CLOCK_HEARSAY_MS, CLOCK_WITHIN_MS } from "./limits.ts";

/** What software writes for "not set" and "never", years 1 and 9999, is no clock's word, and no profile can begin there. */
const NEVER_MS = Date.UTC(9999, 0);
const isClocks = (stationMs: number): boolean => stationMs >= 0 && stationMs < NEVER_MS;

type Word = { readonly aheadMs: number; readonly atMs: number };

export class StationTime {
  private ahead: number | undefined;
  /** What was gone by before it said anything. */
  private guess: number | undefined;
  private hearsay: Word[] = [];

  /** A frame that came at `atMs` (monotonic) bears this timestamp. True where its clock is another than what was gone by. */
  heard(stationMs: number, atMs: number, queued = false): boolean {
    if (!isClocks(stationMs)) return false;
    const aheadMs = stationMs - atMs;
    const { ahead } = this;
    if (ahead === undefined ? !queued : aheadMs >= ahead) {
      const stepped = Math.abs(aheadMs - (ahead ?? this.guess ?? aheadMs)) > CLOCK_WITHIN_MS;
      this.ahead = aheadMs;
      this.hearsay = [];
      return stepped;
    }
    if (ahead !== undefined && ahead - aheadMs <= CLOCK_WITHIN_MS) return false;
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

  /** What it most likely shows, before it said anything too: what ours does, since it is told that. */
  likelyAt(atMs: number, wallMs: number): number {
    if (this.ahead === undefined) this.guess = wallMs - atMs;
    return this.at(atMs) ?? wallMs;
  }

  /** What another has learnt of the same station. */
  take({ ahead }: StationTime): void {
    this.ahead = ahead;
  }

  /** It has rebooted, and may have another clock now: the next word is believed. */
  forget(): void {
    this.ahead = undefined;
    this.guess = undefined;
    this.hearsay = [];
  }
}
