/**
 * The site's wires as physics: what flows through each fuse on each phase, from what cars, building, battery and sun do. Knows no
 * protocol and no clock: whoever calls `move` says what time it is, so it runs in real and in simulated time alike.
 *
 * Invariant (Kirchhoff): the current of a fuse is the sum of everything below it, phase by phase, each device on the phases that it is
 * wired to. Steps are {@link STEP_MS} long, so that no overload hides between two of them.
 */
import type { Chance, EvseId, StationId } from "@wattward/kernel";
import { Battery } from "./battery.ts";
import { Load } from "./load.ts";
import { Meter } from "./meter.ts";
import { type Currents, evenly, none, plus, wired } from "./phases.ts";
import type { PlannedDevice, PlannedFuse, PlannedOutlet, PlantPlan } from "./plan.ts";
import { Solar } from "./solar.ts";

export const STEP_MS = 100;
const MS_PER_HOUR = 3_600_000;

/** What a station draws at the terminals of an EVSE, and what it would let a car draw; mA per terminal. */
export type Draw = {
  readonly station: StationId;
  readonly evse: EvseId;
  readonly terminalsMa: readonly number[];
  /** What is in force there, by its profiles, hardware and cable. */
  readonly mayMa: number;
  /** On how many of its terminals the car that is there can draw; absent: on all, as whoever comes might. */
  readonly phases?: number | undefined;
};

export type PlantOptions = {
  readonly plan: PlantPlan;
  /** A stream of chance by name, so that one device's dice do not shift another's. */
  chance(name: string): Chance;
  /** Monotonic and wall time at the beginning. */
  readonly nowMs: number;
  readonly wallMs: number;
};

/** What flows through a fuse: all of it, and the parts that nobody plugged in. */
export type Flow = {
  readonly total: Currents;
  readonly base: Currents;
  /** Below 0 where they feed. */
  readonly sources: Currents;
  /** What the one of them that feeds the most feeds, per phase: what is missing when it is lost. */
  readonly largest: Currents;
};

const still: Flow = { total: none, base: none, sources: none, largest: none };

type DeviceOf<Kind extends PlannedDevice["kind"]> = Extract<PlannedDevice, { readonly kind: Kind }>;

export class Plant {
  readonly plan: PlantPlan;
  readonly batteries: ReadonlyMap<string, Battery>;
  readonly solars: ReadonlyMap<string, Solar>;
  readonly meters: ReadonlyMap<string, Meter>;
  readonly loads: ReadonlyMap<string, Load>;
  /** Fuses below which nothing has power. */
  readonly open = new Set<string>();
  nowMs: number;
  private readonly startMs: number;
  private readonly wallMs: number;
  private readonly paths: ReadonlyMap<string, readonly string[]>;
  private readonly outlets: ReadonlyMap<string, readonly PlannedOutlet[]>;
  private flows = new Map<string, Flow>();

  constructor({ chance, nowMs, plan, wallMs }: PlantOptions) {
    this.plan = plan;
    this.nowMs = nowMs;
    this.startMs = nowMs;
    this.wallMs = wallMs;
    this.paths = new Map(plan.fuses.map(({ id }) => [id, pathOf(plan.fuses, id)]));
    this.outlets = Map.groupBy(plan.outlets, ({ station }) => station);
    const of = <Kind extends PlannedDevice["kind"]>(kind: Kind): readonly DeviceOf<Kind>[] =>
      plan.devices.filter((device): device is DeviceOf<Kind> => device.kind === kind);
    this.batteries = new Map(of("battery").map(({ id, facts }) => [id, new Battery(facts)]));
    this.solars = new Map(of("solar").map(({ id, facts }) => [id, new Solar(facts, chance(`solar/${id}`))]));
    this.meters = new Map(
      of("meter").map(({ id, unsigned }) => [
        id,
        new Meter({ nominalV: plan.voltageV, unsigned, chance: chance(`meter/${id}`) }),
      ]),
    );
    this.loads = new Map(
      plan.loads.map((load) => [load.id, new Load(load, chance(`load/${load.id}`), nowMs)]),
    );
  }

