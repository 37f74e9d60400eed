/** Engineering values as writes: only what a model lets one write, only what fits, rounded toward zero. */
import assert from "node:assert/strict";
import { type Fault, failed, ok, type Result } from "@wattward/kernel";
import { WRITE_REGISTERS_MAX, type WriteMultipleRegisters } from "../functions/write-multiple.ts";
import type { FoundModel } from "./discovery.ts";
import { type Layout, layoutOf, mapBegins, mapEnds } from "./layout.ts";
import { type Model, type Point, walk } from "./model.ts";
import { absentPoint, type PointValue, writePoint } from "./point.ts";
import { type Reading, unscaled } from "./reading.ts";

export type WriteFault = Fault<"unknown-point" | "read-only" | "no-scale" | "out-of-range">;

type Place = { readonly offset: number; readonly registers: readonly number[] };

/**
 * The writes that set `values` (paths as in the reading), neighbours in one request, in the order of their registers. The
 * scale factors are those of `reading`, so read the model first: a device may change them.
 */
export function writesOf(
  found: FoundModel,
  reading: Reading,
  values: { readonly [path: string]: PointValue },
): Result<readonly WriteMultipleRegisters[], WriteFault> {
  const places: Place[] = [];
  for (const [path, value] of Object.entries(values)) {
    const place = placeOf(found, reading, path, value);
    if (!place.ok) return place;
    places.push(place.value);
  }
  places.sort((a, b) => a.offset - b.offset);
  const joined: { offset: number; registers: number[] }[] = [];
  for (const { offset, registers } of places) {
    const last = joined.at(-1);
    const adjoins = last !== undefined && last.offset + last.registers.length === offset;
    if (adjoins && last.registers.length + registers.length <= WRITE_REGISTERS_MAX) {
      last.registers.push(...registers);
    } else joined.push({ offset, registers: [...registers] });
  }
  return ok(
    joined.map(({ offset, registers }) => ({
      kind: "write-multiple-registers",
      address: found.address + 2 + offset,
      registers,
    })),
  );
}

function placeOf(
  found: FoundModel,
  reading: Reading,
  path: string,
  value: PointValue,
): Result<Place, WriteFault> {
  const name = `${path} of ${found.name}`;
  const placed = reading.points.get(path);
  if (placed === undefined) return failed({ code: "unknown-point", sentence: `there is no ${name}` });
  const { point, offset } = placed;
  if (!point.writable) return failed({ code: "read-only", sentence: `${name} cannot be written` });
  let raw = value;
  if (typeof value === "number" && point.scale !== undefined) {
    const exponent = reading.exponent(point.scale);
    if (exponent === undefined) {
      return failed({ code: "no-scale", sentence: `${point.scale} of ${found.name} is not implemented` });
    }
    raw = unscaled(value, exponent);
  }
  const registers = writePoint(point.type, point.registers, raw);
  if (registers !== undefined) return ok({ offset, registers });
  return failed({ code: "out-of-range", sentence: `${value} does not fit ${name}` });
}

/**
 * A model's registers with its header, as a device has them: for simulated devices. Paths that are not in `values` are not
 * implemented; scale factors and counts have to be given. A value that does not fit is our own fault and asserts.
 */
export function modelRegisters(model: Model, values: { readonly [path: string]: PointValue }): number[] {
  const layout = layoutOf(model);
  return layout === undefined ? walkedRegisters(model, values) : laidRegisters(model, layout, values);
}

function laidRegisters(
  model: Model,
  { absent, points }: Layout,
  values: { readonly [path: string]: PointValue },
): number[] {
  const registers = [...absent];
  for (const path in values) {
    const placed = points.get(path);
    assert(placed !== undefined, `model ${model.id} has no ${path}`);
    const written = registersOf(placed.point, path, values);
    for (let i = 0; i < written.length; i++) registers[2 + placed.offset + i] = written[i]!;
  }
  return registers;
}

function walkedRegisters(model: Model, values: { readonly [path: string]: PointValue }): number[] {
  const registers: number[] = [];
  const left = new Set(Object.keys(values));
  walk(model, (path, point) => {
    const value = values[path];
    left.delete(path);
    registers.push(
      ...(value === undefined ? absentPoint(point.type, point.registers) : registersOf(point, path, values)),
    );
    return typeof value === "number" ? value : undefined;
  });
  assert(left.size === 0, `model ${model.id} has no ${[...left].join(", ")}`);
  return [model.id, registers.length, ...registers];
}

function registersOf(
  { registers: count, scale, type }: Point,
  path: string,
  values: { readonly [path: string]: PointValue },
): readonly number[] {
  const value = values[path]!;
  const exponent = scale === undefined ? 0 : values[scale];
  assert(typeof exponent === "number", `${path} needs ${scale}`);
  const raw = typeof value === "number" && type !== "float32" ? unscaled(value, exponent) : value;
  const written = writePoint(type, count, raw);
  assert(written !== undefined, `${value} does not fit ${path}`);
  return written;
}

/** "SunS", the models one after the other, the end: a whole map, to be put at a base. */
export const mapRegisters = (modelsInOrder: readonly (readonly number[])[]): number[] => [
  ...mapBegins,
  ...modelsInOrder.flat(),
  ...mapEnds,
];
