/**
 * Room beside one that does not obey, with nobody left to lower the others (bound (c) of the pair “a station disobeys” and “the whole site is
 * dead”): that station at its rating, and the others at what they were granted, until their grants have ended by themselves.
 *
 *     Σ of the others + its rating + base load  ≤  what the fuse carries for so long
 *
 * A row for each station whose rating could matter, on each fuse that `spares` it and each phase: everybody else below that fuse weighs on it.
 * It costs where a fuse is small against its stations, and nothing where it carries a rating more than its own for a grant's life.
 */
import type { StationId } from "@wattward/kernel";
import { UNSEEN_MS } from "./limits.ts";
import { everyWired, NO_CURRENT, type PerPhase, plus, total } from "./phases.ts";
import type { Battery, Fuse, FuseId, Outlet, Site } from "./site.ts";

/** What hangs below a fuse. */
export type Below = {
  readonly outlets: readonly Outlet[];
  /** Loads at their highest, and batteries that charge for ever; and while setpoints last, those besides that let go of them. */
  readonly foreverMa: PerPhase;
  readonly baseMa: PerPhase;
};

export type Spared = {
  readonly fuse: number;
  readonly phase: number;
  readonly station: StationId;
  /** Of all its outlets below the fuse, on that phase. */
  readonly ratedMa: number;
  /** By the fuse, until the grants below it have ended. */
  readonly carriedMa: number;
  /** What would flow where nothing is spared. */
  readonly mostMa: number;
};

export function belowOf(
  { loads, outlets, sources, voltageV }: Site,
  isBelow: (fuse: FuseId) => boolean,
): Below {
  const charging = (counts: (battery: Battery) => boolean) =>
    sources.flatMap((source) => {
      if (source.kind !== "battery" || !isBelow(source.fuse) || !counts(source)) return [];
      return [everyWired(source.wiring, (source.chargeWMax * 1_000) / (voltageV * source.wiring.length))];
    });
  const highest = loads.filter(({ fuse }) => isBelow(fuse)).map(({ highestMa }) => highestMa);
  return {
    outlets: outlets.filter(({ fuse }) => isBelow(fuse)),
    foreverMa: total([...highest, ...charging(({ revert }) => revert.kind === "unproven")]),
    baseMa: total([...highest, ...charging(() => true)]),
  };
}

/** A minute of what it carries for a minute, held for longer: dh/dt = (I/In)² − 1 (bound (c)). Milliamperes. */
export function carriedForMa({ carriesPermille, ratedMa }: Fuse, ms: number): number {
  const minuteHeat = ((carriesPermille / 1000) ** 2 - 1) * 60_000;
  return ratedMa * Math.sqrt(1 + minuteHeat / ms);
}

/** Until the last grant of these outlets has ended, from the instant at which one of them could have been seen not to obey. */
export const grantsEndMs = (outlets: readonly Outlet[]): number =>
  UNSEEN_MS + Math.max(0, ...outlets.map(({ respondsMs, ttlMs }) => ttlMs + respondsMs));

/** Ratings of all outlets of each station, per phase. */
export function ratings(outlets: readonly Outlet[]): ReadonlyMap<StationId, PerPhase> {
  const out = new Map<StationId, PerPhase>();
  for (const { ratedMa, station, wiring } of outlets)
    out.set(station, plus(out.get(station) ?? NO_CURRENT, everyWired(wiring, ratedMa)));
  return out;
}

/** Of the fuse with that index. None where it does not ask for it, where it carries any station besides its own rating, or all at once. */
export function sparedOf(fuse: Fuse, index: number, { baseMa, outlets }: Below): Spared[] {
  if (fuse.spares !== "rating") return [];
  const carriedMa = carriedForMa(fuse, grantsEndMs(outlets));
  const stations = [...ratings(outlets)];
  const all = total(stations.map(([, rated]) => rated));
  return stations.flatMap(([station, rated]) =>
    rated.flatMap((ratedMa, phase) => {
      const othersMa = all[phase]! - ratedMa;
      const mostMa = Math.min(fuse.ratedMa, othersMa + baseMa[phase]!) + ratedMa;
      const matters = othersMa > 0 && ratedMa > 0 && mostMa > carriedMa;
      return matters ? [{ fuse: index, phase, station, ratedMa, carriedMa, mostMa }] : [];
    }),
  );
}
