/**
 * A station's own clock, learnt from what it says: profiles are read by that clock alone, however wrong it is (ADR 13).
 *
 * A timestamp can be old (a queue that is sent late), never from the station's future: so the latest reading wins at once, and an
 * earlier one (than the site's own time, where grants went by that), or a first that says itself that it was queued (2.x), only where two frames that came some time apart say the same, which a
 * queue sent at once does not. What is learnt is the distance to this machine's monotonic clock, so that a jump of the site's own wall clock
 * changes nothing.
 */
import { CLOCK_APART_MS, CLOCK_HEARSAY_MS, CLOCK_QUEUED_APART_MS, CLOCK_WITHIN_MS } from "./limits.ts";

/** What software writes for "not set" and "never", years 1 and 9999, is no clock's word, and no profile can begin there. */
const NEVER_MS = Date.UTC(9999, 0);
const isClocks = (stationMs: number): boolean => stationMs >= 0 && stationMs < NEVER_MS;

/** It is another than what was gone by: it was `set` since it was heard, or `learnt` in the place of a guess. */
export type ClockNews = "set" | "learnt";

type Word = { readonly aheadMs: number; readonly atMs: number };

export class StationTime {
  private ahead: number | undefined;
  /** What was gone by before it said anything. */
  private guess: number | undefined;
  private hearsay: Word[] = [];

  /** A frame that came at `atMs` (monotonic) bears this timestamp; `queued`: it says itself that it waited. */
  heard(stationMs: number, atMs: number, queued = false): ClockNews | undefined {
    if (!isClocks(stationMs)) return undefined;
    const aheadMs = stationMs - atMs;
    const { ahead, guess } = this;
    const before = ahead ?? guess;
    const leastMs = ahead ?? (guess === undefined ? undefined : guess - CLOCK_WITHIN_MS);
    const isLater = leastMs === undefined ? !queued : aheadMs >= leastMs;
    if (!isLater && !this.isAgreed({ aheadMs, atMs }, queued)) return undefined;
    this.ahead = aheadMs;
    this.hearsay = [];
    if (before === undefined || Math.abs(aheadMs - before) <= CLOCK_WITHIN_MS) return undefined;
    return ahead === undefined ? "learnt" : "set";
  }

  /** An earlier word that another bore out before, or a first out of a queue. */
  private isAgreed(word: Word, queued: boolean): boolean {
    const { aheadMs, atMs } = word;
    if (this.ahead !== undefined && this.ahead - aheadMs <= CLOCK_WITHIN_MS) return false;
    const apartMs = queued ? CLOCK_QUEUED_APART_MS : CLOCK_APART_MS;
    this.hearsay = this.hearsay.filter((one) => atMs - one.atMs <= CLOCK_HEARSAY_MS).slice(-7);
    const agrees = this.hearsay.some(
      (one) => Math.abs(one.aheadMs - aheadMs) <= CLOCK_WITHIN_MS && atMs - one.atMs >= apartMs,
    );
    this.hearsay.push(word);
    return agrees;
  }

  /** What the station's clock shows at `atMs`; undefined before it said anything. */
  at(atMs: number): number | undefined {
    return this.ahead === undefined ? undefined : this.ahead + atMs;
  }

  /** What it most likely shows, before it said anything too: what ours does, since it is told that. */
  likelyAt(atMs: number, wallMs: number): number {
    return (this.ahead ?? (this.guess ??= wallMs - atMs)) + atMs;
  }

  /** What another has learnt of the same station. */
  take({ ahead, guess }: StationTime): void {
    this.ahead = ahead;
    this.guess = guess;
  }

  /** It has rebooted, and may have another clock now: the next word is believed. */
  forget(): void {
    this.ahead = undefined;
    this.guess = undefined;
    this.hearsay = [];
  }
}
