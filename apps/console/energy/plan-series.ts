/**
 * The plan and what happened as lines over one axis of time: mean power of each quarter of an hour, at its middle; import, consumption
 * and discharge positive. A quarter that was not measured is a gap. Pure.
 */
import type { EnergyQuarter, PlanView } from "../api/energy-shapes.ts";

export const QUARTER_MS = 900_000;
/** Fewer measured seconds tell nothing about a quarter of an hour. */
const MEASURED_S_MIN = 60;

export const lineNames = ["grid", "cars", "battery", "solar", "building"] as const;
export type LineName = (typeof lineNames)[number];
export type Value = number | null;

export type Lines = Readonly<Record<LineName, readonly Value[]>>;
export type PlanSeries = {
  /** Ascending, each once. */
  readonly atMs: readonly number[];
  readonly measured: Lines;
  readonly planned: Lines;
  /** Batteries' charge, 0 to 1. */
  readonly charge: readonly Value[];
  readonly chargePlanned: readonly Value[];
};

type Point = Partial<Record<LineName, number>> & { readonly charge?: number };
export type Span = { readonly fromMs: number; readonly toMs: number };

export function planSeries(
  quarters: readonly EnergyQuarter[],
  plan: PlanView | null | undefined,
  { fromMs, toMs }: Span,
): PlanSeries {
  const measured = new Map<number, Point>();
  const planned = new Map<number, Point>();
  // A point of its own for each quarter, measured or not: what is missing between two is a gap, no line.
  for (let at = Math.ceil(fromMs / QUARTER_MS) * QUARTER_MS; at < toMs; at += QUARTER_MS)
    measured.set(at + QUARTER_MS / 2, {});
  for (const quarter of quarters) {
    const at = quarter.fromMs + QUARTER_MS / 2;
    measured.set(at, measuredOf(quarter));
    if (quarter.planned) planned.set(at, plannedOf(quarter.planned));
  }
  if (plan) for (const [at, point] of planPoints(plan, { fromMs, toMs })) planned.set(at, point);
  const atMs = [...new Set([...measured.keys(), ...planned.keys()])]
    .filter((at) => at >= fromMs && at <= toMs)
    .sort((a, b) => a - b);
  const lines = (of: ReadonlyMap<number, Point>): Lines =>
    Object.fromEntries(
      lineNames.map((name) => [name, atMs.map((at) => of.get(at)?.[name] ?? null)]),
    ) as Record<LineName, Value[]>;
  return {
    atMs,
    measured: lines(measured),
    planned: lines(planned),
    charge: atMs.map((at) => measured.get(at)?.charge ?? null),
    chargePlanned: atMs.map((at) => planned.get(at)?.charge ?? null),
  };
}

/** Mean over the seconds that were measured: the others are in no figure. */
function measuredOf(quarter: EnergyQuarter): Point {
  if (quarter.measuredS < MEASURED_S_MIN) return {};
  const w = (wh: number) => (wh * 3_600) / quarter.measuredS;
  return {
    grid: w(quarter.importWh - quarter.exportWh),
    cars: w(quarter.carsWh),
    battery: w(quarter.batteryOutWh - quarter.batteryInWh),
    solar: w(quarter.solarWh),
    building: w(quarter.buildingWh),
    ...(typeof quarter.chargePermille === "number" ? { charge: quarter.chargePermille / 1000 } : {}),
  };
}

function plannedOf({ gridWh, carsWh, batteryWh }: NonNullable<EnergyQuarter["planned"]>): Point {
  return { grid: gridWh * 4, cars: carsWh * 4, battery: batteryWh * 4 };
}

