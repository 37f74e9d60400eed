/**
 * The last word of a meter. Where it still shows an overload after what was lowered for it has had its time, somebody below does not do
 * as told, and until his own meter values say who, nobody knows. Then those give way who were not lowered for it and draw no more than they
 * may, by what flows too much; if that was not enough either, the others.
 *
 *     overload seen ── lowered by reckoning ── respondsMs ── still there: shed ── respondsMs ── still there: shed …
 *
 * It never raises, and never waits for more than the slowest model below the fuse declares (bound (b)).
 */
import type { FuseTree } from "./fuse-tree.ts";
import type { Reading } from "./inputs.ts";
import type { HeldOutlet, OutletClaim } from "./outlet-claim.ts";
import { stepDown } from "./steps.ts";
import { isMore } from "./trust.ts";

export type Shed = { readonly claim: OutletClaim; readonly limitMa: number };
type Overload = { sinceMs: number; actedAtMs: number };

export class Shedding {
  private readonly tree: FuseTree;
  private readonly held: readonly HeldOutlet[];
  /** By fuse and phase, while it lasts. */
  private readonly overloads: (Overload | undefined)[][];
  private readonly respondsMs: readonly number[];

  constructor(tree: FuseTree, held: readonly HeldOutlet[]) {
    this.tree = tree;
    this.held = held;
    this.overloads = tree.site.fuses.map(() => [undefined, undefined, undefined]);
    this.respondsMs = tree.site.fuses.map((_, i) =>
      Math.max(0, ...this.below(i).map(({ claim }) => claim.outlet.respondsMs)),
    );
  }

  /** Limits to be sent now. `readings` by index of fuse, trusted ones alone. */
  turn(readings: readonly (Reading | undefined)[], nowMs: number): Shed[] {
    const limits = new Map<OutletClaim, number>();
    this.tree.site.fuses.forEach(({ ratedMa }, fuse) => {
      for (let phase = 0; phase < 3; phase++) {
        const overMa = (readings[fuse]?.currentMa[phase] ?? 0) - ratedMa;
        if (this.isDue(fuse, phase, overMa, nowMs)) this.shed({ fuse, phase, overMa, nowMs }, limits);
      }
    });
    return [...limits].map(([claim, limitMa]) => ({ claim, limitMa }));
  }

  private isDue(fuse: number, phase: number, overMa: number, nowMs: number): boolean {
    const row = this.overloads[fuse]!;
    if (overMa <= 0) {
      row[phase] = undefined;
      return false;
    }
    const overload = (row[phase] ??= { sinceMs: nowMs, actedAtMs: nowMs });
    if (nowMs - overload.actedAtMs < this.respondsMs[fuse]!) return false;
    overload.actedAtMs = nowMs;
    return true;
  }

  private shed(
    { fuse, nowMs, overMa, phase }: { fuse: number; phase: number; overMa: number; nowMs: number },
    limits: Map<OutletClaim, number>,
  ): void {
    const { sinceMs } = this.overloads[fuse]![phase]!;
    const isSuspect = ({ claim }: HeldOutlet) =>
      claim.standing !== "obeys" ||
      claim.loweredAtMs >= sinceMs ||
      isMore(claim.drawMa[phase]!, claim.limitMa);
    const able = this.below(fuse).filter(
      ({ claim }) =>
        claim.usesPhases[phase]! > 0 &&
        claim.session !== undefined &&
        claim.limitMa > 0 &&
        claim.sentAtMs < nowMs,
    );
    const inOrder = [...able.filter((one) => !isSuspect(one)), ...able.filter(isSuspect)];
    let leftMa = overMa;
    for (const one of inOrder) {
      if (leftMa <= 0) return;
      const { claim } = one;
      const nowMa = limits.get(claim) ?? claim.limitMa;
      const flowsMa = Math.min(claim.limitMa, claim.drawMa[phase]!);
      // Perhaps lowered for another phase already: then by as much less for this one.
      const limitMa = Math.min(nowMa, stepDown(claim.outlet, flowsMa - leftMa));
      if (limitMa < nowMa) limits.set(claim, limitMa);
      // What a suspect takes back is not to be counted on.
      if (!isSuspect(one)) leftMa -= flowsMa - Math.min(flowsMa, limitMa);
    }
  }

  private below(fuse: number): HeldOutlet[] {
    return this.held.filter((one) => this.tree.pathOf(one.fuse).includes(fuse));
  }
}
