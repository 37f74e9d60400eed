/**
 * A random site at work around the control loop, step by step of 100 ms, so that no overload hides between two turns:
 *
 *     drivers ─▶ cars ─▶ plant (true currents) ─▶ meters, readings ─▶ loop ─▶ grants ─▶ stations
 *                          └─▶ recount of the bounds, after every step
 */
import { CONTROL_PERIOD_MS, createControlLoop } from "@wattward/energy";
import { STEP_MS } from "@wattward/simulator";
import { seededChance } from "@wattward/testing";
import { Controller, type MakesLoop } from "./controller.ts";
import { onceIn } from "./dice.ts";
import { Drivers } from "./drivers.ts";
import { Plant } from "./plant.ts";
import { randomSite } from "./random-site.ts";
import { Recount } from "./recount.ts";
import { Scene, type Window } from "./scene.ts";
import { stateLines } from "./state-lines.ts";

const SECOND_MS = 1_000;
const PLANS_EVERY_MS = 60_000;

export type WorldOptions = {
  readonly seed: number;
  /** Another than the production loop, to see whether the recount notices. */
  readonly loop?: MakesLoop;
  readonly trace?: Window | undefined;
};

export class World {
  readonly scene: Scene;
  readonly plant: Plant;
  readonly controller: Controller;
  readonly drivers: Drivers;
  readonly recount: Recount;
  /** Of the control period, when the loop's turn comes. */
  private readonly turnsAtMs: number;

  constructor({ loop = createControlLoop, seed, trace }: WorldOptions) {
    const chance = seededChance(seed);
    const tight = seed % 2 === 1;
    this.scene = new Scene(chance, trace);
    this.plant = new Plant(this.scene, randomSite(chance, tight));
    this.controller = new Controller(this.scene, this.plant, loop);
    this.drivers = new Drivers(this.scene, this.plant, tight);
    this.recount = new Recount(this.scene, this.plant, this.controller);
    this.turnsAtMs = chance.int(0, CONTROL_PERIOD_MS / STEP_MS - 1) * STEP_MS;
  }

  run(ms: number): void {
    const endMs = this.scene.nowMs + ms;
    while (this.scene.nowMs < endMs) this.step();
  }

  private step(): void {
    const { controller, drivers, plant, recount, scene } = this;
    scene.pass(STEP_MS);
    if (scene.nowMs % SECOND_MS === 0) {
      drivers.second();
      if (controller.plans && scene.nowMs % PLANS_EVERY_MS === 0) this.plan();
      controller.work();
    }
    plant.move();
    if (scene.nowMs % CONTROL_PERIOD_MS === this.turnsAtMs) {
      recount.grants(controller.turn().grants);
      if (scene.traced && scene.nowMs % SECOND_MS < CONTROL_PERIOD_MS)
        for (const line of stateLines(plant, controller)) scene.say(line);
    }
    recount.step();
  }

  private plan(): void {
    if (onceIn(this.scene.chance, 5)) this.controller.plan = undefined;
    else this.controller.planAnew();
  }
}