/** Of each quarter of an hour that the plan covers by half at least: the plan begins when it was made, at any instant, in steps of its own, and for as long as the site says. */
function* planPoints(plan: PlanView, span: Span): Generator<[number, Point]> {
  const { fromWallMs, stepMs, gridW } = plan;
  const endMs = fromWallMs + gridW.length * stepMs;
  const first = Math.floor(Math.max(fromWallMs, span.fromMs) / QUARTER_MS) * QUARTER_MS;
  for (let from = first; from < Math.min(endMs, span.toMs); from += QUARTER_MS) {
    const mean = (values: readonly number[]) => meanOver(values, { fromMs: from - fromWallMs, stepMs });
    if (Math.min(endMs, from + QUARTER_MS) - Math.max(fromWallMs, from) < QUARTER_MS / 2) continue;
    const charge = mean(plan.chargePermille);
    const point: Point = {
      ...value("grid", mean(gridW)),
      ...value("cars", mean(plan.carsW)),
      ...value("battery", mean(plan.batteryW)),
      ...value("solar", mean(plan.solarW)),
      ...value("building", mean(plan.buildingW)),
      ...(charge === undefined ? {} : { charge: charge / 1000 }),
    };
    yield [from + QUARTER_MS / 2, point];
  }
}

/** Over the quarter that begins then, `fromMs` after the first step; of steps that say nothing none. */
function meanOver(
  values: readonly number[],
  { fromMs, stepMs }: { readonly fromMs: number; readonly stepMs: number },
): number | undefined {
  let [sum, ms] = [0, 0];
  for (let i = Math.max(0, Math.floor(fromMs / stepMs)); i * stepMs < fromMs + QUARTER_MS; i++) {
    const w = values[i];
    if (w === undefined || !Number.isFinite(w)) continue;
    const here = Math.min((i + 1) * stepMs, fromMs + QUARTER_MS) - Math.max(i * stepMs, fromMs);
    sum += w * here;
    ms += here;
  }
  return ms > 0 ? sum / ms : undefined;
}

const value = (name: LineName, w: number | undefined): Point => (w === undefined ? {} : { [name]: w });

/** Values that no line reaches, since nothing is known beside them: to be drawn as dots. */
export const aloneIn = (line: readonly (Value | undefined)[]): readonly number[] =>
  line.flatMap((value, i) =>
    typeof value === "number" && typeof line[i - 1] !== "number" && typeof line[i + 1] !== "number"
      ? [i]
      : [],
  );

/** The highest and the lowest of some lines; zero is always among them. */
export function bounds(lines: readonly (readonly Value[])[]): {
  readonly least: number;
  readonly most: number;
} {
  let [least, most] = [0, 0];
  for (const line of lines)
    for (const value of line) {
      if (value === null) continue;
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
  return { least, most };
}

/** The highest of a line; undefined where it has no value at all. */
export function highestOf(line: readonly Value[]): number | undefined {
  return line.reduce<number | undefined>(
    (most, value) => (value !== null && (most === undefined || value > most) ? value : most),
    undefined,
  );
}

type HourRow = {
  readonly fromMs: number;
  readonly measured: Partial<Record<LineName, number>>;
  readonly planned: Partial<Record<LineName, number>>;
};

/** Means by the hour, for who would rather read a table. */
export function hourRows(series: PlanSeries): readonly HourRow[] {
  const hours = Map.groupBy(
    series.atMs.map((at, i) => ({ at, i })),
    ({ at }) => Math.floor(at / 3_600_000) * 3_600_000,
  );
  const means = (lines: Lines, places: readonly { readonly i: number }[]) =>
    Object.fromEntries(
      lineNames.flatMap((name) => {
        const known = places.flatMap(({ i }) => lines[name][i] ?? []);
        return known.length === 0 ? [] : [[name, known.reduce((sum, w) => sum + w, 0) / known.length]];
      }),
    );
  return [...hours]
    .map(([fromMs, places]) => ({
      fromMs,
      measured: means(series.measured, places),
      planned: means(series.planned, places),
    }))
    .filter(({ measured, planned }) => Object.keys(measured).length + Object.keys(planned).length > 0);
}
