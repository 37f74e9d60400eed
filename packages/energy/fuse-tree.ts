/**
 * The fuse tree in numbers: a fuse is an index, and a row is one thing that must not overflow: a phase of a fuse (milliamperes),
 * or, as the last row, the whole site's controlled power (watts: peak budget, external limit); between them stands what is spared
 * (`spared.ts`). A device at a fuse weighs on every row from there to the top.
 */
import type { StationId } from "@wattward/kernel";
import { type PerPhase, sum } from "./phases.ts";
import type { FuseId, Site } from "./site.ts";
import { belowOf, type Spared, sparedOf } from "./spared.ts";

/** The rows that a device weighs on, by phase. */
export type Place = readonly [readonly number[], readonly number[], readonly number[]];

export type FuseTree = {
  readonly site: Site;
  readonly fuseCount: number;
  readonly rowCount: number;
  /** Of the rows from {@link sparedRow} on. */
  readonly spared: readonly Spared[];
  /** The last row: watts. */
  readonly powerRow: number;
  indexOf(fuse: FuseId): number;
  /** The fuse itself first, the grid connection last. */
  pathOf(index: number): readonly number[];
  /** Children before their parents. */
  readonly upwards: readonly number[];
  readonly childrenOf: readonly (readonly number[])[];
  /** A fuse and all above it. */
  placeOf(fuse: number): Place;
  /** And what is spared there for other stations than this; for all of them, where it is nobody's. */
  sparingPlaceOf(fuse: number, station?: StationId): Place;
};

export const rowOf = (fuse: number, phase: number): number => fuse * 3 + phase;
export const sparedRow = ({ fuseCount }: Pick<FuseTree, "fuseCount">, index: number): number =>
  fuseCount * 3 + index;
/** The values of a fuse's three rows. */
export const rowsOf = (values: readonly number[], fuse: number): PerPhase => [
  values[rowOf(fuse, 0)]!,
  values[rowOf(fuse, 1)]!,
  values[rowOf(fuse, 2)]!,
];

/** The site has been checked: what is wrong in it here is our own fault. */
export function fuseTree(site: Site): FuseTree {
  const index = new Map(site.fuses.map((fuse, i) => [fuse.id, i]));
  const indexOf = (id: FuseId): number => {
    const at = index.get(id);
    if (at === undefined) throw new Error(`fuse ${id} is not in the checked site`);
    return at;
  };
  const paths = site.fuses.map((fuse) => {
    const path = [indexOf(fuse.id)];
    for (let up = fuse.parent; up !== undefined; up = site.fuses[indexOf(up)]!.parent) path.push(indexOf(up));
    return path;
  });
  const fuseCount = site.fuses.length;
  const spared = site.fuses.flatMap((fuse, i) =>
    sparedOf(
      fuse,
      i,
      belowOf(site, (one) => paths[indexOf(one)]!.includes(i)),
    ),
  );
  const powerRow = sparedRow({ fuseCount }, spared.length);
  const above = paths.map((path): Place => {
    const onPhase = (phase: number) => path.map((node) => rowOf(node, phase));
    return [onPhase(0), onPhase(1), onPhase(2)];
  });
  const beside = (fuse: number, station: StationId | undefined, phase: number): number[] => {
    const weighs = (one: Spared) =>
      one.station !== station && one.phase === phase && paths[fuse]!.includes(one.fuse);
    return spared.flatMap((one, i) => (weighs(one) ? [sparedRow({ fuseCount }, i)] : []));
  };
  return {
    site,
    fuseCount,
    rowCount: powerRow + 1,
    spared,
    powerRow,
    indexOf,
    placeOf: (fuse) => above[fuse]!,
    sparingPlaceOf: (fuse, station) => {
      const [l1, l2, l3] = above[fuse]!;
      const also = (rows: readonly number[], phase: number) => [...rows, ...beside(fuse, station, phase)];
      return [also(l1, 0), also(l2, 1), also(l3, 2)];
    },
    pathOf: (i) => paths[i]!,
    upwards: paths.map((_, i) => i).sort((a, b) => paths[b]!.length - paths[a]!.length),
    childrenOf: site.fuses.map((_, i) => paths.flatMap((path, child) => (path[1] === i ? [child] : []))),
  };
}

/** How much of each row is taken. The one place where a raise is allowed. */
export class Room {
  private readonly tree: FuseTree;
  readonly capacity: number[];
  readonly used: number[];

  constructor(tree: FuseTree, capacity: readonly number[], used?: readonly number[]) {
    this.tree = tree;
    this.capacity = [...capacity];
    this.used = used === undefined ? capacity.map(() => 0) : [...used];
  }

  /** Puts `current` (milliamperes per phase, negative: takes it away) at a place. */
  add(at: Place, current: PerPhase): void {
    for (let phase = 0; phase < 3; phase++) for (const row of at[phase]!) this.used[row]! += current[phase]!;
    this.used[this.tree.powerRow]! += this.watts(current);
  }

  /** Whether `current` more fits everywhere up to the top, with `slackMa` to spare on each phase. */
  fits(at: Place, current: PerPhase, slackMa = 0): boolean {
    return this.spare(at, current) >= slackMa;
  }

  /** What the fullest row that `current` weighs on has left after it, in milliamperes; negative: it overflows. */
  spare(at: Place, current: PerPhase): number {
    let least = Number.POSITIVE_INFINITY;
    for (let phase = 0; phase < 3; phase++) {
      const ma = current[phase]!;
      if (ma > 0) for (const row of at[phase]!) least = Math.min(least, this.free(row) - ma);
    }
    const w = this.watts(current);
    return w > 0 ? Math.min(least, (this.free(this.tree.powerRow) - w) * this.maPerW) : least;
  }

  free(row: number): number {
    return this.capacity[row]! - this.used[row]!;
  }

  /** What the fullest row of a place, on one of the phases, has left, in milliamperes; negative: it overflows. */
  spareAbove(at: Place, phases: PerPhase): number {
    let least = this.free(this.tree.powerRow) * this.maPerW;
    for (let phase = 0; phase < 3; phase++)
      if (phases[phase]! > 0) for (const row of at[phase]!) least = Math.min(least, this.free(row));
    return least;
  }

  /** Whether one of those rows overflows. */
  overflowsAbove(at: Place, phases: PerPhase): boolean {
    return this.spareAbove(at, phases) < -TOLERANCE;
  }

  private watts(current: PerPhase): number {
    return (sum(current) * this.tree.site.voltageV) / 1000;
  }

  private get maPerW(): number {
    return 1000 / (3 * this.tree.site.voltageV);
  }
}

/** Sums of floating-point currents differ in their last digits: a thousandth of a milliampere is none. */
export const TOLERANCE = 1e-3;
