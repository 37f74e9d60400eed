/**
 * Writes grants to one station, the latest of each outlet, lowering before raising, and says what became of them.
 *
 *     grant ─▶ latest of its outlet ─▶ as much as is allowed now (raises.ts) ─▶ profile on the learnt way ─▶ station
 *                                        └─ the rest of a raise follows by itself
 *
 * Always true: what is written is never above the grant; a lowering waits for nothing but the CALL that the station has not answered; a
 * raise above the safe default is on disk before it is written; a grant for a session that is over is written nowhere.
 */
import { DRAWS_MA_MIN, type Grant, type GrantOutcome, type Outlet, type SessionId } from "@wattward/energy";
import type { EvseId, Log } from "@wattward/kernel";
import type { Book } from "./book.ts";
import { ask, type StationCaller, type Told } from "./caller.ts";
import { InForceGrants } from "./in-force.ts";
import { canGive, grantProfile, measureOf, nextWay, Refusals } from "./limiting.ts";
import {
  AGAIN_MS,
  BEGINS_EARLIER_MS,
  CLOCK_STEPS_MS_MIN,
  COMPOSITE_BEYOND_S,
  GRANT_ID,
  OFFERED_MS,
  PROVE_AGAIN_MS,
  SAFE_LOOKS_APART_MS,
  SAFE_LOOKS_MAX,
  SAME_WITHIN_MA,
  SAVED_EVERY_MS,
} from "./limits.ts";
import { askComposite, clearProfile, limitAt, type Measure, readComposite, setProfile } from "./profile.ts";
import type { Change, Raises } from "./raises.ts";
import { Remembered, type RememberedPorts } from "./remembered.ts";
import { safeOf } from "./safe-default.ts";
import type { ChargingSession } from "./session.ts";
import type { ClockNews, StationTime } from "./station-time.ts";

export type WriterPorts = RememberedPorts & {
  readonly outlets: readonly Outlet[];
  readonly voltageV: number;
  readonly book: Book;
  readonly time: StationTime;
  readonly raises: Raises;
  readonly log: Log;
  caller(): StationCaller | undefined;
  session(evse: EvseId): ChargingSession | undefined;
  nowMs(): number;
  wallMs(): number;
  outcome(outcome: GrantOutcome): void;
  /** It is limited on another way now, which its safe default may have to follow. */
  otherwise(): void;
};

type Wanted = {
  readonly grant: Grant;
  readonly outlet: Outlet;
  readonly sinceMs: number;
  /** What was told of it; `unanswered` until it is settled. */
  told?: GrantOutcome["outcome"];
  /** Written and accepted so far; absent: nothing. */
  writtenMa?: number;
  /** In watts that so many phases carry. */
  writtenPhases?: number;
  againAtMs: number;
};

export class GrantWriter {
  readonly inForce: InForceGrants;
  private readonly ports: WriterPorts;
  private readonly wanted = new Map<EvseId, Wanted>();
  private readonly refusals = new Refusals();
  private busy = false;
  private held = false;
  private readonly remembered: Remembered;
  /** Of the station's clock; what it has is still of what was gone by before. */
  private news: ClockNews | undefined;
  private steppedAtMs = Number.NEGATIVE_INFINITY;
  /** The station did not take out what outlived its session: not asked to before then. */
  private clearAtMs = Number.NEGATIVE_INFINITY;
  /** It showed its safe default so often where less was granted. */
  private safeLooks = 0;
  /** Its composite schedule proves nothing: not asked for before then, since what lowers would wait for the answer. */
  private proveAtMs = Number.NEGATIVE_INFINITY;

  constructor(ports: WriterPorts) {
    this.ports = ports;
    this.inForce = new InForceGrants(ports);
    this.remembered = new Remembered(ports);
  }

  /** Of an outlet of this station; replaces what was wanted there before. */
  grant(grant: Grant, outlet: Outlet): void {
    const before = this.wanted.get(outlet.evse);
    if (before !== undefined) this.tell(before, "unanswered");
    const sinceMs = this.ports.nowMs();
    this.wanted.set(outlet.evse, { grant, outlet, sinceMs, againAtMs: Number.NEGATIVE_INFINITY });
    void this.work();
  }

  /** Whoever granted is gone: what the station has stays until it ends by itself, and nothing is raised any more. */
  drop(): void {
    this.wanted.clear();
  }

  /** What was granted last to a session, written or not. */
  latestMa(evse: EvseId, session: SessionId): number | undefined {
    const wanted = this.wanted.get(evse);
    if (wanted?.grant.session === session) return wanted.grant.limitMa;
    return this.inForce.of(evse, session)?.limitMa;
  }

