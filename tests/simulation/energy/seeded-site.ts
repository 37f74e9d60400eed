/**
 * A managed site by its seed: a grid connection too small for its stations, two fuses below it, wiring turned from station to station,
 * stations of one and of three phases with coarse steps, a building, a battery, solar. One description for the plant, which makes it true,
 * and for the energy document and the guard's policy, which say it to the site.
 */
import assert from "node:assert/strict";
import {
  checkEnergyConfig,
  type EnergyConfig,
  type FuseId,
  type MeterId,
  type Outlet,
  type OutletId,
  type SourceId,
} from "@wattward/energy";
import { type Policy, sunspecPolicy } from "@wattward/guard";
import type { Chance, EvseId, StationId } from "@wattward/kernel";
import { discover } from "@wattward/modbus/sunspec";
import type { OcppVersion } from "@wattward/ocpp";
import { Devices, type PlantPlan, readerOf, readPlan } from "@wattward/simulator";
import { seededChance, simulatedTime } from "@wattward/testing";
import { three, turned, turnedTwice } from "./wirings.ts";

export const VOLTAGE_V = 230;
export const RESPONDS_MS = 5_000;
/** Of a grant. */
export const TTL_MS = 60_000;
const GRID_STALE_MS = 2_000;
export const FROZEN_MS = 5_000;
/** From a circuit breaker to a slow fuse (gG), for a minute. */
const CARRIES_PERMILLE = [1_300, 1_450, 1_600, 1_800] as const;
/** Solar is held back to what the connection takes: an inverter that ignores setpoints, or lets go of them, has some. */
const EXPORT_W_MAX = 1_000;

export type PlannedStation = {
  readonly id: StationId;
  readonly version: OcppVersion;
  readonly evses: number;
  readonly phases: 1 | 3;
  readonly ratedMa: number;
  readonly stepMa: number;
  readonly respondsMs: number;
  /** It lets cars give back (V2X). */
  readonly bidirectional: boolean;
};

export type SeededSite = {
  readonly stations: readonly PlannedStation[];
  readonly plan: PlantPlan;
  readonly config: EnergyConfig;
  readonly policy: Policy;
};

const versions = ["1.6", "2.0.1", "2.1"] as const;
const A = 1_000;
/** What a car may give back through an outlet that lets it. */
const GIVES_MA = 16 * A;

/** `givesBack`: stations of 2.1 let cars give back. */
export async function seededSite(chance: Chance, givesBack = false): Promise<SeededSite> {
  const count = chance.int(5, 7);
  const gridA = chance.int(11, 16) * 5;
  const rated = [
    { id: "grid", ratedMa: gridA * A },
    { id: "hall", parent: "grid", ratedMa: chance.int(32, 50) * A },
    { id: "yard", parent: "grid", ratedMa: chance.int(32, 40) * A },
  ];
  const baseA = chance.int(8, 14);
  const load = {
    least: chance.int(2, 4) * A,
    highest: baseA * A,
    rise: chance.int(3, 6) * A,
  };
  const battery = {
    chargeKw: chance.int(4, 6),
    dischargeKw: chance.int(6, 12),
    kwh: chance.int(15, 40),
    rampKwPerS: 4,
  };
  const solarKw = chance.int(8, 20);
  const stations: PlannedStation[] = [];
  const outlets: Outlet[] = [];
  for (let i = 0; i < count; i++) {
    // One of each kind that matters; what is left comes by chance.
    const phases = i === 2 || (i > 3 && chance.int(1, 3) === 1) ? 1 : 3;
    const id = `S${i}` as StationId;
    // No fuse is below what one station can draw with all its outlets: where it does not obey, no software could end that.
    const ratedMa = (i < 2 ? 16 : 32) * A;
    const stepMa = i === 3 ? 2_000 : 1_000;
    const evses = i === 0 ? 2 : 1;
    const version = versions[i % 3]!;
    const bidirectional = givesBack && version === "2.1";
    stations.push({
      ...{ id, version, evses, phases, ratedMa, stepMa, bidirectional },
      respondsMs: chance.int(0, RESPONDS_MS - 2_000),
    });
    const wirings = phases === 1 ? ([["L2"], ["L3"], ["L1"]] as const) : [three, turned, turnedTwice];
    for (let evse = 1; evse <= evses; evse++)
      outlets.push({
        ...{ id: `${id}-${evse}` as OutletId, station: id, evse: evse as EvseId },
        fuse: (["hall", "hall", "yard", "grid"] as const)[i % 4]! as FuseId,
        wiring: wirings[i % 3]!,
        ...{ ratedMa, minMa: 6 * A, steps: { kind: "every", stepMa }, safeMa: 0 },
        ...{ limiting: "proven", ttlMs: TTL_MS, expiry: "proven", respondsMs: RESPONDS_MS },
        switchesPhases: false,
        ...(bidirectional && { dischargeMaMax: GIVES_MA }),
      });
  }
  const fuses = rated.map((fuse) => ({ ...fuse, carriesPermille: CARRIES_PERMILLE[chance.int(0, 3)]! }));
  const plan = planOf({ fuses, outlets, load, battery, solarKw });
  const base = configOf({ fuses, outlets, load, battery, solarKw });
  return { stations, plan, config: withSafeDefaults(base), policy: await policyOf(plan, base) };
}

