/**
 * The faults of the loop's fuzz, by name: how each begins in a world, and what it is declared to do to the bounds, as in
 * `tests/simulation/energy/faults.ts`. A restart of the loop, and what drivers do, lasts no time.
 */
import { anyOf, onceIn } from "./dice.ts";
import { LATE_MS, type MeterFault } from "./meter.ts";
import type { BatteryFault, SolarFault } from "./sources.ts";
import type { Station, StationFault, Telling } from "./stations.ts";
import type { World } from "./world.ts";

/** Whom it befell, and how long that lasts where it is not as long as was asked for. */
type Victim = { readonly on: string; readonly lastsMs?: number };

type LoopFault = {
  /** Absent: there is nobody to befall now. */
  begin(world: World, forMs: number): Victim | undefined;
  /** As of an `Affliction` of the recount. */
  readonly detectionMs?: number;
  readonly foresightMs?: number | "a grant's life";
};

/** `LAG_MS_MAX` of the control loop: so far readings of one instant may be apart. */
const LAG_MS = 25_000;
const FROZEN_MS = 5_000;
const METER_GONE_MS = 2_500;
/** Of a loop that begins anew, until it has seen enough. */
const RESTART_MS = 3_500;
/** Until one that hears again was told again. */
const HEARS_MS = 15_000;
const ON_ALL: Victim = { on: "", lastsMs: 0 };

const meter = (fault: MeterFault, detectionMs: number): LoopFault => ({
  begin: ({ plant, scene }, forMs) => {
    const victim = anyOf(
      scene.chance,
      plant.meters.filter((one) => one.fault === "none"),
    );
    if (victim === undefined) return undefined;
    victim.fault = fault;
    victim.lateMs = scene.chance.int(2_000, LATE_MS);
    scene.after(forMs, () => void (victim.fault = "none"));
    return { on: victim.meter.id };
  },
  detectionMs,
});

const battery = (fault: BatteryFault): LoopFault => ({
  begin: ({ plant, scene }, forMs) => {
    const [victim] = plant.batteries;
    if (victim?.fault !== "none") return undefined;
    victim.fault = fault;
    scene.after(forMs, () => void (victim.fault = "none"));
    return { on: victim.source.id };
  },
});

const solar = (fault: SolarFault): LoopFault => ({
  begin: ({ plant, scene }, forMs) => {
    const victim = anyOf(
      scene.chance,
      plant.solars.filter((one) => one.fault === "none"),
    );
    if (victim === undefined) return undefined;
    victim.fault = fault;
    victim.throughPercent = scene.chance.int(15, 70);
    scene.after(forMs, () => void (victim.fault = "none"));
    return { on: victim.source.id };
  },
});

/** Befalls one that nothing ails; `begin` says how long it lasts, where that is not as long as was asked for. */
const station = (
  begin: (victim: Station, world: World, forMs: number) => number | undefined,
  more: Partial<LoopFault> & { readonly of?: (one: Station) => boolean } = {},
): LoopFault => {
  const { of = () => true, ...declared } = more;
  return {
    begin: (world, forMs) => {
      const healthy = world.plant.stations.filter((one) => one.healthy && of(one));
      const victim = anyOf(world.scene.chance, healthy);
      if (victim === undefined) return undefined;
      const lastsMs = begin(victim, world, forMs);
      return { on: victim.id, ...(lastsMs !== undefined && { lastsMs }) };
    },
    ...declared,
  };
};

const telling = (how: (world: World) => Telling): LoopFault =>
  station((victim, world, forMs) => {
    victim.telling = how(world);
    world.scene.after(forMs, () => void (victim.telling = { kind: "prompt" }));
    return undefined;
  });

/** A fault until its end. */
function ail(victim: Station, fault: StationFault, { forMs, world }: { forMs: number; world: World }): void {
  victim.fault = fault;
  world.scene.after(forMs, () => void (victim.fault = "none"));
}

/** Counted as deaf until it was told again. */
function unhearing(
  victim: Station,
  world: World,
  { fault, forMs }: { fault: StationFault; forMs: number },
): void {
  const { deaf } = world.recount;
  ail(victim, fault, { forMs, world });
  deaf.add(victim.id);
  world.scene.after(forMs + HEARS_MS, () => void deaf.delete(victim.id));
}

function disobey(victim: Station, world: World, forMs: number): void {
  const { recount, scene } = world;
  ail(victim, onceIn(scene.chance, 2) ? "ignores" : "exceeds", { forMs, world });
  recount.disobeys.add(victim.id);
  scene.after(forMs, () => {
    recount.disobeys.delete(victim.id);
    for (const evse of victim.evses) evse.loweredAtMs = scene.nowMs;
  });
}

