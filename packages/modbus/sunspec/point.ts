/**
 * SunSpec point types (Device Information Model Specification V1.1 §4.4): how a value lies in registers, and which pattern
 * says "not implemented". Big-endian words; a pattern that means nothing is read as nothing, never as a number.
 */

/** Registers of each type; strings have as many as their definition says. */
export const pointTypes = {
  int16: 1,
  uint16: 1,
  enum16: 1,
  bitfield16: 1,
  sunssf: 1,
  pad: 1,
  int32: 2,
  uint32: 2,
  acc32: 2,
  bitfield32: 2,
  float32: 2,
  uint64: 4,
  acc64: 4,
  string: 0,
} as const;
export type PointType = keyof typeof pointTypes;
export const isPointType = (text: string): text is PointType => Object.hasOwn(pointTypes, text);

export type PointValue = number | string;

/** Exponents of ten that a scale factor may have. */
export const SCALE_MAX = 10;

/** Where a floating point number becomes its bits and back: nothing stays in it. */
const bits = new DataView(new ArrayBuffer(4));

/**
 * What lies in `count` registers from `at` on, unscaled; undefined where it is not implemented (or, for counters, not
 * accumulated).
 */
export function readPoint(
  type: PointType,
  registers: readonly number[],
  at = 0,
  count = registers.length - at,
): PointValue | undefined {
  const high = registers[at] ?? 0;
  const low = registers[at + 1] ?? 0;
  switch (type) {
    case "int16":
      return high === 0x8000 ? undefined : signed(high, 16);
    case "sunssf": {
      const exponent = signed(high, 16);
      // Beyond ±10, 0x8000 among them, there is no factor: what it scales cannot be known.
      return Math.abs(exponent) > SCALE_MAX ? undefined : exponent;
    }
    case "uint16":
    case "enum16":
      return high === 0xffff ? undefined : high;
    case "bitfield16":
      // The topmost bit of a bit field says that the others mean nothing.
      return high >= 0x8000 ? undefined : high;
    case "int32": {
      const value = high * 0x10000 + low;
      return value === 0x80000000 ? undefined : signed(value, 32);
    }
    case "uint32": {
      const value = high * 0x10000 + low;
      return value === 0xffffffff ? undefined : value;
    }
    case "bitfield32":
      return high >= 0x8000 ? undefined : high * 0x10000 + low;
    case "acc32":
      return high * 0x10000 + low || undefined;
    case "uint64":
    case "acc64": {
      // Beyond 2^53 a number is not exact; no counter of a site gets there, so it is no counter.
      if (high >= 0x20) return undefined;
      const value = wordsValue(registers, at, count);
      return value === 0 && type === "acc64" ? undefined : value;
    }
    case "float32": {
      bits.setUint32(0, high * 0x10000 + low);
      const value = bits.getFloat32(0);
      return Number.isFinite(value) ? value : undefined;
    }
    case "string":
      return textOf(registers.slice(at, at + count));
    case "pad":
      return undefined;
  }
}

function wordsValue(registers: readonly number[], at: number, count: number): number {
  let value = 0;
  for (let i = at; i < at + count; i++) value = value * 0x10000 + registers[i]!;
  return value;
}

const signed = (value: number, bits: number) => (value >= 2 ** (bits - 1) ? value - 2 ** bits : value);

/** Up to the first NUL; characters that could move a terminal's cursor are replaced. */
function textOf(registers: readonly number[]): string | undefined {
  const bytes = Uint8Array.from(registers.flatMap((word) => [word >> 8, word & 0xff]));
  const end = bytes.indexOf(0);
  const text = new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
  return text === "" ? undefined : text.replace(/\p{C}/gu, "·").trimEnd();
}

const WHOLE: { readonly [T in PointType]?: readonly [least: number, most: number, bits: number] } = {
  int16: [-0x7fff, 0x7fff, 16],
  sunssf: [-SCALE_MAX, SCALE_MAX, 16],
  uint16: [0, 0xfffe, 16],
  enum16: [0, 0xfffe, 16],
  bitfield16: [0, 0x7fff, 16],
  int32: [-0x7fff_ffff, 0x7fff_ffff, 32],
  uint32: [0, 0xffff_fffe, 32],
  bitfield32: [0, 0x7fff_ffff, 32],
  acc32: [0, 0xffff_ffff, 32],
  uint64: [0, Number.MAX_SAFE_INTEGER, 64],
  acc64: [0, Number.MAX_SAFE_INTEGER, 64],
};

/** Inverse of {@link readPoint}, for an unscaled value; undefined where it does not fit `count` registers of that type. */
export function writePoint(type: PointType, count: number, value: PointValue): number[] | undefined {
  if (type === "string") return typeof value === "string" ? wordsOfText(value, count) : undefined;
  if (typeof value !== "number") return undefined;
  if (type === "float32") {
    bits.setFloat32(0, value);
    return Number.isFinite(bits.getFloat32(0)) ? [bits.getUint16(0), bits.getUint16(2)] : undefined;
  }
  const range = WHOLE[type];
  if (range === undefined || !Number.isInteger(value)) return undefined;
  const [least, most, width] = range;
  if (value < least || value > most) return undefined;
  return wordsOf(value < 0 ? value + 2 ** width : value, width / 16);
}

/** Most significant first. */
function wordsOf(value: number, count: number): number[] {
  const words: number[] = [];
  for (let left = value, i = count - 1; i >= 0; i--) {
    words[i] = left % 0x10000;
    left = Math.floor(left / 0x10000);
  }
  return words;
}

function wordsOfText(text: string, count: number): number[] | undefined {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length > 2 * count || bytes.includes(0)) return undefined;
  return Array.from({ length: count }, (_, i) => ((bytes[2 * i] ?? 0) << 8) | (bytes[2 * i + 1] ?? 0));
}

/** The pattern that says "not implemented". */
export function absentPoint(type: PointType, count: number): number[] {
  switch (type) {
    case "int16":
    case "sunssf":
    case "pad":
      return [0x8000];
    case "int32":
      return [0x8000, 0];
    case "float32":
      return [0x7fc0, 0];
    case "acc32":
    case "acc64":
    case "string":
      return Array.from({ length: count }, () => 0);
    default:
      return Array.from({ length: count }, () => 0xffff);
  }
}