type Facts = {
  readonly fuses: readonly {
    readonly id: string;
    readonly parent?: string;
    readonly ratedMa: number;
    readonly carriesPermille: number;
  }[];
  readonly outlets: readonly Outlet[];
  readonly load: { readonly least: number; readonly highest: number; readonly rise: number };
  readonly battery: {
    readonly chargeKw: number;
    readonly dischargeKw: number;
    readonly kwh: number;
    readonly rampKwPerS: number;
  };
  readonly solarKw: number;
};

export const devicePort = {
  "grid-meter": 1,
  "hall-meter": 2,
  solar: 3,
  battery: 4,
  "yard-meter": 5,
} as const;

function planOf({ fuses, outlets, load, battery, solarKw }: Facts): PlantPlan {
  const flat = (ma: number) => [ma / A, ma / A, ma / A];
  const read = readPlan({
    voltageV: VOLTAGE_V,
    fuses: fuses.map(({ carriesPermille: _, ratedMa, ...fuse }) => ({ ...fuse, ratedA: ratedMa / A })),
    outlets: outlets.map(({ station, evse, fuse, wiring }) => ({ station, evse, fuse, wiring: [...wiring] })),
    loads: [
      {
        ...{ id: "building", fuse: "grid", leastA: flat(load.least), highestA: flat(load.highest) },
        ...{ riseA: flat(load.rise), stepEveryS: 20 },
      },
    ],
    devices: [
      { id: "grid-meter", kind: "meter", fuse: "grid", port: devicePort["grid-meter"] },
      { id: "hall-meter", kind: "meter", fuse: "hall", layout: "203", port: devicePort["hall-meter"] },
      { id: "solar", kind: "solar", fuse: "grid", peakKw: solarKw, port: devicePort.solar },
      { id: "battery", kind: "battery", fuse: "grid", ...battery, port: devicePort.battery },
      { id: "yard-meter", kind: "meter", fuse: "yard", layout: "203", port: devicePort["yard-meter"] },
    ],
  });
  assert(read.ok, read.ok ? "" : read.fault);
  return read.value;
}

