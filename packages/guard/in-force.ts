/**
 * What of a register is in force: a setpoint holds while the register that enables it is not 0, and until its revert time is over.
 *
 *     content ──▶ enabled? ──▶ renewed in time? ──▶ in force
 *                  0: nothing        no: it may have fallen back, to nothing
 *
 * What is not known counts as both. So one that is brought into force by its enabling register moves as if it were written.
 */
import { hull, point, type Span, ZERO } from "./motion.ts";
import type { RegisterState } from "./register-state.ts";

/** The registers that a setpoint's depends on. */
export type Links = { readonly enabledBy?: RegisterState; readonly revertsAfter?: RegisterState };

export type InForce = {
  /** What it is, where it is in force; undefined: nobody knows. */
  readonly content: Span | undefined;
  /** It may be in force, it may be not. */
  readonly on: boolean;
  readonly off: boolean;
  /** Its time is over, and it may have fallen back. */
  readonly fallen: boolean;
};

const SECOND_MS = 1_000;

/** Now, or once `written` is there. */
export function inForce(
  state: RegisterState,
  { enabledBy, revertsAfter }: Links,
  written: ReadonlyMap<RegisterState, number>,
  nowMs: number,
): InForce {
  const value = written.get(state);
  const fallen = revertsAfter !== undefined && mayHaveFallen(state, revertsAfter.holds, nowMs);
  const content = value === undefined ? state.holds : point(value);
  const fell = fallen && value === undefined;
  if (enabledBy === undefined) return { content, fallen, on: true, off: fell };
  const enabled = written.get(enabledBy);
  if (enabled !== undefined) return { content, fallen, on: enabled !== 0, off: enabled === 0 || fell };
  const { low, high } = enabledBy.holds ?? { low: 0, high: 1 };
  return { content, fallen, on: low !== 0 || high !== 0, off: fallen || (low <= 0 && high >= 0) };
}

/** A revert time of 0 is none: then it stays. */
function mayHaveFallen(state: RegisterState, revertS: Span | undefined, nowMs: number): boolean {
  if (revertS !== undefined && revertS.low === 0 && revertS.high === 0) return false;
  return state.mayHaveFallen((revertS?.low ?? 0) * SECOND_MS, nowMs);
}

/** As a position: where nothing is in force that is 0. */
export function positionOf({ content = ZERO, on, off }: InForce): Span {
  if (!on) return ZERO;
  return off ? hull(content, ZERO) : content;
}
