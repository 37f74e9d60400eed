/**
 * The process that is a managed site's iron: its wires and SunSpec devices (the simulator's physics, real Modbus TCP), and stations that
 * charge. Its parent orders one thing at a time. A process of its own, so that what it costs is no part of what is measured.
 */
import { setTimeout as wait } from "node:timers/promises";
import { createSecureContext } from "node:tls";
import { systemChance, systemClock } from "@wattward/kernel/node";
import { discover } from "@wattward/modbus/sunspec";
import { listen } from "@wattward/modbus/tcp";
import {
  type DeviceAtWork,
  Devices,
  type PlantWords,
  readerOf,
  readPlan,
  STEP_MS,
  serveDevice,
} from "@wattward/simulator";
import type { Enrolled } from "./fleet.ts";
import { ManagedStation, type Version } from "./managed-station.ts";
import type { Target } from "./socket.ts";

export type ManagedOrder =
  | { readonly do: "plant"; readonly words: PlantWords; readonly fuse: string }
  /** Connects and boots every station, each with a car; every other one is of 1.6. */
  | {
      readonly do: "charge";
      readonly ca: string;
      readonly stations: readonly Enrolled[];
      readonly target: Target;
      readonly card: string;
      readonly ratedA: number;
    }
  /** Waits until what stations were granted comes to so much, or rises no more. */
  | { readonly do: "settle"; readonly sumA: number; readonly withinMs: number }
  /** The building draws so many times its highest from now on; looks so long at who is told less. */
  | { readonly do: "step"; readonly factor: number; readonly watchMs: number };

export type FoundDevice = {
  readonly id: string;
  readonly port: number;
  readonly models: readonly { readonly id: number; readonly address: number; readonly length: number }[];
};

export type ManagedTold = {
  readonly error?: string;
  readonly devices?: readonly FoundDevice[];
  /** What stations were told in all, amperes per phase. */
  readonly sumA: number;
  readonly granted: number;
  /** From the step until the first station was told less; until the last of them was, for the first time; how many they are. */
  readonly reaction?: {
    readonly firstMs: number;
    readonly wholeMs: number;
    readonly lowered: number;
    /** The step's instant, of the machine's clock. */
    readonly atEpochMs: number;
  };
};

/** A meter's noise; limits are told in tenths. */
const NEAR_A = 0.5;
const HOUR_MS = 3_600_000;
const LOOK_MS = 50;
/** More than any device is polled in. */
const STEP_WITHIN_MS = 1_000;
/**
 * Grants that rise by less in so long are what the site gives. While grants rise, stations tell what they draw later than the meter shows
 * it; the difference looks like the building's, and the highest of it is believed for a minute (BASE_HOLD_MS of the control loop).
 */
const RISES = 1.01;
const STEADY_MS = 75_000;

const clock = systemClock();
let devices: Devices | undefined;
let ratedA = 0;
let stations: readonly ManagedStation[] = [];
let heard: ((station: ManagedStation, heardMs: number) => void) | undefined;

const sumA = (): number => stations.reduce((sum, { limitA }) => sum + limitA, 0);
const drawn = () =>
  stations.map(({ id, drawsA, limitA }) => ({
    ...{ station: id as never, evse: 1 as never, mayMa: limitA * 1_000 },
    terminalsMa: [drawsA * 1_000, drawsA * 1_000, drawsA * 1_000],
  }));

async function plant(words: PlantWords, fuse: string): Promise<readonly FoundDevice[]> {
  const plan = readPlan(words);
  if (!plan.ok) throw new Error(plan.fault);
  ratedA = (plan.value.fuses.find(({ id }) => id === fuse)?.ratedMa ?? 0) / 1_000;
  const { monotonicMs: nowMs, wallMs } = clock.now();
  const chance = () => systemChance;
  const made = new Devices({ plan: plan.value, chance, nowMs, wallMs }, { clock, chance: systemChance });
  devices = made;
  setInterval(() => made.step(drawn()), STEP_MS);
  made.step([]);
  return Promise.all(made.all.map(found));
}

