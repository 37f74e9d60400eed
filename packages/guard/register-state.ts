/**
 * What is known of one typed register of one device: what it holds, and what was done to it by those who may.
 *
 * Always true: it learns from the device alone (what was read, what was acknowledged). A write that was refused changes nothing; one
 * whose fate is unknown leaves both values possible, and rules hold for both.
 */
import { MASK_CONTENT_MS_MAX, RAMP_CREDIT_MS_MAX, REVERSALS_MAX, TEN_MINUTES_MS } from "./limits.ts";
import type { TypedRegister, WriteBound } from "./policy.ts";

/** The value that the device has lies between these; both the same where it is known. */
type Held = { readonly low: number; readonly high: number; readonly changedAtMs: number | undefined };

export type Motion =
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
  private direction = 0;
  private reversalsAtMs: number[] = [];
  /** Writes that were let through and are not settled. */
  pending = 0;

  constructor(register: TypedRegister) {
    this.register = register;
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
    // By itself, by its revert timer, at its own panel: what counts is what it has.
    this.held = { low: value, high: value, changedAtMs: this.held?.changedAtMs };
  }

  /** The device has it. */
  acknowledged(words: readonly number[], value: number, nowMs: number): void {
    this.content = { words, atMs: nowMs };
    this.learnt = { value, atMs: nowMs };
    const { held } = this;
    if (held !== undefined && held.low === value && held.high === value) return;
    this.turned(value, nowMs);
    this.held = { low: value, high: value, changedAtMs: nowMs };
  }

  /** The device may have it. */
  uncertain(value: number, nowMs: number): void {
    this.content = undefined;
    this.learnt = undefined;
    const { low, high } = this.held ?? { low: Math.min(0, value), high: Math.max(0, value) };
    this.turned(value, nowMs);
    this.held = { low: Math.min(low, value), high: Math.max(high, value), changedAtMs: nowMs };
  }

  /** Whether it may go to `value` now, as fast as `bound` says. */
  motion(value: number, bound: WriteBound, nowMs: number): Motion {
    const { low, high, changedAtMs } = this.held ?? { low: 0, high: 0, changedAtMs: undefined };
    const stepMost = Math.max(stepOf(low, value), stepOf(high, value));
    // Towards 0, or the same again: always.
    if (stepMost === 0) return free;
    const sinceMs = changedAtMs === undefined ? Number.POSITIVE_INFINITY : Math.max(0, nowMs - changedAtMs);
    const from = low === high ? `${low}` : `${low}…${high}`;
    const { rampPerS, dwellMs = 0, reversalsPer10MinMax } = bound;
    if (rampPerS !== undefined) {
      const room = (rampPerS * Math.min(sinceMs, RAMP_CREDIT_MS_MAX)) / 1000;
      if (stepMost > room * (1 + EPSILON) + EPSILON) {
        const known = this.held === undefined ? "; its value is not known: read it first, or begin at 0" : "";
        return refused(3, `goes from ${from} by ${stepMost}, ${rampPerS} per second allow ${room}${known}`);
      }
    }
    if (sinceMs < dwellMs)
      return refused(
        6,
        `has been at ${from} for ${Math.round(sinceMs)} of the ${dwellMs} ms that it stays at a value`,
      );
    if (reversalsPer10MinMax !== undefined && this.reverses(value)) {
      const count = this.reversals(nowMs);
      if (count >= reversalsPer10MinMax)
        return refused(
          6,
          `has changed its direction ${count} times in ten minutes, ${reversalsPer10MinMax} are allowed`,
        );
    }
    return free;
  }

  /** Changes of direction in the last ten minutes. */
  reversals(nowMs: number): number {
    this.reversalsAtMs = this.reversalsAtMs.filter((atMs) => nowMs - atMs < TEN_MINUTES_MS);
    return this.reversalsAtMs.length;
  }

  private reverses(value: number): boolean {
    const direction = this.directionTo(value);
    return direction !== 0 && this.direction !== 0 && direction !== this.direction;
  }

  private directionTo(value: number): number {
    const { low, high } = this.held ?? { low: 0, high: 0 };
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

/** How far away from 0 a change leads; 0 where it leads towards it. Through 0 counts from 0. */
function stepOf(from: number, to: number): number {
  const base = Math.sign(from) === Math.sign(to) ? from : 0;
  return Math.abs(to) <= Math.abs(base) ? 0 : Math.abs(to - base);
}
