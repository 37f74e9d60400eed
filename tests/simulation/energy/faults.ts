/**
 * The fault set of ENERGY's bound (c), by name: how each begins at a whole site, and what it is declared to do. A fault of an electronic
 * part is the simulator's; that of a process is a kill, a hang, or an answer that is none.
 */

import type { Plan, Planned, Planner } from "@wattward/energy";
import { type Chance, sleep } from "@wattward/kernel";
import type { PlantFault, Station } from "@wattward/simulator";
import { inflict } from "../../../apps/simulator/world/fault.ts";
import type { Drivers } from "./drivers.ts";
import { FROZEN_MS, TTL_MS } from "./seeded-site.ts";
import { HANGS_MS, RESTART_MS, type WholeSite } from "./whole-site.ts";

export type Stage = {
  readonly whole: WholeSite;
  readonly drivers: Drivers;
  readonly chance: Chance;
  /** Stations that do not obey now. */
  readonly disobeys: Set<string>;
  /** Stations that do not hear now. */
  readonly deaf: Set<string>;
};

export type SiteFault = {
  begin(stage: Stage, forMs: number): void;
  /** The mode that is entered, or a worse one, and how soon: while it lasts. */
  readonly mode?: { readonly mode: "reactive" | "conservative" | "fallback"; readonly withinMs: number };
  /** Bound (a) holds through it without a moment's break. */
  readonly undisturbed?: boolean;
  /** Alone it is no reason for a worse mode than this. */
  readonly worst?: "reactive";
  /** What it adds to detection, while it lasts and so long after. */
  readonly detectionMs?: number;
  /** What it adds until it is known that more might flow: to bound (a) alone. */
  readonly foresightMs?: number;
  /** There is no power. */
  readonly dark?: boolean;
};

/** `LAG_MS_MAX` of the control loop: so far readings of one instant may be apart. */
const LAG_MS = 25_000;
/** `LATE_MS_MAX` of the simulator's meters. */
const LATE_MS = 30_000;
/** Until one that hears again was told again. */
const HEARS_MS = 15_000;
const HOUR_MS = 3_600_000;
/** A grid meter's declared staleness, a poll, the entry deadline of `conservative`. */
const METER_GONE_MS = 2_000 + 500 + 1_000;

const plant = (
  fault: (forMs: number, chance: Chance) => PlantFault,
  device?: string,
  more: Partial<SiteFault> = {},
): SiteFault => ({
  begin: ({ chance, whole }, forMs) => {
    const befell = whole.devices.inflict(fault(forMs, chance), device);
    if (befell === undefined) throw new Error(`nobody to befall: ${device}`);
  },
  ...more,
});

/** The site is managed on. */
const harmless = { worst: "reactive" } as const;
/** No grant has anything to do with it. */
const outside = { ...harmless, undisturbed: true } as const;

const station = (begin: (station: Station, forMs: number, stage: Stage) => void): SiteFault => ({
  ...harmless,
  begin: (stage, forMs) =>
    begin(stage.whole.stations[stage.chance.int(0, stage.whole.stations.length - 1)]!, forMs, stage),
});

const killed = (names: Parameters<WholeSite["keepDown"]>[0][], more: Partial<SiteFault>): SiteFault => ({
  begin: ({ whole }, forMs) => {
    for (const name of names) whole.keepDown(name, forMs);
  },
  ...more,
});

/** The planner, until the time is over. */
const planner = (
  instead: (good: Planner, stage: Stage) => Planner,
  more: Partial<SiteFault> = {},
): SiteFault => ({
  begin: (stage, forMs) => {
    const { whole } = stage;
    const bad = instead(whole.planners[0]!, stage);
    whole.planners.push(bad);
    whole.time.after(forMs, () => void whole.planners.splice(whole.planners.indexOf(bad), 1));
  },
  ...outside,
  ...more,
});

