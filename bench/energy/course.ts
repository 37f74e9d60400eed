/**
 * A course of values at even steps, from rows with stamps in any order: each value lasts to the next, an hour at most; a longer gap is filled
 * with the day before and counted. It is laid on the sessions' time in one of two ways: a file of their own time, whose stamps say their
 * offset, by instants; any other hour on hour by the clocks, as it is written.
 */
import { STEP_MS } from "./cars.ts";
import type { Clock } from "./clock.ts";
import { cellValue, type Row, type Stamp, stampOf, type Table } from "./table.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;
const WEEK_MS = 7 * DAY_MS;
const VALUES_MAX = 6_000_000;
/** A part of the steps that seldom is no step, but a gap. */
const SELDOM = 0.05;
/** Of the sessions' time: a file with as much of it is one of their time. */
const OWN_TIME = 0.9;

export type Course = {
  readonly firstMs: number;
  readonly stepMs: number;
  readonly values: readonly number[];
  /** Steps without a value of their own. */
  readonly gaps: number;
};

/** When the sessions are, by which clock. */
export type Span = { readonly startMs: number; readonly endMs: number; readonly clock: Clock };

export type Laid = {
  readonly course: Course;
  readonly at: (wallMs: number) => number;
  /** By instants, and not by the clock. */
  readonly byInstant: boolean;
};

type Point = { readonly stamp: Stamp; readonly value: number | undefined };

export function laidOn(
  table: Table,
  columns: { readonly time: number; readonly value: number },
  span: Span,
): Laid {
  const points = table.rows.map((row) => ({
    stamp: stampIn(table, row, columns.time),
    value: cellValue(table, row, columns.value),
  }));
  const byInstant = isOfOwnTime(points, span);
  const course = courseOf(
    table.file,
    points.map(({ stamp, value }) => ({
      ms: (byInstant ? stamp.instantMs : undefined) ?? stamp.writtenMs,
      value,
    })),
  );
  if (course.values.length * course.stepMs < DAY_MS)
    throw new Error(`${table.file}: it is of less than a day`);
  return { course, byInstant, at: byInstant ? byInstants(course) : byClock(course, span) };
}

/** The mean of each step of the grid, so that plant, planner and bound see the same. */
export function byStep(at: (wallMs: number) => number, stepMs: number): (wallMs: number) => number {
  const known = new Map<number, number>();
  return (wallMs) => {
    const slot = Math.floor(wallMs / STEP_MS);
    const before = known.get(slot);
    if (before !== undefined) return before;
    const n = Math.max(1, Math.round(STEP_MS / stepMs));
    let sum = 0;
    for (let i = 0; i < n; i++) sum += at(slot * STEP_MS + (i * STEP_MS) / n);
    known.set(slot, sum / n);
    return sum / n;
  };
}

function stampIn(table: Table, row: Row, column: number): Stamp {
  const stamp = stampOf(row.cells[column] ?? "");
  if (stamp === undefined)
    throw new Error(`${table.file}: line ${row.line} has no time such as 2024-01-31T14:00:00Z`);
  const utc = /utc|gmt/i.test(table.head[column] ?? "");
  return utc ? { writtenMs: stamp.writtenMs, instantMs: stamp.instantMs ?? stamp.writtenMs } : stamp;
}

function isOfOwnTime(points: readonly Point[], { startMs, endMs }: Span): boolean {
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { stamp } of points) {
    if (stamp.instantMs === undefined) return false;
    first = Math.min(first, stamp.instantMs);
    last = Math.max(last, stamp.instantMs);
  }
  return Math.min(last + HOUR_MS, endMs) - Math.max(first, startMs) >= OWN_TIME * (endMs - startMs);
}

