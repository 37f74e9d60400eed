/** What is wrong with a PDU. A request's fault says which exception answers it; a response's fault ends its connection. */
import { type Failed, failed } from "@wattward/kernel";
import { type ExceptionCode, exceptions } from "./exception.ts";

export type PduFaultReason =
  /** No public function, or none that this side may send. */
  | "function"
  /** The PDU is longer or shorter than its own counts say. */
  | "length"
  /** A count outside its range, 0 included. */
  | "quantity"
  /** A field outside its range. */
  | "value"
  /** Address and quantity together leave 0…65535. */
  | "address"
  /** A response that does not repeat what its request asked for. */
  | "echo";

export type PduFault = {
  readonly reason: PduFaultReason;
  /** What a server answers (§7): 01 for the function, 02 for the address, 03 for all else. */
  readonly exception: ExceptionCode;
  /** For a person: which field, and what would be right. */
  readonly sentence: string;
  /** The quantity that was asked for, where that is what is wrong. */
  readonly quantity?: number;
};

const answers = {
  function: exceptions.illegalFunction,
  length: exceptions.illegalDataValue,
  quantity: exceptions.illegalDataValue,
  value: exceptions.illegalDataValue,
  address: exceptions.illegalDataAddress,
  echo: exceptions.illegalDataValue,
} as const satisfies { [R in PduFaultReason]: ExceptionCode };

export const fault = (reason: PduFaultReason, sentence: string): Failed<PduFault> =>
  failed({ reason, exception: answers[reason], sentence });

export const wrongLength = (what: string, bytes: number, expected: number): Failed<PduFault> =>
  fault("length", `${what} has ${bytes} bytes of data and should have ${expected}`);

export const wrongQuantity = (quantity: number, most: number): Failed<PduFault> =>
  failed({
    reason: "quantity",
    exception: answers.quantity,
    sentence: `a quantity of ${quantity}; allowed are 1 to ${most}`,
    quantity,
  });

/** The last of `quantity` items from `address` lies beyond 65535. */
export const beyondTheEnd = (address: number, quantity: number): Failed<PduFault> =>
  fault("address", `${quantity} from ${address} end beyond 65535`);

export const notEchoed = (field: string, got: number, asked: number): Failed<PduFault> =>
  fault("echo", `the ${field} ${got} where ${asked} was asked for`);
