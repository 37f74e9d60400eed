/** Valid messages by chance: any request there is, and an answer that fits it. */
import type { Chance } from "@wattward/kernel";
import { type FunctionName, functionNames, type Request, type Response } from "../pdu.ts";

const word = (chance: Chance) => chance.int(0, 0xffff);
const some = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make);
const registers = (chance: Chance, count: number) => some(count, () => word(chance));
const bits = (chance: Chance, count: number) => some(count, () => chance.int(0, 1) === 1);

/** Counts at their bounds come up as often as all others together. */
const count = (chance: Chance, most: number): number =>
  [1, most, chance.int(1, most), chance.int(1, most)][chance.int(0, 3)]!;
const span = (chance: Chance, most: number) => {
  const quantity = count(chance, most);
  return {
    address: chance.int(0, 1) === 0 ? 0x10000 - quantity : chance.int(0, 0x10000 - quantity),
    quantity,
  };
};

/** A valid request; of one function where `kind` is given. */
export function anyRequest(chance: Chance, kind = anyKind(chance)): Request {
  switch (kind) {
    case "read-coils":
    case "read-discrete-inputs":
      return { kind, ...span(chance, 2000) };
    case "read-holding-registers":
    case "read-input-registers":
      return { kind, ...span(chance, 125) };
    case "write-single-coil":
      return { kind, address: word(chance), on: chance.int(0, 1) === 1 };
    case "write-single-register":
      return { kind, address: word(chance), value: word(chance) };
    case "write-multiple-coils": {
      const { address, quantity } = span(chance, 1968);
      return { kind, address, bits: bits(chance, quantity) };
    }
    case "write-multiple-registers": {
      const { address, quantity } = span(chance, 123);
      return { kind, address, registers: registers(chance, quantity) };
    }
    case "mask-write-register":
      return { kind, address: word(chance), and: word(chance), or: word(chance) };
    case "read-write-multiple-registers": {
      const { address, quantity } = span(chance, 121);
      const write = { address, registers: registers(chance, quantity) };
      return { kind, read: span(chance, 125), write };
    }
    case "read-fifo-queue":
      return { kind, address: word(chance) };
    case "diagnostics": {
      const subFunction = chance.int(0, 3) === 0 ? 0 : word(chance);
      return { kind, subFunction, data: chance.bytes(subFunction === 0 ? 2 * count(chance, 125) : 2) };
    }
    case "read-file-record":
      return { kind, records: some(count(chance, 20), () => ({ ...fileReference(chance), length: 5 })) };
    case "write-file-record":
      return {
        kind,
        records: some(count(chance, 5), () => ({
          ...fileReference(chance),
          registers: registers(chance, count(chance, 21)),
        })),
      };
    case "read-device-identification":
      return { kind, code: ([1, 2, 3, 4] as const)[chance.int(0, 3)]!, object: chance.int(0, 255) };
    case "canopen-general-reference":
      return { kind, data: chance.bytes(chance.int(0, 251)) };
    default:
      return { kind };
  }
}

const anyKind = (chance: Chance): FunctionName => functionNames[chance.int(0, functionNames.length - 1)]!;
const fileReference = (chance: Chance) => ({ file: chance.int(1, 0xffff), record: chance.int(0, 9999) });

/** A valid answer to `request`, as a device might give it. */
export function anyResponse(chance: Chance, request: Request): Response {
  switch (request.kind) {
    case "read-coils":
    case "read-discrete-inputs":
      return { kind: request.kind, bits: bits(chance, request.quantity) };
    case "read-holding-registers":
    case "read-input-registers":
      return { kind: request.kind, registers: registers(chance, request.quantity) };
    case "write-multiple-coils":
      return { kind: request.kind, address: request.address, quantity: request.bits.length };
    case "write-multiple-registers":
      return { kind: request.kind, address: request.address, quantity: request.registers.length };
    case "read-write-multiple-registers":
      return { kind: request.kind, registers: registers(chance, request.read.quantity) };
    case "read-fifo-queue":
      return { kind: request.kind, registers: registers(chance, chance.int(0, 31)) };
    case "diagnostics":
      return request.subFunction === 0 ? request : { ...request, data: chance.bytes(2) };
    case "read-exception-status":
      return { kind: request.kind, status: chance.int(0, 255) };
    case "get-comm-event-counter":
      return { kind: request.kind, busy: chance.int(0, 1) === 1, events: word(chance) };
    case "get-comm-event-log":
      return {
        kind: request.kind,
        busy: chance.int(0, 1) === 1,
        events: word(chance),
        messages: word(chance),
        log: chance.bytes(chance.int(0, 64)),
      };
    case "report-server-id":
      return { kind: request.kind, data: chance.bytes(chance.int(0, 251)) };
    case "read-file-record":
      return { kind: request.kind, records: request.records.map(({ length }) => registers(chance, length)) };
    case "read-device-identification":
      return {
        kind: request.kind,
        code: request.code,
        conformity: 0x83,
        ...(chance.int(0, 1) === 1 && { next: chance.int(0, 255) }),
        objects: some(chance.int(0, 6), () => ({
          id: chance.int(0, 255),
          value: chance.bytes(chance.int(0, 39)),
        })),
      };
    default:
      return request;
  }
}
