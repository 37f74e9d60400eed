/**
 * What the CSMS's profiles come to at an outlet (1.6 §3.13.2; 2.x K01, K08): the bound that they set to its energy. Pure; instants by the site's
 * wall clock, limits in mA per phase; no limit is infinity.
 *
 *     limit = min( priority ?? tx ?? tx-default,  max )      of each purpose the highest level that says anything
 */
import type { CsmsProfile, CsmsPurpose } from "./csms-profile.ts";

export type Here = {
  readonly evse: number;
  readonly transaction: number | string | undefined;
  /** Of the transaction, or of one that would begin now (K08.FR.06). */
  readonly startedMs: number;
  readonly priority: boolean;
  readonly phases: number;
  readonly voltageV: number;
  /** The station's limit is shared by so many outlets that charge. */
  readonly sharers: number;
};

export type Said = { readonly limitMa: number | undefined; readonly untilMs: number };

/** Changes of a limit that are looked at for one schedule. */
const CHANGES_MAX = 1_000;
const never = Number.POSITIVE_INFINITY;
const recurrenceMs = { daily: 86_400_000, weekly: 7 * 86_400_000 } as const;

export function csmsLimit(profiles: readonly CsmsProfile[], here: Here, atMs: number): Said {
  const max = leading(
    profiles.filter(({ evse }) => evse === 0),
    "max",
    here,
    atMs,
  );
  const shared = max.limitMa === undefined ? never : max.limitMa / Math.max(1, here.sharers);
  const purposes: CsmsPurpose[] = here.priority ? ["priority", "tx", "tx-default"] : ["tx", "tx-default"];
  let untilMs = max.untilMs;
  for (const purpose of purposes) {
    const said = leading(profiles, purpose, here, atMs);
    untilMs = Math.min(untilMs, said.untilMs);
    if (said.limitMa !== undefined) return { limitMa: Math.min(said.limitMa, shared), untilMs };
  }
  return { limitMa: shared === never ? undefined : shared, untilMs };
}

function leading(profiles: readonly CsmsProfile[], purpose: CsmsPurpose, here: Here, atMs: number): Said {
  const candidates = profiles
    .filter(
      (one) =>
        one.purpose === purpose &&
        (one.evse === 0 || one.evse === here.evse) &&
        (purpose !== "tx" || (one.transaction !== undefined && one.transaction === here.transaction)),
    )
    .sort((a, b) => b.stackLevel - a.stackLevel || b.evse - a.evse);
  let untilMs = never;
  for (const profile of candidates) {
    const said = saidBy(profile, here, atMs);
    untilMs = Math.min(untilMs, said.untilMs);
    if (said.limitMa !== undefined) return { limitMa: said.limitMa, untilMs };
  }
  return { limitMa: undefined, untilMs };
}

function saidBy(profile: CsmsProfile, here: Here, atMs: number): Said {
  const { validFromMs = 0, validToMs = never } = profile;
  if (atMs < validFromMs) return { limitMa: undefined, untilMs: Math.min(validFromMs, validToMs) };
  if (atMs >= validToMs) return { limitMa: undefined, untilMs: never };
  const { baseMs, againMs } = cycle(profile, here, atMs);
  if (atMs < baseMs) return { limitMa: undefined, untilMs: Math.min(baseMs, validToMs) };
  const endMs = Math.min(againMs, baseMs + (profile.durationS ?? never) * 1_000);
  if (atMs >= endMs) return { limitMa: undefined, untilMs: Math.min(againMs, validToMs) };
  const next = firstAfter(profile.periods, (atMs - baseMs) / 1_000);
  const period = profile.periods[next - 1];
  const nextMs = baseMs + (profile.periods[next]?.fromS ?? never) * 1_000;
  const untilMs = Math.min(endMs, nextMs, validToMs);
  if (period?.limit === undefined) return { limitMa: undefined, untilMs };
  return { limitMa: Math.max(0, inMa(profile, period.limit, period.phases, here)), untilMs };
}

/** By halves: a schedule is composed from thousands of looks. */
function firstAfter(periods: CsmsProfile["periods"], s: number): number {
  let [low, high] = [0, periods.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (periods[middle]!.fromS > s) high = middle;
    else low = middle + 1;
  }
  return low;
}

function inMa({ unit }: CsmsProfile, limit: number, phases: number | undefined, here: Here): number {
  if (unit === "A") return limit * 1_000;
  // Schemas let a CSMS say 0 phases, and fewer.
  const over = Math.max(1, Math.min(phases ?? here.phases, here.phases));
  return (limit / (here.voltageV * over)) * 1_000;
}

/** When the schedule that holds at the instant began, and when it begins again. */
function cycle(profile: CsmsProfile, here: Here, atMs: number): { baseMs: number; againMs: number } {
  const { kind, purpose, receivedMs } = profile;
  if (kind === "dynamic") return { baseMs: receivedMs, againMs: never };
  if (kind === "relative") return { baseMs: here.startedMs, againMs: never };
  const startMs = profile.startMs ?? (purpose === "max" ? receivedMs : here.startedMs);
  if (kind === "absolute") return { baseMs: startMs, againMs: never };
  const everyMs = recurrenceMs[profile.recurrence ?? "daily"];
  const baseMs = startMs + Math.max(0, Math.floor((atMs - startMs) / everyMs)) * everyMs;
  return { baseMs, againMs: baseMs + everyMs };
}

/** Periods from `fromMs` on, at most `periodsMax`; where nothing limits, `mostMa`. */
export function periodsOf(
  said: (atMs: number) => Said,
  {
    fromMs,
    durationS,
    mostMa,
    periodsMax,
  }: { fromMs: number; durationS: number; mostMa: number; periodsMax: number },
): { readonly fromS: number; readonly limitMa: number }[] {
  const periods: { fromS: number; limitMa: number }[] = [];
  const endMs = fromMs + durationS * 1_000;
  let changes = 0;
  for (let atMs = fromMs; atMs < endMs && periods.length < periodsMax && changes < CHANGES_MAX; changes++) {
    const { limitMa, untilMs } = said(atMs);
    const limit = Math.min(mostMa, limitMa ?? mostMa);
    const fromS = Math.ceil((atMs - fromMs) / 1_000);
    if (periods.at(-1)?.fromS === fromS) periods.pop();
    if (periods.at(-1)?.limitMa !== limit) periods.push({ fromS, limitMa: limit });
    atMs = Math.max(untilMs, atMs + 1);
  }
  return periods;
}
