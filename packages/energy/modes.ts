/**
 * The modes of a site (ADR 16): how soon each is entered, for how long a better one's condition holds before it is left, whom it wakes.
 * Tests walk through the table; the console has words of its own for each.
 *
 *     planned        planner, clamped by the control loop     plan, trusted meters, stations
 *     reactive       control loop                             trusted meters, stations
 *     conservative   control loop                             declared highest base load, stations
 *     fallback       the local controller's allocator         fixed safe total; no meter
 *     default        nobody: the profiles in the stations     nothing
 *
 * Worse is entered within the row's deadline from the moment its condition holds; better only after the better condition held for
 * the row's `leavesAfterMs` without a gap. `islanded` (no site link) is a flag beside every mode, since it changes no decision.
 */
export type Mode = "planned" | "reactive" | "conservative" | "fallback" | "default";

type ModeRow = {
  readonly mode: Mode;
  /** From the condition to the mode. */
  readonly entryDeadlineMs: number;
  /** For how long a better mode's condition must hold without a gap. */
  readonly leavesAfterMs: number;
  /** Whether somebody is woken. */
  readonly alert: "none" | "notice" | "alarm";
};

/** From best to worst. */
export const MODES: readonly ModeRow[] = [
  { mode: "planned", entryDeadlineMs: 1_000, leavesAfterMs: 0, alert: "none" },
  { mode: "reactive", entryDeadlineMs: 1_000, leavesAfterMs: 10_000, alert: "none" },
  { mode: "conservative", entryDeadlineMs: 1_000, leavesAfterMs: 60_000, alert: "notice" },
  { mode: "fallback", entryDeadlineMs: 3_000, leavesAfterMs: 30_000, alert: "alarm" },
  { mode: "default", entryDeadlineMs: 300_000, leavesAfterMs: 0, alert: "alarm" },
];

/** Each absent instant means: never. Monotonic milliseconds. */
export type ModeFacts = {
  readonly planValidUntilMs?: number;
  /** Why the plan is not followed although it is valid in time (not a number, out of all bounds). */
  readonly planFault?: string;
  /** The grid meter, or every meter that the site needs. */
  readonly meterRefused?: string;
  /** The energy controller gave a sound sign of life within the time that its watch allows. */
  readonly energyAlive: boolean;
  readonly linkUp: boolean;
};

export type ModeState = {
  readonly mode: Mode;
  readonly islanded: boolean;
  /** A sentence for people. */
  readonly reason: string;
  readonly sinceMs: number;
  /** Since when a better mode's condition has held without a gap. */
  readonly betterSinceMs?: number;
};

const rank = (mode: Mode): number => MODES.findIndex((row) => row.mode === mode);
export const modeRow = (mode: Mode): ModeRow => MODES[rank(mode)]!;

/** Where a site begins: worst first, and whatever is proven leads up. */
export const firstMode = (nowMs: number): ModeState => ({
  mode: "conservative",
  islanded: true,
  reason: "just started: nothing is known yet",
  sinceMs: nowMs,
});

/** The mode that the facts alone ask for, and why. Never `default`: whoever could ask for it is dead, and its successor tells it. */
function modeFor(facts: ModeFacts, nowMs: number): { mode: Mode; reason: string } {
  if (!facts.energyAlive) return { mode: "fallback", reason: "The energy controller gives no sign of life." };
  if (facts.meterRefused !== undefined)
    return { mode: "conservative", reason: `The grid meter is not trusted: ${facts.meterRefused}.` };
  if (facts.planFault !== undefined)
    return { mode: "reactive", reason: `The plan is not followed: ${facts.planFault}.` };
  if (facts.planValidUntilMs === undefined || nowMs > facts.planValidUntilMs)
    return { mode: "reactive", reason: "There is no plan, or it is out of date." };
  return { mode: "planned", reason: "Everything is known." };
}

/** The next state; the same object where nothing changed. Worse at once, better after the time of the mode that is left. */
export function nextMode(state: ModeState, facts: ModeFacts, nowMs: number): ModeState {
  const asked = modeFor(facts, nowMs);
  const islanded = !facts.linkUp;
  const better = rank(asked.mode) < rank(state.mode);
  const betterSinceMs = better ? (state.betterSinceMs ?? nowMs) : undefined;
  const waits = betterSinceMs !== undefined && nowMs - betterSinceMs < modeRow(state.mode).leavesAfterMs;
  if (waits)
    return state.betterSinceMs === betterSinceMs && state.islanded === islanded
      ? state
      : { ...state, islanded, betterSinceMs };
  const sameMode = asked.mode === state.mode;
  if (sameMode && state.islanded === islanded && state.reason === asked.reason && !("betterSinceMs" in state))
    return state;
  return { ...asked, islanded, sinceMs: sameMode ? state.sinceMs : nowMs };
}
