/**
 * The grants of one session that may be in force at its station: from the moment at which one is sent until a later one was accepted and
 * the model's response time has passed. Before the first, and once the last that was accepted may have ended, the safe default counts.
 */
import type { SessionInput } from "./inputs.ts";
import { LAPSES_AT, OUTSTANDING_GRANTS_MAX } from "./limits.ts";
import type { Outlet } from "./site.ts";
import { stepDown } from "./steps.ts";

type Sent = { readonly seq: number; readonly limitMa: number; readonly atMs: number; acceptedAtMs?: number };

/** On another's word: what a station may have of it at most, and what it surely has. */
export function livesOn(
  session: SessionInput,
  outlet: Outlet,
): { readonly mostMa: number; readonly surelyMa: number } {
  const { inForceMa = outlet.safeMa, goesOnMa } = session;
  const mostMa = Number.isFinite(inForceMa) ? inForceMa : outlet.ratedMa;
  return { mostMa, surelyMa: stepDown(outlet, Math.min(mostMa, goesOnMa ?? mostMa)) };
}

export class SentGrants {
  private readonly outlet: Outlet;
  private sent: Sent[] = [];

  constructor(outlet: Outlet) {
    this.outlet = outlet;
  }

  /** What the station may let flow at most, per phase, mA. */
  inForceMa(nowMs: number): number {
    const defaultMa = this.newestAccepted === undefined || this.lapses(nowMs) ? this.outlet.safeMa : 0;
    return this.sent.reduce((most, { limitMa }) => Math.max(most, limitMa), defaultMa);
  }

  /** Nothing renews what it has: so near its end others must be lowered for the safe default that follows. */
  lapses(nowMs: number): boolean {
    const { newestAccepted: has, outlet } = this;
    return has !== undefined && nowMs - has.atMs > outlet.ttlMs * LAPSES_AT;
  }

  /** None of ours: there is none, or all are another's. */
  get noneIsOurs(): boolean {
    return this.sent.every(({ seq }) => seq === 0);
  }

  /** The limit of the last one; undefined: none. */
  get lastMa(): number | undefined {
    return this.sent.at(-1)?.limitMa;
  }

  isLast(seq: number): boolean {
    return this.sent.at(-1)?.seq === seq;
  }

  hasAfter(seq: number): boolean {
    return this.sent.some((each) => each.seq > seq);
  }

  /** Memory is bounded for a station that never answers: the highest stays, since it is what may be in force. */
  send(seq: number, limitMa: number, nowMs: number): void {
    this.sent.push({ seq, limitMa, atMs: nowMs });
    if (this.sent.length <= OUTSTANDING_GRANTS_MAX) return;
    // The last, and the one that is known to be there, say what else follows.
    const others = this.sent.slice(0, -1).filter((each) => each !== this.newestAccepted);
    const least = others.reduce((a, b) => (b.limitMa < a.limitMa ? b : a));
    this.sent = this.sent.filter((each) => each !== least);
  }

  /** Another's, who granted while we were not heeded, or before us: in the place of all that was accepted. No answer is ever for it. */
  another(limitMa: number, nowMs: number): void {
    const { newestAccepted } = this;
    const underWay = this.sent.slice(
      newestAccepted === undefined ? 0 : this.sent.indexOf(newestAccepted) + 1,
    );
    this.sent = [{ seq: 0, limitMa, atMs: nowMs }, ...underWay];
  }

  /** It is in no station. */
  rejected(seq: number): void {
    this.sent = this.sent.filter((each) => each.seq !== seq);
  }

  accepted(seq: number, atMs: number): void {
    const found = this.sent.find((each) => each.seq === seq);
    if (found !== undefined) found.acceptedAtMs ??= atMs;
  }

  /** Drops what a later, accepted grant has replaced for as long as the model needs; true: one of ours is in effect. */
  expire(nowMs: number): boolean {
    const inEffect = this.sent.findLast(
      ({ acceptedAtMs }) => acceptedAtMs !== undefined && nowMs - acceptedAtMs >= this.outlet.respondsMs,
    );
    if (inEffect !== undefined) this.sent = this.sent.filter(({ seq }) => seq >= inEffect.seq);
    return inEffect !== undefined;
  }

  clear(): void {
    this.sent = [];
  }

  private get newestAccepted(): Sent | undefined {
    return this.sent.findLast(({ acceptedAtMs }) => acceptedAtMs !== undefined);
  }
}
