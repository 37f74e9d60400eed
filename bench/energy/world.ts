/** Prices and sun of a replay, from files of other years and places: laid on the sessions' own clock, hour on hour, weekday on weekday. */
import { readFileSync } from "node:fs";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const WEEK_MS = 7 * DAY_MS;
const DAY_HOURS = 24;
const WEEK_HOURS = 7 * DAY_HOURS;
/** Tomorrow's prices are out by then, local time. */
const PUBLISHED_HOUR = 13;

export type PriceCourse = {
  readonly cent: (wallMs: number) => number;
  readonly known: (wallMs: number) => {
    readonly fromWallMs: number;
    readonly stepMs: number;
    readonly milliCentPerKwh: readonly number[];
  };
};

/** `offsetMs`: the site's clock less UTC, at the start of the sessions. */
export function prices(file: string, startMs: number, offsetMs: number): PriceCourse {
  const rows = readFileSync(file, "utf8")
    .trim()
    .split(/\r?\n/)
    .slice(1)
    .map((line) => line.split(","));
  const cents = rows.map(([, value]) => Number(value) / 10);
  const first = rows[0]?.[0] ?? "";
  // Without an offset it is UTC, and not what this machine's zone makes of it.
  const firstMs = Date.parse(/(Z|[+-]\d\d:?\d\d)$/.test(first) ? first : `${first}Z`);
  if (cents.length < DAY_HOURS || !cents.every(Number.isFinite) || !Number.isFinite(firstMs))
    throw new Error(`${file}: an hour and its price (EUR/MWh) stand in each line, a day of them at least`);
  const period = cents.length >= WEEK_HOURS ? WEEK_HOURS : DAY_HOURS;
  const span = Math.floor(cents.length / period) * period;
  // The same day of the year, the same weekday; beyond the file's end it begins again: by whole weeks, or days where it has no week.
  const shiftMs = Math.round((yearStart(firstMs) - yearStart(startMs)) / WEEK_MS) * WEEK_MS;
  const at = (wallMs: number) => {
    const hour = Math.floor((wallMs + offsetMs + shiftMs - firstMs) / HOUR_MS);
    return cents[((hour % span) + span) % span]!;
  };
  return {
    cent: at,
    known: (wallMs) => {
      const local = wallMs + offsetMs;
      const dayStart = Math.floor(local / DAY_MS) * DAY_MS;
      const out = (local - dayStart) / HOUR_MS >= PUBLISHED_HOUR ? 2 : 1;
      const fromWallMs = Math.floor(wallMs / HOUR_MS) * HOUR_MS;
      const untilMs = dayStart + out * DAY_MS - offsetMs;
      const hours = Array.from({ length: 37 }, (_, h) => fromWallMs + h * HOUR_MS);
      // What is not out yet is taken to be as the day before.
      const milliCentPerKwh = hours.map((ms) => {
        let known = ms;
        while (known >= untilMs) known -= DAY_MS;
        return Math.round(at(known) * 1000);
      });
      return { fromWallMs, stepMs: HOUR_MS, milliCentPerKwh };
    },
  };
}

const yearStart = (ms: number): number => Date.UTC(new Date(ms).getUTCFullYear(), 0, 1);

export const noPrices: PriceCourse = {
  cent: () => 0,
  known: (wallMs) => ({ fromWallMs: wallMs, stepMs: HOUR_MS, milliCentPerKwh: [0] }),
};

/** One value a minute of a day, watts, or the same for any other number of values; each day has it again. */
export function solarOf(
  file: string,
  offsetMs: number,
): { readonly w: (wallMs: number) => number; readonly peakW: number } {
  const values = readFileSync(file, "utf8")
    .trim()
    .split(/\r?\n/)
    .slice(1)
    .map((line) => Math.max(0, Number(line.split(",").at(-1))));
  if (values.length === 0 || !values.every(Number.isFinite))
    throw new Error(`${file}: a power in watts stands in each line`);
  const daysIn = Math.max(1, Math.round(values.length / 1440));
  const stepMs = (daysIn * DAY_MS) / values.length;
  // Means over the grid of the benchmark, so that plant and bound see the same sun.
  const five = 300_000;
  const mean = (ms: number) => {
    const first = Math.floor(ms / five) * five;
    const n = Math.max(1, Math.round(five / stepMs));
    let sum = 0;
    for (let i = 0; i < n; i++) sum += values[Math.floor((first + i * stepMs) / stepMs) % values.length]!;
    return sum / n;
  };
  const span = daysIn * DAY_MS;
  const cache = new Map<number, number>();
  const w = (wallMs: number) => {
    const at = (((wallMs + offsetMs) % span) + span) % span;
    const slot = Math.floor(at / five);
    const known = cache.get(slot) ?? mean(at);
    cache.set(slot, known);
    return known;
  };
  return { w, peakW: Math.max(...values) };
}
