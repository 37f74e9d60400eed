/**
 * What the guard knows of a device's registers. Its size is the policy's: only typed registers and scale factors are remembered, never
 * what a wire happens to carry.
 */
import type { Request, Response } from "@wattward/modbus";
import { type InForce, inForce, type Links } from "./in-force.ts";
import { SCALE_FRESH_MS } from "./limits.ts";
import { type GuardPast, type Inherited, type Since, sinceOf } from "./past.ts";
import type { CrossRule, GuardedDevice, TypedRegister } from "./policy.ts";
import { RegisterState } from "./register-state.ts";
import { exponentOf, meaningOf, sizeOf, type Table, tableOf } from "./values.ts";

/** What was read: consecutive words, or bits as 0 and 1. */
export type Content = { readonly table: Table; readonly address: number; readonly words: readonly number[] };

type Placed = { readonly address: number; readonly size: number; readonly learn: Learn };
type Learn = (words: readonly number[], nowMs: number) => void;
/** A scale factor as it was read; undefined where the device says that it has none. */
type Exponent = { readonly value: number | undefined; readonly atMs: number };

export class DeviceState {
  readonly device: GuardedDevice;
  private readonly byName = new Map<string, RegisterState>();
  private readonly byTable: { readonly [T in Table]: Placed[] } = {
    holding: [],
    input: [],
    coil: [],
    discrete: [],
  };
  private readonly exponents = new Map<string, Exponent>();
  private readonly writable = new Map<string, RegisterState>();
  private readonly links = new Map<RegisterState, Links>();
  /** Registers that another one brings into force, or renews. */
  private readonly linked = new Map<RegisterState, RegisterState[]>();

  /** What `before`, the same device under another policy, knows is known here too; `inherited`: what a guard that is gone left. */
  constructor(device: GuardedDevice, before?: Before, inherited?: Inherited) {
    this.device = device;
    const since = inherited && sinceOf(inherited, device.name);
    for (const register of device.registers) {
      const state =
        before?.device.handOver(register, before.atMs) ?? new RegisterState(register, since?.(register.name));
      this.byName.set(register.name, state);
      this.place(state);
    }
    for (const state of this.byName.values()) this.link(state);
    for (const [key, exponent] of before?.device.exponents ?? []) this.exponents.set(key, exponent);
    for (const placed of Object.values(this.byTable)) placed.sort((a, b) => a.address - b.address);
  }

  /**
   * What is known of a register, for one of another policy: by its place, whatever its name. Where it means something else now, or has
   * moved, all that goes on is how it turned, and its dwell has just begun.
   */
  private handOver(register: TypedRegister, atMs: number): RegisterState | undefined {
    const place = placeOf(register);
    const old =
      [...this.byName.values()].find((state) => placeOf(state.register) === place) ??
      this.byName.get(register.name);
    if (old === undefined) return undefined;
    if (placeOf(old.register) === place && sameMeaning(old.register, register)) {
      old.register = register;
      return old;
    }
    const since: Since = { atMs, direction: 0, reversalsAgoMs: [], ...old.past(atMs) };
    return new RegisterState(register, since);
  }

  private link(state: RegisterState): void {
    const { enable, revertTime } = state.register;
    if (enable === undefined && revertTime === undefined) return;
    const [enabledBy, revertsAfter] = [enable, revertTime].map((name) => this.byName.get(name ?? ""));
    if (enabledBy !== undefined) enabledBy.isSwitch = true;
    this.links.set(state, {
      ...(enabledBy && { enabledBy }),
      ...(revertsAfter && { revertsAfter }),
    });
    for (const by of [enabledBy, revertsAfter])
      if (by !== undefined) this.linked.set(by, [...(this.linked.get(by) ?? []), state]);
  }

  /** The setpoints that a write of these could bring into force, or keep there. */
  touchedBy(written: Iterable<RegisterState>): ReadonlySet<RegisterState> {
    const touched = new Set<RegisterState>();
    for (const state of written) {
      if (this.links.has(state)) touched.add(state);
      for (const other of this.linked.get(state) ?? []) touched.add(other);
    }
    return touched;
  }

  /** What of a register is in force, or will be once `written` is there. */
  inForce(state: RegisterState, written: ReadonlyMap<RegisterState, number>, nowMs: number): InForce {
    return inForce(state, this.links.get(state) ?? {}, written, nowMs);
  }

  /** The register that brings it into force. */
  enableOf(state: RegisterState): RegisterState | undefined {
    return this.links.get(state)?.enabledBy;
  }

  /** A write to one of these is still unanswered, so that nobody can say what is in force. */
  isPending(state: RegisterState): boolean {
    const { enabledBy, revertsAfter } = this.links.get(state) ?? {};
    return [state, enabledBy, revertsAfter].some((one) => one !== undefined && one.pending > 0);
  }

  private place(state: RegisterState): void {
    const { register } = state;
    const table = tableOf(register);
    const learn: Learn = (words, nowMs) => state.read(words, this.valueIn(register, words, nowMs), nowMs);
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
      learn: ([word = 0], atMs) => this.exponents.set(key, { value: exponentOf(word), atMs }),
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

  /** The engineering value of words, by the scale factor as it was last read. 0 is 0 by any. */
  valueIn(register: TypedRegister, words: readonly number[], nowMs: number): number | undefined {
    const { scaleFrom } = register;
    if (scaleFrom === undefined) return meaningOf(register, words, undefined);
    const read = this.exponents.get(`${tableOf(register)} ${scaleFrom}`);
    if (read !== undefined && nowMs - read.atMs <= SCALE_FRESH_MS)
      return meaningOf(register, words, read.value);
    return meaningOf(register, words, 0) === 0 ? 0 : undefined;
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

/** What another policy knew of the same device, and when it was asked last. */
type Before = { readonly device: DeviceState; readonly atMs: number };

/** Where a device is: that is what it is, whatever it is called. */
export const deviceAt = ({ host, port, deviceUnit }: GuardedDevice): string =>
  `${host.toLowerCase()}:${port}/${deviceUnit}`;

const placeOf = (register: TypedRegister): string => `${tableOf(register)} ${register.address}`;

const sameMeaning = (a: TypedRegister, b: TypedRegister) =>
  a.type === b.type &&
  (a.words ?? "big") === (b.words ?? "big") &&
  (a.scale ?? 1) === (b.scale ?? 1) &&
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
