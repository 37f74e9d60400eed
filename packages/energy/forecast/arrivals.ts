/**
 * Who will come: for each hour of a day to come, the mean number of cars that came in that hour on days like it, the younger the more,
 * and what they took. Days without a single car count, so a site that is quiet on Sundays is known as that.
 */
import type { ExpectedSessions } from "../planner.ts";
import { isWorkday, type Local, type LocalTime, weekdayOf } from "./local-time.ts";
import { type Sample, spreadOf } from "./spread.ts";
import type { Visit } from "./visits.ts";

const HOUR_MS = 3_600_000;
const RECENCY_A_DAY = 0.96;
const DAYS_MAX = 56;
const VALUES = 12;
/** Fewer cars than this in an hour are none. */
const COUNT_MIN = 0.02;

export function expectedSessions(
  visits: readonly Visit[],
  time: LocalTime,
  {
    fromWallMs,
    hours,
    powerW,
  }: { readonly fromWallMs: number; readonly hours: number; readonly powerW: number },
): ExpectedSessions[] {
  const today = time.of(fromWallMs);
  const past = pastOf(visits, time, today.day);
  const out: ExpectedSessions[] = [];
  for (let h = 0; h < hours; h++) {
    const startMs = fromWallMs - (today.msOfDay % HOUR_MS) + h * HOUR_MS;
    const at = time.of(startMs);
    const part = h === 0 ? 1 - (fromWallMs - startMs) / HOUR_MS : 1;
    const { days: _, ...one } = inHour(past, at);
    if (one.count * part < COUNT_MIN) continue;
    out.push({ ...one, count: one.count * part, arriveWallMs: startMs + (1 - part / 2) * HOUR_MS, powerW });
  }
  return out;
}

/** How many cars will come in the hour that begins then; `undefined`: no day before it, or none like it, tells. */
export function expectedInHour(
  visits: readonly Visit[],
  time: LocalTime,
  startMs: number,
): number | undefined {
  const at = time.of(startMs);
  const past = pastOf(visits, time, at.day);
  const { count, days } = inHour(past, at);
  if (days === 0 || !past.places.some(({ local }) => local.day < at.day)) return undefined;
  return count < COUNT_MIN ? 0 : count;
}

type Place = { readonly visit: Visit; readonly local: Local };
/** Days by the site's calendar: the first that counts, and the one that none of it has told of yet. */
type Past = { readonly places: readonly Place[]; readonly first: number; readonly today: number };

function pastOf(visits: readonly Visit[], time: LocalTime, today: number): Past {
  const places = visits
    .map((visit) => ({ visit, local: time.of(visit.arrivedWallMs) }))
    .filter(({ local }) => today - local.day <= DAYS_MAX);
  return { places, first: Math.min(today - 1, ...places.map(({ local }) => local.day)), today };
}

/** `days`: how much the days before weigh together, 0 where none is like it. */
function inHour({ places, first, today }: Past, at: Local) {
  const weightOf = (day: number): number => {
    const weekday = weekdayOf(day);
    const alike = weekday === at.weekday ? 1 : isWorkday({ weekday }) === isWorkday(at) ? 0.5 : 0;
    return alike * RECENCY_A_DAY ** (today - day);
  };
  let days = 0;
  for (let day = first; day < today; day++) days += weightOf(day);
  const hour = Math.floor(at.msOfDay / HOUR_MS);
  let count = 0;
  let takesWh = 0;
  const stays: Sample[] = [];
  for (const { visit, local } of places) {
    if (Math.floor(local.msOfDay / HOUR_MS) !== hour || local.day >= today) continue;
    const weight = weightOf(local.day);
    count += weight;
    takesWh += weight * visit.takenWh;
    stays.push({ value: visit.leftWallMs - visit.arrivedWallMs, weight });
  }
  return {
    days,
    count: days > 0 ? count / days : 0,
    takesWh: count > 0 ? takesWh / count : 0,
    staysMs: spreadOf(stays, VALUES),
  };
}
