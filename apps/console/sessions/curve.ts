/**
 * The curve of a session as it is drawn: power, energy and state of charge on one axis of time. Null is a gap, drawn as
 * one; undefined is a value that only its neighbours had, and the line goes on. Where a station sends no power it is
 * reckoned from its meter. Pure.
 */
import type { SessionCurve } from "../api/shapes.ts";

export type Value = number | null | undefined;
export type Series = {
  readonly atMs: readonly number[];
  readonly powerW: readonly Value[];
  readonly energyWh: readonly Value[];
  readonly socPercent: readonly Value[];
  /** Power is reckoned from the meter. */
  readonly derived: boolean;
};

/** Silence this many times as long as between values usually, and at least so long, is a gap. */
const GAP_TIMES = 6;
const GAP_MS_LEAST = 5 * 60_000;

export function seriesOf({ points, stepMs }: Pick<SessionCurve, "points" | "stepMs">): Series {
  const known = points.filter(
    ({ powerW, energyWh, socPercent }) => powerW !== null || energyWh !== null || socPercent !== null,
  );
  const derived = known.every(({ powerW }) => powerW === null);
  const powers = derived ? powersFrom(known) : known.map(({ powerW }) => powerW ?? undefined);
  const gapMs = Math.max(GAP_MS_LEAST, GAP_TIMES * usualStep(known), 2 * (stepMs ?? 0));
  const series = {
    atMs: [] as number[],
    powerW: [] as Value[],
    energyWh: [] as Value[],
    socPercent: [] as Value[],
  };
  known.forEach((point, index) => {
    const before = known[index - 1];
    if (before !== undefined && point.atMs - before.atMs > gapMs)
      add(series, before.atMs + 1, [null, null, null]);
    add(series, point.atMs, [powers[index], point.energyWh ?? undefined, point.socPercent ?? undefined]);
  });
  return { ...series, derived: derived && powers.some((powerW) => typeof powerW === "number") };
}

function add(
  series: { atMs: number[]; powerW: Value[]; energyWh: Value[]; socPercent: Value[] },
  atMs: number,
  [powerW, energyWh, socPercent]: readonly [Value, Value, Value],
): void {
  series.atMs.push(atMs);
  series.powerW.push(powerW);
  series.energyWh.push(energyWh);
  series.socPercent.push(socPercent);
}

type Point = SessionCurve["points"][number];
const HOUR_MS = 3_600_000;

/** The mean since the value before, at each. */
function powersFrom(points: readonly Point[]): Value[] {
  let last: Point | undefined;
  const means = points.map((point): Value => {
    if (point.energyWh === null) return undefined;
    const before = last;
    last = point;
    if (before?.energyWh === null || before === undefined || point.atMs <= before.atMs) return undefined;
    return Math.round(((point.energyWh - before.energyWh) * HOUR_MS) / (point.atMs - before.atMs));
  });
  // The first mean holds from where it began.
  const [, second] = means;
  return typeof second === "number" ? [second, ...means.slice(1)] : means;
}

function usualStep(points: readonly Point[]): number {
  const steps = points.slice(1).map(({ atMs }, index) => atMs - (points[index]?.atMs ?? atMs));
  return steps.sort((a, b) => a - b)[Math.floor(steps.length / 2)] ?? 0;
}

const numbers = (values: readonly Value[]): number[] => values.filter((value) => typeof value === "number");

/** Null where there is none. */
export const most = (values: readonly Value[]): number | null =>
  numbers(values).reduce<number | null>((found, value) => Math.max(found ?? value, value), null);
export const first = (values: readonly Value[]): number | null => numbers(values)[0] ?? null;
export const last = (values: readonly Value[]): number | null => numbers(values).at(-1) ?? null;

/** The value that stood at a place: its own, or the last before it, up to the last gap. */
export function standing(values: readonly Value[], index: number): number | null {
  for (let at = index; at >= 0; at--) {
    const value = values[at];
    if (value !== undefined) return value;
  }
  return null;
}

/** The session's mean while it lasted; null where either is not known. */
export const meanPower = (energyWh: number | null, lastedMs: number | null): number | null =>
  energyWh === null || lastedMs === null || lastedMs <= 0 ? null : (energyWh * HOUR_MS) / lastedMs;
