/**
 * What the registers of a model say: each implemented point under its path, scaled, in the unit of its definition. What is
 * not implemented, or scaled by a factor that is not, is not there: a missing value can be noticed, a zero cannot.
 */
import { layoutOf, type PlacedPoint } from "./layout.ts";
import { type Model, walk } from "./model.ts";
import { type PointValue, readPoint, SCALE_MAX } from "./point.ts";

/** Points are decoded as they are asked for: of the dozens that a model has, most callers want three. */
export class Reading {
  /** Where each point lies, implemented or not, as far as the registers reach. */
  readonly points: ReadonlyMap<string, PlacedPoint>;
  /** Registers up to the end of the last whole point. */
  readonly end: number;
  /** Whether the registers hold all that the counts in them announce. */
  readonly whole: boolean;
  private readonly registers: readonly number[];
  private all: ReadonlyMap<string, PointValue> | undefined;

  constructor(
    { end, points, whole }: Pick<Reading, "points" | "end" | "whole">,
    registers: readonly number[],
  ) {
    this.points = points;
    this.end = end;
    this.whole = whole;
    this.registers = registers;
  }

  /** `W` → 4200, `Prt[0].DCV` → 612.5, `Mn` → "Maker". */
  value(path: string): PointValue | undefined {
    const placed = this.points.get(path);
    const raw = placed && this.raw(placed);
    if (raw === undefined || placed?.point.scale === undefined || typeof raw === "string") return raw;
    const exponent = this.exponent(placed.point.scale);
    return exponent === undefined ? undefined : scaled(raw, exponent);
  }

  /** The same registers, to the last digit. */
  isSame(other: Reading): boolean {
    const { registers } = this;
    return (
      registers.length === other.registers.length && registers.every((word, i) => word === other.registers[i])
    );
  }

  /** All that are implemented, by path. */
  get values(): ReadonlyMap<string, PointValue> {
    if (this.all !== undefined) return this.all;
    const all = new Map<string, PointValue>();
    for (const path of this.points.keys()) {
      const value = this.value(path);
      if (value !== undefined) all.set(path, value);
    }
    return (this.all = all);
  }

  /** What a number will be read as where it is written: rounded toward zero to whole steps of its scale factor. */
  rounded(path: string, value: number): number {
    const scale = this.points.get(path)?.point.scale;
    const exponent = scale === undefined ? 0 : this.exponent(scale);
    return exponent === undefined ? value : scaled(unscaled(value, exponent), exponent);
  }

  /** The exponent of ten that a scale factor's point holds. */
  exponent(name: string): number | undefined {
    const placed = this.points.get(name);
    const value = placed?.point.type === "sunssf" ? this.raw(placed) : undefined;
    return typeof value === "number" ? value : undefined;
  }

  private raw({ offset, point }: PlacedPoint): PointValue | undefined {
    return readPoint(point.type, this.registers, offset, point.registers);
  }
}

/** Reads the registers behind a model's header. Never throws; registers that are missing are points that are missing. */
export function readingOf(model: Model, registers: readonly number[]): Reading {
  const layout = layoutOf(model);
  const isLaid = layout !== undefined && registers.length >= layout.length;
  const place = isLaid
    ? { points: layout.points, end: layout.length, whole: true }
    : placed(model, registers);
  return new Reading(place, [...registers]);
}

function placed(model: Model, registers: readonly number[]): Pick<Reading, "points" | "end" | "whole"> {
  const points = new Map<string, PlacedPoint>();
  let end = 0;
  const whole = walk(model, (path, point) => {
    const offset = end;
    if (offset + point.registers > registers.length) return "stop";
    end = offset + point.registers;
    points.set(path, { path, point, offset });
    const value = readPoint(point.type, registers, offset, point.registers);
    return typeof value === "number" ? value : undefined;
  });
  return { points, end, whole };
}

/** Divides by a whole power of ten where it can: 2305 / 10 is 230.5, and 2305 · 0.1 is not. */
export const scaled = (raw: number, exponent: number): number =>
  exponent < 0 ? raw / powerOfTen(-exponent) : raw * powerOfTen(exponent);

const powers = Array.from({ length: SCALE_MAX + 1 }, (_, exponent) => 10 ** exponent);
const powerOfTen = (exponent: number): number => powers[exponent] ?? 10 ** exponent;

/**
 * The raw value of an engineering value, rounded toward zero: a setpoint or limit never becomes more than was asked for. What is
 * off by a rounding of binary fractions alone counts as whole.
 */
export function unscaled(value: number, exponent: number): number {
  const raw = scaled(value, -exponent);
  const nearest = Math.round(raw);
  return Math.abs(raw - nearest) <= 1e-9 * Math.max(1, Math.abs(raw)) ? nearest : Math.trunc(raw);
}
