/**
 * 24 Read FIFO Queue (Application Protocol V1.1b3 §6.18).
 *
 *     request   address:2
 *     response  bytes:2 count:2 register:2 …      bytes = 2 + 2 · count, count 0…31
 */
import { ok } from "@wattward/kernel";
import { fault, wrongLength } from "../fault.ts";
import { type FunctionCodec, field, words, wordsAt } from "../function-codec.ts";

const FIFO_REGISTERS_MAX = 31;

export type ReadFifoQueue = { readonly kind: "read-fifo-queue"; readonly address: number };
export type ReadFifoQueueResponse = {
  readonly kind: "read-fifo-queue";
  /** 0…31; the queue is not emptied by reading. */
  readonly registers: readonly number[];
};

export const readFifoQueue: FunctionCodec<ReadFifoQueue, ReadFifoQueueResponse> = {
  code: 24,
  kind: "read-fifo-queue",
  readRequest(data) {
    if (data.byteLength !== 2) return wrongLength(this.kind, data.byteLength, 2);
    return ok({ kind: this.kind, address: data.getUint16(0) });
  },
  writeRequest: ({ address }) => words(address),
  readResponse(data, { kind }) {
    if (data.byteLength < 4) return wrongLength(`the answer to ${kind}`, data.byteLength, 4);
    const [bytes, count] = [data.getUint16(0), data.getUint16(2)];
    if (count > FIFO_REGISTERS_MAX)
      return fault("quantity", `a queue of ${count}; at most ${FIFO_REGISTERS_MAX}`);
    if (bytes !== 2 + 2 * count) return fault("length", `a byte count of ${bytes} for ${count} registers`);
    if (data.byteLength !== 2 + bytes)
      return wrongLength(`the answer to ${kind}`, data.byteLength, 2 + bytes);
    return ok({ kind, registers: wordsAt(data, 4, count) });
  },
  writeResponse({ registers }) {
    const count = field(registers.length, FIFO_REGISTERS_MAX, "count");
    return words(2 + 2 * count, count, ...registers);
  },
};
