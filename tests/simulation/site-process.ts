/** A site controller as a process that dies and comes back on the same disk, with a machine clock of its own. */
import type { Chance, ClockQuality, Log, SiteId } from "@wattward/kernel";
import { type BootedDisk, SimulatedDisk, type SimulatedNetwork, type SimulatedTime } from "@wattward/testing";
import { certificateTrust } from "../../apps/site/adapters/trust.ts";
import { createSite, type Site, type SiteStatus } from "../../apps/site/site.ts";
import { CSMS_HOST, CSMS_PORT } from "./csms-process.ts";
import { authorities, siteChain } from "./identities.ts";
import { Mortal, mortalClock, mortalDisk, mortalHost, overheard } from "./mortal.ts";
import { SitePromises } from "./site-promises.ts";

export const SITE_PORT = 9444;
export const hostOfSite = (site: string): string => `site-${site}`;
const SYNC_MS = 2;
/** Small, so that a simulated day begins many segments and prunes them. */
const JOURNAL = { segmentBytes: 32 * 1024, retainedBytes: 256 * 1024 } as const;

export type SitePorts = {
  readonly site: SiteId;
  readonly time: SimulatedTime;
  readonly network: SimulatedNetwork;
  readonly chance: Chance;
  readonly log: Log;
  /** A test puts a lying disk in the place of the real one, to see that somebody notices. */
  readonly broken?: ((disk: BootedDisk) => BootedDisk) | undefined;
};

export class SiteProcess {
  readonly id: SiteId;
  readonly disk: SimulatedDisk;
  readonly promises: SitePromises;
  /** The machine's clock; the site makes its own of it. */
  readonly machine: SimulatedTime;
  /** Faults after which the site asked to be restarted: none of the simulation's is one. */
  readonly fatal: Error[] = [];
  private readonly ports: SitePorts;
  private mortal: Mortal | undefined;
  private site: Site | undefined;

  constructor(ports: SitePorts) {
    const { site, time, chance } = ports;
    this.id = site;
    this.ports = ports;
    this.disk = new SimulatedDisk(chance, { clock: time, syncMs: SYNC_MS });
    this.machine = time.machine();
    this.promises = new SitePromises(site, this.disk);
  }

  get process(): Mortal | undefined {
    return this.mortal?.alive === true ? this.mortal : undefined;
  }

  /** Undefined while it is dead or boots. */
  get status(): SiteStatus | undefined {
    return this.process === undefined ? undefined : this.site?.status();
  }

  /** Begins to boot; time has to pass until it listens. Nothing happens to one that runs. */
  async start(): Promise<void> {
    if (this.process !== undefined) return;
    const { site: id, network, chance, log, broken = (disk) => disk } = this.ports;
    const mortal = new Mortal(chance);
    this.mortal = mortal;
    this.site = undefined;
    const { root } = (await authorities()).authorities;
    const chain = await siteChain(id);
    const host = mortalHost(network.host(hostOfSite(id)), mortal);
    const { promises } = this;
    promises.booted();
    const starting = createSite({
      site: id,
      software: "0.1.0",
      clock: mortalClock(this.machine, mortal),
      chance,
      disk: promises.refusals(mortalDisk(broken(this.disk.boot()), mortal)),
      log,
      dialer: () => ({
        async dial(path, protocols) {
          const dialled = await host.dialer(CSMS_HOST, CSMS_PORT, chain).dial(path, protocols);
          return dialled.ok ? { ok: true, value: overheard(dialled.value, promises.linkEar()) } : dialled;
        },
      }),
      trust: () => certificateTrust(root.pem),
      listen: (door) =>
        host.listen(SITE_PORT, async (request) => {
          const verdict = await door.upgrade(request);
          if (verdict.kind === "refuse") return verdict;
          const opened = (wire: Parameters<typeof verdict.opened>[0]) =>
            verdict.opened(overheard(wire, promises.stationEar(request.path)));
          return { ...verdict, opened };
        }),
      fatal: (error) => void this.fatal.push(error),
      journalLimits: JOURNAL,
    });
    starting.then(
      (site) => {
        if (mortal.alive) this.site = site;
      },
      (error: unknown) =>
        mortal.alive && this.fatal.push(error instanceof Error ? error : new Error(String(error))),
    );
  }

  kill(): void {
    this.site = undefined;
    this.mortal?.kill();
  }

  /** The machine's battery is dead: from its next boot on it believes this. */
  setClock(wallMs: number, quality: ClockQuality): void {
    this.machine.setWall(wallMs, quality);
  }

  async close(): Promise<void> {
    await this.site?.close();
    this.kill();
  }
}
