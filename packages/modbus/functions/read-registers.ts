/**
 * 03 Read Holding Registers and 04 Read Input Registers (Application Protocol V1.1b3 §6.3, §6.4).
 *
 *     request   address:2 quantity:2          1…125
 *     response  bytes:1 register:2 …          bytes = 2 · quantity
 */
import { ok } from "@wattward/kernel";
import { beyondTheEnd, fault, wrongLength, wrongQuantity } from "../fault.ts";
import { type FunctionCodec, field, putWords, WORD_MAX, words, wordsAt } from "../function-codec.ts";

export const READ_REGISTERS_MAX = 125;

type ReadRegisters<Kind extends string> = {
  readonly kind: Kind;
  readonly address: number;
  /** 1…125. */
  readonly quantity: number;
};
type Registers<Kind extends string> = { readonly kind: Kind; readonly registers: readonly number[] };

const readRegisters = <Kind extends string>(
  code: number,
  kind: Kind,
): FunctionCodec<ReadRegisters<Kind>, Registers<Kind>> => ({
  code,
  kind,
  readRequest(data) {
    if (data.byteLength !== 4) return wrongLength(kind, data.byteLength, 4);
    const [address, quantity] = [data.getUint16(0), data.getUint16(2)];
    if (quantity < 1 || quantity > READ_REGISTERS_MAX) return wrongQuantity(quantity, READ_REGISTERS_MAX);
    if (address + quantity > WORD_MAX + 1) return beyondTheEnd(address, quantity);
    return ok({ kind, address, quantity });
  },
  writeRequest: ({ address, quantity }) => words(address, field(quantity, READ_REGISTERS_MAX, "quantity", 1)),
  readResponse(data, { quantity }) {
    const expected = 1 + 2 * quantity;
    if (data.byteLength !== expected) return wrongLength(`the answer to ${kind}`, data.byteLength, expected);
    if (data.getUint8(0) !== 2 * quantity) {
      return fault("length", `a byte count of ${data.getUint8(0)} for ${quantity} registers`);
    }
    return ok({ kind, registers: wordsAt(data, 1, quantity) });
  },
  writeResponse: ({ registers }) => countedWords(registers, READ_REGISTERS_MAX),
});

/** A byte count, then the registers: the form of every answer that carries registers. */
export function countedWords(registers: readonly number[], most: number): Uint8Array {
  field(registers.length, most, "quantity", 1);
  const bytes = new Uint8Array(1 + 2 * registers.length);
  bytes[0] = 2 * registers.length;
  putWords(bytes, 1, registers);
  return bytes;
}

export const readHoldingRegisters = readRegisters(3, "read-holding-registers");
export const readInputRegisters = readRegisters(4, "read-input-registers");
