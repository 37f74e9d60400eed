/**
 * The fuse tree in numbers: a fuse is an index, and a row is one thing that must not overflow: a phase of a fuse (milliamperes),
 * or, as the last row, the whole site's controlled power (watts: peak budget, external limit). A device at a fuse weighs on every row from
 * there to the top.
 */
import { type PerPhase, sum } from "./phases.ts";
import type { FuseId, Site } from "./site.ts";

export type FuseTree = {
  readonly site: Site;
  readonly fuseCount: number;
  readonly rowCount: number;
  /** The last row: watts. */
  readonly powerRow: number;
  indexOf(fuse: FuseId): number;
  /** The fuse itself first, the grid connection last. */
  pathOf(index: number): readonly number[];
  /** Children before their parents. */
  readonly upwards: readonly number[];
  readonly childrenOf: readonly (readonly number[])[];
};

export const rowOf = (fuse: number, phase: number): number => fuse * 3 + phase;
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
  return {
    site,
    fuseCount,
    rowCount: fuseCount * 3 + 1,
    powerRow: fuseCount * 3,
    indexOf,
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

  /** Puts `current` (milliamperes per phase, negative: takes it away) at a fuse. */
  add(fuse: number, current: PerPhase): void {
    for (const node of this.tree.pathOf(fuse)) {
      for (let phase = 0; phase < 3; phase++) this.used[rowOf(node, phase)]! += current[phase]!;
    }
    this.used[this.tree.powerRow]! += this.watts(current);
  }

  /** Whether `current` more fits everywhere up to the top, with `slackMa` to spare on each phase. */
  fits(fuse: number, current: PerPhase, slackMa = 0): boolean {
    return this.spare(fuse, current) >= slackMa;
  }

  /** What the fullest row that `current` weighs on has left after it, in milliamperes; negative: it overflows. */
  spare(fuse: number, current: PerPhase): number {
    let least = Number.POSITIVE_INFINITY;
    for (const node of this.tree.pathOf(fuse)) {
      for (let phase = 0; phase < 3; phase++) {
        if (current[phase]! > 0) least = Math.min(least, this.free(rowOf(node, phase)) - current[phase]!);
      }
    }
    const w = this.watts(current);
    return w > 0 ? Math.min(least, (this.free(this.tree.powerRow) - w) * this.maPerW) : least;
  }

  free(row: number): number {
    return this.capacity[row]! - this.used[row]!;
  }

  /** What the fullest row that this fuse weighs on, on one of the phases, has left, in milliamperes; negative: it overflows. */
  spareAbove(fuse: number, phases: PerPhase): number {
    let least = this.free(this.tree.powerRow) * this.maPerW;
    for (const node of this.tree.pathOf(fuse)) {
      for (let phase = 0; phase < 3; phase++) {
        if (phases[phase]! > 0) least = Math.min(least, this.free(rowOf(node, phase)));
      }
    }
    return least;
  }

  /** Whether one of those rows overflows. */
  overflowsAbove(fuse: number, phases: PerPhase): boolean {
    return this.spareAbove(fuse, phases) < -TOLERANCE;
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
