/**
 * 01 Read Coils and 02 Read Discrete Inputs (Application Protocol V1.1b3 §6.1, §6.2).
 *
 *     request   address:2 quantity:2          1…2000
 *     response  bytes:1 bits:bytes            bytes = ⌈quantity / 8⌉
 */
import { ok } from "@wattward/kernel";
import { beyondTheEnd, fault, wrongLength, wrongQuantity } from "../fault.ts";
import { bitsAt, type FunctionCodec, field, packBits, WORD_MAX, words } from "../function-codec.ts";

const READ_BITS_MAX = 2000;

type ReadBits<Kind extends string> = {
  readonly kind: Kind;
  readonly address: number;
  /** 1…2000. */
  readonly quantity: number;
};
type Bits<Kind extends string> = { readonly kind: Kind; readonly bits: readonly boolean[] };

const readBits = <Kind extends string>(
  code: number,
  kind: Kind,
): FunctionCodec<ReadBits<Kind>, Bits<Kind>> => ({
  code,
  kind,
  readRequest(data) {
    if (data.byteLength !== 4) return wrongLength(kind, data.byteLength, 4);
    const [address, quantity] = [data.getUint16(0), data.getUint16(2)];
    if (quantity < 1 || quantity > READ_BITS_MAX) return wrongQuantity(quantity, READ_BITS_MAX);
    if (address + quantity > WORD_MAX + 1) return beyondTheEnd(address, quantity);
    return ok({ kind, address, quantity });
  },
  writeRequest: ({ address, quantity }) => words(address, field(quantity, READ_BITS_MAX, "quantity", 1)),
  readResponse(data, { quantity }) {
    const bytes = Math.ceil(quantity / 8);
    if (data.byteLength !== 1 + bytes)
      return wrongLength(`the answer to ${kind}`, data.byteLength, 1 + bytes);
    if (data.getUint8(0) !== bytes) {
      return fault("length", `a byte count of ${data.getUint8(0)} for ${quantity} bits`);
    }
    return ok({ kind, bits: bitsAt(data, 1, quantity) });
  },
  writeResponse({ bits }) {
    field(bits.length, READ_BITS_MAX, "quantity", 1);
    const packed = packBits(bits);
    return Uint8Array.of(packed.length, ...packed);
  },
});

export const readCoils = readBits(1, "read-coils");
export const readDiscreteInputs = readBits(2, "read-discrete-inputs");
