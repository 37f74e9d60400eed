/**
 * Who wants to charge and gets nothing for long at a site that nothing ails, while power is free, or while nobody charges at all. Cars that
 * drew nothing are tried again after 15 to 60 minutes, so that less than 75 is no finding.
 */
import { PHASES } from "@wattward/energy";
import type { StationId } from "@wattward/kernel";
import { fuseTree } from "../../../../packages/energy/fuse-tree.ts";
import type { Controller } from "./controller.ts";
import type { Plant } from "./plant.ts";
import type { Scene } from "./scene.ts";
import type { Evse } from "./stations.ts";

/** After the last fault: what judged stations need to be believed again. */
const SETTLED_MS = 600_000;
const STARVES_MS = 75 * 60_000;
/** However short power is: a slot for each outlet, and as long again. */
const STARVES_LONG_MS = 120 * 60_000;
const STARVES_LONG_MS_PER_OUTLET = 30 * 60_000;
/** More than the least that charges, a deadband and a headroom. */
const FREE_MA = 9_500;
const ALMOST_FULL_WH = 10;
const LOOK_MS = 1_000;

export class Starving {
  private readonly scene: Scene;
  private readonly plant: Plant;
  private readonly controller: Controller;
  private readonly tree;
  private readonly sinceMs = new Map<Evse, number>();

  constructor(scene: Scene, plant: Plant, controller: Controller) {
    this.scene = scene;
    this.plant = plant;
    this.controller = controller;
    this.tree = fuseTree(plant.site);
  }

  /** Who starves, each once; `healthyMs`: since the last fault ended. */
  step(healthyMs: number): string[] {
    if (healthyMs <= SETTLED_MS) this.sinceMs.clear();
    else if (this.scene.nowMs % LOOK_MS === 0) return this.plant.evses.flatMap((evse) => this.judge(evse));
    return [];
  }

  private judge(evse: Evse): string[] {
    const { nowMs } = this.scene;
    const { id } = evse.outlet;
    if (!this.waits(evse)) {
      this.sinceMs.delete(evse);
      return [];
    }
    const sinceMs = this.sinceMs.get(evse) ?? nowMs;
    this.sinceMs.set(evse, sinceMs);
    const longMs = Math.max(STARVES_LONG_MS, this.plant.evses.length * STARVES_LONG_MS_PER_OUTLET);
    if (nowMs - sinceMs === longMs) return [`${id} starves for ${longMs / 60_000} minutes`];
    if (nowMs - sinceMs !== STARVES_MS) return [];
    const freeMa = this.freeMa(evse);
    if (freeMa > FREE_MA) return [`${id} starves while ${(freeMa / 1_000).toFixed(1)} A are free`];
    const nobody = this.plant.evses.every(({ car }) => (car?.drawMa ?? 0) <= 0);
    return nobody ? [`${id} starves while nobody draws`] : [];
  }

  /** It would take power, is given none, and no plan wants it so. */
  private waits({ car, outlet, session }: Evse): boolean {
    const { last, plan, plans } = this.controller;
    if (car === undefined || session === undefined || (car.givesBack && plans)) return false;
    const wants = car.gotWh < car.needWh - ALMOST_FULL_WH && this.scene.nowMs >= car.wakesAtMs;
    const granted = last?.state.outlets.find(({ id }) => id === outlet.id)?.limitMa ?? 0;
    return wants && granted === 0 && plan?.sessions.get(session.id)?.atMostMa !== 0;
  }

  /** By the loop's own account: on its phases, at its fuse and all above, and beside every other station for which room is spared. */
  private freeMa({ outlet }: Evse): number {
    const fuses = this.controller.last?.state.fuses ?? [];
    const phases = outlet.wiring.map((phase) => PHASES.indexOf(phase));
    const path = this.tree.pathOf(this.tree.indexOf(outlet.fuse));
    const beside = this.tree.spared.filter(
      ({ fuse, phase, station }) =>
        station !== outlet.station && path.includes(fuse) && phases.includes(phase),
    );
    return Math.min(
      ...path.flatMap((node) =>
        phases.map((phase) => fuses[node]!.capacityMa[phase]! - fuses[node]!.mayMa[phase]!),
      ),
      ...beside.map(
        ({ carriedMa, fuse, phase, ratedMa, station }) =>
          carriedMa - ratedMa - fuses[fuse]!.baseMa[phase]! - this.mayMaBeside(station, fuse, phase),
      ),
    );
  }

  /** What all stations below a fuse may draw on a phase, but for one. */
  private mayMaBeside(station: StationId, fuse: number, phase: number): number {
    const outlets = this.controller.last?.state.outlets ?? [];
    const others = this.plant.evses.filter(
      ({ outlet }) =>
        outlet.station !== station && this.tree.pathOf(this.tree.indexOf(outlet.fuse)).includes(fuse),
    );
    return others.reduce(
      (ma, { outlet }) => ma + (outlets.find(({ id }) => id === outlet.id)?.mayMa[phase] ?? 0),
      0,
    );
  }
}
