/**
 * 22 Mask Write Register and 23 Read/Write Multiple Registers (Application Protocol V1.1b3 §6.16, §6.17): writes that depend
 * on, or are followed by, what the device holds.
 *
 *     22  request   address:2 and:2 or:2          register = (register & and) | (or & ~and); the response is its echo
 *     23  request   read:2 quantity:2 write:2 quantity:2 bytes:1 register:2 …      reads 1…125, writes 1…121 first
 *         response  bytes:1 register:2 …
 */
import { ok } from "@wattward/kernel";
import { beyondTheEnd, fault, notEchoed, wrongLength, wrongQuantity } from "../fault.ts";
import { type FunctionCodec, field, putWords, WORD_MAX, words, wordsAt } from "../function-codec.ts";
import { countedWords, READ_REGISTERS_MAX } from "./read-registers.ts";

const READ_WRITE_REGISTERS_MAX = 121;

export type MaskWriteRegister = {
  readonly kind: "mask-write-register";
  readonly address: number;
  readonly and: number;
  readonly or: number;
};

const maskOf = (data: DataView) => {
  if (data.byteLength !== 6) return wrongLength("mask-write-register", data.byteLength, 6);
  const [address, and, or] = [data.getUint16(0), data.getUint16(2), data.getUint16(4)];
  return ok<MaskWriteRegister>({ kind: "mask-write-register", address, and, or });
};
const maskBytes = ({ address, and, or }: MaskWriteRegister) => words(address, and, or);

export const maskWriteRegister: FunctionCodec<MaskWriteRegister, MaskWriteRegister> = {
  code: 22,
  kind: "mask-write-register",
  readRequest: maskOf,
  writeRequest: maskBytes,
  readResponse(data, request) {
    const read = maskOf(data);
    if (!read.ok) return read;
    for (const part of ["address", "and", "or"] as const) {
      if (read.value[part] !== request[part]) return notEchoed(part, read.value[part], request[part]);
    }
    return read;
  },
  writeResponse: maskBytes,
};

/** What a register holds after a mask write (§6.16). */
export const masked = (register: number, { and, or }: { and: number; or: number }): number =>
  (register & and) | (or & ~and & WORD_MAX);

export type ReadWriteMultipleRegisters = {
  readonly kind: "read-write-multiple-registers";
  readonly read: { readonly address: number; readonly quantity: number };
  /** Written before anything is read. */
  readonly write: { readonly address: number; readonly registers: readonly number[] };
};
export type ReadWriteMultipleRegistersResponse = {
  readonly kind: "read-write-multiple-registers";
  readonly registers: readonly number[];
};

export const readWriteMultipleRegisters: FunctionCodec<
  ReadWriteMultipleRegisters,
  ReadWriteMultipleRegistersResponse
> = {
  code: 23,
  kind: "read-write-multiple-registers",
  readRequest(data) {
    if (data.byteLength < 9) return wrongLength(this.kind, data.byteLength, 9);
    const [from = 0, quantity = 0, to = 0, count = 0] = wordsAt(data, 0, 4);
    const bytes = data.getUint8(8);
    if (quantity < 1 || quantity > READ_REGISTERS_MAX) return wrongQuantity(quantity, READ_REGISTERS_MAX);
    if (count < 1 || count > READ_WRITE_REGISTERS_MAX) return wrongQuantity(count, READ_WRITE_REGISTERS_MAX);
    if (bytes !== 2 * count) return fault("length", `a byte count of ${bytes} for ${count} registers`);
    if (data.byteLength !== 9 + bytes) return wrongLength(this.kind, data.byteLength, 9 + bytes);
    if (from + quantity > WORD_MAX + 1) return beyondTheEnd(from, quantity);
    if (to + count > WORD_MAX + 1) return beyondTheEnd(to, count);
    const write = { address: to, registers: wordsAt(data, 9, count) };
    return ok({ kind: this.kind, read: { address: from, quantity }, write });
  },
  writeRequest({ read, write }) {
    const count = field(write.registers.length, READ_WRITE_REGISTERS_MAX, "quantity to write", 1);
    const quantity = field(read.quantity, READ_REGISTERS_MAX, "quantity to read", 1);
    const bytes = new Uint8Array(9 + 2 * count);
    putWords(bytes, 0, [read.address, quantity, write.address, count]);
    bytes[8] = 2 * count;
    putWords(bytes, 9, write.registers);
    return bytes;
  },
  readResponse(data, { read: { quantity } }) {
    const expected = 1 + 2 * quantity;
    if (data.byteLength !== expected) {
      return wrongLength(`the answer to ${this.kind}`, data.byteLength, expected);
    }
    if (data.getUint8(0) !== 2 * quantity) {
      return fault("length", `a byte count of ${data.getUint8(0)} for ${quantity} registers`);
    }
    return ok({ kind: this.kind, registers: wordsAt(data, 1, quantity) });
  },
  writeResponse: ({ registers }) => countedWords(registers, READ_REGISTERS_MAX),
};
