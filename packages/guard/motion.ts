/**
 * How a value moves, and whether it may: ramp, dwell, changes of direction. Of a register's content, and of what of it is in force.
 *
 * A position is a span: where it is not known which of several values there is, every one of them is judged, and the worst counts. Less
 * power is never refused here: towards 0, and the same again, always pass.
 */
import { RAMP_CREDIT_MS_MAX, REVERSALS_MAX, TEN_MINUTES_MS } from "./limits.ts";
import type { Direction, RegisterPast, Since } from "./past.ts";
import type { WriteBound } from "./policy.ts";

/** Any value between these; both the same where it is known. */
export type Span = { readonly low: number; readonly high: number };

export const point = (value: number): Span => ({ low: value, high: value });
export const ZERO: Span = point(0);
export const hull = (a: Span, b: Span): Span => ({
  low: Math.min(a.low, b.low),
  high: Math.max(a.high, b.high),
});
export const isWithin = (inner: Span, outer: Span): boolean =>
  outer.low <= inner.low && inner.high <= outer.high;

/** From where to where, when, and how fast it might: what is told of a change when it is settled. */
export type Move = {
  readonly from: Span;
  readonly to: Span;
  readonly atMs: number;
  readonly rampPerS: number | undefined;
};

export type MotionRefusal = { readonly code: 3 | 6; readonly why: string };

/** Rounding of binary fractions, relative to the step. */
const EPSILON = 1e-9;
const UNKNOWN = "; what it has is not known: read it first, or begin at 0";

/** Milliseconds of ramp that are not spent. */
type Credit = { readonly ms: number; readonly atMs: number };

export class Motion {
  private credit: Credit | undefined;
  private direction: Direction = 0;
  private reversalsAtMs: number[] = [];
  private changedAtMs: number | undefined;
  /** Where it was when it was looked at last; undefined: nothing moved it yet. */
  private position: Span | undefined;
  /** Another guard, or another meaning, was here before: any change may have been made just then. */
  private readonly sinceMs: number | undefined;

  constructor(since?: Since) {
    if (since === undefined) return;
    const { atMs, direction, reversalsAgoMs } = since;
    this.sinceMs = atMs;
    this.credit = { ms: 0, atMs };
    this.direction = direction;
    const atMsEach = reversalsAgoMs.map((agoMs) => atMs - agoMs).sort((a, b) => a - b);
    this.reversalsAtMs = atMsEach.slice(-REVERSALS_MAX);
  }

  /** For a successor; undefined where it never moved. */
  past(nowMs: number): Pick<RegisterPast, "direction" | "reversalsAgoMs"> | undefined {
    const { direction } = this;
    const count = this.reversals(nowMs);
    if (direction === 0 && count === 0) return undefined;
    return { direction, reversalsAgoMs: this.reversalsAtMs.map((atMs) => Math.max(0, nowMs - atMs)) };
  }

  /** It is there without having been told so: the device let go of it, or may have. Its way there was a change of direction like any. */
  found(at: Span, nowMs: number): void {
    const { position } = this;
    if (position !== undefined && !isWithin(at, position)) this.turn(position, at, nowMs);
    if (position !== undefined) this.position = at;
  }

  /** It went there, or may have: then it is one of `now`. */
  moved({ from, to, atMs, rampPerS }: Move, now: Span = to): void {
    this.position = now;
    if (from.low === from.high && from.low === to.low && to.low === to.high) return;
    if (rampPerS !== undefined) {
      const spentMs = (furthest(from, to) * 1000) / rampPerS;
      this.credit = { ms: Math.max(0, this.creditMs(atMs) - spentMs), atMs };
    }
    this.turn(from, to, atMs);
    this.changedAtMs = atMs;
  }

  /** Why it may not go there now, as fast as `bound` says. `known`: whether `from` is known at all. */
  refusal(from: Span, to: Span, bound: WriteBound, nowMs: number, known = true): MotionRefusal | undefined {
    const step = furthest(from, to);
    if (step === 0) return undefined;
    const text = from.low === from.high ? `${from.low}` : `${from.low}…${from.high}`;
    return (
      this.tooFast(step, bound, { from: text, unknown: known ? "" : UNKNOWN }, nowMs) ??
      this.tooSoon(bound, text, nowMs) ??
      this.turnsTooOften(from, to, bound, nowMs)
    );
  }

