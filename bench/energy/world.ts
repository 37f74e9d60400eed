/** Prices of a replay, from files of its own or of other years and places. */
import type { PlannerInput } from "@wattward/energy";
import { STEP_MS } from "./cars.ts";
import { byStep, DAY_MS, laidOn, type Span } from "./course.ts";
import { numberColumns, readTable, type Table, timeColumn } from "./table.ts";

const HOUR_MS = 3_600_000;
const QUARTER_MS = 900_000;
const KNOWN_HOURS = 37;
/** Tomorrow's prices are out by then, local time. */
const PUBLISHED_HOUR = 13;

export type PriceCourse = {
  readonly cent: (wallMs: number) => number;
  readonly known: (wallMs: number) => PlannerInput["price"];
  /** What was made of the file. */
  readonly remarks: readonly string[];
};

export function prices(file: string, span: Span): PriceCourse {
  const table = readTable(file);
  const time = timeColumn(table);
  const value = priceColumn(table, time);
  if (time === undefined || value === undefined)
    throw new Error(
      `${file}: an hour and its price stand in each line, under a head such as datetime_utc,price_eur_mwh`,
    );
  const unit = unitOf(table.head[value] ?? "");
  const { course, at, byInstant } = laidOn(table, { time, value }, span);
  const cent = byStep((wallMs) => at(wallMs) / unit.perCent, course.stepMs);
  const meanCent = course.values.reduce((sum, one) => sum + one, 0) / course.values.length / unit.perCent;
  return {
    cent,
    known: (wallMs) => knownAt(wallMs, { cent, span }),
    remarks: [
      `prices: ${course.values.length} of ${course.stepMs / 60_000} min in ${unit.name}, ${meanCent.toFixed(2)} ct/kWh in the mean, ${byInstant ? "at their instants" : "laid hour on hour on the site's clock"}`,
      ...(course.gaps === 0 ? [] : [`prices: ${course.gaps} that are missing are taken from the day before`]),
    ],
  };
}

/** What is out at an instant, by quarters; what is not out yet is taken to be as the day before. */
function knownAt(
  wallMs: number,
  { cent, span }: { readonly cent: PriceCourse["cent"]; readonly span: Span },
): PlannerInput["price"] {
  const shownMs = span.clock.shown(wallMs);
  const dayMs = Math.floor(shownMs / DAY_MS) * DAY_MS;
  const days = shownMs - dayMs >= PUBLISHED_HOUR * HOUR_MS ? 2 : 1;
  const untilMs = span.clock.instantOf(dayMs + days * DAY_MS);
  const fromWallMs = wallMs - (shownMs % QUARTER_MS);
  const milliCentPerKwh = Array.from({ length: (KNOWN_HOURS * HOUR_MS) / QUARTER_MS }, (_, i) => {
    let known = fromWallMs + i * QUARTER_MS;
    while (known >= untilMs) known -= DAY_MS;
    let sum = 0;
    for (let ms = 0; ms < QUARTER_MS; ms += STEP_MS) sum += cent(known + ms);
    return Math.round((sum * 1000 * STEP_MS) / QUARTER_MS);
  });
  return { fromWallMs, stepMs: QUARTER_MS, milliCentPerKwh };
}

/** By its name, else the only column of numbers. */
function priceColumn(table: Table, time: number | undefined): number | undefined {
  const numbers = numberColumns(table).filter((column) => column !== time);
  const named = (words: RegExp) => numbers.find((column) => words.test(table.head[column] ?? ""));
  const found = named(/price|preis|lmp|spot|day.?ahead/i) ?? named(/mwh|kwh|eur|usd|€|\$/i);
  const usual = numbers.length === 1 ? numbers[0] : undefined;
  return /energy|delivered/i.test(table.head[found ?? -1] ?? "") ? undefined : (found ?? usual);
}

/** As the head of the column says it, and how much of it is a cent per kWh. Which currency makes no difference to a ratio. */
function unitOf(head: string): { readonly name: string; readonly perCent: number } {
  const cents = /(^|[^a-z])(ct|cents?)([^a-z]|$)/i.test(head);
  const currency = /usd|\$/i.test(head) ? "USD" : /gbp|£/i.test(head) ? "GBP" : "EUR";
  const name = cents ? "cents" : currency;
  const perCent = cents ? 1 : 0.01;
  if (/kwh/i.test(head)) return { name: `${name}/kWh`, perCent };
  const said = /mwh/i.test(head) ? "" : " (the head says no unit)";
  return { name: `${name}/MWh${said}`, perCent: perCent * 1000 };
}

export const noPrices: PriceCourse = {
  cent: () => 0,
  known: (wallMs) => ({ fromWallMs: wallMs, stepMs: HOUR_MS, milliCentPerKwh: [0] }),
  remarks: [],
};
