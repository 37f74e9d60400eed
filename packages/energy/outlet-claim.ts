/**
 * What one outlet may draw: the sum that everything else is measured against (bound (a)).
 *
 *     may draw = the highest grant that can still be in force, or what it was seen to draw, whichever is more;
 *                its rating, where it does not obey, is deaf, or cannot be limited.
 *
 * A grant can be in force from the moment it is sent until a later one was accepted and the model's response time has passed. A
 * lower limit therefore frees nothing by being sent: only by its effect. Nobody waits for it, though: the others go on within what
 * is free. Refuses to forget: an outlet without an answer keeps its claim, also past the grant's life, since its clock may be wrong.
 */
import type { FuseTree, Place } from "./fuse-tree.ts";
import type { Grant, GrantOutcome, SessionInput, Standing } from "./inputs.ts";
import {
  DEAF_AFTER_MS,
  INSISTS_AFTER_MS,
  LAG_MS_MAX,
  LEND_AFTER_MS,
  PROBATION_MS,
  REJECTED_AGAIN_MS,
  UNSEEN_MS,
} from "./limits.ts";
import { Obedience } from "./obedience.ts";
import { everyWired, higher, map2, NO_CURRENT, type PerPhase, times } from "./phases.ts";
import { SeenDraws } from "./seen-draws.ts";
import { livesOn, SentGrants } from "./sent-grants.ts";
import type { Outlet } from "./site.ts";
import { stepDown, wantedMa } from "./steps.ts";
import { Extremes } from "./window.ts";

/** With the index of the fuse that it hangs below, and the rows that it weighs on. */
export type HeldOutlet = { readonly claim: OutletClaim; readonly fuse: number; readonly place: Place };

export const heldIn = (tree: FuseTree): readonly HeldOutlet[] =>
  tree.site.outlets.map((outlet) => {
    const fuse = tree.indexOf(outlet.fuse);
    return { claim: new OutletClaim(outlet), fuse, place: tree.sparingPlaceOf(fuse, outlet.station) };
  });

/**
 * Whoever does not keep to its grants is the one that room was spared for: nobody is lowered to spare some for another beside it. Nobody is
 * raised for it either before it is judged: one that was seen above its grant once may be back below it in the next moment.
 */
export const weighsOn = (
  tree: FuseTree,
  { claim, fuse, place }: HeldOutlet,
  whom: "lowering" | "raising",
): Place => {
  const judged = claim.standing === "disobeys" || claim.standing === "deaf";
  return judged || (whom === "lowering" && claim.strays) ? tree.placeOf(fuse) : place;
};

export class OutletClaim {
  readonly outlet: Outlet;
  session: SessionInput | undefined;
  /** The limit last sent; before the first one the safe default, which is in force at every plug-in. */
  limitMa: number;
  /** Last told to give back so much per phase (V2X). */
  dischargeMa = 0;
  /** It does not take such an order. */
  refusesDischarge = false;
  changedAtMs = Number.NEGATIVE_INFINITY;
  loweredAtMs = Number.NEGATIVE_INFINITY;
  sentAtMs = Number.NEGATIVE_INFINITY;
  private readonly sent: SentGrants;
  private readonly obedience: Obedience;
  private readonly draws: SeenDraws;
  private readonly mayHigh = [0, 1, 2].map(() => new Extremes(LAG_MS_MAX));
  private readonly dischargeHigh = new Extremes(LAG_MS_MAX);
  private dischargeLoweredAtMs = Number.NEGATIVE_INFINITY;
  private nowMs = Number.NEGATIVE_INFINITY;
  private sinceMs = Number.NEGATIVE_INFINITY;
  private offeredSinceMs: number | undefined;
  private atDefaultSinceMs = Number.NEGATIVE_INFINITY;
  /** What the car before gave back when it was seen last. */
  private leftFeedMa = NO_CURRENT;
  private dischargeSeq = 0;
  private unansweredSinceMs: number | undefined;
  private deafNow = false;
  private inEffect = false;
  /** Its grant has stood long enough for the draw to show what it wants. */
  private settled = false;
  private unlimited = false;

  constructor(outlet: Outlet) {
    this.outlet = outlet;
    this.sent = new SentGrants(outlet);
    this.limitMa = outlet.safeMa;
    this.draws = new SeenDraws(outlet);
    this.obedience = new Obedience(outlet);
  }