function courseOf(
  file: string,
  points: readonly { readonly ms: number; readonly value: number | undefined }[],
): Course {
  const byMs = new Map<number, number | undefined>();
  // The night when clocks are set back has an hour twice: its first counts.
  for (const { ms, value } of points) if (byMs.get(ms) === undefined) byMs.set(ms, value);
  const stamps = [...byMs.keys()].sort((a, b) => a - b);
  const stepMs = stepOf(file, stamps);
  const firstMs = stamps[0]!;
  const length = Math.round((stamps.at(-1)! - firstMs) / stepMs) + 1;
  if (length > VALUES_MAX) throw new Error(`${file}: its stamps span more than ${VALUES_MAX} of their steps`);
  const known: (number | undefined)[] = Array.from({ length }, () => undefined);
  for (const [ms, value] of byMs) known[Math.round((ms - firstMs) / stepMs)] ??= value;
  return { firstMs, stepMs, ...filled(file, known, stepMs) };
}

/** The shortest of the distances that are usual: hours may become quarters within a file. */
function stepOf(file: string, stamps: readonly number[]): number {
  const count = new Map<number, number>();
  for (const [i, ms] of stamps.slice(1).entries()) {
    const stepMs = Math.round((ms - stamps[i]!) / MINUTE_MS) * MINUTE_MS;
    count.set(stepMs, (count.get(stepMs) ?? 0) + 1);
  }
  const usual = [...count].filter(([, times]) => times >= SELDOM * stamps.length).map(([stepMs]) => stepMs);
  const stepMs = usual.reduce((least, one) => Math.min(least, one), Number.POSITIVE_INFINITY);
  if (!(stepMs >= MINUTE_MS && stepMs <= HOUR_MS && HOUR_MS % stepMs === 0))
    throw new Error(`${file}: an hour, or an even part of one, lies between its stamps, and here none does`);
  return stepMs;
}

function filled(
  file: string,
  known: readonly (number | undefined)[],
  stepMs: number,
): Pick<Course, "values" | "gaps"> {
  const [hour, day] = [HOUR_MS / stepMs, DAY_MS / stepMs];
  const values: number[] = [];
  let gaps = 0;
  let last = Number.NEGATIVE_INFINITY;
  const first = known.find((value) => value !== undefined);
  for (const [i, value] of known.entries()) {
    if (value !== undefined) last = i;
    else if (i - last >= hour) gaps++;
    const lasting = i - last < hour ? values[i - 1] : (values[i - day] ?? values[i - 1] ?? first);
    values.push(value ?? lasting ?? 0);
  }
  if (gaps > known.length / 2) throw new Error(`${file}: more than half of its values are missing`);
  return { values, gaps };
}

/** Beyond its ends a week more or less of it, or a day where it has no week. */
function byInstants({ firstMs, stepMs, values }: Course): (wallMs: number) => number {
  const period = values.length * stepMs >= WEEK_MS ? WEEK_MS / stepMs : DAY_MS / stepMs;
  return (wallMs) => {
    const slot = Math.floor((wallMs - firstMs) / stepMs);
    const beyond =
      slot < 0 ? -Math.ceil(-slot / period) : Math.ceil(Math.max(0, slot - values.length + 1) / period);
    return values[slot - beyond * period]!;
  };
}

/** The same day of the year, the same weekday; beyond the file's end it begins again: by whole weeks, or days where it has no week. */
function byClock({ firstMs, stepMs, values }: Course, { startMs, clock }: Span): (wallMs: number) => number {
  const [day, week] = [DAY_MS / stepMs, WEEK_MS / stepMs];
  const period = values.length >= week ? week : day;
  const span = Math.floor(values.length / period) * period;
  const shiftMs = Math.round((yearStart(firstMs) - yearStart(startMs)) / WEEK_MS) * WEEK_MS;
  return (wallMs) => {
    const slot = Math.floor((clock.shown(wallMs) + shiftMs - firstMs) / stepMs);
    return values[((slot % span) + span) % span]!;
  };
}

const yearStart = (ms: number): number => Date.UTC(new Date(ms).getUTCFullYear(), 0, 1);
