/**
 * The sun of a replay: powers from a file, with stamps or at even parts of whole days. A day is laid on each day, a year on each year, any
 * other number of days one after the other, from the sessions' first day on.
 */
import { byStep, DAY_MS, laidOn, type Span } from "./course.ts";
import { cellValue, numberColumns, readTable, type Table, timeColumn } from "./table.ts";

/** Values a day that a file may have. */
const PER_DAY = [24, 48, 96, 288, 1_440];
/** A day that tells less of the values' course than this part of the best is not their day. */
const TELLING = 0.5;

export type Sun = {
  /** The mean of a step of the grid, so that plant and bound see the same; watts. */
  readonly w: (wallMs: number) => number;
  readonly peakW: number;
  readonly remarks: readonly string[];
};

/** No sun where a file has none. */
export function sunOf(file: string, span: Span): Sun | undefined {
  const table = readTable(file);
  const time = timeColumn(table);
  const value = powerColumn(table, time);
  const course = time === undefined ? byCount(table, value, span) : byStamps(table, { time, value }, span);
  const unit = unitOf(table.head[value] ?? "", course.stepMs);
  const { sign, remarks } = signOf(course.values);
  const watts = (ms: number) => Math.max(0, sign * unit.watts * course.at(ms));
  const peakW = Math.ceil(course.values.reduce((most, one) => Math.max(most, sign * unit.watts * one), 0));
  const said = `sun: ${((course.values.length * course.stepMs) / DAY_MS).toFixed(1)} days of ${course.stepMs / 60_000} min in ${unit.name}, ${(peakW / 1000).toFixed(1)} kW at the most`;
  if (peakW === 0) return undefined;
  return { w: byStep(watts, course.stepMs), peakW, remarks: [said, ...remarks] };
}

type Values = {
  readonly values: readonly number[];
  readonly stepMs: number;
  readonly at: (wallMs: number) => number;
};

/** By its name, else the last. */
function powerColumn(table: Table, time: number | undefined): number {
  const numbers = numberColumns(table).filter((column) => column !== time);
  const named = numbers.find((column) => /power|pv|solar|prod|feed|kw|watt/i.test(table.head[column] ?? ""));
  const found = named ?? numbers.at(-1);
  if (found === undefined) throw new Error(`${table.file}: a power in watts stands in each line`);
  return found;
}

function byStamps(
  table: Table,
  columns: { readonly time: number; readonly value: number },
  span: Span,
): Values {
  const { course, at } = laidOn(table, columns, span);
  return { values: course.values, stepMs: course.stepMs, at };
}

function byCount(table: Table, column: number, { startMs, clock }: Span): Values {
  const values = table.rows.map((row) => cellValue(table, row, column) ?? 0);
  const perDay = perDayOf(values);
  if (perDay === undefined)
    throw new Error(
      `${table.file}: ${values.length} values are no whole days of ${PER_DAY.join(", ")} values; a column with times would tell`,
    );
  const days = values.length / perDay;
  const stepMs = DAY_MS / perDay;
  // The sessions' time begins with a day of UTC.
  const firstDay = clock.dayOf(startMs + DAY_MS / 2);
  const at = (wallMs: number) => {
    const shownMs = clock.shown(wallMs);
    const day = Math.floor(shownMs / DAY_MS);
    const nth = days === 365 || days === 366 ? day - yearStart(day) : day - firstDay;
    const slot = Math.floor((shownMs - day * DAY_MS) / stepMs);
    return values[(((nth % days) + days) % days) * perDay + slot]!;
  };
  return { values, stepMs, at };
}

const yearStart = (day: number): number => Date.UTC(new Date(day * DAY_MS).getUTCFullYear(), 0, 1) / DAY_MS;

/** The fewest values a day by which the days resemble each other: a month at 5 minutes could as well be six days of minutes. */
export function perDayOf(values: readonly number[]): number | undefined {
  const told = PER_DAY.filter((perDay) => values.length > 0 && values.length % perDay === 0).map(
    (perDay) => ({
      perDay,
      part: toldByDay(values, perDay),
    }),
  );
  const best = told.reduce((most, { part }) => Math.max(most, part), 0);
  return told.find(({ part }) => part >= TELLING * best)?.perDay;
}

/** Which part of the values' variance the hour of the day tells. */
function toldByDay(values: readonly number[], perDay: number): number {
  const mean = values.reduce((sum, one) => sum + one, 0) / values.length;
  const day = Array.from({ length: perDay }, () => 0);
  for (const [i, value] of values.entries()) day[i % perDay]! += (value - mean) / (values.length / perDay);
  const all = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return all === 0 ? 0 : day.reduce((sum, one) => sum + one * one, 0) / perDay / all;
}

/** Some count what is produced below zero, as what a site draws is above it. */
function signOf(values: readonly number[]): { readonly sign: 1 | -1; readonly remarks: readonly string[] } {
  const sum = values.reduce((all, one) => all + one, 0);
  if (sum >= 0) return { sign: 1, remarks: [] };
  return { sign: -1, remarks: ["sun: the powers are below zero, and taken with their sign turned"] };
}

/** As the head of the column says it, watts where it says none; energy is of one step. */
function unitOf(head: string, stepMs: number): { readonly name: string; readonly watts: number } {
  const name = /(mwh|kwh|wh|mw|kw)(?![a-z])/i.exec(head)?.[1]?.toLowerCase() ?? "w";
  const prefix = name.startsWith("m") ? 1e6 : name.startsWith("k") ? 1000 : 1;
  const perHour = name.endsWith("h") ? 3_600_000 / stepMs : 1;
  return { name: name.replace("w", "W").replace(/^m/, "M"), watts: prefix * perHour };
}
