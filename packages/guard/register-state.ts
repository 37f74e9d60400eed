/**
 * What is known of one typed register of one device: what it holds, and what was done to it by those who may.
 *
 * Always true: it learns from the device alone (what was read, what was acknowledged). A write that was refused changes nothing; one
 * whose fate is unknown leaves both values possible, and rules hold for both.
 */
import { MASK_CONTENT_MS_MAX, RAMP_CREDIT_MS_MAX, REVERSALS_MAX, TEN_MINUTES_MS } from "./limits.ts";
import type { Direction, RegisterPast, Since } from "./past.ts";
import type { TypedRegister, WriteBound } from "./policy.ts";

/** The value that was last let through and may be in force lies between these; both the same where it is known. */
type Held = { readonly low: number; readonly high: number; readonly changedAtMs: number | undefined };
/** Milliseconds of ramp that are not spent. */
type Credit = { readonly ms: number; readonly atMs: number };

/** A write that was let through: what it does to the value's motion is known when it is settled. */
export type Passage = {
  readonly words: readonly number[];
  readonly value: number;
  readonly atMs: number;
  readonly rampPerS: number | undefined;
};

type Motion =
  | { readonly kind: "free" }
  | { readonly kind: "refused"; readonly code: 3 | 6; readonly why: string };
const free: Motion = { kind: "free" };

/** Rounding of binary fractions, relative to the value. */
const EPSILON = 1e-9;

export class RegisterState {
  readonly register: TypedRegister;
  private content: { readonly words: readonly number[]; readonly atMs: number } | undefined;
  /** As it was last learnt, by reading or by its acknowledgement. */
  private learnt: { readonly value: number; readonly atMs: number } | undefined;
  private held: Held | undefined;
  private credit: Credit | undefined;
  private direction: Direction = 0;
  private reversalsAtMs: number[] = [];
  /** Another guard was here before: any change may have been made just then. */
  private readonly sinceMs: number | undefined;
  /** Writes that were let through and are not settled. */
  pending = 0;

