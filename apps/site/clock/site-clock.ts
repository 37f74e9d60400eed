/**
 * The site's clock (ADR 20): monotonic time from the machine, wall time from the CSMS as soon as it has told it.
 *
 *     unknown    no CSMS since boot: the machine's wall time, but never below the last one persisted
 *     synced     told within {@link SYNCED_MS_MAX}
 *     holdover   told since boot, but not lately: goes on from there at the machine's pace
 *
 * What the CSMS says over its authenticated link wins over the machine and over the floor: a battery that once said
 * 2099 must not keep a site there.
 */
import type { Clock, Instant } from "@wattward/kernel";

export const SYNCED_MS_MAX = 60_000;
/** Smaller differences are the network's delay, not the clock's error. */
export const SKEW_MS_MAX = 1_000;

type Anchor = { readonly wallMs: number; readonly monotonicMs: number };

export class SiteClock implements Clock {
  private readonly machine: Clock;
  private readonly floor: Anchor;
  private told: Anchor | undefined;
  private toldAtMs = 0;

  /** @param floorMs wall time last persisted, 0 where none was */
  constructor(machine: Clock, floorMs: number) {
    this.machine = machine;
    this.floor = { wallMs: floorMs, monotonicMs: machine.now().monotonicMs };
  }

  now(): Instant {
    const { wallMs, monotonicMs } = this.machine.now();
    if (this.told === undefined) {
      return { wallMs: Math.max(wallMs, onward(this.floor, monotonicMs)), quality: "unknown", monotonicMs };
    }
    const quality = monotonicMs - this.toldAtMs <= SYNCED_MS_MAX ? "synced" : "holdover";
    return { wallMs: onward(this.told, monotonicMs), quality, monotonicMs };
  }

  after(ms: number, run: () => void): () => void {
    return this.machine.after(ms, run);
  }

  /** The CSMS said what time it is. */
  tell(wallMs: number): void {
    const { monotonicMs } = this.machine.now();
    this.toldAtMs = monotonicMs;
    const off = this.told === undefined ? Infinity : Math.abs(onward(this.told, monotonicMs) - wallMs);
    if (off > SKEW_MS_MAX) this.told = { wallMs, monotonicMs };
  }
}

const onward = ({ wallMs, monotonicMs }: Anchor, nowMs: number): number =>
  Math.floor(wallMs + (nowMs - monotonicMs));