async function found({ planned: { id, unit }, device, conduct }: DeviceAtWork): Promise<FoundDevice> {
  const listener = await listen({
    at: { host: "127.0.0.1", port: 0 },
    accept: (link) => serveDevice(link, { id, unit, device, conduct, clock }),
  });
  const walked = await discover(readerOf(device));
  if (!walked.ok) throw new Error(`${id} is no SunSpec device`);
  const models = walked.value.models.map((model) => ({
    ...{ id: model.id, address: model.address, length: model.length },
  }));
  return { id, port: listener.port, models };
}

async function charge(order: Extract<ManagedOrder, { do: "charge" }>): Promise<void> {
  stations = order.stations.map(
    ({ id, cert, key }, i) =>
      new ManagedStation({
        ...{ id, card: order.card, ratedA: order.ratedA },
        version: (i % 2 === 0 ? "2.0.1" : "1.6") satisfies Version,
        context: createSecureContext({ ca: order.ca, cert, key }),
        told: (station, heardMs) => heard?.(station, heardMs),
      }),
  );
  for (const station of stations) await station.charge(order.target);
}

async function settle(wantedA: number, withinMs: number): Promise<void> {
  const endMs = performance.now() + withinMs;
  let [highestA, sinceMs] = [0, performance.now()];
  for (;;) {
    const nowMs = performance.now();
    const isGranted = stations.every(({ granted }) => granted);
    if (sumA() > highestA * RISES || !isGranted) [highestA, sinceMs] = [sumA(), nowMs];
    if (isGranted && (sumA() >= wantedA || nowMs - sinceMs >= STEADY_MS)) return;
    if (nowMs > endMs)
      throw new Error(`grants still rise after ${withinMs / 1_000} s, at ${sumA().toFixed(1)} A`);
    await wait(LOOK_MS);
  }
}

async function step(factor: number, watchMs: number): Promise<NonNullable<ManagedTold["reaction"]>> {
  const site = devices;
  if (site === undefined) throw new Error("there is no plant yet");
  const before = new Map(stations.map(({ id, limitA }) => [id, limitA]));
  const lowered = new Map<string, number>();
  // At any moment between two polls: every step so long after a turn of the loop would measure that moment alone.
  await wait(Math.random() * STEP_WITHIN_MS);
  site.inflict({ what: "load-step", factor, forMs: HOUR_MS });
  site.step(drawn());
  const fromMs = performance.now();
  heard = ({ id, limitA }, heardMs) => {
    if (limitA < before.get(id)! && !lowered.has(id)) lowered.set(id, heardMs - fromMs);
  };
  await wait(watchMs);
  heard = undefined;
  const [load] = site.plant.loads.values();
  const roomA = ratedA - Math.max(...(load?.currentMa ?? [0])) / 1_000;
  if (sumA() > roomA + NEAR_A || lowered.size === 0)
    throw new Error(
      `${watchMs / 1_000} s after a step ${lowered.size} stations were told less: ${sumA().toFixed(1)} A, room is for ${roomA.toFixed(1)}`,
    );
  const took = [...lowered.values()];
  const atEpochMs = performance.timeOrigin + fromMs;
  return { firstMs: Math.min(...took), wholeMs: Math.max(...took), lowered: lowered.size, atEpochMs };
}

async function obey(order: ManagedOrder): Promise<Partial<ManagedTold>> {
  switch (order.do) {
    case "plant":
      return { devices: await plant(order.words, order.fuse) };
    case "charge":
      await charge(order);
      return {};
    case "settle":
      await settle(order.sumA, order.withinMs);
      return {};
    case "step":
      return { reaction: await step(order.factor, order.watchMs) };
  }
}

if (import.meta.main) {
  const tell = (told: Partial<ManagedTold>) =>
    process.send?.({ sumA: sumA(), granted: stations.filter(({ granted }) => granted).length, ...told });
  process.on("message", (order: ManagedOrder) => {
    obey(order).then(tell, (error: unknown) => tell({ error: String(error) }));
  });
  process.on("disconnect", () => process.exit(0));
}
