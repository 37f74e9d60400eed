/** A SunSpec device behind a guard with the default policy. */
import assert from "node:assert/strict";
import {
  mapRegisters,
  modelRegisters,
  models,
  type PointValue,
  readingOf,
  writesOf,
} from "@wattward/modbus/sunspec";
import { checkPolicy } from "../check-policy.ts";
import type { CommissionedDevice, Envelope } from "../commissioned-device.ts";
import { sunspecPolicy } from "../sunspec-policy.ts";
import { GuardedBank } from "./guarded-bank.ts";

export const BASE = 40_000;
export const envelope: Envelope = {
  ...{ chargeWMax: 40_000, dischargeWMax: 50_000, ratedChargeW: 50_000, ratedDischargeW: 50_000 },
  ...{ reservePermille: 100, fullPermille: 950, rampWPerS: 5_000 },
};
export type Values = { readonly [path: string]: PointValue };

/** A device with these models in a row, behind a guard with the default policy. */
export class Site {
  readonly guard: GuardedBank;
  private readonly placed: { id: number; address: number; length: number }[] = [];

  constructor(
    parts: readonly (readonly [id: number, values: Values])[],
    given: Partial<CommissionedDevice> = { envelope },
  ) {
    const registers = parts.map(([id, values]) => modelRegisters(models.get(id)!, values));
    let address = BASE + 2;
    for (const [i, part] of registers.entries()) {
      this.placed.push({ id: parts[i]![0], address, length: part.length - 2 });
      address += part.length;
    }
    const device: CommissionedDevice = {
      ...{
        name: "device",
        unit: 1,
        host: "192.0.2.50",
        port: 502,
        tls: false,
        deviceUnit: 1,
        models: this.placed,
      },
      ...given,
    };
    const policy = checkPolicy(sunspecPolicy([device]));
    assert(policy.ok, JSON.stringify(policy));
    this.guard = new GuardedBank(policy.value);
    this.guard.bank.registers.set(mapRegisters(registers), BASE);
  }

  read(id: number): string | number {
    const { address, length } = this.at(id);
    return this.guard.read(address, length + 2);
  }

  /** Verdicts on the writes that set these values, as a controller would. */
  write(id: number, values: Values): (string | number)[] {
    const { address, length } = this.at(id);
    const model = models.get(id)!;
    const reading = readingOf(model, [
      ...this.guard.bank.registers.subarray(address + 2, address + 2 + length),
    ]);
    const writes = writesOf({ id, name: model.name, address, length, model }, reading, values);
    assert(writes.ok, JSON.stringify(writes));
    return writes.value.map((request) => this.guard.said(request));
  }

  poke(id: number, offset: number, value: number): void {
    this.guard.bank.registers[this.at(id).address + 2 + offset] = value;
  }

  private at(id: number) {
    return this.placed.find((one) => one.id === id)!;
  }
}
