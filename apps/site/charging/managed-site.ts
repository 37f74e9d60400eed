/** What the bundle in force says of the site's energy, read once a version; undefined: nobody manages it, and charging profiles pass. */
import {
  checkEnergyConfig,
  type EnergyConfig,
  type Outlet,
  type OutletId,
  type Site,
} from "@wattward/energy";
import type { StationId } from "@wattward/kernel";
import type { Bundle } from "@wattward/sitelink";

export type ManagedSite = {
  /** The document's text, by which it is told whether another one came. */
  readonly text: string;
  readonly config: EnergyConfig;
  readonly stations: ReadonlyMap<StationId, readonly Outlet[]>;
  readonly outlets: ReadonlyMap<OutletId, Outlet>;
};

export type ReadManaged =
  | { readonly kind: "managed"; readonly site: ManagedSite }
  | { readonly kind: "none" }
  | { readonly kind: "faulty"; readonly say: string };

export function managedSite(bundle: Bundle | undefined): ReadManaged {
  const text = bundle?.energy;
  if (text === undefined) return { kind: "none" };
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    return { kind: "faulty", say: "the energy document is not JSON" };
  }
  const read = checkEnergyConfig(data);
  if (!read.ok) {
    const { path, sentence } = read.fault[0] ?? { path: "", sentence: "is not what it should be" };
    return { kind: "faulty", say: `the energy document's ${path} ${sentence}` };
  }
  const { outlets } = read.value.site;
  return {
    kind: "managed",
    site: {
      ...{ text, config: read.value },
      stations: Map.groupBy(outlets, ({ station }) => station),
      outlets: new Map(outlets.map((outlet) => [outlet.id, outlet])),
    },
  };
}

/** The least of an outlet's rating and of every fuse above it, mA per phase. */
export function carriesMa({ fuses }: Site, outlet: Outlet): number {
  let leastMa = outlet.ratedMa;
  let fuse = fuses.find(({ id }) => id === outlet.fuse);
  for (let steps = 0; fuse !== undefined && steps < fuses.length; steps++) {
    leastMa = Math.min(leastMa, fuse.ratedMa);
    const { parent }: { parent?: typeof outlet.fuse } = fuse;
    fuse = parent === undefined ? undefined : fuses.find(({ id }) => id === parent);
  }
  return leastMa;
}
