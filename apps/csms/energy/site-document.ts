/**
 * What an energy manager writes of a site, as one document in YAML or JSON: its energy, where its Modbus devices are, and, where the
 * usual one does not do, a policy of its own for the Modbus guard.
 *
 *     schema: 1
 *     energy: { site, devices, strategy, tariff, external, commands, timeZone }      energy's EnergyConfig
 *     modbus:                                                                        one entry for each of energy.devices
 *       - { device: meter, host: 10.0.0.5, port: 502, tls: false, deviceUnit: 1, models: [{ id: 203, address: 40070, length: 105 }] }
 *     readers: [ { name: … } ]                                                       other masters, who may read
 *     guard: { … }                                                                   guard's Policy, in place of modbus and readers
 *
 * The energy controller gets `energy` alone, the guard its policy alone: whoever breaks the one has not broken the other's limits.
 * A complete example, which a test checks: docs/examples/site-energy.yaml.
 */
import type { DeviceId, EnergyConfig } from "@wattward/energy";
import type { Client, Policy } from "@wattward/guard";
import { isHost } from "@wattward/kernel";
import { boolean, list, object, optional, type Rule, text, whole } from "@wattward/kernel/shape";

export type SiteDocument = {
  readonly schema: 1;
  readonly energy: EnergyConfig;
  readonly modbus?: readonly ModbusDevice[];
  readonly readers?: readonly Client[];
  readonly guard?: Policy;
};

/** Where a device of `energy.devices` truly is, and what was found on it when it was commissioned. */
export type ModbusDevice = {
  readonly device: DeviceId;
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  /** Unit id at the device. */
  readonly deviceUnit: number;
  /** Absent: a second. */
  readonly answerMsMax?: number;
  /** SunSpec models: number, protocol address of the header, registers behind it. Absent: it speaks no SunSpec. */
  readonly models?: readonly { readonly id: number; readonly address: number; readonly length: number }[];
  /** Of a battery: nameplate, which the per cents of model 124 refer to; absent: as what the site says it may do. */
  readonly ratedChargeW?: number;
  readonly ratedDischargeW?: number;
  /** Of a battery: at most so often may its setpoint change, and its direction. */
  readonly dwellMs?: number;
  readonly reversalsPer10MinMax?: number;
};

const REGISTER_MAX = 0xffff;
const MODELS_MAX = 100;

/** Told with what stands there: it is mistyped more often than anything else. */
const host: Rule = (value) =>
  typeof value === "string" && isHost(value)
    ? undefined
    : ` must be a name or an address, like 192.168.40.11, without scheme and port${typeof value === "string" ? `, not ${JSON.stringify(value.slice(0, 40))}` : ""}`;

export const modbusRule: Rule = object<ModbusDevice>({
  device: text(64, 1),
  host,
  port: whole(1, 65_535),
  tls: boolean,
  deviceUnit: whole(0, 255),
  answerMsMax: optional(whole(50, 60_000)),
  models: optional(
    list(
      object<NonNullable<ModbusDevice["models"]>[number]>({
        id: whole(1, REGISTER_MAX),
        address: whole(0, REGISTER_MAX),
        length: whole(1, REGISTER_MAX),
      }),
      MODELS_MAX,
    ),
  ),
  ratedChargeW: optional(whole(1, 10_000_000)),
  ratedDischargeW: optional(whole(1, 10_000_000)),
  dwellMs: optional(whole(0, 3_600_000)),
  reversalsPer10MinMax: optional(whole(1, 600)),
});
