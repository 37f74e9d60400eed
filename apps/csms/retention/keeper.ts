/**
 * Looks after the store's size: now and then what is older than its days goes, in slices with a pause between them; and
 * more often, how much room there is. Faults of the store are its own affair: the next look tries again.
 */
import { type Cancel, type Clock, every, type Log } from "@wattward/kernel";
import type { Core, MeasuredStorage } from "../core/port.ts";
import type { Metrics } from "../metrics/metrics.ts";

/** How often room is measured, and how often rows are looked for that are due to go. */
const MEASURE_EVERY_MS = 10_000;
const TRIM_EVERY_MS = 60_000;
/** Between two slices: with their size, how fast a store shrinks at most, and how little anybody notices. */
const SLICE_PAUSE_MS = 100;
/** Slices of one round: the next round goes on. */
const SLICES_MAX = 500;

export type KeeperPorts = {
  readonly core: Pick<Core, "decide">;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Undefined where it cannot be told. */
  readonly storage?: (() => Promise<MeasuredStorage | undefined>) | undefined;
};

export class Keeper {
  private readonly ports: KeeperPorts;
  private readonly stops: Cancel[];
  private trimming = false;
  private stopped = false;
  /** As last measured. */
  low = false;

  constructor(ports: KeeperPorts) {
    this.ports = ports;
    this.stops = [
      every(ports.clock, MEASURE_EVERY_MS, () => this.measure()),
      every(ports.clock, TRIM_EVERY_MS, () => this.trim()),
    ];
  }

  stop(): void {
    this.stopped = true;
    for (const stop of this.stops) stop();
  }

  /** To be asked once at the start: until then nothing is known of the room. */
  async measure(): Promise<void> {
    const { core, clock, log, metrics, storage } = this.ports;
    try {
      const measured = await storage?.();
      if (measured === undefined) return;
      metrics.set("wattward_storage_mb", { measure: measured.kind }, measured.mb);
      const { low } = await core.decide("storage.measured", { measured, atMs: clock.now().wallMs });
      if (low && !this.low)
        log.error("storage-low", { ...measured, say: "the message log is given up first" });
      this.low = low;
      if (low) await this.trim();
    } catch (error) {
      log.warn("storage-not-measured", { error: String(error) });
    }
  }

  private async trim(): Promise<void> {
    if (this.trimming || this.stopped) return;
    this.trimming = true;
    const { core, clock, log } = this.ports;
    try {
      for (let slice = 0; slice < SLICES_MAX && !this.stopped; slice += 1) {
        const { more } = await core.decide("retention.trim", { atMs: clock.now().wallMs });
        if (!more) break;
        await new Promise<void>((resolve) => void clock.after(SLICE_PAUSE_MS, resolve));
      }
    } catch (error) {
      log.warn("retention-not-trimmed", { error: String(error) });
    }
    this.trimming = false;
  }
}
