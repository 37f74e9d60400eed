/**
 * What is known of one typed register of one device: what it holds, and what was done to it by those who may.
 *
 * Always true: it learns from the device alone (what was read, what was acknowledged). A write that was refused changes nothing; one
 * whose fate is unknown leaves both values possible, and rules hold for both. What the device shows to have fallen away is no longer
 * held, so that the same again is a change like any.
 */
import { MASK_CONTENT_MS_MAX, NEAR_PART, SHOWN_WITHIN_MS, STANDS_MS } from "./limits.ts";
import { hull, isWithin, Motion, point, type Span, ZERO } from "./motion.ts";
import type { RegisterPast, Since } from "./past.ts";
import type { TypedRegister, WriteBound } from "./policy.ts";

/** What was let through last, or is shown by the device. */
type Held = Span & {
  /** When it was last changed by a write; undefined: never. */
  readonly setAtMs?: number;
  /** What the device shows of a value may be so far from it: it rounds. */
  readonly near: number;
};

/** A write that was let through: what it does to the value's motion is known when it is settled. */
export type Passage = {
  readonly words: readonly number[];
  readonly value: number;
  readonly atMs: number;
  readonly bound: WriteBound;
};

export class RegisterState {
  register: TypedRegister;
  /** Of what it holds. */
  readonly moves: Motion;
  /** Of what of it is in force: of registers that others bring into force, or that fall back by themselves. */
  readonly force: Motion;
  private content: { readonly words: readonly number[]; readonly atMs: number } | undefined;
  /** As it was last learnt, by reading or by its acknowledgement. */
  private learnt: { readonly value: number; readonly atMs: number } | undefined;
  private held: Held | undefined;
  /** When a write that the device acknowledged was sent last: from then on its time runs. */
  private assertedAtMs: number | undefined;
  /** It brings others into force: what it shows is never put down to its being slow. */
  isSwitch = false;
  /** Writes that were let through and are not settled. */
  pending = 0;

  constructor(register: TypedRegister, since?: Since) {
    this.register = register;
    this.moves = new Motion(since);
    this.force = new Motion(since);
  }

  /** For a successor; undefined where it never moved. What is in force turns with what is held, or more often. */
  past(nowMs: number): Pick<RegisterPast, "direction" | "reversalsAgoMs"> | undefined {
    const [moves, force] = [this.moves.past(nowMs), this.force.past(nowMs)];
    return (force?.reversalsAgoMs.length ?? -1) >= (moves?.reversalsAgoMs.length ?? 0) ? force : moves;
  }

  /** The last value learnt, if it is fresh. */
  value(nowMs: number, freshMs: number): number | undefined {
    return this.learnt !== undefined && nowMs - this.learnt.atMs <= freshMs ? this.learnt.value : undefined;
  }

  /** What it may hold; undefined: nobody knows. */
  get holds(): Span | undefined {
    return this.held;
  }

  /** The raw word, for mask writes. */
  word(nowMs: number): number | undefined {
    const { content } = this;
    return content !== undefined && this.pending === 0 && nowMs - content.atMs <= MASK_CONTENT_MS_MAX
      ? content.words[0]
      : undefined;
  }

  /**
   * Whether it may have fallen back, where it does so after `revertMs`. The time runs from its last acknowledged write. One that nobody
   * saw written stands while it was just read.
   */
  mayHaveFallen(revertMs: number, nowMs: number): boolean {
    if (this.assertedAtMs !== undefined) return nowMs - this.assertedAtMs >= revertMs;
    return this.learnt === undefined || nowMs - this.learnt.atMs > STANDS_MS;
  }

  /** The device may have let go of it, with what it was let go of. */
  mayBeOff(): void {
    if (this.held !== undefined) this.held = { ...this.held, ...hull(this.held, ZERO) };
  }

  /** It was read: `value` undefined where the words mean none. */
  read(words: readonly number[], value: number | undefined, nowMs: number): void {
    this.content = { words, atMs: nowMs };
    this.learnt = value === undefined ? undefined : { value, atMs: nowMs };
    if (value === undefined) return;
    const { held } = this;
    const at = point(value);
    if (held === undefined || held.setAtMs === undefined) this.held = { ...at, near: 0 };
    // Of two that it may have, it is one.
    else if (isWithin(at, held)) this.held = { ...held, ...at };
    else if (value >= held.low - held.near && value <= held.high + held.near) return;
    // A device may need a while to show what it acknowledged; after that it has let go of it.
    else if (nowMs - held.setAtMs >= SHOWN_WITHIN_MS) {
      this.moves.found(at, nowMs);
      this.held = { ...held, ...at };
    } else if (this.isSwitch) this.held = { ...held, ...hull(held, at) };
  }

  /** The device has it. */
  acknowledged(passage: Passage, nowMs: number): void {
    const { words, value, atMs } = passage;
    this.content = { words, atMs: nowMs };
    this.learnt = { value, atMs: nowMs };
    this.assertedAtMs = atMs;
    this.move(passage, point(value));
  }

  /** The device may have it. */
  uncertain(passage: Passage): void {
    this.content = undefined;
    this.learnt = undefined;
    this.move(passage, hull(this.bounds, point(passage.value)));
  }

  private move({ value, atMs, bound }: Passage, to: Span): void {
    const { bounds, held } = this;
    this.moves.moved({ from: bounds, to: point(value), atMs, rampPerS: bound.rampPerS }, to);
    const same = held?.setAtMs !== undefined && held.low === value && held.high === value;
    this.held = {
      ...to,
      setAtMs: same ? held.setAtMs : atMs,
      near: (bound.max - bound.min) * NEAR_PART,
    };
  }

  /** Where nothing is known it is taken for 0. */
  get bounds(): Span {
    return this.held ?? ZERO;
  }
}
