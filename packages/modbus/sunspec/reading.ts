/**
 * What the registers of a model say: each implemented point under its path, scaled, in the unit of its definition. What is
 * not implemented, or scaled by a factor that is not, is not there: a missing value can be noticed, a zero cannot.
 */
import { type Model, type Point, walk } from "./model.ts";
import { type PointValue, readPoint } from "./point.ts";

export type PlacedPoint = {
  readonly path: string;
  readonly point: Point;
  /** Registers from behind the model's header. */
  readonly offset: number;
};

export type Reading = {
  /** `W` → 4200, `Prt[0].DCV` → 612.5, `Mn` → "Maker". */
  readonly values: ReadonlyMap<string, PointValue>;
  /** Exponents of ten by the name of their point. */
  readonly scales: ReadonlyMap<string, number>;
  /** Where each point lies, implemented or not, as far as the registers reach. */
  readonly points: ReadonlyMap<string, PlacedPoint>;
  /** Registers up to the end of the last whole point. */
  readonly end: number;
  /** Whether the registers hold all that the counts in them announce. */
  readonly whole: boolean;
};

/** Reads the registers behind a model's header. Never throws; registers that are missing are points that are missing. */
export function readingOf(model: Model, registers: readonly number[]): Reading {
  const raw = new Map<string, PointValue>();
  const points = new Map<string, PlacedPoint>();
  const scales = new Map<string, number>();
  let end = 0;
  const whole = walk(model, (path, point) => {
    const offset = end;
    if (offset + point.registers > registers.length) return "stop";
    end = offset + point.registers;
    points.set(path, { path, point, offset });
    const value = readPoint(point.type, registers.slice(offset, end));
    if (value !== undefined) raw.set(path, value);
    if (typeof value !== "number") return undefined;
    if (point.type === "sunssf") scales.set(path, value);
    return value;
  });
  const values = new Map<string, PointValue>();
  for (const [path, value] of raw) {
    const scaled = scaledValue(points.get(path)?.point, value, scales);
    if (scaled !== undefined) values.set(path, scaled);
  }
  return { values, scales, points, end, whole };
}

function scaledValue(
  point: Point | undefined,
  value: PointValue,
  scales: ReadonlyMap<string, number>,
): PointValue | undefined {
  if (point?.scale === undefined || typeof value === "string") return value;
  const exponent = scales.get(point.scale);
  return exponent === undefined ? undefined : scaled(value, exponent);
}

/** Divides by a whole power of ten where it can: 2305 / 10 is 230.5, and 2305 · 0.1 is not. */
export const scaled = (raw: number, exponent: number): number =>
  exponent < 0 ? raw / 10 ** -exponent : raw * 10 ** exponent;

/**
 * The raw value of an engineering value, rounded toward zero: a setpoint or limit never becomes more than was asked for. What is
 * off by a rounding of binary fractions alone counts as whole.
 */
export function unscaled(value: number, exponent: number): number {
  const raw = scaled(value, -exponent);
  const nearest = Math.round(raw);
  return Math.abs(raw - nearest) <= 1e-9 * Math.max(1, Math.abs(raw)) ? nearest : Math.trunc(raw);
}