  /**
   * A session from before this process: its station may live on the highest that it ever got, for a grant's life; after a longer break, by the
   * wall clock, most likely not.
   */
  restore({ evse, id, mostMa }: ChargingSession, { ttlMs }: Outlet, deadMs: number): void {
    const ended = deadMs > ttlMs + SAVED_EVERY_MS;
    if (mostMa !== undefined) this.inForce.restore(evse, { session: id, limitMa: mostMa, ttlMs }, ended);
  }

  /** The station boots: first its safe default is looked at, which a grant would hide from a composite schedule. What lowers goes on. */
  hold(): void {
    this.held = true;
  }

  /** It may have lost its profiles: what is wanted is written again. */
  release(): void {
    if (!this.held) return;
    this.held = false;
    this.proveAtMs = Number.NEGATIVE_INFINITY;
    this.safeLooks = 0;
    this.writeAnew();
    const { page } = this.ports.book;
    const way = page.safeBy === "max" ? "max" : "tx";
    if (page.learnt.way === "none") page.learnt = { ...page.learnt, way, provenWallMs: undefined };
    void this.work();
  }

  /** Its clock is another than what was gone by: what it has ends too late by it, or too soon, or has not begun. Written anew by its time. */
  clockNews(news: ClockNews): void {
    if (this.news !== "set") this.news = news;
    void this.work();
  }

  /** What would hold for the next car too, and is nobody's any more, is taken out at once; true: it was, and more may be due. */
  private async clearOutlived(caller: StationCaller): Promise<boolean> {
    if (this.held || this.ports.nowMs() < this.clearAtMs) return false;
    const evse = this.inForce.outlived((each) => this.ports.session(each) === undefined);
    if (evse === undefined) return false;
    const cleared = await this.takeOut(caller, evse);
    if (!cleared) this.clearAtMs = this.ports.nowMs() + AGAIN_MS;
    return cleared;
  }

  /** True: the station has it no more. */
  private async takeOut(caller: StationCaller, evse: EvseId): Promise<boolean> {
    if ((await ask(caller, clearProfile(caller.version, GRANT_ID + evse))).kind !== "answer") return false;
    this.inForce.forget(evse);
    return true;
  }

  private writeAnew(): void {
    for (const wanted of this.wanted.values()) {
      delete wanted.writtenMa;
      wanted.againAtMs = Number.NEGATIVE_INFINITY;
    }
  }

  /** What nobody wants any more is taken out, for nothing will replace it. */
  private async settleClock(caller: StationCaller): Promise<void> {
    const nowMs = this.ports.nowMs();
    if (this.news === undefined || nowMs - this.steppedAtMs < CLOCK_STEPS_MS_MIN) return;
    if (this.news === "set")
      this.ports.observe("station-clock-set", "its clock was set: what it was granted is written anew by it");
    this.news = undefined;
    this.steppedAtMs = nowMs;
    this.writeAnew();
    for (const evse of this.inForce.evses) if (!this.wanted.has(evse)) await this.takeOut(caller, evse);
  }

  /** Writes what is due; called when something changed, and every so often for raises that were held back. */
  async work(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    try {
      for (let caller = this.ports.caller(); caller !== undefined; caller = this.ports.caller()) {
        await this.settleClock(caller);
        const due = this.due();
        if (due === undefined && !(await this.clearOutlived(caller))) break;
        if (due === undefined) continue;
        await this.write(caller, due.wanted, due.limitMa);
      }
      if (this.ports.caller() === undefined)
        for (const wanted of this.wanted.values()) this.tell(wanted, "unanswered");
    } finally {
      this.busy = false;
    }
  }

  private due(): { wanted: Wanted; limitMa: number } | undefined {
    const nowMs = this.ports.nowMs();
    const due: { wanted: Wanted; limitMa: number; rises: boolean; lowers: boolean }[] = [];
    for (const [evse, wanted] of this.wanted) {
      if (this.ports.session(evse)?.id !== wanted.grant.session) {
        this.tell(wanted, "rejected");
        this.wanted.delete(evse);
        continue;
      }
      if (wanted.againAtMs > nowMs) continue;
      const narrows = seenOn(this.ports.session(evse)) < (wanted.writtenPhases ?? 0);
      if (narrows) delete wanted.writtenMa;
      const change = this.change(wanted);
      const mayHaveMa = this.inForce.of(evse, wanted.grant.session)?.limitMa ?? change.fromMa;
      const limitMa = this.ports.raises.allowed(change, nowMs);
      // Half of its life is over, and nobody has said it again: whoever granted may be gone.
      if (wanted.writtenMa !== undefined && nowMs - wanted.sinceMs > wanted.grant.ttlMs / 2) continue;
      if (wanted.writtenMa === undefined || limitMa > wanted.writtenMa)
        due.push({ wanted, limitMa, rises: limitMa > mayHaveMa, lowers: narrows || limitMa < mayHaveMa });
    }
    if (this.held) return due.find(({ lowers }) => lowers);
    return due.find(({ rises }) => !rises) ?? due[0];
  }

