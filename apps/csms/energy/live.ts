/**
 * Sites' energy as it is now: the newest snapshot of each, in memory alone. A snapshot is no observation, and is in no table: it is
 * told about once a second, and the next makes it worthless. Nobody reads it who did not ask for it.
 *
 * One process's: where several serve one database, a site's is at the one that has its link.
 */
import type { EnergySnapshot } from "@wattward/energy";
import type { SiteId } from "@wattward/kernel";

export type LiveEnergy = { readonly receivedAtMs: number; readonly snapshot: EnergySnapshot };

export class LiveEnergies {
  private readonly newest = new Map<SiteId, LiveEnergy>();
  private readonly listeners = new Map<SiteId, Set<(live: LiveEnergy) => void>>();

  /** A site told it; `receivedAtMs` is our wall time. */
  tell(site: SiteId, live: LiveEnergy): void {
    this.newest.set(site, live);
    for (const listener of this.listeners.get(site) ?? []) listener(live);
  }

  /** Its link is gone: what it told last is no longer so. */
  forget(site: SiteId): void {
    this.newest.delete(site);
  }

  /** Undefined while the site tells none. */
  now(site: SiteId): LiveEnergy | undefined {
    return this.newest.get(site);
  }

  /** Called for each that comes from now on; returns how to stop. Must not throw. */
  follow(site: SiteId, listener: (live: LiveEnergy) => void): () => void {
    const listening = this.listeners.get(site) ?? new Set();
    listening.add(listener);
    this.listeners.set(site, listening);
    return () => {
      listening.delete(listener);
      if (listening.size === 0) this.listeners.delete(site);
    };
  }
}
