/** The energy document of a small managed site, for tests: one outlet for each station, nothing else but the grid connection. */
import type {
  CommandLimits,
  Device,
  DeviceId,
  EnergyConfig,
  ExternalSettings,
  Outlet,
} from "@wattward/energy";
import { smallSite } from "@wattward/energy/testing";
import type { StationId } from "@wattward/kernel";

/** As quick as a test likes; raises are not slowed down unless a test wants that. */
export const quick: CommandLimits = {
  rampWPerS: 1_000_000,
  dwellMs: 0,
  reversalsPer10MinMax: 600,
  randomDelayMsMax: 0,
};

export type SmallDocument = {
  readonly outlet?: Partial<Outlet>;
  readonly mainA?: number;
  readonly commands?: Partial<CommandLimits>;
  readonly external?: ExternalSettings;
};

const signal: Device = {
  ...{ id: "signal" as DeviceId, unit: 247, pollMs: 1_000 },
  is: { kind: "limit-signal" },
};

export function energyConfig(
  stations: readonly string[],
  { outlet, mainA = 400, commands, external }: SmallDocument = {},
): EnergyConfig {
  const site = smallSite({ outlets: stations.length, mainA, outlet: { safeMa: 6_000, ...outlet } });
  const outlets = site.outlets.map((one, i) => ({ ...one, station: stations[i] as StationId }));
  return {
    site: { ...site, outlets, meters: [] },
    devices: external === undefined ? [] : [signal],
    strategy: "fairness",
    tariff: {
      currency: "EUR",
      energy: { kind: "flat", milliCentPerKwh: 30_000 },
      feedInMilliCentPerKwh: 0,
      demandMilliCentPerKw: 0,
      batteryWearMilliCentPerKwh: 0,
    },
    commands: { ...quick, ...commands },
    ...(external !== undefined && { external }),
    timeZone: "UTC",
  };
}

export const energyDocument = (stations: readonly string[], more?: SmallDocument): string =>
  JSON.stringify(energyConfig(stations, more));
