/** A plant that a person can hold in the head: 100 A, a sub-fuse of 32 A, a building, a battery, a sun, a meter at the grid. */
import type { Chance, EvseId, StationId } from "@wattward/kernel";
import { seededChance, simulatedTime } from "@wattward/testing";
import { Devices } from "../devices/devices.ts";
import type { Currents } from "../plant/phases.ts";
import type { PlantPlan } from "../plant/plan.ts";
import { type Draw, STEP_MS } from "../plant/plant.ts";
import { readPlan } from "../plant/read-plan.ts";

export const smallPlant = {
  fuses: [
    { id: "main", ratedA: 100 },
    { id: "hall", parent: "main", ratedA: 32 },
  ],
  outlets: [
    { station: "A", evse: 1, fuse: "main" },
    { station: "B", evse: 1, fuse: "hall", wiring: ["L2", "L3", "L1"] },
    { station: "C", evse: 1, fuse: "hall", wiring: ["L2"] },
  ],
  loads: [{ id: "building", fuse: "main", leastA: [5, 6, 7], highestA: [30, 30, 30], stepEveryS: 0 }],
  devices: [
    { id: "grid", kind: "meter", fuse: "main", port: 1 },
    { id: "sub", kind: "meter", layout: "203", fuse: "hall", port: 2 },
    {
      id: "bess",
      kind: "battery",
      fuse: "main",
      port: 3,
      kwh: 100,
      chargeKw: 23,
      dischargeKw: 23,
      rampKwPerS: 23,
    },
    {
      id: "bess-7",
      kind: "battery",
      fuse: "main",
      port: 4,
      kwh: 100,
      chargeKw: 23,
      dischargeKw: 23,
      steering: "704",
    },
    { id: "pv", kind: "solar", fuse: "main", port: 5, peakKw: 30, cloudyPercent: 0 },
    { id: "pv-7", kind: "solar", fuse: "main", port: 6, peakKw: 30, steering: "704" },
    { id: "box", kind: "limit-signal", fuse: "main", port: 7 },
    { id: "switch", kind: "contactor", fuse: "hall", port: 8 },
  ],
  day: { startsAtH: 0 },
};

export function planOf(words: unknown = smallPlant): PlantPlan {
  const plan = readPlan(words);
  if (!plan.ok) throw new Error(plan.fault);
  return plan.value;
}

export const drawOf = (station: string, ...amps: number[]): Draw => ({
  ...{ station: station as StationId, evse: 1 as EvseId, mayMa: 32_000 },
  terminalsMa: amps.map((a) => a * 1000),
});

/** Chance that never rolls: every hum and noise is 0, every cloud stays away. */
export const still: Chance = {
  int: (min, max) => Math.max(min, Math.min(max, 0)),
  bytes: (n) => new Uint8Array(n),
};

/** Devices on simulated time; `draws` may be changed while it runs. */
export function atWork(words: unknown = smallPlant, chance: () => Chance = () => still) {
  const time = simulatedTime();
  const { monotonicMs: nowMs, wallMs } = time.now();
  const devices = new Devices(
    { plan: planOf(words), chance, nowMs, wallMs },
    { clock: time, chance: seededChance(1) },
  );
  const work = {
    ...{ time, devices, plant: devices.plant, draws: [] as Draw[] },
    /** Whole seconds of physics. */
    async run(s: number): Promise<void> {
      for (let ms = 0; ms < s * 1000; ms += STEP_MS) {
        await time.advance(STEP_MS);
        devices.step(work.draws);
      }
    },
    amps: (fuse: string): Currents => {
      const [a, b, c] = work.plant.currentMa(fuse);
      const round = (ma: number) => Math.round(ma / 10) / 100;
      return [round(a), round(b), round(c)];
    },
    deviceOf: (id: string) => devices.all.find(({ planned }) => planned.id === id)!,
  };
  return work;
}
