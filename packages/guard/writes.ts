/** What a request writes, as words by typed register; or why that cannot be said. Values are never judged in part. */
import { masked, type Request } from "@wattward/modbus";
import type { DeviceState } from "./device-state.ts";
import type { RegisterState } from "./register-state.ts";
import { sizeOf, type Table } from "./values.ts";

/** One typed register written whole. */
export type Written = {
  readonly state: RegisterState;
  readonly address: number;
  readonly words: readonly number[];
  /** Undefined where it is no number: NaN, not implemented, no scale factor. */
  readonly value: number | undefined;
};

export type Writes =
  | { readonly kind: "whole"; readonly registers: readonly Written[] }
  /** 02 no typed register there, or only part of one; 03 what it would become is not known. */
  | { readonly kind: "unclear"; readonly code: 2 | 3; readonly why: string };

/** Words to one table, in a row. */
type Run = { readonly table: Table; readonly address: number; readonly words: readonly number[] };

/** The words that a request would leave; undefined for a mask on a register whose content is not known. */
export function runOf(request: Request, device: DeviceState, nowMs: number): Run | undefined {
  switch (request.kind) {
    case "write-single-coil":
      return { table: "coil", address: request.address, words: [Number(request.on)] };
    case "write-multiple-coils":
      return { table: "coil", address: request.address, words: request.bits.map(Number) };
    case "write-single-register":
      return { table: "holding", address: request.address, words: [request.value] };
    case "write-multiple-registers":
      return { table: "holding", address: request.address, words: request.registers };
    case "read-write-multiple-registers":
      return { table: "holding", address: request.write.address, words: request.write.registers };
    case "mask-write-register": {
      const word = device.writableAt("holding", request.address)?.word(nowMs);
      return word === undefined
        ? undefined
        : { table: "holding", address: request.address, words: [masked(word, request)] };
    }
    default:
      return undefined;
  }
}

/** Cuts a write along the typed registers of its device. */
export function writesOf(request: Request, device: DeviceState, nowMs: number): Writes {
  const run = runOf(request, device, nowMs);
  if (run === undefined)
    return unclear(
      3,
      "its content is not known, so what a mask would make of it is not: read it just before",
    );
  const { table, address, words } = run;
  const registers: Written[] = [];
  for (let offset = 0; offset < words.length; ) {
    const state = device.writableAt(table, address + offset);
    if (state === undefined) return unclear(2, `no typed register begins at ${address + offset}`);
    const size = sizeOf(state.register);
    if (offset + size > words.length)
      return unclear(2, `${state.register.name} has ${size} registers and is written in part`);
    const own = words.slice(offset, offset + size);
    registers.push({
      state,
      address: address + offset,
      words: own,
      value: device.valueIn(state.register, own, nowMs),
    });
    offset += size;
  }
  return { kind: "whole", registers };
}

const unclear = (code: 2 | 3, why: string): Writes => ({ kind: "unclear", code, why });
