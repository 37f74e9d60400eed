/**
 * What one charging profile says at an instant, and until when it says the same. Pure; instants in ms by the station's
 * clock, limits in W.
 *
 *     validFrom ───────────────────────────── validTo
 *          start ──┬── period ──┬── period ──┬─ duration      recurring: again a day, or a week, after its start
 */
import { limitInWatts, type Profile } from "./profile.ts";

/** No `limitW`: it says nothing then, and another may. Below nothing: so much is to be given back. `untilMs` is infinite where nothing changes any more. */
export type Said = { readonly limitW: number | undefined; readonly untilMs: number };

export type Instant = {
  readonly atMs: number;
  /** When the transaction began that it is asked for; of one that would begin now, now. */
  readonly startedAtMs: number;
  /** On how many phases it draws, where that is not left to the profile. */
  readonly phasesInUse?: number;
};

const recurrenceMs = { daily: 86_400_000, weekly: 7 * 86_400_000 } as const;
const never = Number.POSITIVE_INFINITY;

export function saidBy(profile: Profile, instant: Instant): Said {
  const { validFromMs = 0, validToMs = never } = profile;
  const { atMs } = instant;
  if (atMs < validFromMs) return { limitW: undefined, untilMs: Math.min(validFromMs, validToMs) };
  if (atMs >= validToMs) return { limitW: undefined, untilMs: never };
  const { limitW, untilMs } = scheduled(profile, instant);
  return { limitW, untilMs: Math.min(untilMs, validToMs) };
}

function scheduled(profile: Profile, { atMs, phasesInUse, startedAtMs }: Instant): Said {
  const { periods, durationS = never, unit } = profile.schedule;
  const { baseMs, againMs } = cycleOf(profile, { atMs, startedAtMs });
  if (atMs < baseMs) return { limitW: undefined, untilMs: baseMs };
  const endMs = Math.min(againMs, baseMs + durationS * 1000);
  if (atMs >= endMs) return { limitW: undefined, untilMs: againMs };
  const next = periods.findIndex(({ fromS }) => baseMs + fromS * 1000 > atMs);
  const period = periods.at(next < 0 ? -1 : next - 1);
  const nextMs = next < 0 ? never : baseMs + periods[next]!.fromS * 1000;
  const untilMs = Math.min(endMs, nextMs);
  if (next === 0 || period === undefined) return { limitW: undefined, untilMs };
  const limitW = limitInWatts(unit, period, phasesInUse);
  return { limitW: period.givesBack === true ? limitW : Math.max(0, limitW), untilMs };
}

/** When the schedule that holds at the instant began, and when it begins again. */
function cycleOf(profile: Profile, { atMs, startedAtMs }: Instant): { baseMs: number; againMs: number } {
  const { kind, purpose, recurrence = "daily", receivedAtMs, schedule } = profile;
  if (kind === "dynamic") return { baseMs: receivedAtMs, againMs: never };
  if (kind === "relative") return { baseMs: startedAtMs, againMs: never };
  // 1.6 §7.13: without a start it counts from the start of charging; a limit of the station has none.
  const startMs = schedule.startMs ?? (purpose === "station-max" ? receivedAtMs : startedAtMs);
  if (kind === "absolute") return { baseMs: startMs, againMs: never };
  const everyMs = recurrenceMs[recurrence];
  const baseMs = startMs + Math.max(0, Math.floor((atMs - startMs) / everyMs)) * everyMs;
  return { baseMs, againMs: baseMs + everyMs };
}
