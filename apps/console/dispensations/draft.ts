/** What is typed into the form of a dispensation, and what is wrong with it. Days are the device's own. Pure. */

import { day } from "../display/instant.ts";
import { words } from "../strings/en.ts";

/** The longest that the API takes: whoever still needs one then gives it anew, knowing why. */
export const DISPENSATION_DAYS_MAX = 366;
const DAYS_FIRST = 30;
const DAY_MS = 86_400_000;

/** `until`: as a date field writes it, `2027-03-31`. */
export type Draft = { readonly station: string; readonly profile: "1" | "2"; readonly until: string };
export type Faults = { readonly station?: string; readonly until?: string };

export const firstDraft = (station: string, nowMs: number): Draft => ({
  station,
  profile: "2",
  until: dateText(nowMs + DAYS_FIRST * DAY_MS),
});

/** The last instant of that day here; undefined where it is no day. */
export function endOfDayMs(text: string): number | undefined {
  const [year, month, date] = (/^(\d{4})-(\d\d)-(\d\d)$/.exec(text) ?? []).slice(1).map(Number);
  if (year === undefined || month === undefined || date === undefined) return undefined;
  const next = new Date(year, month - 1, date + 1);
  return dateText(next.getTime() - 1) === text ? next.getTime() - 1 : undefined;
}

/** The last day whose end is near enough. */
export function lastDayMs(nowMs: number): number {
  const mostMs = nowMs + DISPENSATION_DAYS_MAX * DAY_MS;
  const end = endOfDayMs(dateText(mostMs)) ?? mostMs;
  return end <= mostMs ? end : mostMs - DAY_MS;
}

export function faultsOf({ station, until }: Draft, nowMs: number): Faults {
  const say = words.dispensations.give;
  const endMs = endOfDayMs(until);
  const lastMs = lastDayMs(nowMs);
  const untilFault =
    endMs === undefined
      ? say.untilMissing
      : endMs <= nowMs
        ? say.untilPast
        : endMs > nowMs + DISPENSATION_DAYS_MAX * DAY_MS
          ? say.untilFar(day(lastMs))
          : undefined;
  return {
    ...(station.trim() === "" ? { station: say.stationMissing } : {}),
    ...(untilFault === undefined ? {} : { until: untilFault }),
  };
}

/** As a date field reads it, of the device's own day. */
export function dateText(atMs: number): string {
  const at = new Date(atMs);
  const two = (part: number) => String(part).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}
