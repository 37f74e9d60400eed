/**
 * A limit on controlled power from outside: § 14a EnWG by relay or EEBus, or any other signal. Four states, as EEBus LPC has them;
 * the peers' failure was a failsafe that was never left, or left without a limit (ENERGY, failure 10).
 *
 *     init ──first signal──▶ limited / unlimited          no signal within 120 s of the start ─▶ failsafe
 *     limited ──its time is over, or released──▶ unlimited
 *     limited, unlimited ──no sign of life for 120 s──▶ failsafe ──sign of life AND a new word on the limit──▶ limited / unlimited
 *                                                        failsafe ──its longest time is over──▶ unlimited
 *
 * Watts for everything controlled. Never below 4,200 W per controlled device (BNetzA BK6-22-300); a lower word is raised to that.
 */
export type ExternalState = {
  readonly kind: "init" | "limited" | "failsafe" | "unlimited";
  readonly sinceMs: number;
  readonly limitW?: number;
  readonly limitUntilMs?: number;
  readonly aliveAtMs: number;
};

export type ExternalSettings = {
  readonly failsafeW: number;
  /** How long the failsafe holds without any sign of life. */
  readonly failsafeMs: number;
  readonly devices: number;
};

export type ExternalSignal =
  | { readonly kind: "alive" }
  | { readonly kind: "limit"; readonly limitW: number; readonly forMs?: number }
  | { readonly kind: "release" };

const HEARTBEAT_MS_MAX = 120_000;
const LEAST_W_PER_DEVICE = 4_200;

export const externalStart = (nowMs: number): ExternalState => ({
  kind: "init",
  sinceMs: nowMs,
  aliveAtMs: nowMs,
});

/** The next state; signals in their order. A limit that is no number is a sign of life, and nothing else. */
export function nextExternal(
  state: ExternalState,
  signals: readonly ExternalSignal[],
  { settings, nowMs }: { readonly settings: ExternalSettings; readonly nowMs: number },
): ExternalState {
  let next = state;
  for (const signal of signals) next = heard(next, signal, nowMs);
  const { kind, aliveAtMs, limitUntilMs, sinceMs } = next;
  const silent = nowMs - aliveAtMs > HEARTBEAT_MS_MAX;
  if (kind === "failsafe")
    return nowMs - sinceMs >= settings.failsafeMs ? entered("unlimited", aliveAtMs, nowMs) : next;
  if (
    silent &&
    !(kind === "unlimited" && state.kind === "unlimited" && nowMs - aliveAtMs > settings.failsafeMs)
  )
    return entered("failsafe", aliveAtMs, nowMs);
  if (kind === "limited" && limitUntilMs !== undefined && nowMs >= limitUntilMs)
    return entered("unlimited", aliveAtMs, nowMs);
  return next;
}

/** The power that the state allows to everything controlled; `undefined`: no limit. */
export function externalW(state: ExternalState, settings: ExternalSettings): number | undefined {
  const leastW = LEAST_W_PER_DEVICE * settings.devices;
  if (state.kind === "limited") return Math.max(leastW, state.limitW ?? 0);
  if (state.kind === "unlimited") return undefined;
  return Math.max(leastW, settings.failsafeW);
}

function heard(state: ExternalState, signal: ExternalSignal, nowMs: number): ExternalState {
  if (signal.kind === "release") return entered("unlimited", nowMs, nowMs);
  if (signal.kind === "alive" || !(signal.limitW >= 0)) return { ...state, aliveAtMs: nowMs };
  const { limitW, forMs } = signal;
  const until = forMs !== undefined && forMs >= 0 ? { limitUntilMs: nowMs + forMs } : {};
  const sinceMs = state.kind === "limited" ? state.sinceMs : nowMs;
  return { kind: "limited", sinceMs, limitW, ...until, aliveAtMs: nowMs };
}

const entered = (kind: ExternalState["kind"], aliveAtMs: number, nowMs: number): ExternalState => ({
  kind,
  sinceMs: nowMs,
  aliveAtMs,
});
