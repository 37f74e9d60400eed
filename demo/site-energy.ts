/**
 * The demo site's wires: a grid connection too small for its cars, two fuses below it, a building, a battery and solar. One description for
 * both who must know it: the simulator, which makes it true (`plant.json`), and the energy manager, who writes it down for the site
 * (`npx wattward energy set`).
 *
 *     grid 400 A ─┬─ LYO-01, 2 × 150 kW        ── meter, battery 60 kW, old battery 6 kW, solar 50 kW, building up to 60 A
 *                 ├─ hall 160 A ─ LYO-02, LYO-05, 2 × 50 kW each        ── meter
 *                 └─ yard 80 A ── LYO-03, 04, 06, 07 and the single-phase LYO-08, wired by turns
 *
 * Two things here are as bad as they come in the field. The old battery knows no revert: what it is told stays for ever. So it is told
 * nothing but 0, and counts at its full charging power. LYO-06 follows a lower limit later than it declares (plant.ts): the yard carries its
 * rating beside what the others are left, and no fuse is so small that it alone could overload it.
 */

import { type ClientName, type DeviceName, type Envelope, type Policy, sunspecPolicy } from "@wattward/guard";
import { systemChance, systemClock } from "@wattward/kernel/node";
import { discover } from "@wattward/modbus/sunspec";
import { Devices, type PlantWords, readerOf, readPlan } from "@wattward/simulator";
import { DemoError } from "./programs.ts";

type Phase = "L1" | "L2" | "L3";
type Place = {
  readonly station: string;
  readonly evse: number;
  readonly fuse: "grid" | "hall" | "yard";
  readonly wiring: readonly Phase[];
  readonly ratedA: number;
  readonly safeA: number;
};

const three = ["L1", "L2", "L3"] as const;
const turned = ["L2", "L3", "L1"] as const;
const turnedTwice = ["L3", "L1", "L2"] as const;
const fast = { wiring: three, safeA: 10 } as const;

const places: readonly Place[] = [
  { station: "LYO-01", evse: 1, fuse: "grid", ratedA: 218, ...fast },
  { station: "LYO-01", evse: 2, fuse: "grid", ratedA: 218, ...fast },
  { station: "LYO-02", evse: 1, fuse: "hall", ratedA: 73, ...fast },
  { station: "LYO-02", evse: 2, fuse: "hall", ratedA: 73, ...fast },
  { station: "LYO-03", evse: 1, fuse: "yard", ratedA: 32, wiring: three, safeA: 6 },
  { station: "LYO-04", evse: 1, fuse: "yard", ratedA: 16, wiring: turned, safeA: 6 },
  { station: "LYO-05", evse: 1, fuse: "hall", ratedA: 73, ...fast },
  { station: "LYO-05", evse: 2, fuse: "hall", ratedA: 73, ...fast },
  { station: "LYO-06", evse: 1, fuse: "yard", ratedA: 32, wiring: turnedTwice, safeA: 6 },
  { station: "LYO-07", evse: 1, fuse: "yard", ratedA: 16, wiring: three, safeA: 6 },
  { station: "LYO-08", evse: 1, fuse: "yard", ratedA: 32, wiring: ["L2"], safeA: 6 },
];

const VOLTAGE_V = 230;
const fuses = [
  { id: "grid", ratedA: 400 },
  { id: "hall", parent: "grid", ratedA: 160 },
  { id: "yard", parent: "grid", ratedA: 80 },
] as const;
const building = {
  id: "building",
  fuse: "grid",
  leastA: [14, 17, 11],
  highestA: [60, 60, 60],
  riseA: [20, 20, 20],
};
const batteries = {
  battery: { chargeKw: 40, dischargeKw: 60, kwh: 120, rampKwPerS: 20, socPercent: 60, reverting: "as-told" },
  "old-battery": { chargeKw: 6, dischargeKw: 6, kwh: 12, rampKwPerS: 2, socPercent: 50, reverting: "never" },
} as const;
const batteryNames = ["battery", "old-battery"] as const;
const SOLAR_KW = 50;
/** The sun stands high when the demo begins, and a quarter of an hour passes in a minute. */
const day = { startsAtH: 12, speed: 15 };

/** In the order of their units at the guard, from 1 on. */
export const deviceNames = ["grid-meter", "hall-meter", "solar", ...batteryNames] as const;
export type DevicePorts = Readonly<Record<(typeof deviceNames)[number], number>>;

