/**
 * What each fuse and phase leaves for outlets: the less of two; and what is left beside a station for which room is spared (`spared.ts`).
 *
 *     (a)  1.0 × rating − base load with its declared rise − batteries' charging + local sources without the largest
 *     (c)  what the fuse carries for a minute − declared highest base load − batteries' charging, no source at all
 *
 * (a) is the bound in advance. (c) leaves room for the worst that may happen before it is seen: base load stepping to its
 * declared highest behind a frozen meter while every source trips.
 */
import type { Base } from "./base-load.ts";
import { type FuseTree, rowOf, sparedRow } from "./fuse-tree.ts";
import { DEADBAND_MA } from "./limits.ts";
import { minus, type PerPhase, plus } from "./phases.ts";
import type { SourceFeeds } from "./source-feeds.ts";

/** Rows of the fuse tree; batteries' charging is taken off already, but not in `forStoring`, which is else as `forRaising`. */
export type Capacities = {
  readonly forRaising: readonly number[];
  /** `forRaising` less the room that a raise leaves free, on rows whose capacity is measured. */
  readonly forGranting: readonly number[];
  readonly forLowering: readonly number[];
  readonly forStoring: readonly number[];
};

export function capacities(
  tree: FuseTree,
  {
    base,
    declared,
    feeds,
    powerW,
  }: { base: readonly Base[]; declared: readonly PerPhase[]; feeds: SourceFeeds; powerW: number },
): Capacities {
  const forRaising: number[] = [];
  const forLowering: number[] = [];
  const forStoring: number[] = [];
  const forGranting: number[] = [];
  tree.site.fuses.forEach(({ ratedMa, carriesPermille }, i) => {
    const charge = feeds.chargeMa(i);
    const sources = minus(feeds.reliedOnMa(i), charge);
    const carriedMa = (ratedMa * carriesPermille) / 1000;
    const wavers = wavering(tree, base, i);
    const worst = plus(declared[i]!, charge);
    for (let phase = 0; phase < 3; phase++) {
      const leftAtWorst = carriedMa - worst[phase]!;
      const left = (ma: PerPhase) => Math.min(leftAtWorst, ratedMa - ma[phase]! + sources[phase]!);
      forRaising[rowOf(i, phase)] = left(base[i]!.forRaising);
      forLowering[rowOf(i, phase)] = left(base[i]!.forLowering);
      forGranting[rowOf(i, phase)] = forRaising[rowOf(i, phase)]! - (wavers ? DEADBAND_MA : 0);
      forStoring[rowOf(i, phase)] = forRaising[rowOf(i, phase)]! + charge[phase]!;
    }
  });
  tree.spared.forEach(({ carriedMa, fuse, phase, ratedMa }, i) => {
    const row = sparedRow(tree, i);
    const charge = feeds.chargeMa(fuse)[phase]!;
    const alone = feeds.reliedOnAloneMa(fuse)[phase]!;
    const left = (ma: PerPhase) => carriedMa - ratedMa - ma[phase]! + alone - charge;
    forRaising[row] = left(base[fuse]!.forRaising);
    forLowering[row] = left(base[fuse]!.forLowering);
    forGranting[row] = forRaising[row]! - (wavering(tree, base, fuse) ? DEADBAND_MA : 0);
    forStoring[row] = forRaising[row]! + charge;
  });
  forRaising[tree.powerRow] = powerW;
  forLowering[tree.powerRow] = powerW;
  forStoring[tree.powerRow] = powerW;
  const wavers = wavering(tree, base, tree.upwards.at(-1)!);
  forGranting[tree.powerRow] = powerW - (wavers ? (3 * DEADBAND_MA * tree.site.voltageV) / 1000 : 0);
  return { forRaising, forGranting, forLowering, forStoring };
}

/** Follows a meter, or what sources feed, from turn to turn; what is declared stands still. */
const wavering = (tree: FuseTree, base: readonly Base[], fuse: number): boolean =>
  base[fuse]!.wavers ||
  tree.site.sources.some((source) => tree.pathOf(tree.indexOf(source.fuse)).includes(fuse));
