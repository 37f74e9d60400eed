/**
 * Sites' energy as it is now: the newest snapshot of each, in memory alone. A snapshot is no observation, and is in no table: it is
 * told about once a second, and the next makes it worthless. Nobody reads it who did not ask for it. Of a site whose link is gone the
 * last is kept: it is how things stood, and says by itself when.
 *
 * One process's: where several serve one database, a site's is at the one that has its link, or had it last.
 */
import type { EnergySnapshot } from "@wattward/energy";
import type { SiteId } from "@wattward/kernel";

export type LiveEnergy = { readonly receivedAtMs: number; readonly snapshot: EnergySnapshot };

export class LiveEnergies {
  private readonly newest = new Map<SiteId, LiveEnergy>();
  private readonly linked = new Set<SiteId>();
  private readonly listeners = new Map<SiteId, Set<(live: LiveEnergy) => void>>();

  /** A site told it; `receivedAtMs` is our wall time. */
  tell(site: SiteId, live: LiveEnergy): void {
    this.newest.set(site, live);
    this.linked.add(site);
    for (const listener of this.listeners.get(site) ?? []) listener(live);
  }

  /** Its link is gone: nothing more comes. What it told last stays, as the last that is known. */
  unlinked(site: SiteId): void {
    this.linked.delete(site);
  }

  /** Another process has its link, and what it tells. */
  forget(site: SiteId): void {
    this.unlinked(site);
    this.newest.delete(site);
  }

  /** Of sites whose link is here: those that told before, and nothing since `sinceMs`, our wall time; with when they told last. */
  silent(sinceMs: number): ReadonlyMap<SiteId, number> {
    const silent = [...this.linked].flatMap((site): [SiteId, number][] => {
      const atMs = this.newest.get(site)?.receivedAtMs;
      return atMs !== undefined && atMs < sinceMs ? [[site, atMs]] : [];
    });
    return new Map(silent);
  }

  /** The last that it told, however long ago; undefined: it has told none since this process began. */
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