const unitOf = (name: (typeof deviceNames)[number]): number => deviceNames.indexOf(name) + 1;
/** The one whose vendor is a second master. */
const BATTERY_UNIT = unitOf("battery");
/** MinRsvPct and ChaState of the battery's model 124, tenths of a per cent. */
const RESERVE = { model: 124, register: "124.MinRsvPct", offset: 5 } as const;
const CHARGE_OFFSET = 6;
/** What the battery's vendor may set its reserve to, per cent. */
const VENDOR_RESERVE = { min: 10, max: 30 } as const;

/** What the simulator makes true; `guardPort` is where the site's guard hears other masters. */
export async function plantOf(ports: DevicePorts, guardPort: number): Promise<PlantWords> {
  const plant = devicesOf(ports);
  const storage = (await commissioned(plant)).get("battery")?.find(({ id }) => id === RESERVE.model);
  const first = (storage?.address ?? 0) + 2;
  const vendor = {
    ...{ to: `127.0.0.1:${guardPort}`, unit: BATTERY_UNIT, everyS: 2 },
    ...{ reads: first + CHARGE_OFFSET, sets: first + RESERVE.offset, usual: [200], absurdEvery: 4 },
  };
  return { ...plant, vendors: [vendor] };
}

function devicesOf(ports: DevicePorts): PlantWords {
  return {
    voltageV: VOLTAGE_V,
    fuses: fuses.map((fuse) => ({ ...fuse })),
    outlets: places.map(({ evse, fuse, station, wiring }) => ({ station, evse, fuse, wiring: [...wiring] })),
    loads: [{ ...building, stepEveryS: 8 }],
    devices: [
      { id: "grid-meter", kind: "meter", fuse: "grid", port: ports["grid-meter"] },
      { id: "hall-meter", kind: "meter", fuse: "hall", layout: "203", port: ports["hall-meter"] },
      { id: "solar", kind: "solar", fuse: "grid", peakKw: SOLAR_KW, port: ports.solar },
      ...batteryNames.map((id) => ({
        ...{ id, kind: "battery" as const, fuse: "grid", ...batteries[id], port: ports[id] },
      })),
    ],
    day,
  };
}

/** What the energy manager writes down: JSON is YAML too. */
export async function siteDocumentOf(plant: PlantWords): Promise<object> {
  const models = await commissioned(plant);
  return {
    schema: 1,
    energy: {
      site: siteOf(),
      devices: [
        { id: "grid-meter", unit: unitOf("grid-meter"), pollMs: 250, is: { kind: "meter", meter: "grid" } },
        { id: "hall-meter", unit: unitOf("hall-meter"), pollMs: 500, is: { kind: "meter", meter: "hall" } },
        { id: "solar", unit: unitOf("solar"), pollMs: 1_000, is: { kind: "solar", source: "solar" } },
        ...batteryNames.map((id) => ({
          ...{ id, unit: unitOf(id), pollMs: 500, is: { kind: "battery", source: id } },
        })),
      ],
      strategy: "fairness",
      tariff: {
        currency: "EUR",
        energy: { kind: "flat", milliCentPerKwh: 28_000 },
        feedInMilliCentPerKwh: 8_000,
        demandMilliCentPerKw: 10_000_000,
        batteryWearMilliCentPerKwh: 3_000,
      },
      commands: { rampWPerS: 30_000, dwellMs: 1_000, reversalsPer10MinMax: 120, randomDelayMsMax: 1_000 },
      timeZone: "Europe/Paris",
    },
    guard: policyOf(plant, models),
  };
}

/** The usual policy of these devices, and a rule for the vendor of one of them. */
function policyOf(plant: PlantWords, models: ReadonlyMap<string, FoundModels>): Policy {
  const policy = sunspecPolicy(
    deviceNames.map((name) => ({
      ...{ name, unit: unitOf(name), host: "127.0.0.1", tls: false, deviceUnit: 1 },
      models: models.get(name) ?? [],
      port: plant.devices?.find(({ id }) => id === name)?.port ?? 0,
      ...(isBattery(name) && { envelope: envelopeOf(name) }),
    })),
    { readers: [{ name: VENDOR, by: { kind: "address", address: "127.0.0.1" }, perSecond: 10, burst: 20 }] },
  );
  const at = policy.devices
    .find(({ unit }) => unit === BATTERY_UNIT)
    ?.registers.find(({ name }) => name === RESERVE.register);
  if (at === undefined) throw new DemoError("the demo's battery has no reserve");
  const rule = {
    ...{
      client: VENDOR,
      device: "battery" as DeviceName,
      functions: [6, 16],
      from: at.address,
      to: at.address,
    },
    writes: [{ register: RESERVE.register, ...VENDOR_RESERVE, perMinuteMax: 60 }],
  };
  return { ...policy, rules: [...policy.rules, rule] };
}

