/** A SunSpec device as a bank of registers, for tests: it shows what it is told to show, and remembers what was written, and when. */
import { type Answer, type Asked, exceptionReply, exceptions, type Request } from "@wattward/modbus";
import { mapRegisters, modelRegisters, models, type Reading, readingOf } from "@wattward/modbus/sunspec";
import { RegisterBank } from "@wattward/modbus/testing";
import type { Values } from "../devices/sunspec-unit.ts";

const BASE = 40_000;

export class BankDevice {
  /** How it treats whoever asks. */
  conduct: "well" | "silent" | "refuses" | "refuses-writes" = "well";
  delayMs = 0;
  readonly bank = new RegisterBank();
  /** Each write: [when, address, registers]. */
  readonly writes: {
    readonly atMs: number;
    readonly address: number;
    readonly registers: readonly number[];
  }[] = [];
  private readonly nowMs: () => number;
  private readonly places = new Map<number, { readonly at: number; values: Values }>();
  private order: number[] = [];

  constructor(nowMs: () => number, parts: Readonly<Record<number, Values>>) {
    this.nowMs = nowMs;
    this.lay(parts);
  }

  /** Lays its models out anew, as new firmware would. */
  lay(parts: Readonly<Record<number, Values>>): void {
    this.places.clear();
    this.bank.registers.fill(0);
    this.order = [1, ...Object.keys(parts).map(Number)];
    let at = BASE + 2;
    const all = this.order.map((id) => {
      const values = parts[id] ?? { Mn: "Test", Md: "Bank", SN: "1", DA: 1 };
      const registers = modelRegisters(models.get(id)!, values);
      this.places.set(id, { at, values });
      at += registers.length;
      return registers;
    });
    this.bank.registers.set(mapRegisters(all), BASE);
  }

  /** Points that change; the others, and what was written, stay. */
  show(id: number, values: Values): void {
    const place = this.places.get(id)!;
    const written = Object.fromEntries(
      [...this.reading(id).values].filter(
        ([path]) => this.reading(id).points.get(path)?.point.writable === true,
      ),
    );
    place.values = { ...place.values, ...written, ...values };
    this.bank.registers.set(modelRegisters(models.get(id)!, place.values), place.at);
  }

  /** What its registers say now. */
  reading(id: number): Reading {
    const { at } = this.places.get(id)!;
    const length = this.bank.registers[at + 1]!;
    return readingOf(models.get(id)!, [...this.bank.registers.subarray(at + 2, at + 2 + length)]);
  }

  /** A number that its registers hold. */
  value(id: number, path: string): number {
    return Number(this.reading(id).values.get(path));
  }

  /** Times at which a point was written. */
  writtenAt(id: number, path: string): number[] {
    const { at } = this.places.get(id)!;
    const address = at + 2 + this.reading(id).points.get(path)!.offset;
    return this.writes
      .filter((write) => write.address <= address && address < write.address + write.registers.length)
      .map(({ atMs }) => atMs);
  }

  answer(request: Request): Answer {
    if (this.conduct === "silent") return { kind: "silence" };
    if (this.conduct === "refuses") return exceptionReply(exceptions.serverDeviceBusy);
    if (request.kind === "write-multiple-registers" || request.kind === "write-single-coil") {
      if (this.conduct === "refuses-writes") return exceptionReply(exceptions.illegalDataValue);
      const registers =
        request.kind === "write-multiple-registers" ? request.registers : [Number(request.on)];
      this.writes.push({ atMs: this.nowMs(), address: request.address, registers });
    }
    return this.bank.answer(request);
  }
}

export type Devices = ReadonlyMap<number, BankDevice>;

/** Answers for all units behind one address, as the guard does. */
export function answerer(
  devices: Devices,
  after: (ms: number, run: () => void) => void,
): (asked: Asked) => Answer | Promise<Answer> {
  return ({ unit, request }) => {
    const device = devices.get(unit);
    if (device === undefined) return exceptionReply(exceptions.gatewayPathUnavailable);
    if (device.delayMs === 0) return device.answer(request);
    return new Promise((resolve) => after(device.delayMs, () => resolve(device.answer(request))));
  };
}
