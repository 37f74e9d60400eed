/**
 * 15 Write Multiple Coils and 16 Write Multiple Registers (Application Protocol V1.1b3 §6.11, §6.12).
 *
 *     request   address:2 quantity:2 bytes:1 values:bytes       coils 1…1968, registers 1…123
 *     response  address:2 quantity:2
 */
import { ok, type Result } from "@wattward/kernel";
import { beyondTheEnd, fault, notEchoed, type PduFault, wrongLength, wrongQuantity } from "../fault.ts";
import {
  bitsAt,
  type FunctionCodec,
  field,
  packBits,
  putWords,
  WORD_MAX,
  words,
  wordsAt,
} from "../function-codec.ts";

const WRITE_COILS_MAX = 1968;
export const WRITE_REGISTERS_MAX = 123;

export type WriteMultipleCoils = {
  readonly kind: "write-multiple-coils";
  readonly address: number;
  /** 1…1968. */
  readonly bits: readonly boolean[];
};
export type WriteMultipleRegisters = {
  readonly kind: "write-multiple-registers";
  readonly address: number;
  /** 1…123. */
  readonly registers: readonly number[];
};
type Written<Kind extends string> = {
  readonly kind: Kind;
  readonly address: number;
  readonly quantity: number;
};

type Head = { readonly address: number; readonly quantity: number };

/** Address, quantity and byte count, each checked against the others. */
function head(
  data: DataView,
  what: string,
  most: number,
  bytesOf: (quantity: number) => number,
): Result<Head, PduFault> {
  if (data.byteLength < 5) return wrongLength(what, data.byteLength, 5);
  const [address, quantity, bytes] = [data.getUint16(0), data.getUint16(2), data.getUint8(4)];
  if (quantity < 1 || quantity > most) return wrongQuantity(quantity, most);
  if (bytes !== bytesOf(quantity)) return fault("length", `a byte count of ${bytes} for ${quantity} values`);
  if (data.byteLength !== 5 + bytes) return wrongLength(what, data.byteLength, 5 + bytes);
  if (address + quantity > WORD_MAX + 1) return beyondTheEnd(address, quantity);
  return ok({ address, quantity });
}

function written<Kind extends string>(
  kind: Kind,
  data: DataView,
  asked: Head,
): Result<Written<Kind>, PduFault> {
  if (data.byteLength !== 4) return wrongLength(`the answer to ${kind}`, data.byteLength, 4);
  const [address, quantity] = [data.getUint16(0), data.getUint16(2)];
  if (address !== asked.address) return notEchoed("address", address, asked.address);
  if (quantity !== asked.quantity) return notEchoed("quantity", quantity, asked.quantity);
  return ok({ kind, address, quantity });
}

export const writeMultipleCoils: FunctionCodec<WriteMultipleCoils, Written<"write-multiple-coils">> = {
  code: 15,
  kind: "write-multiple-coils",
  readRequest(data) {
    const read = head(data, this.kind, WRITE_COILS_MAX, (quantity) => Math.ceil(quantity / 8));
    if (!read.ok) return read;
    const { address, quantity } = read.value;
    return ok({ kind: this.kind, address, bits: bitsAt(data, 5, quantity) });
  },
  writeRequest({ address, bits }) {
    field(bits.length, WRITE_COILS_MAX, "quantity", 1);
    const packed = packBits(bits);
    return Uint8Array.of(...words(address, bits.length), packed.length, ...packed);
  },
  readResponse: (data, { kind, address, bits }) => written(kind, data, { address, quantity: bits.length }),
  writeResponse: ({ address, quantity }) => words(address, quantity),
};

export const writeMultipleRegisters: FunctionCodec<
  WriteMultipleRegisters,
  Written<"write-multiple-registers">
> = {
  code: 16,
  kind: "write-multiple-registers",
  readRequest(data) {
    const read = head(data, this.kind, WRITE_REGISTERS_MAX, (quantity) => 2 * quantity);
    if (!read.ok) return read;
    const { address, quantity } = read.value;
    return ok({ kind: this.kind, address, registers: wordsAt(data, 5, quantity) });
  },
  writeRequest({ address, registers }) {
    field(registers.length, WRITE_REGISTERS_MAX, "quantity", 1);
    const bytes = new Uint8Array(5 + 2 * registers.length);
    putWords(bytes, 0, [address, registers.length]);
    bytes[4] = 2 * registers.length;
    putWords(bytes, 5, registers);
    return bytes;
  },
  readResponse: (data, { kind, address, registers }) =>
    written(kind, data, { address, quantity: registers.length }),
  writeResponse: ({ address, quantity }) => words(address, quantity),
};
