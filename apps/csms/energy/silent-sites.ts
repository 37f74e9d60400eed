/**
 * Sites whose link is up and that have stopped telling of their energy: needs of the first page that no table knows, because a snapshot
 * is in none. Who never told since this process began is none of them: it may have nothing to tell yet.
 */
import type { SiteId } from "@wattward/kernel";
import type { NeedRow, NowView } from "../core/port.ts";

/** A site tells about once a second; from here on the console says that what it shows is old (`freshness.ts`). */
export const SILENT_MS = 20_000;

/** `silent`: when each of them told last. They stand behind what is said of modes, before anything of single stations. */
export function withSilent(now: NowView, silent: ReadonlyMap<SiteId, number>): NowView {
  const rows = now.sites.flatMap((site): NeedRow[] => {
    const sinceMs = site.id === null ? undefined : silent.get(site.id as SiteId);
    const isManaged = site.connected === true && site.energy !== null;
    if (sinceMs === undefined || !isManaged) return [];
    const about = { site: site.id, station: null, evse: null, words: null } as const;
    const next = { place: "site", id: site.id } as const;
    return [{ kind: "site-silent", weight: "attention", ...about, sinceMs, concerned: site.stations, next }];
  });
  if (rows.length === 0) return now;
  const isBefore = ({ kind, weight }: NeedRow) => weight === "danger" || kind === "site-conservative";
  const at = now.needs.findLastIndex(isBefore) + 1;
  const after =
    now.counts.findLastIndex(({ kind }) => now.needs.slice(0, at).some((need) => need.kind === kind)) + 1;
  return {
    ...now,
    needs: now.needs.toSpliced(at, 0, ...rows),
    counts: now.counts.toSpliced(after, 0, { kind: "site-silent", count: rows.length }),
  };
}
