/**
 * A SunSpec device from the network's side: models one after the other at a base, their points read from what the device is doing at
 * that instant, writes taken apart into points and handed on. It answers as a good device does: 01 for functions it has not, 02
 * outside its map and for what is not to be written, 03 for values that it refuses.
 *
 *     base "SunS" │ id length points… │ id length points… │ ffff 0
 */
import { failed, ok } from "@wattward/kernel";
import { exceptionReply, exceptions, masked, type Reply, type Request } from "@wattward/modbus";
import {
  type Model,
  mapBegins,
  mapEnds,
  modelRegisters,
  models,
  type PointValue,
  type RegisterReader,
  readingOf,
} from "@wattward/modbus/sunspec";

export type Values = { readonly [path: string]: PointValue };

/** One model of a device. */
export type ModelPart = {
  readonly id: number;
  /** All that is implemented now, with scale factors and counts; must always make the same number of registers. */
  values(): Values;
  /** Points that were written, in engineering values; an exception's code refuses them. Absent: nothing is to be written. */
  write?(values: ReadonlyMap<string, PointValue>): "done" | number;
};

export interface Device {
  answer(request: Request): Reply;
}

/** Reads a device's registers without a wire, as whoever commissions its plant would. */
export const readerOf =
  (device: Device): RegisterReader =>
  async (address, quantity) => {
    const reply = device.answer({ kind: "read-holding-registers", address, quantity });
    return reply.kind === "read-holding-registers"
      ? ok(reply.registers)
      : failed({ kind: "refused", code: exceptions.illegalDataAddress, sentence: "nothing there" });
  };

export const BASE = 40_000;

type Placed = { readonly part: ModelPart; readonly model: Model; readonly at: number; readonly end: number };

export class SunspecDevice implements Device {
  private readonly placed: readonly Placed[];
  private readonly end: number;

  constructor(parts: readonly ModelPart[]) {
    let at = BASE + 2;
    this.placed = parts.map((part) => {
      const model = models.get(part.id);
      if (model === undefined) throw new RangeError(`there is no model ${part.id}`);
      const begin = at;
      at += modelRegisters(model, part.values()).length;
      return { part, model, at: begin, end: at };
    });
    this.end = at + 2;
  }

  answer(request: Request): Reply {
    switch (request.kind) {
      case "read-holding-registers": {
        const registers = this.read(request.address, request.quantity);
        return registers === undefined ? outside : { kind: request.kind, registers };
      }
      case "write-single-register": {
        const refused = this.write(request.address, [request.value]);
        return refused ?? request;
      }
      case "write-multiple-registers": {
        const { address, kind, registers } = request;
        return this.write(address, registers) ?? { kind, address, quantity: registers.length };
      }
      case "mask-write-register": {
        const [before] = this.read(request.address, 1) ?? [];
        if (before === undefined) return outside;
        return this.write(request.address, [masked(before, request)]) ?? request;
      }
      case "read-write-multiple-registers": {
        const refused = this.write(request.write.address, request.write.registers);
        if (refused !== undefined) return refused;
        const registers = this.read(request.read.address, request.read.quantity);
        return registers === undefined ? outside : { kind: request.kind, registers };
      }
      default:
        return exceptionReply(exceptions.illegalFunction);
    }
  }

  private read(address: number, quantity: number): number[] | undefined {
    const to = address + quantity;
    if (address < BASE || to > this.end) return undefined;
    const registers = Array<number>(quantity).fill(0);
    const put = (at: number, own: readonly number[]) => {
      for (let i = Math.max(0, address - at); i < Math.min(own.length, to - at); i++)
        registers[at + i - address] = own[i]!;
    };
    put(BASE, mapBegins);
    for (const { at, end, model, part } of this.placed)
      if (at < to && end > address) put(at, modelRegisters(model, part.values()));
    put(this.end - mapEnds.length, mapEnds);
    return registers;
  }

  /** Undefined where it was done. Whole points of one model, or nothing. */
  private write(address: number, registers: readonly number[]): Reply | undefined {
    const to = address + registers.length;
    const placed = this.placed.find((each) => address >= each.at + 2 && to <= each.end);
    if (placed?.part.write === undefined) return outside;
    const before = modelRegisters(placed.model, placed.part.values()).slice(2);
    const after = [...before];
    after.splice(address - placed.at - 2, registers.length, ...registers);
    const reading = readingOf(placed.model, after);
    const written = new Map<string, PointValue>();
    for (const { path, point, offset } of reading.points.values()) {
      const from = placed.at + 2 + offset;
      if (from + point.registers <= address || from >= to) continue;
      if (!point.writable || from < address || from + point.registers > to) return outside;
      const value = reading.value(path);
      if (value === undefined) return exceptionReply(exceptions.illegalDataValue);
      written.set(path, value);
    }
    const done = placed.part.write(written);
    return done === "done" ? undefined : exceptionReply(done);
  }
}

const outside = exceptionReply(exceptions.illegalDataAddress);

/** Model 1. */
export const commonPart = (about: { model: string; serial: string; unit: number }): ModelPart => ({
  id: 1,
  values: () => ({ Mn: "Wattward", Md: about.model, Vr: "1.0", SN: about.serial, DA: about.unit }),
});