  private tooFast(
    step: number,
    { rampPerS }: WriteBound,
    { from, unknown }: { readonly from: string; readonly unknown: string },
    nowMs: number,
  ): MotionRefusal | undefined {
    if (rampPerS === undefined) return undefined;
    const room = (rampPerS * this.creditMs(nowMs)) / 1000;
    if (step <= room * (1 + EPSILON)) return undefined;
    const allowed = `${rampPerS} per second allow ${shown(room)} now`;
    return { code: 3, why: `goes from ${from} by ${shown(step)}, ${allowed}${unknown}` };
  }

  private tooSoon({ dwellMs = 0 }: WriteBound, from: string, nowMs: number): MotionRefusal | undefined {
    const changedAtMs = this.changedAtMs ?? this.sinceMs;
    if (changedAtMs === undefined || nowMs - changedAtMs >= dwellMs) return undefined;
    const sinceMs = Math.max(0, Math.round(nowMs - changedAtMs));
    return { code: 6, why: `has been ${from} for ${sinceMs} of the ${dwellMs} ms that it keeps a value` };
  }

  private turnsTooOften(
    from: Span,
    to: Span,
    { reversalsPer10MinMax: most }: WriteBound,
    nowMs: number,
  ): MotionRefusal | undefined {
    if (most === undefined || !this.reverses(from, to)) return undefined;
    const count = this.reversals(nowMs);
    if (count < most) return undefined;
    return {
      code: 6,
      why: `has changed its direction ${count} times in ten minutes, ${most} are allowed`,
    };
  }

  private creditMs(nowMs: number): number {
    const { credit } = this;
    return credit === undefined
      ? RAMP_CREDIT_MS_MAX
      : Math.min(RAMP_CREDIT_MS_MAX, credit.ms + Math.max(0, nowMs - credit.atMs));
  }

  /** Changes of direction in the last ten minutes. */
  private reversals(nowMs: number): number {
    this.reversalsAtMs = this.reversalsAtMs.filter((atMs) => nowMs - atMs < TEN_MINUTES_MS);
    return this.reversalsAtMs.length;
  }

  /** Against its direction. Where it is not known which value it has, nobody knows how it got there either. */
  private reverses(from: Span, to: Span): boolean {
    // It has turned, and nobody knows which way it went last: whatever it does may be a turn.
    if (this.direction === 0) return this.reversalsAtMs.length > 0 && (rises(from, to) || falls(from, to));
    const isKnown = from.low === from.high;
    return (
      ((!isKnown || this.direction < 0) && rises(from, to)) ||
      ((!isKnown || this.direction > 0) && falls(from, to))
    );
  }

  private turn(from: Span, to: Span, nowMs: number): void {
    const [up, down] = [rises(from, to), falls(from, to)];
    if (this.reverses(from, to)) {
      this.reversals(nowMs);
      this.reversalsAtMs.push(nowMs);
      if (this.reversalsAtMs.length > REVERSALS_MAX) this.reversalsAtMs.shift();
    }
    if (up || down) this.direction = up && down ? (this.direction > 0 ? -1 : 1) : up ? 1 : -1;
  }
}

const rises = (from: Span, to: Span): boolean => to.high > from.low;
const falls = (from: Span, to: Span): boolean => to.low < from.high;

const shown = (value: number): number => Number(value.toPrecision(6));

/** The most that a change may lead away from 0, whichever value it has. */
const furthest = (from: Span, to: Span): number =>
  Math.max(
    stepOf(from.low, to.low),
    stepOf(from.low, to.high),
    stepOf(from.high, to.low),
    stepOf(from.high, to.high),
  );

/** How far away from 0 a change leads; 0 where it leads towards it. Through 0 counts from 0. */
function stepOf(from: number, to: number): number {
  const base = Math.sign(from) === Math.sign(to) ? from : 0;
  return Math.abs(to) <= Math.abs(base) ? 0 : Math.abs(to - base);
}