/** Everything that is no plan, or asks for what cannot be. */
function absurd(planned: Planned, { chance }: Stage): Planned {
  const { plan } = planned;
  const ids = [...plan.sessions.keys()];
  const all = (atLeastMa: number, atMostMa: number): Plan => ({
    ...plan,
    sessions: new Map(ids.map((id) => [id, { atLeastMa, atMostMa }])),
  });
  const batteries = (w: number): Plan => ({
    ...plan,
    batteries: new Map([...plan.batteries.keys()].map((id) => [id, w])),
  });
  const plans: Plan[] = [
    all(1e12, 1e12),
    all(Number.NaN, Number.NaN),
    all(-5, -1),
    all(0, 0),
    all(0, Number.POSITIVE_INFINITY),
    batteries(1e12),
    batteries(-1e12),
    batteries(Number.NaN),
    { ...plan, sessions: new Map(), batteries: new Map() },
    { ...plan, validUntilMs: Number.NaN },
  ];
  return { ...planned, plan: plans[chance.int(0, plans.length - 1)]! };
}

const fallback = { mode: "fallback", withinMs: 3_000 + 500 } as const;
/** Until the death is noticed nobody sees another fault either. */
const leaderless = { mode: fallback, detectionMs: fallback.withinMs } as const;
const blind = { mode: "conservative", withinMs: METER_GONE_MS } as const;

/** Nobody can end an overload but the grants' own end: what the fuses bear meanwhile is bound (c). */
const headless = { detectionMs: TTL_MS } as const;

