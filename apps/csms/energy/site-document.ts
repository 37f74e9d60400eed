/**
 * What an energy manager writes of a site, as one document in YAML or JSON: its energy, where its Modbus devices are, and, where the
 * usual one does not do, a policy of its own for the Modbus guard.
 *
 *     schema: 1
 *     energy: { site, devices, strategy, tariff, external, commands, timeZone }      energy's EnergyConfig
 *     modbus:                                                                        one entry for each of energy.devices
 *       - { device: meter, host: 10.0.0.5, port: 502, tls: false, deviceUnit: 1, answerMsMax: 1000, models: [...] }
 *     guard: { … }                                                                   guard's Policy, in place of `modbus`
 *
 * The energy controller gets `energy` alone, the guard its policy alone: whoever breaks the one has not broken the other's limits.
 * Complete examples, which a test checks: docs/examples.
 */
import type { DeviceId, EnergyConfig } from "@wattward/energy";
import type { Policy } from "@wattward/guard";

export type SiteDocument = {
  readonly schema: 1;
  readonly energy: EnergyConfig;
  readonly modbus?: readonly ModbusDevice[];
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
  readonly answerMsMax: number;
  /** SunSpec models by number, and the protocol address of each one's first register (its id). */
  readonly models: readonly { readonly id: number; readonly address: number }[];
};
