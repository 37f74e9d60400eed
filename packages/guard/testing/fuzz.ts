/**
 * Any policy, any frames: no write passes that the policy does not name (by an oracle of its own), nothing throws, nothing grows. It
 * throws where a promise is broken; its figures show that it got somewhere.
 */
import assert from "node:assert/strict";
import type { Chance } from "@wattward/kernel";
import {
  exceptionReply,
  functionCode,
  type Reply,
  type Request,
  readRequest,
  writeRequest,
} from "@wattward/modbus";
import { anyRequest, RegisterBank } from "@wattward/modbus/testing";
import { contentOf } from "../device-state.ts";
import { writing } from "../functions.ts";
import { ModbusGuard } from "../guard.ts";
import type { ClientName, Policy, TypedRegister, WriteBound } from "../policy.ts";
import { sizeOf } from "../values.ts";
import { type Settled, settledBy } from "../verdict.ts";
import { LiveWatch } from "../watch/live-watch.ts";
import { anyPolicy, CLIENTS, SPAN } from "./any-policy.ts";
import { instant } from "./guarded-bank.ts";
import { Oracle } from "./oracle.ts";

export type GuardFigures = {
  frames: number;
  policies: number;
  /** Reads and writes that passed; writes by function. */
  reads: number;
  writes: { [code: number]: number };
  /** Denials by exception; PDUs that were no request. */
  denied: { [exception: number]: number };
  unreadable: number;
  /** What the watch told. */
  incidents: number;
};

export const noFigures = (): GuardFigures => ({
  ...{ frames: 0, policies: 0, reads: 0, writes: {}, denied: {}, unreadable: 0, incidents: 0 },
});

const FRAMES_PER_POLICY = 200;
const count = (of: { [key: number]: number }, key: number) => {
  of[key] = (of[key] ?? 0) + 1;
};

export function fuzzGuard(frames: number, chance: Chance, figures = noFigures()): GuardFigures {
  const end = figures.frames + frames;
  const watch = new LiveWatch(() => figures.incidents++);
  for (let nowMs = 0; figures.frames < end; ) {
    const run = new Run(anyPolicy(chance), chance, figures, watch);
    figures.policies++;
    for (let n = 0; n < FRAMES_PER_POLICY && figures.frames < end; n++) nowMs = run.frame(nowMs);
  }
  watch.close();
  return figures;
}

class Run {
  private readonly policy: Policy;
  private readonly chance: Chance;
  private readonly figures: GuardFigures;
  private readonly watch: LiveWatch;
  private readonly oracle: Oracle;
  private readonly banks = new Map([1, 2].map((unit) => [unit, new RegisterBank()]));
  private guard: ModbusGuard;

  constructor(policy: Policy, chance: Chance, figures: GuardFigures, watch: LiveWatch) {
    this.policy = policy;
    this.chance = chance;
    this.figures = figures;
    this.watch = watch;
    this.oracle = new Oracle(policy);
    this.guard = new ModbusGuard(policy);
    watch.enforce(policy);
    for (const bank of this.banks.values())
      for (let at = 0; at < SPAN + 8; at++) {
        bank.registers[at] = at < SPAN ? chance.int(0, 2000) : chance.int(-4, 4);
        bank.coils[at] = chance.int(0, 1);
      }
  }

  /** One frame; gives back the time after it. */
  frame(nowMs: number): number {
    const { chance, figures } = this;
    figures.frames++;
    const unit = chance.int(0, 20) === 0 ? chance.int(0, 255) : chance.int(1, 2);
    const { client, request } = this.anyRequest(unit);
    const pdu = damaged(writeRequest(request), chance);
    const read = readRequest(pdu);
    if (read.ok) this.ask(client as ClientName, unit, read.value, nowMs);
    else {
      figures.unreadable++;
      const denied = this.guard.unreadable(client, unit, pdu, read.fault);
      this.watch.unreadable(denied, pdu, nowMs);
    }
    // A new policy in between changes nothing of what is known.
    if (chance.int(0, 99) === 0) this.guard = new ModbusGuard(this.policy, this.guard);
    this.watch.turn(nowMs);
    return nowMs + (chance.int(0, 20) === 0 ? 20_000 : [0, 1, 20, 300, 1_000][chance.int(0, 4)]!);
  }

