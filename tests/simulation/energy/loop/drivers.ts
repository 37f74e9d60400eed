/** Who comes, goes, pauses and begins another session; once a second, at stations that have power. */
import { onceIn } from "./dice.ts";
import type { Plant } from "./plant.ts";
import type { Scene } from "./scene.ts";

/** Of so many throws, a second each: 20 minutes. */
const THROWS = 1_200;
const COMES = 14;
const COMES_TIGHT = 30;

export class Drivers {
  /** Whoever is there stays, and nobody comes. */
  still = false;
  private readonly scene: Scene;
  private readonly plant: Plant;
  private readonly tight: boolean;

  constructor(scene: Scene, plant: Plant, tight: boolean) {
    this.scene = scene;
    this.plant = plant;
    this.tight = tight;
  }

  /** At the beginning: three of four outlets are taken. */
  arrive(): void {
    for (const evse of this.plant.evses) if (!onceIn(this.scene.chance, 4)) evse.plugIn(this.tight);
  }

  second(): void {
    const { chance, nowMs } = this.scene;
    if (this.still) return;
    for (const evse of this.plant.evses) {
      if (evse.station.off) continue;
      const dice = chance.int(1, THROWS);
      if (evse.car === undefined) {
        if (dice <= (this.tight ? COMES_TIGHT : COMES)) evse.plugIn(this.tight);
      } else if (dice === 1) evse.unplug();
      else if (dice <= 3) {
        evse.car.wakesAtMs = nowMs + chance.int(5, 120) * 1_000;
        this.scene.say(`${evse.outlet.id} pauses`);
      } else if (dice === 4) evse.begin();
    }
  }

  /** Two of three go, or come. */
  swap(): void {
    for (const evse of this.plant.evses) {
      if (evse.station.off || onceIn(this.scene.chance, 3)) continue;
      if (evse.car === undefined) evse.plugIn(this.tight);
      else evse.unplug();
    }
  }

  /** Half of them begin another session, all at once. */
  beginAnew(): void {
    for (const evse of this.plant.evses)
      if (evse.car !== undefined && !evse.station.off && onceIn(this.scene.chance, 2)) evse.begin();
  }
}
