/**
 * A site's energy as it is now, as server-sent events of their own:
 *
 *     event: energy
 *     data: {"receivedAtMs":…,"snapshot":{…}}
 *
 * A snapshot is no observation: no row says it, it has no sequence, and who was away takes the next. So these events have no id, and
 * are not among those of event-stream.ts. At most one a second; of several in between the newest. A reader that is slow gets fewer, and
 * nothing is kept for it but the newest.
 */
import { Readable } from "node:stream";
import { type Cancel, type Clock, every, type Log, type SiteId } from "@wattward/kernel";
import type { LiveEnergies, LiveEnergy } from "../../energy/live.ts";
import { apiLimits } from "../limits.ts";

export type EnergyStreamPorts = { readonly clock: Clock; readonly log: Log; readonly energies: LiveEnergies };

/** How long a browser waits before it comes back, milliseconds. */
const RETRY_MS = 2_000;

export class EnergyStream extends Readable {
  private readonly ports: EnergyStreamPorts;
  private readonly allowed: () => Promise<boolean>;
  private readonly stops: Cancel[] = [];
  private newest: LiveEnergy | undefined;
  private wanted = false;
  private wantedAtMs: number;

  /** `allowed`: asked at every heartbeat; false ends the stream. */
  constructor(ports: EnergyStreamPorts, site: SiteId, allowed: () => Promise<boolean>) {
    super({ encoding: "utf8", highWaterMark: 64 * 1024 });
    this.ports = ports;
    this.allowed = allowed;
    this.wantedAtMs = ports.clock.now().monotonicMs;
    this.newest = ports.energies.now(site);
    this.push(`retry: ${RETRY_MS}\n\n`);
    this.stops.push(
      ports.energies.follow(site, (live) => (this.newest = live)),
      every(ports.clock, apiLimits.energyEveryMs, () => this.give()),
      every(ports.clock, apiLimits.streamHeartbeatMs, () => this.beat()),
    );
  }

  override _read(): void {
    this.wanted = true;
    this.wantedAtMs = this.ports.clock.now().monotonicMs;
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    for (const stop of this.stops) stop();
    done(error);
  }

  private give(): void {
    if (!this.wanted || this.newest === undefined || this.destroyed) return;
    const text = JSON.stringify(this.newest);
    this.newest = undefined;
    this.wanted = this.push(`event: energy\ndata: ${text}\n\n`);
  }

  private async beat(): Promise<void> {
    const { clock, log } = this.ports;
    if (!this.wanted && clock.now().monotonicMs - this.wantedAtMs > apiLimits.streamStalledMs) {
      log.info("energy-stream-stalled", {});
      this.destroy();
      return;
    }
    if (!(await this.mayGoOn())) {
      this.push(null);
      return;
    }
    if (this.wanted && !this.destroyed) this.wanted = this.push(": alive\n\n");
  }

  /** A core that cannot answer is no reason to throw anyone out. */
  private async mayGoOn(): Promise<boolean> {
    try {
      return await this.allowed();
    } catch (error) {
      this.ports.log.warn("energy-stream-unchecked", { why: String(error) });
      return true;
    }
  }
}
