/**
 * What is judged after every step: the bounds of ENERGY by `bounds.ts`, with what the faults that are under way are declared to do; that
 * grants are what their stations know; and, with everything healed, that meters are believed again and nobody starves.
 */
import type { Grant } from "@wattward/energy";
import type { StationId } from "@wattward/kernel";
import { Bounds } from "../bounds.ts";
import type { Controller } from "./controller.ts";
import type { Plant } from "./plant.ts";
import { RESPONDS_MS } from "./random-site.ts";
import type { Scene } from "./scene.ts";
import { Starving } from "./starving.ts";

/** A fault that befell. */
export type Affliction = {
  readonly name: string;
  readonly on: string;
  readonly fromMs: number;
  readonly untilMs: number;
  /** What it adds to detection, and so long after it. */
  readonly detectionMs: number;
  /** What it adds until it is known that more might flow, to bound (a) alone. */
  readonly foresightMs: number;
};

/** Nothing is judged before. */
const FROM_MS = 5_000;
/** What a healed fault leaves behind for a while: an overload that began in it. */
const AFTER_MS = 15_000;
/** A meter that nothing ails is believed again by then; said once more where it is not. */
const REFUSED_MS = [60_000, 300_000] as const;
/** So long one that was turned may be doubted: it takes steps of ours to see that it no longer is. */
const TURNED_FOR_MS = 1_800_000;
/** A fault that ended longer ago is no reason for anything, but what its grants still live. */
const FORGOTTEN_MS = 60_000;

export class Recount {
  readonly findings: string[] = [];
  /** Stations that do not hear, or obey, now. */
  readonly deaf = new Set<StationId>();
  readonly disobeys = new Set<StationId>();
  undisturbedMs = 0;
  private readonly scene: Scene;
  private readonly plant: Plant;
  private readonly controller: Controller;
  private readonly bounds: Bounds;
  private readonly starving: Starving;
  private readonly refusedSinceMs = new Map<string, number>();
  /** When a meter's sign was turned last: long afterwards the doubt is a just one. */
  private readonly turnedAtMs = new Map<string, number>();
  private active: Affliction[] = [];
  private healedAtMs = 0;
  private lastMs = 0;

  constructor(scene: Scene, plant: Plant, controller: Controller) {
    this.scene = scene;
    this.plant = plant;
    this.controller = controller;
    this.starving = new Starving(scene, plant, controller);
    const { fuses } = plant.site;
    this.bounds = new Bounds(plant, {
      ...{ respondsMs: RESPONDS_MS, ttlMs: plant.lifeMs, fromMs: FROM_MS },
      carriesPermille: new Map(fuses.map(({ carriesPermille, id }) => [id, carriesPermille])),
    });
  }

  befell(affliction: Affliction): void {
    this.active = [...this.remembered, affliction];
    this.healedAtMs = Math.max(this.healedAtMs, affliction.untilMs);
    if (affliction.name === "meter-turned") this.turnedAtMs.set(affliction.on, affliction.untilMs);
    const lastsS = (affliction.untilMs - affliction.fromMs) / 1_000;
    this.scene.say(`FAULT ${affliction.name} of ${affliction.on || "all"} for ${lastsS} s`);
  }

  /** 0, or one of the steps of its station's model from the minimum up; what it may give back beside 0 alone. */
  grants(grants: readonly Grant[]): void {
    for (const { dischargeMa = 0, limitMa, outlet: id } of grants) {
      const { dischargeMaMax = 0, minMa, ratedMa, steps } = this.plant.evseOf(id).outlet;
      const step =
        steps.kind === "list"
          ? steps.ma.includes(limitMa)
          : limitMa % steps.stepMa === 0 || limitMa === minMa;
      if (limitMa !== 0 && (!step || limitMa < minMa || limitMa > ratedMa))
        this.find(`no limit of its station: ${limitMa} mA for ${id}`);
      if (dischargeMa > 0 && (dischargeMa > dischargeMaMax || limitMa !== 0))
        this.find(`no such giving back: ${dischargeMa} of ${dischargeMaMax} mA by ${id}, limit ${limitMa}`);
    }
  }

  step(): void {
    const { nowMs } = this.scene;
    const undisturbed = this.recountBounds(nowMs);
    if (undisturbed) this.undisturbedMs += nowMs - this.lastMs;
    this.lastMs = nowMs;
    const healthyMs = nowMs - this.healedAtMs;
    this.believed(healthyMs > 0);
    for (const what of this.starving.step(healthyMs)) this.find(what);
  }

  private recountBounds(nowMs: number): boolean {
    let detectionMs = 0;
    let foresightMs = 0;
    let undisturbed = true;
    for (const one of this.active) {
      const overMs = nowMs - one.untilMs - AFTER_MS;
      if (overMs <= one.detectionMs) detectionMs = Math.max(detectionMs, one.detectionMs);
      if (overMs <= one.foresightMs) foresightMs = Math.max(foresightMs, one.foresightMs);
      if (overMs <= this.plant.lifeMs) undisturbed = false;
    }
    const { deaf, disobeys } = this;
    const draws = this.plant.evses.map((evse) => evse.terminal);
    const allowed = { detectionMs, foresightMs, undisturbed };
    this.bounds.take({ nowMs, draws, ...allowed, deaf, disobeys, headless: false });
    for (const { say } of this.bounds.findings.splice(0))
      this.find(`${undisturbed ? "no fault: " : ""}${say}`);
    return undisturbed;
  }

  private believed(healthy: boolean): void {
    const { nowMs } = this.scene;
    for (const { id, refused } of this.controller.last?.state.meters ?? []) {
      const wasTurned = nowMs - (this.turnedAtMs.get(id) ?? Number.NEGATIVE_INFINITY) < TURNED_FOR_MS;
      if (refused === undefined || !healthy || (refused === "sign-is-turned" && wasTurned)) {
        this.refusedSinceMs.delete(id);
        continue;
      }
      const sinceMs = this.refusedSinceMs.get(id) ?? nowMs;
      this.refusedSinceMs.set(id, sinceMs);
      if (REFUSED_MS.some((ms) => nowMs - sinceMs === ms))
        this.find(`meter ${id} is not believed (${refused}) ${(nowMs - sinceMs) / 1_000} s after all healed`);
    }
  }

  private get remembered(): Affliction[] {
    const { nowMs } = this.scene;
    return this.active.filter(({ untilMs }) => nowMs <= untilMs + this.plant.lifeMs + FORGOTTEN_MS);
  }

  private find(what: string): void {
    const { nowMs } = this.scene;
    const s = (ms: number) => ((ms - nowMs) / 1_000).toFixed(1);
    const faults = this.remembered.map(
      ({ fromMs, name, on, untilMs }) => `${name} ${on} ${s(fromMs)}..${s(untilMs)}`,
    );
    this.findings.push(`at ${(nowMs / 1_000).toFixed(1)} s: ${what} [${faults.join("; ")}]`);
    this.scene.say(`FINDING ${what}`);
  }
}