  private change({ grant, outlet }: Wanted): Change {
    const force = this.inForce.of(outlet.evse, grant.session);
    return {
      outlet: outlet.id,
      // A rise to what it had before the site was dead for long is one all the same.
      fromMa: force === undefined || force.ended ? outlet.safeMa : force.limitMa,
      toMa: Math.min(grant.limitMa, outlet.ratedMa),
      leastMa: outlet.minMa,
      wattsPerMa: (this.ports.voltageV * outlet.wiring.length) / 1_000,
    };
  }

  private async write(caller: StationCaller, wanted: Wanted, limitMa: number): Promise<void> {
    const { time, book, raises } = this.ports;
    const { outlet, grant } = wanted;
    const session = this.ports.session(outlet.evse);
    const { way } = book.page.learnt;
    const nowMs = this.ports.nowMs();
    const gives = (grant.dischargeMa ?? 0) > 0;
    // By what this side knows, whatever the energy controller thinks.
    const mayGive = canGive(way, caller.version) && (session?.dischargeLeftWh ?? 0) > 0;
    if (way === "none" || session === undefined || (gives && !mayGive)) {
      this.wanted.delete(outlet.evse);
      return this.tell(wanted, "rejected");
    }
    if (!this.remembered.has(session, limitMa, outlet)) {
      wanted.againAtMs = Number.POSITIVE_INFINITY;
      void this.remember(session, limitMa);
      return;
    }
    // Before anything is waited for: the next station must not take the same room on the ramp.
    raises.wrote({ ...this.change(wanted), toMa: limitMa }, nowMs);
    const startMs = time.likelyAt(nowMs, this.ports.wallMs()) - BEGINS_EARLIER_MS;
    const { evse, profile } = grantProfile(way, {
      ...{ evse: outlet.evse, transaction: session.transaction, limitMa, startMs },
      ...{ safeMa: safeOf(this.ports.outlets), ttlMs: grant.ttlMs, dischargeMa: grant.dischargeMa },
    });
    const measure = this.measure(outlet);
    const told = await ask(caller, setProfile(caller.version, { evse, profile, measure }));
    const accepted = told.kind === "answer" && told.status === "Accepted";
    if (accepted || told.kind === "silent")
      this.inForce.wrote(outlet.evse, { ...grant, limitMa }, { accepted, atMs: nowMs });
    if (gives && !accepted && told.kind !== "silent") return this.willNotGive(wanted);
    if (!accepted) return this.failed(caller, wanted, told);
    this.refusals.accepted();
    wanted.writtenMa = limitMa;
    if (measure.unit === "W") wanted.writtenPhases = measure.phases;
    this.tell(wanted, "accepted");
    const unproven = book.page.learnt.provenWallMs === undefined && nowMs >= this.proveAtMs;
    if (unproven && !gives) await this.prove(caller, wanted, limitMa);
  }

  /** Whoever waits for it at that outlet is written then; where it could not be kept, later. */
  private async remember(session: ChargingSession, limitMa: number): Promise<void> {
    const kept = await this.remembered.keep(session, limitMa);
    if (kept === undefined) return;
    const waits = this.wanted.get(session.evse);
    if (waits?.againAtMs === Number.POSITIVE_INFINITY) {
      waits.againAtMs = kept ? Number.NEGATIVE_INFINITY : this.ports.nowMs() + AGAIN_MS;
      if (!kept) this.tell(waits, "unanswered");
    }
    void this.work();
  }

  /** A refusal of a setpoint is no reason to doubt how it is limited. Whoever granted it grants something else. */
  private willNotGive(wanted: Wanted): void {
    const { evse } = wanted.outlet;
    if (this.wanted.get(evse) === wanted) this.wanted.delete(evse);
    this.ports.observe("gives-nothing-back", `outlet ${wanted.outlet.id}: its station refuses a setpoint`);
    this.tell(wanted, "rejected");
  }

  private failed(caller: StationCaller, wanted: Wanted, told: Told): void {
    wanted.againAtMs = this.ports.nowMs() + AGAIN_MS;
    // Also of a refusal, while it is tried again: who hears `rejected` reckons with it no more.
    this.tell(wanted, "unanswered");
    if (told.kind === "silent") return;
    // A transaction that ended while this was under way is no reason to doubt the way.
    if (this.ports.session(wanted.outlet.evse)?.id !== wanted.grant.session) return;
    if (this.refusals.refused(wanted.grant.session, told.kind === "never"))
      this.another(caller, told.kind === "never" ? told.say : "refused");
  }

