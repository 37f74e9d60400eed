/**
 * Does a station keep to what it was granted? Three answers, by how much is known:
 *
 *     over       seen above all that was in force while the reading may have been taken
 *     disobeys   over by its last reading, and above what was in force by readings the model's response time before it, so that none is judged
 *                by the moment in which a car begins; or over by the last one for long: judged, until it has kept to a grant, or nobody has been
 *                there, for `PROBATION_MS`; that stays with the station
 *     shows      seen above what is in force now, by a reading since: nothing is judged by it, but nobody reckons with the grant
 *
 * Being slow to judge costs nothing: what is seen counts at once in what an outlet may draw.
 */
import { DRAWS_MA_MIN, LAG_MS_MAX, PROBATION_MS, UNHEARD_MS } from "./limits.ts";
import type { PerPhase } from "./phases.ts";
import type { Outlet } from "./site.ts";
import { isMore } from "./trust.ts";
import { Extremes } from "./window.ts";

export type SeenDraw = { readonly atMs: number; readonly ma: PerPhase };

export class Obedience {
  disobeys = false;
  private readonly respondsMs: number;
  private readonly inForceHigh = new Extremes(LAG_MS_MAX);
  private inForce = { ma: 0, sinceMs: Number.NEGATIVE_INFINITY };
  /** By the time of the reading that said so first. */
  private overSinceMs: number | undefined;
  /** Likewise above what was in force as it was read: a reading of before may say that of one who obeys. */
  private aboveSinceMs: number | undefined;
  private obeysSinceMs: number | undefined;
  private readAtMs = Number.NEGATIVE_INFINITY;

  constructor({ respondsMs }: Outlet) {
    this.respondsMs = respondsMs;
  }

  /** What may be in force as of this turn, per phase, mA. */
  allows(inForceMa: number, nowMs: number): void {
    if (inForceMa !== this.inForce.ma) this.inForce = { ma: inForceMa, sinceMs: nowMs };
    this.inForceHigh.add(nowMs, inForceMa);
  }

  /** `feedAtMostMa`: what it may give back, per phase. */
  judge(draw: SeenDraw, feedAtMostMa: number, nowMs: number): void {
    // Once, against what was in force then: what is lowered afterwards says nothing of it.
    if (draw.atMs > this.readAtMs) this.read(draw, feedAtMostMa);
    const standsForMs =
      Math.max(draw.atMs, nowMs - UNHEARD_MS) - (this.overSinceMs ?? Number.POSITIVE_INFINITY);
    if (standsForMs >= this.respondsMs) this.disobeys = true;
  }

  private read({ atMs, ma }: SeenDraw, feedAtMostMa: number): void {
    this.readAtMs = atMs;
    const drawsMa = Math.max(...ma);
    const givesMa = Math.max(...ma.map((each) => -each));
    const over = isMore(drawsMa, this.allowedMa) || isMore(givesMa, feedAtMostMa);
    this.aboveSinceMs = over || isMore(drawsMa, this.inForce.ma) ? (this.aboveSinceMs ?? atMs) : undefined;
    this.overSinceMs = over ? this.aboveSinceMs : undefined;
    // Who rests on a grant keeps to it, and a car that is full would prove nothing for ever.
    const proves = !over && (this.inForce.ma > 0 || drawsMa >= DRAWS_MA_MIN);
    this.obeysSinceMs = proves ? (this.obeysSinceMs ?? atMs) : undefined;
    if (atMs - (this.obeysSinceMs ?? Number.POSITIVE_INFINITY) >= PROBATION_MS) this.disobeys = false;
  }

  /** Above what was in force by its last reading, judged or not. */
  get isAbove(): boolean {
    return this.aboveSinceMs !== undefined;
  }

  /** The most that was in force for as long as readings may be apart, mA. */
  get allowedMa(): number {
    return this.inForceHigh.high ?? 0;
  }

  /** Its grants say what it draws, as far as it was seen. */
  keeps(draw: SeenDraw | undefined): boolean {
    const shows =
      draw !== undefined && draw.atMs > this.inForce.sinceMs && isMore(Math.max(...draw.ma), this.inForce.ma);
    return !this.disobeys && this.overSinceMs === undefined && !shows;
  }

  /** Nobody has been there for as long as any proof takes. */
  forget(): void {
    this.disobeys = false;
  }

  /** Another car; the manners are the station's. */
  clear(): void {
    this.inForceHigh.clear();
    this.overSinceMs = undefined;
    this.aboveSinceMs = undefined;
    this.obeysSinceMs = undefined;
  }
}
