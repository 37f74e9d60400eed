/**
 * How one public function is written: its code, and both PDUs in both directions, without the function code itself.
 * `data` is what follows the function code. Reading is strict: every byte is accounted for, and what was read, written
 * again, is the same PDU (but for the padding bits of coils, which carry nothing). Writing asserts: there, a bad value
 * is our own fault.
 */
import assert from "node:assert/strict";
import type { Result } from "@wattward/kernel";
import type { PduFault } from "./fault.ts";

export type FunctionCodec<Request extends { readonly kind: string }, Response> = {
  readonly code: number;
  readonly kind: Request["kind"];
  readRequest(data: DataView): Result<Request, PduFault>;
  writeRequest(request: Request): Uint8Array;
  /** Reads the answer to `request`: counts have to be those that were asked for, echoes have to be echoes. */
  readResponse(data: DataView, request: Request): Result<Response, PduFault>;
  writeResponse(response: Response): Uint8Array;
};

/** Registers and addresses are 16 bits wide. */
export const WORD_MAX = 0xffff;

/** Asserts that our own value fits its field, and gives it back. */
export function field(value: number, most: number, what: string, least = 0): number {
  // Its sentence is made only where it is said: this is asked of every register.
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  assert.fail(`${what} ${value} is not in ${least}…${most}`);
}

/** Big-endian 16-bit words. */
export function words(...values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(2 * values.length);
  putWords(bytes, 0, values);
  return bytes;
}

export function putWords(bytes: Uint8Array, offset: number, values: readonly number[]): void {
  for (let i = 0; i < values.length; i++) {
    const value = field(values[i]!, WORD_MAX, "word");
    bytes[offset + 2 * i] = value >> 8;
    bytes[offset + 2 * i + 1] = value;
  }
}

export function wordsAt(data: DataView, offset: number, count: number): number[] {
  const words: number[] = [];
  for (let i = 0; i < count; i++) words.push(data.getUint16(offset + 2 * i));
  return words;
}

/** A copy: what was read outlives the segment it came in. */
export const bytesAt = (data: DataView, offset: number, count: number): Uint8Array =>
  new Uint8Array(data.buffer, data.byteOffset + offset, count).slice();

/** Coils are packed from the least significant bit on (§6.1); the padding of the last byte is 0. */
export function packBits(bits: readonly boolean[]): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(bits.length / 8));
  for (const [i, bit] of bits.entries()) if (bit) bytes[i >> 3]! |= 1 << (i & 7);
  return bytes;
}

export const bitsAt = (data: DataView, offset: number, count: number): boolean[] =>
  Array.from({ length: count }, (_, i) => ((data.getUint8(offset + (i >> 3)) >> (i & 7)) & 1) === 1);
