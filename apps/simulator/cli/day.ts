/**
 * One run of a scenario's world, watched by people: stations boot in real time, then people and faults come at the
 * scenario's speed, until the end, a Ctrl-C, or nobody is left. A second Ctrl-C ends it at once.
 */
import type { Clock } from "@wattward/kernel";
import { sleep } from "@wattward/kernel";
import { progressLine, tallyOf } from "../report/tally.ts";
import type { Plan } from "../scenario/plan.ts";
import type { Pace } from "../time/pace.ts";
import type { Summary } from "../truth/summary.ts";
import type { World } from "../world/world.ts";

export type DayPorts = {
  readonly plan: Plan;
  readonly world: World;
  readonly pace: Pace;
  readonly real: Clock;
  /** A line for people. */
  tell(line: string): void;
  /** How it goes, often; it may overwrite the one before. Absent: nobody watches. */
  readonly progress?: (line: string) => void;
  readonly progressMs: number;
  /** What finishing may take, ms of real time. */
  readonly deadlineMs: number;
};

export type Finished = {
  readonly finished: "emptied" | "deadline";
  readonly stopped: boolean;
  readonly accepted: number;
  readonly simulatedMs: number;
  readonly summary: Summary;
};

/** How long the stations may take, in all, to be accepted before people come; real ms. */
const BOOT_MS_MAX = 30_000;
const LOOK_MS = 100;
/** After the first Ctrl-C. */
const HURRY_MS = 10_000;
const OBSTACLES_SHOWN = 5;

/** Undefined where no station was accepted, and nobody stopped it before: then there is nothing to play. `signal` calls its argument at each Ctrl-C. */
export async function playDay(
  ports: DayPorts,
  signal: (stop: () => void) => void,
): Promise<Finished | undefined> {
  const { deadlineMs, pace, plan, tell, world } = ports;
  const begunMs = pace.clock.now().monotonicMs;
  let stopped = false;
  let stop: () => void = () => {};
  const stopping = new Promise<void>((resolve) => (stop = resolve));
  signal(() => {
    world.hurry(stopped ? 0 : HURRY_MS);
    if (!stopped) tell("stopping: everybody leaves, and what happened is told; Ctrl-C again ends it at once");
    stopped = true;
    stop();
  });
  await world.switchOn();
  const accepted = await booted(ports, stopping);
  if (accepted === 0 && !stopped) {
    await world.finish(0);
    return undefined;
  }
  const watching = watch(ports);
  pace.begin();
  world.open();
  arrange(ports, begunMs);
  const left = plan.forMs === undefined ? undefined : plan.forMs - (pace.clock.now().monotonicMs - begunMs);
  const end =
    left !== undefined
      ? sleepLong(pace.clock, left)
      : plan.drivers === undefined
        ? world.emptied()
        : new Promise<void>(() => {});
  await Promise.race([end, stopping]);
  const { kind, summary } = await world.finish(stopped ? HURRY_MS : deadlineMs);
  watching();
  return { finished: kind, stopped, accepted, simulatedMs: pace.clock.now().monotonicMs - begunMs, summary };
}

/** Waits until every station is accepted, or for as long as that may take; says who is not, and gives how many are. */
async function booted({ plan, real, tell, world }: DayPorts, stopping: Promise<void>): Promise<number> {
  let stopped = false;
  void stopping.then(() => (stopped = true));
  const online = () => world.stations.filter((station) => station.view().accepted).length;
  const endMs = real.now().monotonicMs + BOOT_MS_MAX;
  while (online() < plan.stations.length && real.now().monotonicMs < endMs && !stopped)
    await sleep(real, LOOK_MS);
  const away = world.stations.filter((station) => !station.view().accepted);
  for (const { notebook, options } of away.slice(0, OBSTACLES_SHOWN)) {
    tell(`${options.id} is not accepted: ${notebook.obstacle ?? "no answer."}`);
  }
  if (away.length > OBSTACLES_SHOWN) tell(`… and ${away.length - OBSTACLES_SHOWN} more`);
  if (away.length === world.stations.length && !stopped) {
    tell(
      "No station was accepted, so nothing was simulated. Does the central system know them? 'simulator check' lists stations and cards.",
    );
  }
  return world.stations.length - away.length;
}

/** Faults at their instants. Those of the first seconds may be over already: then they come at once. */
function arrange({ pace, plan, tell, world }: DayPorts, begunMs: number): void {
  const sinceMs = pace.clock.now().monotonicMs - begunMs;
  for (const { atMs, fault, station } of plan.faults) {
    void sleepLong(pace.clock, atMs - sinceMs).then(() => {
      const inflicted = world.fault(fault, station);
      if (inflicted !== undefined)
        tell(`${new Date(inflicted.atMs).toISOString()} ${inflicted.what} at ${inflicted.station}`);
    });
  }
}

/** Tells how it goes until it is called off. */
function watch({ pace, progress, progressMs, real, world }: DayPorts): () => void {
  if (progress === undefined) return () => {};
  let over = false;
  let before = { realMs: real.now().monotonicMs, simMs: pace.clock.now().monotonicMs };
  const look = () => {
    if (over) return;
    const now = { realMs: real.now().monotonicMs, simMs: pace.clock.now().monotonicMs };
    const speed = (now.simMs - before.simMs) / Math.max(1, now.realMs - before.realMs);
    before = now;
    progress(progressLine(tallyOf(world), pace.clock.now().wallMs, speed));
    real.after(progressMs, look);
  };
  real.after(progressMs, look);
  return () => (over = true);
}

/** Timers cannot wait longer than 24 days. */
const NAP_MS_MAX = 86_400_000;

async function sleepLong(clock: Clock, ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= NAP_MS_MAX) await sleep(clock, Math.min(left, NAP_MS_MAX));
}