  private another(caller: StationCaller, why: string): void {
    const { book, outlets, log, observe } = this.ports;
    const { way } = book.page.learnt;
    const next = nextWay(way, caller.version, outlets.length);
    book.page.learnt = { ...book.page.learnt, way: next, provenWallMs: undefined };
    void book.save();
    log.warn("limited-otherwise", { was: way, now: next, say: why });
    observe("charging-limited-by", `${next}, since ${way} did not work (${why})`);
    this.proveAtMs = Number.NEGATIVE_INFINITY;
    this.safeLooks = 0;
    this.writeAnew();
    this.ports.otherwise();
  }

  /** Does the station's composite schedule show the grant, and its end? */
  private async prove(caller: StationCaller, wanted: Wanted, limitMa: number): Promise<void> {
    const { book, outlets, observe } = this.ports;
    const { outlet, grant } = wanted;
    const ttlS = Math.floor(grant.ttlMs / 1_000);
    const measure = this.measure(outlet);
    const durationS = ttlS + COMPOSITE_BEYOND_S;
    const told = await ask(
      caller,
      askComposite(caller.version, { evse: outlet.evse, durationS, unit: measure.unit }),
    );
    const composite = told.kind === "answer" ? readComposite(told.payload, measure) : undefined;
    // It does not tell; what the car draws will.
    if (composite === undefined) this.proveAtMs = this.ports.nowMs() + PROVE_AGAIN_MS;
    if (composite === undefined || this.ports.session(outlet.evse)?.id !== grant.session) return;
    const nowMa = limitAt(composite, 0);
    if (nowMa > limitMa + SAME_WITHIN_MA) {
      // By a clock that was learnt wrongly the grant is over, or has not begun: its next word mends that.
      if (nowMa <= safeOf(outlets) + SAME_WITHIN_MA && ++this.safeLooks < SAFE_LOOKS_MAX) {
        this.proveAtMs = this.ports.nowMs() + SAFE_LOOKS_APART_MS;
        return;
      }
      await ask(caller, clearProfile(caller.version, GRANT_ID + outlet.evse));
      return this.another(caller, `it shows ${Math.round(nowMa)} mA where ${limitMa} mA were granted`);
    }
    if (limitAt(composite, ttlS + 1) > safeOf(outlets) + SAME_WITHIN_MA) {
      this.proveAtMs = this.ports.nowMs() + PROVE_AGAIN_MS;
      observe("grant-does-not-end", "the composite schedule shows no return to the safe default");
      return;
    }
    if (nowMa + SAME_WITHIN_MA < limitMa) return;
    this.safeLooks = 0;
    book.page.learnt = { ...book.page.learnt, provenWallMs: this.ports.wallMs() };
    await book.save();
  }

  private measure({ evse, wiring }: Outlet): Measure {
    const { book, session, voltageV } = this.ports;
    return measureOf(book.page.learnt, wiring.length, {
      voltageV,
      drawnOn: this.drawnOn(session(evse), wiring),
    });
  }

  /** Phases that a car draws on; one that takes nothing of what one phase would charge it with waits for more than that. */
  private drawnOn(session: ChargingSession | undefined, { length }: Outlet["wiring"]): number {
    if (session?.observed === undefined) return 1;
    const { evse, id, observed } = session;
    const seen = seenOn(session);
    if (Number.isFinite(seen)) return seen;
    const force = this.inForce.of(evse, id);
    if (force === undefined || force.limitMa === 0) return 1;
    const writtenAtMs = force.untilMs - force.lifeMs;
    return observed.atMs - writtenAtMs > OFFERED_MS ? length : 1;
  }

  private tell(wanted: Wanted, outcome: GrantOutcome["outcome"]): void {
    if (wanted.told === outcome || (wanted.told !== undefined && wanted.told !== "unanswered")) return;
    wanted.told = outcome;
    const { session, seq } = wanted.grant;
    this.ports.outcome({ session, seq, outcome, atMs: this.ports.nowMs() });
  }
}

/** Phases that its car draws on; without end where it draws on none. */
function seenOn(session: ChargingSession | undefined): number {
  const seen = session?.observed?.terminalsMa.filter((ma) => Math.abs(ma) >= DRAWS_MA_MIN).length ?? 0;
  return seen === 0 ? Number.POSITIVE_INFINITY : seen;
}
