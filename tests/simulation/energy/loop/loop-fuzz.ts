/**
 * The control loop alone under faults, by a seed: a random site at work, slots with a fault or two that overlap at random times, then time
 * with none, in which nobody may starve. What a whole site adds (processes, messages, disks) is the part of `fault-day.ts`; without it an hour
 * takes a second, so that sites and sequences can differ each time.
 *
 *     begins ─▶ slot: ── fault one ──────────          ─▶ … ─▶ quiet: 25 min, or three hours, with nobody coming or going
 *                            ── fault two ────
 *                                             └ all healed, SETTLES_MS or more until the next
 */
import type { MakesLoop } from "./controller.ts";
import { inPercent, onceIn, oneOf } from "./dice.ts";
import { inflict, type LoopFaultName, loopFaultNames } from "./loop-faults.ts";
import type { Window } from "./scene.ts";
import { World } from "./world.ts";

const SLOTS = 8;
const BEGINS_MS = { least: 90_000, most: 150_000 };
const LASTS_S = { least: 10, most: 120 };
/** What a site needs to have found its way back, and now and then what the longest grants live besides. */
const SETTLES_MS = 150_000;
const SETTLES_LONGER_MS = 60_000;
const QUIET_MS = 25 * 60_000;
const HOUR_MS = 3_600_000;
const QUIET_LONG_MS = 3 * HOUR_MS;
const PAIRS_PERCENT = 75;

export type FuzzOptions = {
  readonly slots?: number;
  /** After the last slot; absent: as the seed has it. */
  readonly quietMs?: number;
  /** In place of the production loop. */
  readonly loop?: MakesLoop;
  /** Seconds of which everything is told. */
  readonly trace?: Window | undefined;
};

export type LoopRun = {
  readonly seed: number;
  readonly findings: readonly string[];
  readonly simulatedHours: number;
  /** With no fault, nor one that ended less than a grant's life ago. */
  readonly undisturbedHours: number;
  /** What all cars got; given back is taken off. */
  readonly kWh: number;
  readonly befell: Readonly<Record<string, number>>;
  readonly trace: readonly string[];
};

/** The same for the same seed and options. */
export function runSeed(seed: number, options: FuzzOptions = {}): LoopRun {
  const { loop, quietMs, slots = SLOTS, trace } = options;
  const run = new Run(new World({ seed, trace, ...(loop && { loop }) }));
  run.begin();
  for (let i = 0; i < slots; i++) run.slot();
  run.quiet(quietMs);
  return { seed, ...run.result };
}

class Run {
  private readonly world: World;
  private readonly befell: Record<string, number> = {};

  constructor(world: World) {
    this.world = world;
  }

  get result(): Omit<LoopRun, "seed"> {
    const { plant, recount, scene } = this.world;
    return {
      findings: recount.findings,
      simulatedHours: scene.nowMs / HOUR_MS,
      undisturbedHours: recount.undisturbedMs / HOUR_MS,
      kWh: plant.chargedWh / 1_000,
      befell: this.befell,
      trace: scene.lines,
    };
  }

  begin(): void {
    this.world.drivers.arrive();
    this.world.run(this.chance.int(BEGINS_MS.least / 1_000, BEGINS_MS.most / 1_000) * 1_000);
  }

  /** One fault, or two of which the second begins while the first lasts. */
  slot(): void {
    const { chance, world } = this;
    const [one, other] = [oneOf(chance, loopFaultNames), oneOf(chance, loopFaultNames)];
    const forMs = this.lastsMs();
    let untilMs = this.inflict(one, forMs);
    if (inPercent(chance, PAIRS_PERCENT)) {
      world.run(chance.int(0, forMs / 100) * 100);
      // No site is built for two that do not obey, or do not hear.
      if (one !== other || !one.startsWith("station"))
        untilMs = Math.max(untilMs, this.inflict(other, this.lastsMs()));
    }
    world.run(Math.max(0, untilMs - world.scene.nowMs) + SETTLES_MS);
    if (onceIn(chance, 4)) world.run(world.plant.lifeMs + SETTLES_LONGER_MS);
  }

  quiet(ms: number | undefined): void {
    const bySeedMs = onceIn(this.chance, 10) ? QUIET_LONG_MS : QUIET_MS;
    const quietMs = ms ?? bySeedMs;
    // Whoever goes, or pauses, does not starve: they stay where there is time for that.
    this.world.drivers.still = quietMs > QUIET_MS;
    this.world.run(quietMs);
  }

  private get chance() {
    return this.world.scene.chance;
  }

  private lastsMs(): number {
    return this.chance.int(LASTS_S.least, LASTS_S.most) * 1_000;
  }

  /** When it is over; now, where there was nobody to befall. */
  private inflict(name: LoopFaultName, forMs: number): number {
    const { scene } = this.world;
    const untilMs = inflict(this.world, name, forMs);
    if (untilMs !== undefined) this.befell[name] = (this.befell[name] ?? 0) + 1;
    return untilMs ?? scene.nowMs;
  }
}