/** Two minutes at most; some keep their profiles, some cars begin anew, and readings come again only after up to a minute. */
function reboot(victim: Station, { controller, scene }: World, forMs: number): number {
  const { chance } = scene;
  const lastsMs = Math.min(forMs, chance.int(3, 120) * 1_000);
  const writing = controller.writingOf(victim.id);
  victim.off = true;
  victim.boots++;
  writing.hold();
  for (const evse of victim.evses) evse.darken();
  scene.after(lastsMs, () => {
    victim.off = false;
    for (const evse of victim.evses) {
      if (evse.car !== undefined && onceIn(chance, 3)) evse.begin();
      evse.boot({ keeps: onceIn(chance, 3), quietMs: chance.int(5, 60) * 1_000 });
    }
    scene.say(`${victim.id} is back`);
    scene.after(chance.int(5, 20) * 100, () => writing.release());
  });
  return lastsMs;
}

/** What lasts no time. */
const atOnce = (begin: (world: World) => void, more: Partial<LoopFault> = {}): LoopFault => ({
  begin: (world) => {
    begin(world);
    return ON_ALL;
  },
  ...more,
});

const baseSteps: LoopFault = {
  begin: ({ plant, scene }, forMs) => {
    const victim = anyOf(
      scene.chance,
      plant.loads.filter((one) => one.healthy),
    );
    if (victim === undefined) return undefined;
    scene.after(forMs, victim.stepBeyond());
    return { on: victim.load.id };
  },
  foresightMs: LAG_MS,
};

const deafly = { foresightMs: "a grant's life" } as const;

export const loopFaults = {
  "meter-lost": meter("lost", METER_GONE_MS),
  "meter-nan": meter("nan", METER_GONE_MS),
  "meter-frozen": meter("frozen", FROZEN_MS),
  "meter-turned": meter("turned", LATE_MS),
  "meter-late": meter("late", LATE_MS),
  "station-deaf": station(
    (victim, world, forMs) => void unhearing(victim, world, { fault: "deaf", forMs }),
    deafly,
  ),
  "station-refuses": station((victim, world, forMs) => {
    if (world.plant.givesBack && onceIn(world.scene.chance, 2))
      ail(victim, "refuses-giving", { forMs, world });
    else unhearing(victim, world, { fault: "refuses", forMs });
    return undefined;
  }, deafly),
  "station-reboots": station(reboot),
  "station-disobeys": station((victim, world, forMs) => void disobey(victim, world, forMs)),
  "station-boasts": station((victim, world, forMs) => void ail(victim, "boasts", { forMs, world }), {
    of: ({ evses }) => evses.some(({ outlet }) => outlet.dischargeMaMax !== undefined),
  }),
  "tells-late": telling(({ scene }) => ({ kind: "late", byMs: scene.chance.int(3, 20) * 1_000 })),
  "tells-slow": telling(({ scene }) => ({ kind: "slow", everyMs: scene.chance.int(30, 60) * 1_000 })),
  "tells-nothing": telling(() => ({ kind: "nothing" })),
  "battery-trips": battery("trips"),
  "battery-ignores": battery("ignores"),
  "battery-reverts": battery("reverts"),
  "battery-soc": battery("soc"),
  "battery-silent": battery("silent"),
  "inverter-trips": solar("trips"),
  "inverter-silent": solar("silent"),
  clouds: solar("clouds"),
  "loop-restart": atOnce(({ controller }) => controller.restart(), { detectionMs: RESTART_MS }),
  "base-steps": baseSteps,
  "sessions-anew": atOnce(({ drivers }) => drivers.beginAnew()),
  "cars-swap": atOnce(({ drivers }) => drivers.swap()),
} as const satisfies Record<string, LoopFault>;

export type LoopFaultName = keyof typeof loopFaults;
export const loopFaultNames = Object.keys(loopFaults) as LoopFaultName[];

/** For so long; when it is over, or `undefined` where there was nobody to befall. */
export function inflict(world: World, name: LoopFaultName, forMs: number): number | undefined {
  const fault: LoopFault = loopFaults[name];
  const victim = fault.begin(world, forMs);
  if (victim === undefined) return undefined;
  const { nowMs: fromMs } = world.scene;
  const { detectionMs = 0, foresightMs = 0 } = fault;
  const untilMs = fromMs + (victim.lastsMs ?? forMs);
  world.recount.befell({
    ...{ name, on: victim.on, fromMs, untilMs, detectionMs },
    foresightMs: foresightMs === "a grant's life" ? world.plant.lifeMs : foresightMs,
  });
  return untilMs;
}