  /** Takes in this turn's facts; a different session starts from nothing but the station's manners. */
  update(session: SessionInput | undefined, outcomes: readonly GrantOutcome[], nowMs: number): void {
    this.nowMs = nowMs;
    if (session?.id !== this.session?.id) {
      this.reset(nowMs);
      if (session?.inForceMa !== undefined) this.inherit(session, nowMs);
    } else if (session !== undefined) {
      this.seeAnothers(session, nowMs);
      if (this.sent.noneIsOurs) this.follow(session);
    }
    this.session = session;
    if (session === undefined && nowMs - this.sinceMs >= PROBATION_MS) this.obedience.forget();
    this.settled = nowMs - this.changedAtMs >= LEND_AFTER_MS + this.outlet.respondsMs;
    for (const outcome of outcomes) this.hear(outcome);
    const { limitMa, settled } = this;
    if (session?.observed !== undefined) this.draws.see(session.observed, { limitMa, settled }, nowMs);
    this.expire(nowMs);
    this.obedience.allows(this.inForceMa, nowMs);
    // What a predecessor had it give is no disobedience, as long as his grant may live.
    const isLeft = !this.inEffect && nowMs - this.sinceMs <= this.outlet.ttlMs;
    const leftMa = isLeft ? Math.max(...this.drawMa.map((ma) => -ma)) : 0;
    this.dischargeHigh.add(nowMs, Math.max(this.dischargeMa, leftMa));
    this.draws.stand(nowMs);
    if (this.draws.last !== undefined) this.obedience.judge(this.draws.last, this.feedAtMostMa, nowMs);
    // Nobody there draws nothing, whatever somebody who comes may draw.
    const drawnMa = this.standing === "empty" ? this.drawMa : this.mayMa;
    drawnMa.forEach((ma, phase) => {
      this.mayHigh[phase]!.add(nowMs, ma);
    });
  }

  /** From this turn on, until told otherwise: nothing limits it, whatever its document says. */
  set nothingLimits(is: boolean) {
    this.unlimited = is;
  }

  get standing(): Standing {
    if (this.outlet.limiting === "none" || this.unlimited) return "unlimited";
    if (this.obedience.disobeys) return "disobeys";
    if (this.session === undefined) return "empty";
    return this.deaf ? "deaf" : "obeys";
  }

  /**
   * Its grants say what it draws: it obeys, and was not seen above them either.
   * One that was told less than its safe default, and hears no more, is about to have that.
   */
  get heeds(): boolean {
    const returns = this.limitMa < this.outlet.safeMa && this.sent.lapses(this.nowMs);
    return this.standing === "obeys" && this.obedience.keeps(this.draws.last) && !returns;
  }

  /** It was seen above its grants, judged or not. */
  get strays(): boolean {
    return !this.obedience.keeps(this.draws.last);
  }

  /** By its last reading alone; one that is judged may have kept to its grants since. */
  get isAbove(): boolean {
    return this.obedience.isAbove;
  }

  /** What its car takes at most; a grant cannot be less than the least that the station knows. */
  get wantsMa(): number {
    return wantedMa(this.outlet, this.session?.wantsMa ?? 0);
  }

  /** Its share as of this turn; one that waits is offered one for as long as others have to be lowered for it. */
  offered(shareMa: number, nowMs: number): void {
    if (this.limitMa > 0 || shareMa === 0) this.offeredSinceMs = undefined;
    else this.offeredSinceMs ??= nowMs;
  }

  /** Longer than that: others must leave more than they do. */
  get insists(): boolean {
    return this.offeredSinceMs !== undefined && this.nowMs - this.offeredSinceMs > INSISTS_AFTER_MS;
  }

  /** A session that was held below the safe default, or to fewer phases, has just ended: the outlet may draw more, and no grant says so. */
  freed(nowMs: number): boolean {
    return nowMs - this.atDefaultSinceMs <= LAG_MS_MAX;
  }

  /** Per phase of the site. */
  get mayMa(): PerPhase {
    const { outlet, drawMa: seen } = this;
    if (this.standing === "empty") return higher(everyWired(outlet.wiring, outlet.safeMa), seen);
    if (this.standing !== "obeys") return higher(everyWired(outlet.wiring, outlet.ratedMa), seen);
    return higher(times(this.draws.usesPhases, this.inForceMa), seen);
  }

  /** What it would claim with `limitMa` as well as all that can be in force now. */
  mayWith(limitMa: number): PerPhase {
    return higher(this.mayMa, times(this.draws.usesPhases, limitMa));
  }

  /** 1 on each phase of the site that the car uses, as far as is known. */
  get usesPhases(): PerPhase {
    return this.draws.usesPhases;
  }

  /** Last seen draw; nothing yet: none, which counts a meter's share of it twice rather than never. */
  get drawMa(): PerPhase {
    return this.draws.ma;
  }