  /** The hour of the sun's day, 0 to 24. */
  get hour(): number {
    const { day } = this.plan;
    const passedMs = this.nowMs - this.startMs;
    const hours =
      day === undefined
        ? (this.wallMs + passedMs) / MS_PER_HOUR
        : day.startsAtH + (passedMs * day.speed) / MS_PER_HOUR;
    return hours % 24;
  }

  /** Brings everything up to `nowMs`, while stations draw that. */
  move(nowMs: number, draws: readonly Draw[]): void {
    const ms = nowMs - this.nowMs;
    if (ms <= 0) return;
    this.nowMs = nowMs;
    for (const load of this.loads.values()) load.move(nowMs);
    for (const battery of this.batteries.values()) battery.move(ms, nowMs);
    const sky = { nowMs, hour: this.hour, speed: this.plan.day?.speed ?? 1 };
    for (const solar of this.solars.values()) solar.move(ms, sky);
    this.flows = this.sums(draws);
    for (const device of this.plan.devices) {
      this.meters.get(device.id)?.measure(this.currentMa(device.fuse), ms, nowMs);
    }
  }

  /** What flows through a fuse; mA. */
  currentMa(fuse: string): Currents {
    return this.flowOf(fuse).total;
  }

  flowOf(fuse: string): Flow {
    return this.flows.get(fuse) ?? still;
  }

  /** What stations might draw below each fuse by what is in force in them, without anything else; mA. */
  mayMa(draws: readonly Draw[]): ReadonlyMap<string, Currents> {
    const sums = new Map<string, Currents>();
    for (const { station, evse, mayMa, phases = 3 } of draws) {
      const outlet = this.plan.outlets.find((each) => each.station === station && each.evse === evse);
      if (outlet === undefined) continue;
      const currents = wired(outlet.wiring, [mayMa, mayMa, mayMa].slice(0, phases));
      for (const fuse of this.paths.get(outlet.fuse)!) sums.set(fuse, plus(sums.get(fuse) ?? none, currents));
    }
    return sums;
  }

  private sums(draws: readonly Draw[]): Map<string, Flow> {
    const sums = new Map<string, Sum>(this.plan.fuses.map(({ id }) => [id, nothing()]));
    const add = (at: string, currents: Currents, part?: "base" | "sources") => {
      const path = this.paths.get(at)!;
      if (this.open.size > 0 && path.some((fuse) => this.open.has(fuse))) return;
      for (const fuse of path) {
        const sum = sums.get(fuse)!;
        for (let i = 0; i < 3; i++) {
          const ma = currents[i]!;
          sum.total[i]! += ma;
          if (part !== undefined) sum[part][i]! += ma;
          if (part === "sources" && -ma > sum.largest[i]!) sum.largest[i] = -ma;
        }
      }
    };
    for (const { station, evse, terminalsMa } of draws) {
      if (!terminalsMa.some((ma) => ma !== 0)) continue;
      const outlet = this.outlets.get(station)?.find((each) => each.evse === evse);
      if (outlet !== undefined) add(outlet.fuse, wired(outlet.wiring, terminalsMa));
    }
    for (const { fuse, id } of this.plan.loads) add(fuse, this.loads.get(id)!.currentMa, "base");
    for (const device of this.plan.devices) {
      if (device.kind !== "battery" && device.kind !== "solar") continue;
      const feedW = (this.batteries.get(device.id) ?? this.solars.get(device.id))?.feedW ?? 0;
      add(device.fuse, evenly(device.wiring, -feedW, this.plan.voltageV), "sources");
    }
    return sums;
  }
}

type Sum = { [Part in keyof Flow]: [number, number, number] };
const nothing = (): Sum => ({ total: [0, 0, 0], base: [0, 0, 0], sources: [0, 0, 0], largest: [0, 0, 0] });

/** From a fuse up to the grid. The reader of plans saw to it that there is a way, and no circle. */
function pathOf(fuses: readonly PlannedFuse[], id: string): string[] {
  const path: string[] = [];
  for (let at: string | undefined = id; at !== undefined && path.length <= fuses.length; ) {
    path.push(at);
    at = fuses.find((fuse) => fuse.id === at)?.parent;
  }
  return path;
}
