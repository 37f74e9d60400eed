/**
 * What a site tells of its energy over its link: snapshots, which replace each other in memory, and quarters of an hour, which are
 * acknowledged once they are durable.
 *
 *     energy           ─▶ strict parser ─▶ LiveEnergies                       too many are dropped: the next is as good
 *     energy-quarters  ─▶ strict parser ─▶ one after the other to the core ─▶ energy-acked
 *
 * Acknowledged is "up to then": after one that could not be stored, nothing is until the site has told from there again. What cannot be
 * read is observed and costs the site nothing else: a fault of its energy must not cut its stations off.
 */
import { type EnergyQuarter, parseQuarters, parseSnapshot } from "@wattward/energy";
import { type Fault, type SiteId, TokenBucket } from "@wattward/kernel";
import type { CsmsMessage } from "@wattward/sitelink";
import type { LiveEnergies } from "../energy/live.ts";
import { LINK_NEWS_COST, QUARTERS_WAITING_MAX, SNAPSHOT_RATE } from "./limits.ts";
import type { ConnectionPorts } from "./ports.ts";

export type EnergyLink = {
  readonly site: SiteId;
  send(message: CsmsMessage): void;
  /** Takes so much of the site's rate. */
  charge(cost: number): void;
  /** Stops reading from the site, or goes on. */
  holdEnergy(held: boolean): void;
};

export type EnergyIntakePorts = Pick<ConnectionPorts, "core" | "clock" | "log"> & {
  readonly energies: LiveEnergies;
  /** The site told what cannot be read. */
  readonly unreadable: (what: "energy" | "energy-quarters", fault: Fault) => void;
};

export class EnergyIntake {
  private readonly link: EnergyLink;
  private readonly ports: EnergyIntakePorts;
  private readonly snapshots: TokenBucket;
  private readonly waiting: (readonly EnergyQuarter[])[] = [];
  private working = false;
  /** Not stored, and not told again since: the beginning of the oldest such quarter. */
  private owedMs: number | undefined;
  private stopped = false;

  constructor(link: EnergyLink, ports: EnergyIntakePorts) {
    this.link = link;
    this.ports = ports;
    this.snapshots = new TokenBucket(SNAPSHOT_RATE, ports.clock.now().monotonicMs);
  }

  snapshot(text: string): void {
    const { clock, energies, unreadable } = this.ports;
    const { wallMs, monotonicMs } = clock.now();
    if (!this.snapshots.take(monotonicMs)) return;
    const read = parseSnapshot(text);
    if (read.ok) energies.tell(this.link.site, { receivedAtMs: wallMs, snapshot: read.value });
    else unreadable("energy", read.fault);
  }

  quarters(text: string): void {
    const read = parseQuarters(text);
    if (!read.ok) {
      this.ports.unreadable("energy-quarters", read.fault);
      return;
    }
    if (read.value.length === 0) return;
    this.link.charge(read.value.length * LINK_NEWS_COST);
    this.waiting.push(read.value);
    if (this.waiting.length > QUARTERS_WAITING_MAX) this.link.holdEnergy(true);
    if (!this.working) void this.work();
  }

  /** The link has ended; what waits is told again over the next. */
  stop(): void {
    this.stopped = true;
    this.waiting.length = 0;
  }

  private async work(): Promise<void> {
    this.working = true;
    for (let quarters = this.waiting.shift(); quarters !== undefined; quarters = this.waiting.shift()) {
      if (this.waiting.length <= QUARTERS_WAITING_MAX) this.link.holdEnergy(false);
      await this.store(quarters);
    }
    this.working = false;
  }

  private async store(quarters: readonly EnergyQuarter[]): Promise<void> {
    const { core, clock, log } = this.ports;
    const firstMs = Math.min(...quarters.map(({ fromWallMs }) => fromWallMs));
    try {
      const input = { site: this.link.site, quarters, atMs: clock.now().wallMs };
      const { untilWallMs, refused } = await core.decide("site.quarters", input);
      if (refused > 0) log.warn("energy-quarters-refused", { refused });
      if (this.owedMs !== undefined && firstMs > this.owedMs) return;
      this.owedMs = undefined;
      if (untilWallMs !== undefined && !this.stopped) this.link.send({ t: "energy-acked", untilWallMs });
    } catch (error) {
      this.owedMs = Math.min(this.owedMs ?? firstMs, firstMs);
      log.error("energy-quarters-not-stored", { error: String(error) });
    }
  }
}
