/**
 * `bench site-energy`: a managed site of real processes (supervisor, local controller, energy controller, Modbus guard, central system) with
 * devices and charging stations on real sockets. How long from a load step that the meter shows to stations that were told less, and
 * what the site costs of a processor while all of them charge. The yardstick of both is a process that does nothing but read the same meter as
 * often as the site does: the step is not seen sooner by anybody.
 */
import { type ChildProcess, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { command, readJson } from "@wattward/demo/programs";
import type { PlantWords } from "@wattward/simulator";
import { processSeconds } from "./cpu.ts";
import type { Options } from "./gateway.ts";
import type { FoundDevice, ManagedOrder, ManagedTold } from "./load/managed-site.ts";
import { median, Plant, round, type Say } from "./plant.ts";

const SITE = "bench";
const CARD = "04A1B2C3D4E5F6";
const THREE = ["L1", "L2", "L3"] as const;
const RATED_A = 16;
const SAFE_A = 6;
/** Per station, what the grid connection carries; the building at its least and at its highest. */
const GRID_A = 10;
const LEAST_A = 0.5;
const HIGHEST_A = 3.5;
/** Held back from cars for what the building may rise within a grant's life. */
const RISE_A = 0.1;
const STEPS = 8;
/** From one step to the next the building leaves so much less of what was granted in the beginning. */
const STEP_PART = 0.035;
const WATCH_MS = 3_000;
const METER_EVERY_MS = 250;
/** Of a float meter (SunSpec 213): the current of its phase A, after the model's id, its length, and the sum. */
const METER_MODEL = 213;
const PHASE_A_AT = 4;
/** What the yardstick takes for a step: far more than a meter's noise. */
const STEP_A = 2;
const SETTLED_MS_MAX = 240_000;
/** Grants come to so much of what is free; or to what they are when they rise no more. */
const SETTLED_PART = 0.985;

export async function siteEnergy({ stations, seconds, profiles }: Options, say: Say) {
  const plant = new Plant(profiles);
  const iron = new Iron();
  try {
    say("starting the central system, devices, and a managed site");
    const csms = await plant.csms(["--site-messages-per-second", "100000"]);
    const enrolled = await plant.enrol(stations, SITE);
    const data = ["--data", plant.data];
    await command("apps/csms/cli/card.ts", ["add", CARD, ...data]);
    await command("apps/csms/cli/pki.ts", [
      "issue",
      "site",
      SITE,
      "--out",
      join(plant.folder, "site"),
      ...data,
    ]);
    const { devices = [] } = await iron.obey({ do: "plant", words: wiresOf(stations), fuse: "grid" });
    const file = join(plant.folder, "energy.json");
    writeFileSync(
      file,
      JSON.stringify(
        documentOf(
          enrolled.stations.map(({ id }) => id),
          devices,
        ),
      ),
    );
    await command("apps/csms/cli/energy.ts", ["set", SITE, file, ...data]);
    const { target } = await plant.site(SITE, csms.port);
    say(`${stations} stations begin to charge`);
    await iron.obey({ do: "charge", ...enrolled, target, card: CARD, ratedA: RATED_A });
    const freeA = stations * (GRID_A - LEAST_A - RISE_A);
    const settled = { sumA: SETTLED_PART * freeA, withinMs: SETTLED_MS_MAX };
    const { sumA } = await iron.obey({ do: "settle", ...settled });
    say(`${sumA.toFixed(0)} A are granted; measuring ${seconds} s of charging`);
    const watch = iron.watch(devices);
    const { watch: watchPercent = 0, ...byProcess } = await costsOf(
      { ...processesOf(plant.folder), watch: watch.pid },
      seconds,
    );
    const cpuPercent = round(Object.values(byProcess).reduce((sum, percent) => sum + percent, 0));
    say(`${cpuPercent} % of a core: ${JSON.stringify(byProcess)}, the yardstick ${watchPercent} %`);
    const reactions: number[] = [];
    const seen: number[] = [];
    for (let step = 1; step <= STEPS; step++) {
      const leftA = sumA * (1 - step * STEP_PART);
      const factor = (GRID_A * stations - leftA) / (HIGHEST_A * stations);
      const { reaction } = await iron.obey({ do: "step", factor, watchMs: WATCH_MS });
      if (reaction === undefined) throw new Error("a step was not told");
      reactions.push(reaction.wholeMs);
      const { firstMs, wholeMs, lowered, atEpochMs } = reaction;
      const seenMs = watch.seenAfter(atEpochMs);
      if (seenMs === undefined) throw new Error("the yardstick did not see a step");
      seen.push(seenMs);
      say(
        `step ${step}/${STEPS}: ${lowered} stations were told less, the first after ${firstMs.toFixed(0)} ms, all after ${wholeMs.toFixed(0)} ms; the yardstick saw it after ${seenMs.toFixed(0)} ms`,
      );
    }
    const reactionMs = figuresOf(reactions);
    const yardstick = { reactionMs: figuresOf(seen), cpuPercent: watchPercent };
    const ratio = round(reactionMs.p50 / yardstick.reactionMs.p50);
    return { reactionMs, cpuPercent, byProcess, yardstick, ratio, stations };
  } finally {
    iron.close();
    await plant.close();
  }
}

const figuresOf = (ms: readonly number[]) => ({
  p50: Math.round(median(ms)),
  max: Math.round(Math.max(...ms)),
});

/** Per cent of one core, by process. */
async function costsOf(processes: Readonly<Record<string, number>>, seconds: number) {
  const looked = () => Object.entries(processes).map(([name, pid]) => [name, processSeconds(pid)] as const);
  const [before, fromMs] = [new Map(looked()), performance.now()];
  await wait(seconds * 1_000);
  const tookS = (performance.now() - fromMs) / 1_000;
  return Object.fromEntries(
    looked().map(([name, s]) => [name, round((100 * (s - (before.get(name) ?? 0))) / tookS)]),
  );
}

function processesOf(folder: string): Record<string, number> {
  const told = readJson(join(folder, "site", "site.json")) ?? {};
  const pid = (name: string): number => {
    const number = told[name];
    if (typeof number !== "number") throw new Error(`the site does not tell its ${name}`);
    return number;
  };
  return {
    supervisor: pid("pid"),
    localController: pid("localControllerPid"),
    energyController: pid("energyControllerPid"),
    guard: pid("guardPid"),
  };
}

/** Meters at the grid connection and at the building's fuse, the sun at night: polled as anywhere, and nothing else moves. */
function wiresOf(stations: number): PlantWords {
  const whole = (a: number) => [a * stations, a * stations, a * stations];
  return {
    fuses: [
      { id: "grid", ratedA: GRID_A * stations },
      { id: "hall", parent: "grid", ratedA: HIGHEST_A * stations },
    ],
    outlets: [],
    loads: [
      { id: "building", fuse: "hall", leastA: whole(LEAST_A), highestA: whole(HIGHEST_A), stepEveryS: 0 },
    ],
    devices: [
      { id: "grid", kind: "meter", fuse: "grid", port: 1 },
      { id: "hall", kind: "meter", fuse: "hall", layout: "203", port: 1 },
      { id: "solar", kind: "solar", fuse: "grid", peakKw: 10, port: 1 },
    ],
    day: { startsAtH: 0 },
  };
}

function documentOf(ids: readonly string[], devices: readonly FoundDevice[]): object {
  const milli = (a: number) => Math.round(a * ids.length * 1_000);
  const each = (a: number) => [milli(a), milli(a), milli(a)];
  const meter = (id: string) => ({ id, fuse: id, staleMs: 2_000, frozenMs: 5_000 });
  const units = { grid: 1, hall: 2, solar: 3 } as const;
  const at = (id: keyof typeof units, pollMs: number, is: object) => ({ id, unit: units[id], pollMs, is });
  return {
    schema: 1,
    energy: {
      site: {
        voltageV: 230,
        fuses: [
          { id: "grid", ratedMa: milli(GRID_A), carriesPermille: 1_300 },
          { id: "hall", parent: "grid", ratedMa: milli(HIGHEST_A), carriesPermille: 1_300 },
        ],
        outlets: ids.map((station) => ({
          ...{ id: station, station, evse: 1, fuse: "grid", wiring: THREE, ratedMa: RATED_A * 1_000 },
          ...{ minMa: 6_000, steps: { kind: "every", stepMa: 100 }, safeMa: SAFE_A * 1_000 },
          ...{
            limiting: "proven",
            ttlMs: 60_000,
            expiry: "proven",
            respondsMs: 5_000,
            switchesPhases: false,
          },
        })),
        loads: [{ id: "building", fuse: "hall", highestMa: each(HIGHEST_A), riseMa: each(RISE_A) }],
        sources: [{ kind: "solar", id: "solar", fuse: "grid", wiring: THREE, feedWMax: 10_000 }],
        meters: [meter("grid"), meter("hall")],
      },
      devices: [
        at("grid", METER_EVERY_MS, { kind: "meter", meter: "grid" }),
        at("hall", 500, { kind: "meter", meter: "hall" }),
        at("solar", 1_000, { kind: "solar", source: "solar" }),
      ],
      strategy: "fairness",
      tariff: {
        ...{ currency: "EUR", energy: { kind: "flat", milliCentPerKwh: 28_000 } },
        ...{ feedInMilliCentPerKwh: 8_000, demandMilliCentPerKw: 0, batteryWearMilliCentPerKwh: 0 },
      },
      commands: { rampWPerS: 1_000_000, dwellMs: 0, reversalsPer10MinMax: 600, randomDelayMsMax: 0 },
      timeZone: "Europe/Paris",
    },
    modbus: devices.map(({ id, port, models }) => ({
      ...{ device: id, host: "127.0.0.1", port, tls: false, deviceUnit: 1, models },
    })),
  };
}

/** The yardstick at work. */
type MeterWatch = { readonly pid: number; seenAfter(epochMs: number): number | undefined };

/** The process with devices and stations, and the yardstick that reads one of them. */
class Iron {
  private watching: ChildProcess | undefined;
  private readonly child: ChildProcess = fork(join(import.meta.dirname, "load", "managed-site.ts"), {
    execArgv: ["--disable-warning=ExperimentalWarning"],
  });

  private readonly gone = once(this.child, "exit");

  async obey(order: ManagedOrder): Promise<ManagedTold> {
    const answer = once(this.child, "message");
    this.child.send(order);
    const told = await Promise.race([answer.then(([first]) => first as ManagedTold), this.gone]);
    if (Array.isArray(told)) throw new Error("the devices and stations are gone");
    if (told.error !== undefined)
      throw new Error(`devices and stations could not ${order.do}: ${told.error}`);
    return told;
  }

  watch(devices: readonly FoundDevice[]): MeterWatch {
    const { port = 0, models = [] } = devices.find(({ id }) => id === "grid") ?? {};
    const register = (models.find(({ id }) => id === METER_MODEL)?.address ?? 0) + PHASE_A_AT;
    const entry = join(import.meta.dirname, "yardstick", "meter-watch.ts");
    const words = [entry, port, register, METER_EVERY_MS, STEP_A].map(String);
    const watching = spawn(process.execPath, words, { stdio: ["ignore", "pipe", "inherit"] });
    this.watching = watching;
    const instants: number[] = [];
    watching.stdout.on("data", (text: Buffer) => {
      instants.push(...String(text).trim().split("\n").map(Number));
    });
    return {
      pid: watching.pid ?? 0,
      seenAfter: (epochMs) => {
        const at = instants.find((each) => each >= epochMs);
        return at === undefined ? undefined : at - epochMs;
      },
    };
  }

  close(): void {
    this.watching?.kill("SIGKILL");
    this.child.kill("SIGKILL");
  }
}
