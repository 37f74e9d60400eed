/** What each outlet of one station lives on, as far as is known, by the grants that were written to it. */
import type { SessionId } from "@wattward/energy";
import type { EvseId } from "@wattward/kernel";
import type { Book, Way } from "./book.ts";
import type { StationCaller } from "./caller.ts";

/** The highest that may be in force; without a session for whoever charges there. */
export type InForce = {
  readonly session: SessionId | undefined;
  readonly limitMa: number;
  readonly untilMs: number;
  /** That long it was granted for. */
  readonly lifeMs: number;
  /** It was not watched being granted: the station may have less. */
  readonly atMost?: true;
  /** By the site's wall clock it has ended since: budgeted all the same, for that clock may be wrong, but no reason to skip a ramp. */
  readonly ended?: true;
};

export type InForcePorts = {
  readonly book: Book;
  caller(): StationCaller | undefined;
  nowMs(): number;
};

type Written = { readonly session: SessionId; readonly limitMa: number; readonly ttlMs: number };

/** Profiles that end with their transaction; the others outlive it, and hold for the next car. */
const endsWithSession: ReadonlySet<Way> = new Set(["tx", "dynamic"]);

const of = (session: SessionId | undefined, found: InForce | undefined): InForce | undefined =>
  found?.session === undefined || found.session === session ? found : undefined;

export class InForceGrants {
  private readonly ports: InForcePorts;
  private byEvse = new Map<EvseId, InForce>();
  private returnedAtMs = Number.NEGATIVE_INFINITY;

  constructor(ports: InForcePorts) {
    this.ports = ports;
  }

  /** As far as is known; undefined: nothing but the safe default. */
  at(evse: EvseId): InForce | undefined {
    const found = this.byEvse.get(evse);
    return found !== undefined && found.untilMs > this.ports.nowMs() ? found : undefined;
  }

  /**
   * What has to be budgeted of it: a station that nobody can hear may have had its clock set, by as much as it likes; one that can be heard
   * by less than the grant's life, or it would have been noticed. So much longer the grant may hold.
   */
  mayHold(evse: EvseId): InForce | undefined {
    const found = this.byEvse.get(evse);
    if (found === undefined || this.ports.caller() === undefined) return found;
    const heldUntilMs = Math.max(found.untilMs, this.returnedAtMs) + found.lifeMs;
    return heldUntilMs > this.ports.nowMs() ? found : undefined;
  }

  /** The same, of what holds for this session. */
  of(evse: EvseId, session: SessionId): InForce | undefined {
    return of(session, this.at(evse));
  }
  mayHoldOf(evse: EvseId, session: SessionId | undefined): InForce | undefined {
    return of(session, this.mayHold(evse));
  }

  /** Outlets with anything, in force or not. */
  get evses(): readonly EvseId[] {
    return [...this.byEvse.keys()];
  }

  /** What would hold for the next car too where nobody charges, as long as it may. */
  outlived(isFree: (evse: EvseId) => boolean): EvseId | undefined {
    return this.evses.find((evse) => this.mayHoldOf(evse, undefined) !== undefined && isFree(evse));
  }

  /** Written at `atMs`; what was not answered may be in force beside what was before. */
  wrote(
    evse: EvseId,
    { limitMa, session, ttlMs }: Written,
    { accepted, atMs }: { accepted: boolean; atMs: number },
  ) {
    const before = this.of(evse, session);
    const mostMa = accepted || before === undefined ? limitMa : Math.max(before.limitMa, limitMa);
    const ended = before?.ended === true;
    this.set(evse, { session, limitMa: mostMa, ttlMs }, { accepted, atMs, ended });
  }

  /** From before this process: the highest that it ever got, for a grant's life. */
  restore(evse: EvseId, written: Written, ended: boolean): void {
    this.set(evse, written, { accepted: false, atMs: this.ports.nowMs(), ended });
  }

  forget(evse: EvseId): void {
    this.byEvse.delete(evse);
  }

  /** The same station under another document: what its predecessor has under way still counts. */
  take({ byEvse }: InForceGrants): void {
    this.byEvse = byEvse;
  }

  /** The station can be heard again. */
  returned(): void {
    this.returnedAtMs = this.ports.nowMs();
  }

  private set(
    evse: EvseId,
    { limitMa, session, ttlMs }: Written,
    { accepted, atMs, ended }: { readonly accepted: boolean; readonly atMs: number; readonly ended: boolean },
  ): void {
    const ends = endsWithSession.has(this.ports.book.page.learnt.way);
    this.byEvse.set(evse, {
      ...{ session: ends ? session : undefined, limitMa, untilMs: atMs + ttlMs, lifeMs: ttlMs },
      ...(!accepted && { atMost: true }),
      ...(!accepted && ended && { ended: true }),
    });
  }
}