function configOf({ fuses, outlets, load, battery, solarKw }: Facts): EnergyConfig {
  const flat = (ma: number) => [ma, ma, ma] as const;
  const grid = "grid" as FuseId;
  return {
    site: {
      voltageV: VOLTAGE_V,
      fuses: fuses.map(({ id, parent, ...fuse }) => ({
        ...{ ...fuse, id: id as FuseId, spares: "rating" as const },
        ...(parent !== undefined && { parent: parent as FuseId }),
      })),
      outlets,
      loads: [
        { id: "building" as never, fuse: grid, highestMa: flat(load.highest), riseMa: flat(load.rise) },
      ],
      sources: [
        { kind: "solar", id: "solar" as SourceId, fuse: grid, wiring: three, feedWMax: solarKw * 1000 },
        {
          ...{ kind: "battery", id: "battery" as SourceId, fuse: grid, wiring: three },
          ...{ chargeWMax: battery.chargeKw * 1000, dischargeWMax: battery.dischargeKw * 1000 },
          ...{ capacityWh: battery.kwh * 1000, reservePermille: 100, fullPermille: 950 },
          ...{ temperatureC: { min: 0, max: 45 }, rampWPerS: battery.rampKwPerS * 1000, deadbandW: 200 },
          revert: { kind: "proven", afterMs: 60_000 },
        },
      ],
      meters: [
        { id: "grid" as MeterId, fuse: grid, staleMs: GRID_STALE_MS, frozenMs: FROZEN_MS },
        { id: "hall" as MeterId, fuse: "hall" as FuseId, staleMs: 3_000, frozenMs: FROZEN_MS },
        { id: "yard" as MeterId, fuse: "yard" as FuseId, staleMs: 3_000, frozenMs: FROZEN_MS },
      ],
    },
    devices: [
      { id: "grid-meter" as never, unit: 1, pollMs: 500, is: { kind: "meter", meter: "grid" as MeterId } },
      { id: "hall-meter" as never, unit: 2, pollMs: 1_000, is: { kind: "meter", meter: "hall" as MeterId } },
      {
        ...{ id: "solar" as never, unit: 3, pollMs: 1_000 },
        is: { kind: "solar", source: "solar" as SourceId, exportWMax: EXPORT_W_MAX },
      },
      {
        id: "battery" as never,
        unit: 4,
        pollMs: 1_000,
        is: { kind: "battery", source: "battery" as SourceId },
      },
      { id: "yard-meter" as never, unit: 5, pollMs: 1_000, is: { kind: "meter", meter: "yard" as MeterId } },
    ],
    strategy: "fairness",
    tariff: {
      currency: "EUR",
      energy: { kind: "flat", milliCentPerKwh: 28_000 },
      ...{ feedInMilliCentPerKwh: 8_000, demandMilliCentPerKw: 0, batteryWearMilliCentPerKwh: 3_000 },
    },
    commands: { rampWPerS: 30_000, dwellMs: 1_000, reversalsPer10MinMax: 120, randomDelayMsMax: 5_000 },
    timeZone: "Europe/Paris",
  };
}

/** 6 A for one outlet after the other, as long as the whole is safe with no controller at all; the others get nothing. */
function withSafeDefaults(config: EnergyConfig): EnergyConfig {
  let best = config;
  // A station has one safe default for all its EVSEs.
  for (const station of new Set(config.site.outlets.map((outlet) => outlet.station))) {
    const outlets = best.site.outlets.map((outlet) =>
      outlet.station === station ? { ...outlet, safeMa: outlet.minMa } : outlet,
    );
    const next = { ...best, site: { ...best.site, outlets } };
    if (checkEnergyConfig(next).ok) best = next;
  }
  const checked = checkEnergyConfig(best);
  assert(checked.ok, JSON.stringify(checked.ok || checked.fault));
  assert(
    best.site.outlets.some(({ safeMa }) => safeMa > 0),
    "nobody would charge without a controller",
  );
  return best;
}

/** Of an inverter: it stores nothing, and its limit falls away. */
const onlyCurtailed = {
  chargeWMax: 0,
  dischargeWMax: 0,
  reservePermille: 0,
  rampWPerS: 0,
  revertProven: true,
};

/** What commissioning would write down of the devices as they are. */
async function policyOf(plan: PlantPlan, { site }: EnergyConfig): Promise<Policy> {
  const clock = simulatedTime();
  const devices = new Devices(
    { plan, chance: () => seededChance(1), nowMs: 0, wallMs: clock.now().wallMs },
    { clock, chance: seededChance(1) },
  );
  const battery = site.sources.find((source) => source.kind === "battery")!;
  const found = await Promise.all(
    devices.all.map(async ({ device, planned }, i) => {
      const walked = await discover(readerOf(device));
      assert(walked.ok, planned.id);
      const models = walked.value.models.map(({ address, id, length }) => ({ id, address, length }));
      const { chargeWMax, dischargeWMax, fullPermille, rampWPerS, reservePermille } = battery;
      const envelope = {
        chargeWMax,
        dischargeWMax,
        reservePermille,
        fullPermille,
        rampWPerS: rampWPerS * 1.25,
      };
      return {
        ...{ name: planned.id, unit: i + 1, host: "plant", port: planned.port, tls: false },
        ...{ deviceUnit: planned.unit, models },
        ...(planned.kind === "battery" && { envelope }),
        ...(planned.kind === "solar" && { envelope: onlyCurtailed }),
      };
    }),
  );
  return sunspecPolicy(found);
}