type BatteryName = (typeof batteryNames)[number];
const isBattery = (name: string): name is BatteryName => name in batteries;

function envelopeOf(name: BatteryName): Envelope {
  const { chargeKw, dischargeKw, rampKwPerS, reverting } = batteries[name];
  return {
    ...{ chargeWMax: chargeKw * 1000, dischargeWMax: dischargeKw * 1000, reservePermille: 100 },
    ...{ fullPermille: 950, rampWPerS: rampKwPerS * 1000 * RAMP_ROOM, revertProven: reverting !== "never" },
  };
}

const VENDOR = "battery-vendor" as ClientName;
/** What comes over a line is never quite as even as it was sent. */
const RAMP_ROOM = 1.25;

const milli = (amps: readonly number[]): number[] => amps.map((a) => a * 1000);

function siteOf(): object {
  return {
    voltageV: VOLTAGE_V,
    fuses: fuses.map(({ ratedA, ...fuse }) => ({ ...fuse, ratedMa: ratedA * 1000, carriesPermille: 1_300 })),
    outlets: places.map(({ evse, fuse, ratedA, safeA, station, wiring }) => ({
      ...{ id: `${station}/${evse}`, station, evse, fuse, wiring },
      ...{
        ratedMa: ratedA * 1000,
        minMa: 6_000,
        steps: { kind: "every", stepMa: 1_000 },
        safeMa: safeA * 1000,
      },
      ...{ limiting: "proven", ttlMs: 60_000, expiry: "proven", respondsMs: 5_000, switchesPhases: false },
    })),
    loads: [
      {
        ...{ id: building.id, fuse: building.fuse },
        ...{ highestMa: milli(building.highestA), riseMa: milli(building.riseA) },
      },
    ],
    sources: [
      { kind: "solar", id: "solar", fuse: "grid", wiring: three, feedWMax: SOLAR_KW * 1000 },
      ...batteryNames.map(storageOf),
    ],
    meters: [
      { id: "grid", fuse: "grid", staleMs: 2_000, frozenMs: 5_000 },
      { id: "hall", fuse: "hall", staleMs: 2_000, frozenMs: 5_000 },
    ],
  };
}

function storageOf(id: BatteryName): object {
  const { chargeKw, dischargeKw, kwh, rampKwPerS, reverting } = batteries[id];
  return {
    ...{ kind: "battery", id, fuse: "grid", wiring: three },
    ...{ chargeWMax: chargeKw * 1000, dischargeWMax: dischargeKw * 1000 },
    ...{ capacityWh: kwh * 1000, reservePermille: 100, fullPermille: 950 },
    ...{ temperatureC: { min: 0, max: 45 }, rampWPerS: rampKwPerS * 1000, deadbandW: 200 },
    revert: reverting === "never" ? { kind: "unproven" } : { kind: "proven", afterMs: 60_000 },
  };
}

type FoundModels = readonly { readonly id: number; readonly address: number; readonly length: number }[];

/** The models of each device and where they lie, as an installer's walk finds them. */
async function commissioned(words: PlantWords): Promise<ReadonlyMap<string, FoundModels>> {
  const plan = readPlan(words);
  if (!plan.ok) throw new DemoError(`the demo's plant is wrong: ${plan.fault}`);
  const clock = systemClock();
  const { monotonicMs: nowMs, wallMs } = clock.now();
  const chance = () => systemChance;
  const devices = new Devices({ plan: plan.value, chance, nowMs, wallMs }, { clock, chance: systemChance });
  const found = devices.all.map(async ({ device, planned }) => {
    const walked = await discover(readerOf(device));
    const models = walked.ok
      ? walked.value.models.map(({ address, id, length }) => ({ id, address, length }))
      : [];
    return [planned.id, models] as const;
  });
  return new Map(await Promise.all(found));
}
