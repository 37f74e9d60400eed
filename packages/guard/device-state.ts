/**
 * What the guard knows of a device's registers. Its size is the policy's: only typed registers and scale factors are remembered, never
 * what a wire happens to carry.
 */
import type { Request, Response } from "@wattward/modbus";
import { type GuardPast, type Inherited, sinceOf } from "./past.ts";
import type { CrossRule, GuardedDevice, TypedRegister } from "./policy.ts";
import { RegisterState } from "./register-state.ts";
import { exponentOf, meaningOf, sizeOf, type Table, tableOf } from "./values.ts";

/** What was read: consecutive words, or bits as 0 and 1. */
export type Content = { readonly table: Table; readonly address: number; readonly words: readonly number[] };

type Placed = { readonly address: number; readonly size: number; readonly learn: Learn };
type Learn = (words: readonly number[], nowMs: number) => void;

export class DeviceState {
  readonly device: GuardedDevice;
  private readonly byName = new Map<string, RegisterState>();
  private readonly byTable: { readonly [T in Table]: Placed[] } = {
    holding: [],
    input: [],
    coil: [],
    discrete: [],
  };
  private readonly exponents = new Map<string, number | undefined>();
  private readonly writable = new Map<string, RegisterState>();

  /** What `before` knows of the same registers of the same device is known here too; `inherited`: what a guard that is gone left. */
  constructor(device: GuardedDevice, before?: DeviceState, inherited?: Inherited) {
    this.device = device;
    const since = inherited && sinceOf(inherited, device.name);
    const same = before !== undefined && sameDevice(before.device, device);
    for (const register of device.registers) {
      const old = same ? before.byName.get(register.name) : undefined;
      const state =
        old !== undefined && sameRegister(old.register, register)
          ? old
          : new RegisterState(register, since?.(register.name));
      this.byName.set(register.name, state);
      this.place(state);
    }
    if (same) for (const [key, exponent] of before.exponents) this.exponents.set(key, exponent);
    for (const placed of Object.values(this.byTable)) placed.sort((a, b) => a.address - b.address);
  }

  private place(state: RegisterState): void {
    const { register } = state;
    const table = tableOf(register);
    const learn: Learn = (words, nowMs) => state.read(words, this.valueIn(register, words), nowMs);
    this.byTable[table].push({ address: register.address, size: sizeOf(register), learn });
    if (register.table === undefined) this.writable.set(`${table} ${register.address}`, state);
    const { scaleFrom } = register;
    if (scaleFrom === undefined) return;
    const key = `${table} ${scaleFrom}`;
    if (this.byTable[table].some((one) => one.address === scaleFrom && one.size === 0)) return;
    // Of size 0, so that it is sorted, and learnt, before the typed register that it may be itself.
    this.byTable[table].push({
      address: scaleFrom,
      size: 0,
      learn: ([word = 0]) => this.exponents.set(key, exponentOf(word)),
    });
  }

  /** For a successor. */
  past(nowMs: number): GuardPast {
    return [...this.byName].flatMap(([register, state]) => {
      const past = state.past(nowMs);
      return past === undefined ? [] : [{ device: this.device.name, register, ...past }];
    });
  }

  register(name: string): RegisterState | undefined {
    return this.byName.get(name);
  }

  /** The register that begins at an address and can be written. */
  writableAt(table: Table, address: number): RegisterState | undefined {
    return this.writable.get(`${table} ${address}`);
  }

  /** The engineering value of words, by the scale factor as it was last read. */
  valueIn(register: TypedRegister, words: readonly number[]): number | undefined {
    const { scaleFrom } = register;
    const exponent =
      scaleFrom === undefined ? undefined : this.exponents.get(`${tableOf(register)} ${scaleFrom}`);
    return meaningOf(register, words, exponent);
  }

  /** The device was read: values that are there only in part are not learnt. */
  learn({ table, address, words }: Content, nowMs: number): void {
    const placed = this.byTable[table];
    const end = address + words.length;
    const from = firstFrom(placed, address);
    const within: Placed[] = [];
    for (let i = from; i < placed.length && placed[i]!.address < end; i++) within.push(placed[i]!);
    // Scale factors first: what they scale may lie before them.
    for (const factor of [true, false]) {
      for (const { address: at, size, learn } of within) {
        if ((size === 0) !== factor || at + Math.max(1, size) > end) continue;
        learn(words.slice(at - address, at - address + Math.max(1, size)), nowMs);
      }
    }
  }

  /** Whether a cross rule's condition holds; `written` are the values of the request that is judged. */
  holds({ when, freshMs }: CrossRule, written: ReadonlyMap<string, number>, nowMs: number): boolean {
    const value = written.get(when.register) ?? this.byName.get(when.register)?.value(nowMs, freshMs);
    if (value === undefined) return true;
    const low = when.below !== undefined && value < when.below;
    return low || (when.above !== undefined && value > when.above);
  }
}

function firstFrom(placed: readonly Placed[], address: number): number {
  let low = 0;
  let high = placed.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (placed[middle]!.address < address) low = middle + 1;
    else high = middle;
  }
  return low;
}

const sameDevice = (a: GuardedDevice, b: GuardedDevice) =>
  a.name === b.name && a.host === b.host && a.port === b.port && a.deviceUnit === b.deviceUnit;

const sameRegister = (a: TypedRegister, b: TypedRegister) =>
  a.address === b.address &&
  a.type === b.type &&
  a.table === b.table &&
  a.words === b.words &&
  a.scale === b.scale &&
  a.scaleFrom === b.scaleFrom &&
  a.absent === b.absent;

/** What an answer shows of a device's registers. */
export function contentOf(request: Request, response: Response): Content | undefined {
  switch (response.kind) {
    case "read-holding-registers":
      return request.kind === response.kind
        ? { table: "holding", address: request.address, words: response.registers }
        : undefined;
    case "read-input-registers":
      return request.kind === response.kind
        ? { table: "input", address: request.address, words: response.registers }
        : undefined;
    case "read-write-multiple-registers":
      return request.kind === response.kind
        ? { table: "holding", address: request.read.address, words: response.registers }
        : undefined;
    case "read-coils":
      return request.kind === response.kind
        ? { table: "coil", address: request.address, words: response.bits.map(Number) }
        : undefined;
    case "read-discrete-inputs":
      return request.kind === response.kind
        ? { table: "discrete", address: request.address, words: response.bits.map(Number) }
        : undefined;
    default:
      return undefined;
  }
}