  /**
   * What the car draws at most at the instant that a meter shows, however late meter and station are to each other: the last seen
   * draw where nothing changed for longer than they can be apart, else the most it may have drawn since.
   */
  drawAtMostMa(nowMs: number): PerPhase {
    if (this.dischargeMa > 0)
      return map2(this.feedAtLeastMa(nowMs), this.drawMa, (fedMa, drawnMa) => Math.max(0 - fedMa, drawnMa));
    const { last, restingSinceMs = this.changedAtMs } = this.draws;
    const settled = nowMs - Math.max(this.changedAtMs, restingSinceMs) > LAG_MS_MAX;
    if (settled && (last !== undefined || this.session === undefined)) return this.drawMa;
    return [this.mayHigh[0]!.high ?? 0, this.mayHigh[1]!.high ?? 0, this.mayHigh[2]!.high ?? 0];
  }

  /** As last seen; where it obeys, no more than what is in force by now. A car that has just left may still give in what a meter shows. */
  get drawAtLeastMa(): PerPhase {
    const mostMa = this.heeds ? this.inForceMa : Number.POSITIVE_INFINITY;
    const leftMa = this.nowMs - this.sinceMs <= LAG_MS_MAX ? this.leftFeedMa : NO_CURRENT;
    return map2(this.drawMa, leftMa, (ma, fedMa) => Math.min(ma, mostMa) - fedMa);
  }

  /**
   * What it is known to give back at least (V2X): the least that was seen for as long as readings may be apart, and nothing where it was
   * told to give less within that time. Who relies on it reckons with a car that stops at any instant.
   */
  feedAtLeastMa(nowMs: number): PerPhase {
    if (this.dischargeMa === 0 || nowMs - this.dischargeLoweredAtMs <= LAG_MS_MAX) return NO_CURRENT;
    return this.draws.feedAtLeastMa;
  }

  /** What it may give back at most, by what it was told lately. */
  get feedAtMostMa(): number {
    return this.dischargeHigh.high ?? 0;
  }

  /** What it says to give back beyond all that it was told: disobedience, or a lie. */
  get untoldFeedMa(): PerPhase {
    const toldMa = this.feedAtMostMa;
    return map2(this.drawMa, NO_CURRENT, (ma) => Math.max(0, -ma - toldMa));
  }

  /** What was last seen, and what it may give back besides, where that is older than readings can be apart: it may have ended since. */
  unseenMa(nowMs: number): PerPhase {
    if (this.draws.last === undefined || this.draws.isFresh(nowMs)) return NO_CURRENT;
    const { feedAtMostMa } = this;
    return map2(this.drawMa, this.draws.usesPhases, (ma, used) => Math.max(0, ma + feedAtMostMa * used));
  }

  /** As last seen, and nothing where that may have ended. */
  surelyDrawnMa(nowMs: number): PerPhase {
    return this.draws.isFresh(nowMs) ? this.drawMa : NO_CURRENT;
  }

  /** What one who obeys draws beyond his limit: no more than meters may differ by, and yet nobody else's. */
  get beyondLimitMa(): PerPhase {
    if (!this.heeds) return NO_CURRENT;
    const { allowedMa } = this.obedience;
    return map2(this.drawMa, this.draws.usesPhases, (ma, used) => Math.max(0, ma - allowedMa * used));
  }

  /** When it was last seen; `undefined`: never. */
  get seenAtMs(): number | undefined {
    return this.draws.last?.atMs;
  }

  /** Most drawn on a phase for a while; `undefined`: the grant was changed meanwhile, or a car on it has yet to wake up. */
  get steadyDrawMa(): number | undefined {
    return this.settled ? this.draws.steadyMa : undefined;
  }

  /** Left what it was offered, and has drawn nothing since: full, as far as anybody can tell, also while it is offered nothing. */
  get full(): boolean {
    return this.draws.full;
  }

  idle(nowMs: number): boolean {
    return this.draws.idle(nowMs);
  }

  /** A grant of ours was accepted, and the model's response time has passed: what was in force before is gone. */
  get confirmed(): boolean {
    return this.inEffect;
  }

  get drawing(): boolean {
    return this.draws.drawing;
  }

