/** A meter at a fuse: what flowed there somewhat earlier, with noise in its last digits, or what its fault makes of it. Milliamperes. */
import type { Meter, PerPhase, RawReading } from "@wattward/energy";
import { STEP_MS } from "@wattward/simulator";
import type { Scene } from "./scene.ts";

export type MeterFault = "none" | "lost" | "nan" | "frozen" | "turned" | "late";

/** `LATE_MS_MAX` of the simulator's meters. */
export const LATE_MS = 30_000;
const NOISE_MA = 30;

export class MeterAtWork {
  readonly meter: Meter;
  fault: MeterFault = "none";
  lateMs = 0;
  raw: RawReading | undefined;
  private readonly scene: Scene;
  private readonly delayMs: number;
  private readonly pollMs: number;
  private standing: PerPhase | undefined;
  private readonly past: PerPhase[] = [];

  constructor(scene: Scene, meter: Meter) {
    this.scene = scene;
    this.meter = meter;
    this.delayMs = scene.chance.int(1, 6) * 100;
    this.pollMs = scene.chance.int(1, 2) * 500;
  }

  /** One step: so much flows now. */
  move(flowsMa: PerPhase): void {
    this.past.push(flowsMa);
    if (this.past.length > LATE_MS / STEP_MS + 1) this.past.shift();
    const { nowMs } = this.scene;
    if (nowMs % this.pollMs !== 0 || this.fault === "lost") return;
    const currentMa = this.shows(this.measured());
    this.raw = { atMs: nowMs, currentMa };
    if (this.fault !== "frozen") this.standing = currentMa;
  }

  private measured(): PerPhase {
    const steps = Math.round((this.fault === "late" ? this.lateMs : this.delayMs) / STEP_MS);
    const [l1, l2, l3] = this.past[Math.max(0, this.past.length - 1 - steps)]!;
    const noise = () => this.scene.chance.int(-NOISE_MA, NOISE_MA);
    return [l1 + noise(), l2 + noise(), l3 + noise()];
  }

  private shows(ma: PerPhase): PerPhase {
    if (this.fault === "nan") return [Number.NaN, 0, 0];
    if (this.fault === "turned") return [-ma[0], -ma[1], -ma[2]];
    return this.fault === "frozen" ? (this.standing ?? ma) : ma;
  }
}
