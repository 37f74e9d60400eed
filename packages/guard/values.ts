/** What the words of a typed register mean, in engineering values. Unknown is unknown: never a number that stands for it. */
import { SCALE_MAX, scaled } from "@wattward/modbus/sunspec";
import type { TypedRegister } from "./policy.ts";

/** The four tables of a device (Application Protocol V1.1b3 §4.3): an address means something else in each. */
export type Table = "holding" | "input" | "coil" | "discrete";

export const tableOf = ({ type, table }: TypedRegister): Table =>
  type === "coil" ? (table === "input" ? "discrete" : "coil") : (table ?? "holding");

/** Words, or bits, that a value has. */
export const sizeOf = ({ type }: TypedRegister): 1 | 2 | 4 => sizes[type];

const sizes = {
  coil: 1,
  uint16: 1,
  int16: 1,
  uint32: 2,
  int32: 2,
  float32: 2,
  uint64: 4,
} as const satisfies { [T in TypedRegister["type"]]: 1 | 2 | 4 };

/** The most that `absent` can be. */
export const rawMax = (register: TypedRegister): number =>
  register.type === "coil" ? 1 : Math.min(2 ** (16 * sizeOf(register)) - 1, Number.MAX_SAFE_INTEGER);

/** A SunSpec scale factor (Device Information Model Specification V1.1 §4.4); undefined where it is not implemented. */
export function exponentOf(word: number): number | undefined {
  const exponent = word >= 0x8000 ? word - 0x10000 : word;
  return Math.abs(exponent) > SCALE_MAX ? undefined : exponent;
}

/**
 * The value that `words` hold; undefined where that is no number: not implemented, NaN, beyond 2^53, no scale factor. `exponent` is the
 * content of `scaleFrom`, undefined where it is not known.
 */
export function meaningOf(
  register: TypedRegister,
  words: readonly number[],
  exponent: number | undefined,
): number | undefined {
  const raw = rawOf(register, words);
  if (raw === undefined) return undefined;
  if (register.scaleFrom !== undefined) return exponent === undefined ? undefined : scaled(raw, exponent);
  const { scale = 1 } = register;
  // Divides where it can: 2305 / 10 is 230.5, and 2305 · 0.1 is not.
  const divisor = Math.round(1 / scale);
  return Math.abs(scale) < 1 && Math.abs(divisor * scale - 1) < 1e-12 ? raw / divisor : raw * scale;
}

function rawOf(register: TypedRegister, words: readonly number[]): number | undefined {
  const { type, absent } = register;
  const ordered = register.words === "little" ? words.toReversed() : words;
  const [first = 0, second = 0] = ordered;
  const unsigned = ordered.reduce((sum, word) => sum * 0x10000 + word, 0);
  if (unsigned === absent) return undefined;
  switch (type) {
    case "coil":
    case "uint16":
    case "uint32":
      return unsigned;
    case "int16":
      return unsigned >= 0x8000 ? unsigned - 0x10000 : unsigned;
    case "int32":
      return unsigned >= 0x80000000 ? unsigned - 0x100000000 : unsigned;
    case "uint64":
      return unsigned > Number.MAX_SAFE_INTEGER ? undefined : unsigned;
    case "float32": {
      const view = new DataView(new ArrayBuffer(4));
      view.setUint32(0, first * 0x10000 + second);
      const value = view.getFloat32(0);
      return Number.isFinite(value) ? value : undefined;
    }
  }
}

const rawRanges = {
  ...{ coil: [0, 1], uint16: [0, 0xffff], int16: [-0x8000, 0x7fff], uint32: [0, 0xffff_ffff] },
  ...{ int32: [-0x8000_0000, 0x7fff_ffff], uint64: [0, Number.MAX_SAFE_INTEGER] },
} as const satisfies { [T in Exclude<TypedRegister["type"], "float32">]: readonly [number, number] };

/** Engineering values that a register can hold at all; undefined where that is not known from the policy: `scaleFrom`, floating point. */
export function valuesOf(register: TypedRegister): Span | undefined {
  const { type, scaleFrom, scale = 1 } = register;
  if (type === "float32" || scaleFrom !== undefined) return undefined;
  const [least, most] = rawRanges[type];
  return { min: Math.min(least * scale, most * scale), max: Math.max(least * scale, most * scale) };
}

/** Whether any value of the register lies in the span. */
export function canHold(register: TypedRegister, { min, max }: Span): boolean {
  const { type, scaleFrom, scale = 1 } = register;
  if (type === "float32") return true;
  const [least, most] = rawRanges[type];
  // Of an unknown factor the sign is known: a power of ten.
  if (scaleFrom !== undefined) return least < 0 || max >= 0;
  const [from, to] = scale < 0 ? [max / scale, min / scale] : [min / scale, max / scale];
  const rounding = 1e-9 * Math.max(1, Math.abs(from), Math.abs(to));
  return Math.max(least, Math.ceil(from - rounding)) <= Math.min(most, Math.floor(to + rounding));
}

type Span = { readonly min: number; readonly max: number };
