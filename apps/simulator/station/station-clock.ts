/**
 * The station's own idea of the time: the world's monotonic clock plus an offset that only the central system's
 * answers (OCPP 2.0.1 B01.FR.06, 1.6 §4.2 and §4.6) and faults change. It goes on through reboots, as a clock with a
 * battery does; without a battery it starts again in 1970. One that keeps its own time is set by nobody else: in a
 * simulated day that runs faster than the central system's, both would otherwise pull at it.
 */
import { type Clock, rfc3339 } from "@wattward/kernel";

export class StationClock {
  private readonly clock: Clock;
  private readonly ownTime: boolean;
  private offsetMs: number;

  /** Right at first: an installer set it. */
  constructor(clock: Clock, { ownTime = false }: { readonly ownTime?: boolean } = {}) {
    this.clock = clock;
    this.ownTime = ownTime;
    const { wallMs, monotonicMs } = clock.now();
    this.offsetMs = wallMs - monotonicMs;
  }

  /** Milliseconds since 1970 as this station believes. */
  nowMs(): number {
    return Math.round(this.clock.now().monotonicMs + this.offsetMs);
  }

  timestamp(): string {
    return rfc3339(this.nowMs());
  }

  /** The central system says what time it is. */
  set(wallMs: number): void {
    if (!this.ownTime) this.become(wallMs);
  }

  /** A fault: the clock is suddenly `byMs` off, forwards or back. Never before 1970: no such timestamp can be written. */
  jump(byMs: number): void {
    this.become(Math.max(0, this.nowMs() + byMs));
  }

  /** The clock's battery is dead and the supply was gone. */
  lose(): void {
    this.become(0);
  }

  private become(wallMs: number): void {
    this.offsetMs = wallMs - this.clock.now().monotonicMs;
  }
}
