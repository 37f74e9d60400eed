/** Whether a device does what it was told: judged by its own power, after it had time. Watts. */
import { FOLLOWS_WITHIN_MS } from "../limits.ts";

/** Nearer to its setpoint than this part of the nameplate, and it follows. */
const NEAR_PART = 0.1;
const NEAR_W_MIN = 500;

export class Follower {
  private readonly nearW: number;
  private offSinceMs: number | undefined;

  constructor(nameplateW: number) {
    this.nearW = Math.max(NEAR_W_MIN, NEAR_PART * nameplateW);
  }

  /** True while it has been off for too long. A setpoint that moves is no excuse: each is followed within seconds. */
  isDeaf(setW: number | undefined, feedW: number, nowMs: number): boolean {
    if (setW === undefined || Math.abs(feedW - setW) <= this.nearW) this.offSinceMs = undefined;
    else this.offSinceMs ??= nowMs;
    return this.offSinceMs !== undefined && nowMs - this.offSinceMs > FOLLOWS_WITHIN_MS;
  }
}