  private anyRequest(unit: number): Said {
    const { chance } = this;
    const client = chance.int(0, 20) === 0 ? "nobody" : CLIENTS[chance.int(0, CLIENTS.length - 1)]!;
    const kind = chance.int(0, 9);
    if (kind === 0) return { client, request: anyRequest(chance) };
    const named = kind < 4 ? undefined : namedRequest(this.policy, unit, chance);
    return named === undefined ? { client, request: nearRequest(chance) } : { client, ...named };
  }

  private ask(client: ClientName, unit: number, request: Request, nowMs: number): void {
    const { figures, watch } = this;
    const pdu = writeRequest(request);
    const asked = {
      client,
      unit,
      request,
      under: { connection: client, transaction: figures.frames & 0xffff },
    };
    watch.asked(asked, pdu, nowMs);
    const verdict = this.guard.request(client, unit, request, instant(nowMs));
    if (verdict.kind === "deny") {
      count(figures.denied, verdict.exception);
      assert(verdict.why.length > 0 && JSON.stringify(verdict.exchange).length < 4_000);
      watch.denied(verdict, nowMs);
      return;
    }
    const objection = this.oracle.objection(client, unit, pdu, nowMs);
    assert.equal(
      objection,
      undefined,
      `${objection}: ${JSON.stringify(request).slice(0, 400)} of ${client}, unit ${unit}`,
    );
    const code = functionCode(request.kind);
    if (writing.has(code)) count(figures.writes, code);
    else figures.reads++;
    const settled = this.fate(unit, request);
    this.tell(unit, request, settled, nowMs);
    verdict.ticket.settle(settled, nowMs);
    watch.settled(asked, settled, nowMs);
  }

  private fate(unit: number, request: Request): Settled {
    const answer = (): Reply => this.banks.get(unit)?.answer(request) ?? exceptionReply(11);
    switch (this.chance.int(0, 19)) {
      case 0:
        return exceptionReply(this.chance.int(1, 3));
      case 1:
        // Carried out, and not said so.
        answer();
        return { kind: "failed", sent: true };
      case 2:
        return { kind: "failed", sent: false };
      case 3:
        answer();
        return exceptionReply(11);
      default:
        return settledBy(answer());
    }
  }

  /** The oracle hears what a master would. */
  private tell(unit: number, request: Request, settled: Settled, nowMs: number): void {
    const written = this.oracle.written(unit, writeRequest(request));
    if (settled.kind === "response") {
      if (written !== undefined) {
        const addresses = [...written.cells.keys()];
        this.oracle.tell(unit, written.table, addresses[0] ?? 0, [...written.cells.values()], nowMs);
      }
      const content = contentOf(request, settled.response);
      if (content !== undefined) this.oracle.tell(unit, content.table, content.address, content.words, nowMs);
    } else if (written !== undefined && (settled.kind === "failed" ? settled.sent : settled.code === 11))
      this.oracle.doubt(unit, written.table, [...written.cells.keys()]);
  }
}

type Said = { readonly client: string; readonly request: Request };