export const faults = {
  "meter-lost": plant((forMs) => ({ what: "meter-lost", forMs }), "grid-meter", {
    mode: blind,
    detectionMs: 2_500,
  }),
  "meter-frozen": plant((forMs) => ({ what: "meter-frozen", forMs }), "grid-meter", {
    mode: { mode: "conservative", withinMs: FROZEN_MS + 500 + 1_000 },
    detectionMs: FROZEN_MS,
  }),
  "meter-late": plant(
    (forMs, chance) => ({ what: "meter-late", forMs, byMs: chance.int(2_000, LATE_MS) }),
    "grid-meter",
    {
      detectionMs: LATE_MS,
    },
  ),
  "meter-nan": plant((forMs) => ({ what: "meter-nan", forMs }), "grid-meter", {
    mode: blind,
    detectionMs: 2_500,
  }),
  "meter-wrong-sign": plant((forMs) => ({ what: "meter-wrong-sign", forMs }), "grid-meter", {
    detectionMs: LATE_MS,
  }),
  "sub-meter-frozen": plant((forMs) => ({ what: "meter-frozen", forMs }), "hall-meter", {
    detectionMs: FROZEN_MS,
  }),
  // What it has it keeps until its grant ends: nobody can lower it for a safe default that comes back beside it.
  "station-deaf": {
    ...station((victim, forMs, { deaf, whole }) => {
      inflict(victim, { what: "deaf", forMs }, whole.time);
      deaf.add(victim.options.id);
      whole.time.after(forMs + HEARS_MS, () => deaf.delete(victim.options.id));
    }),
    foresightMs: TTL_MS,
  },
  "station-reboots": station((victim, forMs, { chance, whole }) =>
    inflict(
      victim,
      chance.int(0, 1) === 0 ? { what: "crash" } : { what: "power-cut", forMs: Math.min(forMs, 60_000) },
      whole.time,
    ),
  ),
  "station-disobeys": station((victim, forMs, { chance, disobeys, whole }) => {
    const how =
      chance.int(0, 1) === 0
        ? ({ what: "ignores-limits", forMs } as const)
        : ({ what: "exceeds-limits", forMs, factor: 1.5 } as const);
    inflict(victim, how, whole.time);
    disobeys.add(victim.options.id);
    whole.time.after(forMs, () => disobeys.delete(victim.options.id));
  }),
  "station-clock-ahead": station((victim, _, { whole }) =>
    inflict(victim, { what: "clock-jump", byMs: HOUR_MS }, whole.time),
  ),
  "station-clock-behind": station((victim, _, { whole }) =>
    inflict(victim, { what: "clock-jump", byMs: -HOUR_MS }, whole.time),
  ),
  "battery-trips": plant((forMs) => ({ what: "trip", forMs }), "battery", harmless),
  "battery-ignores": plant((forMs) => ({ what: "ignores-setpoints", forMs }), "battery", harmless),
  "battery-reverts": plant((forMs) => ({ what: "reverts-early", forMs }), "battery", harmless),
  "battery-reboots": plant((forMs) => ({ what: "device-reboot", forMs }), "battery", harmless),
  "inverter-trips": plant((forMs) => ({ what: "trip", forMs }), "solar", harmless),
  "inverter-ignores": plant((forMs) => ({ what: "ignores-setpoints", forMs }), "solar", harmless),
  "inverter-reverts": plant((forMs) => ({ what: "reverts-early", forMs }), "solar", harmless),
  "inverter-reboots": plant((forMs) => ({ what: "device-reboot", forMs }), "solar", harmless),
  "modbus-cut": plant((forMs) => ({ what: "modbus-cut", forMs }), undefined, {
    mode: blind,
    detectionMs: 2_500,
  }),
  "modbus-flooded": plant((forMs) => ({ what: "modbus-flood", forMs }), undefined, { detectionMs: 2_500 }),
  "planner-dead": planner(() => ({ plan: async () => Promise.reject(new Error("the worker ended")) })),
  "planner-hangs": planner((_, { whole }) => ({
    // As the worker's solver does: nothing, at the deadline (`packages/energy/highs/worker-solver.ts`).
    plan: async (_input, deadlineMs) => void (await sleep(whole.time, deadlineMs)),
  })),
  "planner-absurd": planner((good, stage) => ({
    plan: async (input, deadlineMs) => {
      const planned = await good.plan(input, deadlineMs);
      return planned && absurd(planned, stage);
    },
  })),
  "energy-killed": killed(["energy"], leaderless),
  "energy-hangs": {
    begin: ({ whole }, forMs) => {
      // Whatever is started in its place stands still as well, until the time is over.
      const again = (leftMs: number) => {
        whole.hang("energy");
        const roundMs = HANGS_MS + RESTART_MS + 1_500;
        if (leftMs > roundMs) whole.time.after(roundMs, () => again(leftMs - roundMs));
      };
      again(forMs);
    },
    ...leaderless,
  },
  "guard-killed": killed(["guard"], { mode: blind, detectionMs: 2_500 }),
  "local-killed": killed(["local"], headless),
  // Its children end with it; the service manager starts it again.
  "supervisor-killed": {
    begin: ({ whole }, forMs) => {
      for (const name of ["local", "energy", "guard"] as const) whole.keepDown(name, Math.min(forMs, 10_000));
    },
    ...headless,
  },
  "site-killed": killed(["local", "energy", "guard"], headless),
  "uplink-lost": {
    begin: ({ whole }, forMs) => {
      const link = whole.network.link("site", "csms");
      link.cut();
      whole.time.after(forMs, () => link.heal());
    },
    ...outside,
  },
  // Beyond the rise that was declared for a grant's life: behind changes of ours it is certain once readings can be apart no more, or flows.
  "base-steps": plant((forMs) => ({ what: "load-step", forMs, factor: 1 }), undefined, {
    foresightMs: LAG_MS,
  }),
  "power-returns": {
    begin: ({ drivers, whole }, forMs) => {
      drivers.allArrive(whole.nowMs);
      whole.devices.inflict({ what: "load-step", forMs, factor: 0 });
      for (const source of ["battery", "solar"]) whole.devices.inflict({ what: "trip", forMs }, source);
      for (const one of whole.stations) one.powerCut(forMs);
      for (const name of ["local", "energy", "guard"] as const) whole.keepDown(name, forMs + 5_000);
    },
    ...{ ...headless, dark: true },
  },
} as const satisfies Record<string, SiteFault>;

export type FaultName = keyof typeof faults;
export const faultNames = Object.keys(faults) as FaultName[];