  constructor(register: TypedRegister, since?: Since) {
    this.register = register;
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

  /** The last value learnt, if it is fresh. */
  value(nowMs: number, freshMs: number): number | undefined {
    return this.learnt !== undefined && nowMs - this.learnt.atMs <= freshMs ? this.learnt.value : undefined;
  }

  /** The raw word, for mask writes. */
  word(nowMs: number): number | undefined {
    const { content } = this;
    return content !== undefined && this.pending === 0 && nowMs - content.atMs <= MASK_CONTENT_MS_MAX
      ? content.words[0]
      : undefined;
  }

  /** It was read: `value` undefined where the words mean none. */
  read(words: readonly number[], value: number | undefined, nowMs: number): void {
    this.content = { words, atMs: nowMs };
    this.learnt = value === undefined ? undefined : { value, atMs: nowMs };
    if (value === undefined) return;
    const { held } = this;
    // Where nothing was let through yet, what it has is where a ramp begins; and of two that it may have, it is one.
    if (held === undefined || held.changedAtMs === undefined || (held.low <= value && value <= held.high))
      this.held = { low: value, high: value, changedAtMs: held?.changedAtMs };
  }

  /** The device has it. */
  acknowledged(passage: Passage, nowMs: number): void {
    const { words, value } = passage;
    this.content = { words, atMs: nowMs };
    this.learnt = { value, atMs: nowMs };
    this.moved(passage, { low: value, high: value });
  }

  /** The device may have it. */
  uncertain(passage: Passage): void {
    this.content = undefined;
    this.learnt = undefined;
    const { low, high } = this.bounds;
    this.moved(passage, { low: Math.min(low, passage.value), high: Math.max(high, passage.value) });
  }

  private moved(
    { value, atMs, rampPerS }: Passage,
    to: { readonly low: number; readonly high: number },
  ): void {
    const { low, high } = this.bounds;
    const { held } = this;
    if (held?.changedAtMs !== undefined && low === value && high === value) return;
    if (rampPerS !== undefined) {
      const spentMs = (Math.max(stepOf(low, value), stepOf(high, value)) * 1000) / rampPerS;
      this.credit = { ms: Math.max(0, this.creditMs(atMs) - spentMs), atMs };
    }
    this.turned(value, atMs);
    this.held = { ...to, changedAtMs: atMs };
  }

  /** Where nothing is known it is taken for 0. */
  private get bounds(): { readonly low: number; readonly high: number } {
    return this.held ?? { low: 0, high: 0 };
  }

  private creditMs(nowMs: number): number {
    const { credit } = this;
    return credit === undefined
      ? RAMP_CREDIT_MS_MAX
      : Math.min(RAMP_CREDIT_MS_MAX, credit.ms + Math.max(0, nowMs - credit.atMs));
  }

  /** Whether it may go to `value` now, as fast as `bound` says. */
  motion(value: number, bound: WriteBound, nowMs: number): Motion {
    const { low, high } = this.bounds;
    const step = Math.max(stepOf(low, value), stepOf(high, value));
    // Towards 0, or the same again: always.
    if (step === 0) return free;
    const from = low === high ? `${low}` : `${low}…${high}`;
    return (
      this.tooFast(step, bound, from, nowMs) ??
      this.tooSoon(bound, from, nowMs) ??
      this.turnsTooOften(value, bound, nowMs) ??
      free
    );
  }

  private tooFast(step: number, { rampPerS }: WriteBound, from: string, nowMs: number): Motion | undefined {
    if (rampPerS === undefined) return undefined;
    const room = (rampPerS * this.creditMs(nowMs)) / 1000;
    if (step <= room * (1 + EPSILON) + EPSILON) return undefined;
    const unknown = this.held === undefined ? "; what it has is not known: read it first, or begin at 0" : "";
    return refused(
      3,
      `goes from ${from} by ${shown(step)}, ${rampPerS} per second allow ${shown(room)} now${unknown}`,
    );
  }

  private tooSoon({ dwellMs = 0 }: WriteBound, from: string, nowMs: number): Motion | undefined {
    const changedAtMs = this.held?.changedAtMs ?? this.sinceMs;
    if (changedAtMs === undefined || nowMs - changedAtMs >= dwellMs) return undefined;
    const sinceMs = Math.max(0, Math.round(nowMs - changedAtMs));
    return refused(6, `has been ${from} for ${sinceMs} of the ${dwellMs} ms that it keeps a value`);
  }

  private turnsTooOften(
    value: number,
    { reversalsPer10MinMax: most }: WriteBound,
    nowMs: number,
  ): Motion | undefined {
    if (most === undefined || !this.reverses(value) || this.reversals(nowMs) < most) return undefined;
    return refused(
      6,
      `has changed its direction ${this.reversals(nowMs)} times in ten minutes, ${most} are allowed`,
    );
  }

  /** Changes of direction in the last ten minutes. */
  reversals(nowMs: number): number {
    this.reversalsAtMs = this.reversalsAtMs.filter((atMs) => nowMs - atMs < TEN_MINUTES_MS);
    return this.reversalsAtMs.length;
  }

  private reverses(value: number): boolean {
    const direction = this.directionTo(value);
    // It has turned, and nobody knows which way it went last: whatever it does may be a turn.
    if (this.direction === 0) return direction !== 0 && this.reversalsAtMs.length > 0;
    return direction !== 0 && direction !== this.direction;
  }

  private directionTo(value: number): Direction {
    const { low, high } = this.bounds;
    return value > high ? 1 : value < low ? -1 : 0;
  }

  private turned(value: number, nowMs: number): void {
    if (this.reverses(value)) {
      this.reversals(nowMs);
      this.reversalsAtMs.push(nowMs);
      if (this.reversalsAtMs.length > REVERSALS_MAX) this.reversalsAtMs.shift();
    }
    this.direction = this.directionTo(value) || this.direction;
  }
}

const refused = (code: 3 | 6, why: string): Motion => ({ kind: "refused", code, why });

const shown = (value: number): number => Number(value.toPrecision(6));

/** How far away from 0 a change leads; 0 where it leads towards it. Through 0 counts from 0. */
function stepOf(from: number, to: number): number {
  const base = Math.sign(from) === Math.sign(to) ? from : 0;
  return Math.abs(to) <= Math.abs(base) ? 0 : Math.abs(to - base);
}