/** A register that some rule bounds, written whole, its value near to the bounds: what passes is in here. */
function namedRequest(
  { devices, rules }: Policy,
  unit: number,
  chance: Chance,
): { readonly client?: string; readonly request: Request } | undefined {
  const device = devices.find((one) => one.unit === unit);
  const writers = rules.filter((rule) => rule.device === device?.name && rule.writes !== undefined);
  const rule = writers[chance.int(0, Math.max(0, writers.length - 1))];
  const bound = rule?.writes?.[chance.int(0, rule.writes.length - 1)];
  const register = device?.registers.find(({ name }) => name === bound?.register);
  if (rule === undefined || bound === undefined || register === undefined) return undefined;
  const client = rule.client === "any" ? {} : { client: rule.client };
  const named = namedWrites(register, bound, chance).filter(({ kind }) =>
    rule.functions.includes(functionCode(kind)),
  );
  const request = named[chance.int(0, Math.max(0, named.length - 1))];
  return request && { ...client, request };
}

function namedWrites(register: TypedRegister, { min, max }: WriteBound, chance: Chance): Request[] {
  const { address, type } = register;
  const on = chance.int(0, 1) === 1;
  if (type === "coil")
    return [
      { kind: "write-single-coil", address, on },
      { kind: "write-multiple-coils", address, bits: [on] },
    ];
  const word = () => [0, 1, 2, min & 0xffff, max & 0xffff, chance.int(0, 0xffff)][chance.int(0, 5)]!;
  const size = sizeOf(register);
  const words = Array.from({ length: size }, (_, i) =>
    i === size - 1 || chance.int(0, 5) === 0 ? word() : 0,
  );
  if (register.words === "little") words.reverse();
  const write = { address, registers: type === "float32" && on ? [0x3f80, 0] : words };
  return [
    { kind: "write-multiple-registers", ...write },
    { kind: "read-write-multiple-registers", read: { address, quantity: 1 }, write },
    { kind: "mask-write-register", address, and: 0xfffe, or: 1 },
    { kind: "mask-write-register", address, and: 0, or: word() },
    { kind: "write-single-register", address, value: word() },
    { kind: "read-holding-registers", address, quantity: size },
    { kind: "read-holding-registers", address: SPAN, quantity: 4 },
  ];
}

/** Near to what policies of the fuzz speak of. */
function nearRequest(chance: Chance): Request {
  const address = chance.int(0, SPAN + 4);
  const value = () =>
    [0, 1, 2, 3, 5, 10, chance.int(0, 1000), 0xffff, chance.int(0, 0xffff)][chance.int(0, 8)]!;
  const words = (most: number) => Array.from({ length: chance.int(1, most) }, value);
  const bits = () => Array.from({ length: chance.int(1, 4) }, () => chance.int(0, 1) === 1);
  const spans = [1, 2, 4, SPAN - address].filter((quantity) => quantity > 0);
  const quantity = spans[chance.int(0, spans.length - 1)]!;
  const requests: readonly (() => Request)[] = [
    () => ({ kind: "read-holding-registers", address, quantity }),
    () => ({ kind: "read-holding-registers", address: SPAN, quantity: 4 }),
    () => ({ kind: "read-coils", address, quantity }),
    () => ({ kind: "read-input-registers", address, quantity }),
    () => ({ kind: "write-single-coil", address, on: chance.int(0, 1) === 1 }),
    () => ({ kind: "write-single-register", address, value: value() }),
    () => ({ kind: "write-multiple-coils", address, bits: bits() }),
    () => ({ kind: "write-multiple-registers", address, registers: words(6) }),
    () => ({ kind: "write-multiple-registers", address, registers: [0, value()] }),
    () => ({ kind: "mask-write-register", address, and: value(), or: value() }),
    () => ({
      kind: "read-write-multiple-registers",
      read: { address, quantity: 1 },
      write: { address: chance.int(0, SPAN), registers: words(3) },
    }),
  ];
  return requests[chance.int(0, requests.length - 1)]!();
}

function damaged(pdu: Uint8Array, chance: Chance): Uint8Array {
  const bytes = pdu.slice();
  if (chance.int(0, 4) > 0) return bytes;
  if (chance.int(0, 1) === 0) return bytes.subarray(0, chance.int(1, bytes.length));
  bytes[chance.int(0, bytes.length - 1)] = chance.int(0, 255);
  return bytes;
}
