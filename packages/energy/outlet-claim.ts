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
import { CarPhases } from "./car-phases.ts";
import type { FuseTree, Place } from "./fuse-tree.ts";
import type { Grant, GrantOutcome, SessionInput, Standing } from "./inputs.ts";
import {
  DEAF_AFTER_MS,
  DRAWS_MA_MIN,
  IDLE_AFTER_DRAWING_MS,
  IDLE_AFTER_MS,
  INSISTS_AFTER_MS,
  LAG_MS_MAX,
  LEND_AFTER_MS,
  OBEYS_WITHIN_MA,
  REJECTED_AGAIN_MS,
  UNSEEN_MS,
} from "./limits.ts";
import { Obedience, type SeenDraw } from "./obedience.ts";
import { everyWired, higher, map2, NO_CURRENT, onSite, type PerPhase, times } from "./phases.ts";
import { livesOn, SentGrants } from "./sent-grants.ts";
import type { Outlet } from "./site.ts";
import { stepDown } from "./steps.ts";
import { isDraw } from "./trust.ts";
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
  private draw: SeenDraw | undefined;
  private readonly drawHigh = new Extremes(LEND_AFTER_MS);
  private readonly mayHigh = [0, 1, 2].map(() => new Extremes(LAG_MS_MAX));
  private readonly drawnHigh = [0, 1, 2].map(() => new Extremes(LAG_MS_MAX));
  private readonly dischargeHigh = new Extremes(LAG_MS_MAX);
  private dischargeLoweredAtMs = Number.NEGATIVE_INFINITY;
  private nowMs = Number.NEGATIVE_INFINITY;
  private sinceMs = Number.NEGATIVE_INFINITY;
  private offeredSinceMs: number | undefined;
  private atDefaultSinceMs = Number.NEGATIVE_INFINITY;
  private dischargeSeq = 0;
  private readonly phases: CarPhases;
  private restingSinceMs: number | undefined;
  private idleSinceMs: number | undefined;
  private unansweredSinceMs: number | undefined;
  private deafNow = false;
  private inEffect = false;
  /** Since it was last offered anything. */
  private drewOfGrant = false;
  private leaves = false;
  /** Its grant has stood long enough for the draw to show what it wants. */
  private settled = false;
  private unlimited = false;

  constructor(outlet: Outlet) {
    this.outlet = outlet;
    this.sent = new SentGrants(outlet);
    this.limitMa = outlet.safeMa;
    this.phases = new CarPhases(outlet);
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
    this.settled = nowMs - this.changedAtMs >= LEND_AFTER_MS + this.outlet.respondsMs;
    for (const outcome of outcomes) this.hear(outcome);
    if (session?.observed !== undefined) this.see(session.observed, nowMs);
    this.expire(nowMs);
    this.obedience.allows(this.inForceMa, nowMs);
    // What a predecessor had it give is no disobedience, as long as his grant may live.
    const isLeft = !this.inEffect && nowMs - this.sinceMs <= this.outlet.ttlMs;
    const leftMa = isLeft ? Math.max(...this.drawMa.map((ma) => -ma)) : 0;
    this.dischargeHigh.add(nowMs, Math.max(this.dischargeMa, leftMa));
    this.drawMa.forEach((ma, phase) => {
      this.drawnHigh[phase]!.add(nowMs, ma);
    });
    if (this.draw !== undefined) this.obedience.judge(this.draw, this.feedAtMostMa, nowMs);
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
    return this.standing === "obeys" && this.obedience.keeps(this.draw) && !returns;
  }

  /** It was seen above its grants, judged or not. */
  get strays(): boolean {
    return !this.obedience.keeps(this.draw);
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
    const { outlet } = this;
    const seen = this.draw?.ma ?? NO_CURRENT;
    if (this.standing === "empty") return higher(everyWired(outlet.wiring, outlet.safeMa), seen);
    if (this.standing !== "obeys") return higher(everyWired(outlet.wiring, outlet.ratedMa), seen);
    return higher(times(this.phases.used, this.inForceMa), seen);
  }

  /** What it would claim with `limitMa` as well as all that can be in force now. */
  mayWith(limitMa: number): PerPhase {
    return higher(this.mayMa, times(this.phases.used, limitMa));
  }

  /** 1 on each phase of the site that the car uses, as far as is known. */
  get usesPhases(): PerPhase {
    return this.phases.used;
  }

  /** Last seen draw; nothing yet: none, which counts a meter's share of it twice rather than never. */
  get drawMa(): PerPhase {
    return this.draw?.ma ?? NO_CURRENT;
  }

  /**
   * What the car draws at most at the instant that a meter shows, however late meter and station are to each other: the last seen
   * draw where nothing changed for longer than they can be apart, else the most it may have drawn since.
   */
  drawAtMostMa(nowMs: number): PerPhase {
    if (this.dischargeMa > 0)
      return map2(this.feedAtLeastMa(nowMs), this.drawMa, (fedMa, drawnMa) => Math.max(0 - fedMa, drawnMa));
    const settled = nowMs - Math.max(this.changedAtMs, this.restingSinceMs ?? this.changedAtMs) > LAG_MS_MAX;
    if (settled && (this.draw !== undefined || this.session === undefined)) return this.drawMa;
    return [this.mayHigh[0]!.high ?? 0, this.mayHigh[1]!.high ?? 0, this.mayHigh[2]!.high ?? 0];
  }

  /** As last seen; where it obeys, no more than what is in force by now. */
  get drawAtLeastMa(): PerPhase {
    const mostMa = this.heeds ? this.inForceMa : Number.POSITIVE_INFINITY;
    return map2(this.drawMa, NO_CURRENT, (ma) => Math.min(ma, mostMa));
  }

  /**
   * What it is known to give back at least (V2X): the least that was seen for as long as readings may be apart, and nothing where it was
   * told to give less within that time. Who relies on it reckons with a car that stops at any instant.
   */
  feedAtLeastMa(nowMs: number): PerPhase {
    if (this.dischargeMa === 0 || nowMs - this.dischargeLoweredAtMs <= LAG_MS_MAX) return NO_CURRENT;
    const fed = (phase: number) => Math.max(0, -(this.drawnHigh[phase]!.high ?? 0));
    return [fed(0), fed(1), fed(2)];
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
    if (this.draw === undefined || this.isSeen(nowMs)) return NO_CURRENT;
    const { feedAtMostMa } = this;
    return map2(this.draw.ma, this.phases.used, (ma, used) => Math.max(0, ma + feedAtMostMa * used));
  }

  /** As last seen, and nothing where that may have ended. */
  surelyDrawnMa(nowMs: number): PerPhase {
    return this.isSeen(nowMs) ? this.drawMa : NO_CURRENT;
  }

  private isSeen(nowMs: number): boolean {
    return this.draw !== undefined && nowMs - this.draw.atMs <= LAG_MS_MAX;
  }

  /** When it was last seen; `undefined`: never. */
  get seenAtMs(): number | undefined {
    return this.draw?.atMs;
  }

  /** Most drawn on a phase for a while; `undefined`: the grant was changed meanwhile, or a car on it has yet to wake up. */
  get steadyDrawMa(): number | undefined {
    return this.settled && (this.drawing || this.drewOfGrant) ? this.drawHigh.high : undefined;
  }

  /** Left what it was offered, and has drawn nothing since: full, as far as anybody can tell, also while it is offered nothing. */
  get full(): boolean {
    return this.leaves;
  }

  idle(nowMs: number): boolean {
    const afterMs = this.drewOfGrant ? IDLE_AFTER_DRAWING_MS : IDLE_AFTER_MS;
    return this.draw !== undefined && this.idleSinceMs !== undefined && nowMs - this.idleSinceMs > afterMs;
  }

  /** A grant of ours was accepted, and the model's response time has passed: what was in force before is gone. */
  get confirmed(): boolean {
    return this.inEffect;
  }

  get drawing(): boolean {
    return Math.max(...this.drawMa) >= DRAWS_MA_MIN;
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
    if (limitMa > 0 && this.limitMa === 0) this.idleSinceMs = nowMs;
    if (limitMa === 0) {
      this.idleSinceMs = undefined;
      this.drewOfGrant = false;
    }
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

  private see({ atMs, terminalsMa }: NonNullable<SessionInput["observed"]>, nowMs: number): void {
    if (this.draw !== undefined && atMs <= this.draw.atMs) return;
    if (!isDraw(terminalsMa, this.outlet)) return;
    const ma = onSite(this.outlet.wiring, terminalsMa);
    const changed = ma.some((x, i) => Math.abs(x - this.drawMa[i]!) > OBEYS_WITHIN_MA);
    if (changed || this.restingSinceMs === undefined) this.restingSinceMs = nowMs;
    this.draw = { atMs, ma };
    this.drawHigh.add(nowMs, Math.max(0, ...ma));
    if (this.drawing) {
      this.idleSinceMs = undefined;
      this.drewOfGrant ||= this.limitMa > 0;
      this.leaves = false;
    } else if (this.limitMa > 0) {
      this.idleSinceMs ??= nowMs;
      this.leaves ||= this.settled && this.drewOfGrant && (this.drawHigh.high ?? 0) < DRAWS_MA_MIN;
    }
    this.phases.see(ma, nowMs);
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
    this.sent.clear();
    this.limitMa = this.outlet.safeMa;
    this.changedAtMs = nowMs;
    this.loweredAtMs = Number.NEGATIVE_INFINITY;
    this.sentAtMs = Number.NEGATIVE_INFINITY;
    this.draw = undefined;
    this.dischargeMa = 0;
    this.refusesDischarge = false;
    const windows = [this.drawHigh, this.dischargeHigh, ...this.drawnHigh];
    for (const window of windows) window.clear();
    this.phases.clear();
    this.obedience.clear();
    this.restingSinceMs = undefined;
    this.idleSinceMs = undefined;
    this.unansweredSinceMs = undefined;
    this.deafNow = false;
    this.drewOfGrant = false;
    this.leaves = false;
    this.inEffect = false;
  }
}
