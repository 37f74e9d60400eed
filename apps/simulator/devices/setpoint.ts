/**
 * A setpoint that falls back by itself: what SunSpec's RvrtTms promises (models 123, 124, 704), and what devices make of it. While it
 * holds, what was asked for is in force; once it was not renewed in time, what it falls back to.
 */
import type { DeviceConduct } from "./conduct.ts";

export class Setpoint<T> {
  private readonly conduct: DeviceConduct;
  private readonly fallback: () => T;
  /** What physics follows: not what was set, where the device ignores. */
  private inForce: T;
  private untilMs = Number.POSITIVE_INFINITY;
  private saidAtMs = 0;
  private isSet = false;

  constructor(fallback: () => T, conduct: DeviceConduct) {
    this.fallback = fallback;
    this.conduct = conduct;
    this.inForce = fallback();
  }

  /** `forMs` 0: until it is told otherwise. */
  set(value: T, forMs: number, nowMs: number): void {
    if (!this.conduct.ignores) this.inForce = value;
    this.untilMs = forMs > 0 ? nowMs + forMs : Number.POSITIVE_INFINITY;
    this.saidAtMs = nowMs;
    this.isSet = true;
  }

  /** Everything volatile is lost. */
  reset(): void {
    this.inForce = this.fallback();
    this.untilMs = Number.POSITIVE_INFINITY;
    this.isSet = false;
  }

  /** Whether something was set and has not fallen back, as the registers have it: a silent fall is not told. */
  holds(nowMs: number): boolean {
    this.expire(nowMs);
    return this.isSet;
  }

  /** What physics follows now. */
  at(nowMs: number): T {
    this.expire(nowMs);
    return this.inForce;
  }

  /** Until it falls back, ms; 0 where nothing runs. */
  leftMs(nowMs: number): number {
    return Number.isFinite(this.untilMs) ? Math.max(0, this.untilMs - nowMs) : 0;
  }

  private expire(nowMs: number): void {
    const { neverReverts, revertsAfterMs } = this.conduct;
    const early = revertsAfterMs !== undefined && nowMs - this.saidAtMs >= revertsAfterMs;
    if (early) this.inForce = this.fallback();
    if (neverReverts || nowMs < this.untilMs) return;
    this.reset();
  }
}
