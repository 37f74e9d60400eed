/**
 * The CSMS's time as this page knows it. Ages are differences to instants that the CSMS wrote, so a laptop whose clock
 * is wrong must not show a fresh value as old. Measured from the Date header of answers, which has whole seconds.
 */
import type { Clock } from "@wattward/kernel";

/** Below this the header's rounding and the way of the answer explain the difference. */
export const TRUSTED_DIFFERENCE_MS = 2_500;

export class ServerClock {
  readonly #clock: Clock;
  #aheadMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** An answer said `serverMs`; half a second is the mean of what its rounding took away. */
  heard(serverMs: number): void {
    const differenceMs = serverMs + 500 - this.#clock.now().wallMs;
    this.#aheadMs = Math.abs(differenceMs) < TRUSTED_DIFFERENCE_MS ? 0 : differenceMs;
  }

  /** Milliseconds since 1970 UTC by the CSMS. */
  nowMs(): number {
    return this.#clock.now().wallMs + this.#aheadMs;
  }
}
