/**
 * What is chosen on the page of all sessions, as it stands in the address, and what the API is asked for it. A token in
 * an address is only its end: whoever reads a link shall not charge with it. Pure.
 */
import { readTableSearch, type TableSearch } from "../table/search.ts";

export const columnIds = ["started", "station", "site", "token", "lasted", "energy", "state", "why"] as const;
export const sessionStates = ["open", "ended", "partial"] as const;
export const ranges = ["day", "week", "month", "own"] as const;
export type Range = (typeof ranges)[number];

export type SessionsSearch = TableSearch & {
  readonly site?: string | undefined;
  /** Their state. Not called so: other pages have a state of their own in the address. */
  readonly which?: (typeof sessionStates)[number] | undefined;
  readonly range?: Range | undefined;
  /** First and last day of range "own", as 2026-01-31, in the browser's zone. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly token?: string | undefined;
  readonly review?: "yes" | undefined;
};

const SITE_CHARS_MAX = 63;

/** What cannot be read is as if it were not there. */
export function readSessionsSearch(given: Record<string, unknown>): SessionsSearch {
  const range = ranges.find((word) => word === given.range);
  const which = sessionStates.find((word) => word === given.which);
  // The router reads digits as a number.
  const site = given.site === undefined ? "" : String(given.site).slice(0, SITE_CHARS_MAX);
  const token = given.token === undefined ? "" : tokenEnd(String(given.token));
  const own = range === "own";
  return {
    ...readTableSearch(given, columnIds),
    ...(site === "" ? {} : { site }),
    ...(which === undefined ? {} : { which }),
    ...(range === undefined ? {} : { range }),
    ...(own && isDay(given.from) ? { from: given.from } : {}),
    ...(own && isDay(given.to) ? { to: given.to } : {}),
    ...(token === "" ? {} : { token }),
    ...(given.review === "yes" ? { review: "yes" as const } : {}),
  };
}

const SHOWN_CHARS = 4;
const TOKEN_CHARS_MAX = 36;

/** As much of a token as is shown of it: its last four characters; of a short one, what was typed. */
export function tokenEnd(typed: string): string {
  const clean = typed.replaceAll(/[^\x21-\x7e]/g, "").slice(-TOKEN_CHARS_MAX);
  return clean.length >= 2 * SHOWN_CHARS ? clean.slice(-SHOWN_CHARS) : clean;
}

const isDay = (given: unknown): given is string =>
  typeof given === "string" && /^\d{4}-\d{2}-\d{2}$/.test(given) && !Number.isNaN(Date.parse(given));

const dayMs = 86_400_000;
const spansMs = { day: dayMs, week: 7 * dayMs, month: 30 * dayMs } as const;
/** A text that is searched for, as the API takes it. */
const SEARCH_CHARS_MAX = 64;

export type Asked = Readonly<Record<string, string | undefined>>;

/** Fields of GET /transactions. `nowMs` is when the page was asked for. */
export function askedOf(search: SessionsSearch, nowMs: number): Asked {
  const text = search.find?.trim().slice(0, SEARCH_CHARS_MAX);
  return {
    site: search.site,
    state: search.which,
    token: search.token,
    review: search.review === undefined ? undefined : "true",
    text: text === "" ? undefined : text,
    ...spanOf(search, nowMs),
  };
}

function spanOf({ range, from, to }: SessionsSearch, nowMs: number): Asked {
  if (range === undefined) return {};
  if (range !== "own") return { fromMs: String(nowMs - spansMs[range]) };
  return {
    fromMs: from === undefined ? undefined : String(startOf(from, 0)),
    toMs: to === undefined ? undefined : String(startOf(to, 1)),
  };
}

/** Midnight of a day in the browser's zone; days are added as days, of whatever length. */
export function startOf(day: string, daysLater: number): number {
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
  return new Date(year, month - 1, date + daysLater).getTime();
}

/** Is anything left out of what there is? Sorting leaves out nothing. */
export const isFiltered = ({ sort: _, ...filters }: SessionsSearch): boolean =>
  Object.values(filters).some((value) => value !== undefined);