  /** Notes a grant that leaves now. */
  send(
    { seq, limitMa, dischargeMa = 0 }: Pick<Grant, "seq" | "limitMa" | "dischargeMa">,
    nowMs: number,
  ): void {
    if (limitMa !== this.limitMa || dischargeMa !== this.dischargeMa) this.changedAtMs = nowMs;
    if (dischargeMa < this.dischargeMa) this.dischargeLoweredAtMs = nowMs;
    if (dischargeMa > 0) this.dischargeSeq = seq;
    this.dischargeMa = dischargeMa;
    if (limitMa < this.limitMa) this.loweredAtMs = nowMs;
    if (limitMa === 0) this.draws.offeredNothing();
    else if (this.limitMa === 0) this.draws.offeredAgain(nowMs);
    this.limitMa = limitMa;
    this.sentAtMs = nowMs;
    this.sent.send(seq, limitMa, nowMs);
    this.unansweredSinceMs ??= nowMs;
  }

  private get inForceMa(): number {
    return this.sent.inForceMa(this.nowMs);
  }

  /** Answers nothing, and was never watched to fall back by itself: nobody knows what it lives on. */
  private get deaf(): boolean {
    return this.deafNow && this.outlet.expiry === "unproven";
  }

  private hear({ seq, outcome, atMs }: GrantOutcome): void {
    if (outcome === "unanswered") return;
    this.unansweredSinceMs = this.sent.hasAfter(seq) ? atMs : undefined;
    this.deafNow = false;
    if (outcome === "rejected" && seq === this.dischargeSeq) this.refusesDischarge = true;
    if (outcome === "rejected") this.unsend(seq);
    else this.sent.accepted(seq, atMs);
  }

  /** It is in no station: where it was the last, the limit is what was before it, and saying that again raises nobody. */
  private unsend(seq: number): void {
    const wasLast = this.sent.isLast(seq);
    this.sent.rejected(seq);
    if (!wasLast) return;
    this.limitMa = stepDown(this.outlet, this.sent.lastMa ?? this.inForceMa);
    this.sayIn(REJECTED_AGAIN_MS, this.nowMs);
  }

  private expire(nowMs: number): void {
    this.inEffect = this.sent.expire(nowMs) || this.inEffect;
    this.deafNow ||= this.unansweredSinceMs !== undefined && nowMs - this.unansweredSinceMs > DEAF_AFTER_MS;
  }

  /** What it may live on is budgeted; said again is no more than it surely has, for that would raise it past all room. */
  private inherit(session: SessionInput, nowMs: number): void {
    const { mostMa, surelyMa } = livesOn(session, this.outlet);
    this.limitMa = surelyMa;
    if ((session.goesOnMa ?? mostMa) < mostMa) this.sayIn(UNSEEN_MS, nowMs);
    // Below the safe default that counts, too.
    if (mostMa > this.outlet.safeMa) this.sent.another(mostMa, nowMs);
  }

  /** It lives on another's word, and has less by now than is said here, or is known to have more. */
  private follow(session: SessionInput): void {
    const { surelyMa } = livesOn(session, this.outlet);
    if (surelyMa < this.limitMa || (session.goesOnMa ?? 0) > this.limitMa) this.limitMa = surelyMa;
  }

  /**
   * More than any grant of ours: another's, who granted while we were not heeded. Where an outcome is told, what the station lives on
   * then is told with it, so none of ours reads like that. Ours is said again at once.
   */
  private seeAnothers(session: SessionInput, nowMs: number): void {
    if (session.inForceMa === undefined || session.inForceMa <= this.inForceMa) return;
    this.changedAtMs = nowMs;
    this.sent.another(livesOn(session, this.outlet).mostMa, nowMs);
    this.sayAgain();
  }

  /** What was said last may not have been heard. */
  sayAgain(): void {
    this.sentAtMs = Number.NEGATIVE_INFINITY;
  }

  private sayIn(ms: number, nowMs: number): void {
    this.sentAtMs = nowMs - this.outlet.ttlMs / 2 + ms;
  }

  /** Manners stay with the station, everything else goes with the car. */
  private reset(nowMs: number): void {
    this.sinceMs = nowMs;
    this.offeredSinceMs = undefined;
    const safe = everyWired(this.outlet.wiring, this.outlet.safeMa);
    if (safe.some((ma, phase) => ma > this.mayMa[phase]!)) this.atDefaultSinceMs = nowMs;
    this.leftFeedMa = map2(this.drawMa, NO_CURRENT, (ma) => Math.max(0, -ma));
    this.sent.clear();
    this.limitMa = this.outlet.safeMa;
    this.changedAtMs = nowMs;
    this.loweredAtMs = Number.NEGATIVE_INFINITY;
    this.sentAtMs = Number.NEGATIVE_INFINITY;
    this.draws.clear();
    this.dischargeMa = 0;
    this.refusesDischarge = false;
    this.dischargeHigh.clear();
    this.obedience.clear();
    this.unansweredSinceMs = undefined;
    this.deafNow = false;
    this.inEffect = false;
  }
}
