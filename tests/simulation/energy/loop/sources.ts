/** Battery and solar as the wires know them: what they feed, watts, and what they tell once a second. */
import type { Battery, BatteryInput, Solar, SolarInput } from "@wattward/energy";
import { STEP_MS } from "@wattward/simulator";
import type { Scene } from "./scene.ts";

/** `trips`: nothing at once. `soc`: its state of charge is any number. `silent`: it tells nothing. */
export type BatteryFault = "none" | "trips" | "ignores" | "reverts" | "soc" | "silent";
export type SolarFault = "none" | "trips" | "clouds" | "silent";

const TELLS_EVERY_MS = 1_000;
const HEEDS_AFTER_MS = 500;
const BATTERY_STEP_W = 1_000;
const SETPOINTS_MAX = 60;
const TEMPERATURE_C = 20;

/** By no more than `step` towards it. */
const towards = (from: number, to: number, step: number): number =>
  from + Math.max(-step, Math.min(step, to - from));
const between = (least: number, most: number, value: number): number =>
  Math.max(least, Math.min(most, value));

export class BatteryAtWork {
  readonly source: Battery;
  fault: BatteryFault = "none";
  /** Discharge positive. */
  feedW = 0;
  told: BatteryInput | undefined;
  private readonly scene: Scene;
  private readonly setpoints: { readonly atMs: number; readonly w: number }[] = [];
  private aimW = 0;
  private wh: number;

  constructor(scene: Scene, source: Battery) {
    this.scene = scene;
    this.source = source;
    this.wh = source.capacityWh / 2;
  }

  set(w: number): void {
    this.setpoints.push({ atMs: this.scene.nowMs, w });
    if (this.setpoints.length > SETPOINTS_MAX) this.setpoints.shift();
  }

  move(): void {
    const { fault, scene, source } = this;
    const due = this.setpoints.findLast(({ atMs }) => atMs <= scene.nowMs - HEEDS_AFTER_MS)?.w ?? 0;
    if (fault !== "ignores") this.aimW = fault === "reverts" || fault === "trips" ? 0 : due;
    const { capacityWh, chargeWMax, dischargeWMax } = source;
    const most = this.wh <= 0 ? 0 : dischargeWMax;
    const least = this.wh >= capacityWh ? 0 : -chargeWMax;
    const stepW = fault === "trips" ? Number.POSITIVE_INFINITY : BATTERY_STEP_W;
    this.feedW = towards(this.feedW, between(least, most, this.aimW), stepW);
    this.wh -= (this.feedW * STEP_MS) / 3_600_000;
    if (scene.nowMs % TELLS_EVERY_MS === 0 && fault !== "silent") this.tell();
  }

  private tell(): void {
    const { fault, feedW, scene, source, wh } = this;
    const permille = between(0, 1_000, (wh * 1_000) / source.capacityWh);
    const chargePermille = fault === "soc" ? scene.chance.int(0, 1_000) : permille;
    this.told = { id: source.id, atMs: scene.nowMs, feedW, chargePermille, temperatureC: TEMPERATURE_C };
  }
}

export class SolarAtWork {
  readonly source: Solar;
  fault: SolarFault = "none";
  /** What clouds let through, in hundredths, where they are its fault. */
  throughPercent = 100;
  feedW: number;
  told: SolarInput | undefined;
  private readonly scene: Scene;
  private skyW: number;

  constructor(scene: Scene, source: Solar) {
    this.scene = scene;
    this.source = source;
    this.skyW = (source.feedWMax * scene.chance.int(20, 90)) / 100;
    this.feedW = this.skyW;
  }

  move(): void {
    const { fault, scene, source } = this;
    const { id, feedWMax } = source;
    const { nowMs } = scene;
    if (nowMs % TELLS_EVERY_MS === 0)
      this.skyW = between(0, feedWMax, this.skyW + (feedWMax * scene.chance.int(-2, 2)) / 10_000);
    const targetW =
      fault === "trips" ? 0 : fault === "clouds" ? (this.skyW * this.throughPercent) / 100 : this.skyW;
    // A tenth of its nameplate in a second.
    const stepW = fault === "trips" ? Number.POSITIVE_INFINITY : (feedWMax * STEP_MS) / 10_000;
    this.feedW = towards(this.feedW, targetW, stepW);
    if (nowMs % TELLS_EVERY_MS === 0 && fault !== "silent")
      this.told = { id, atMs: nowMs, feedW: this.feedW };
  }
}
