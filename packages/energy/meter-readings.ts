/**
 * What the site's meters show in a turn, as far as it is believed; from the leaves of the fuse tree up, so that each is held against what
 * stands below it: by its meters where they are trusted, else by what our outlets draw less all that sources may feed.
 */
import type { FuseTree } from "./fuse-tree.ts";
import type { LoopInput, Reading } from "./inputs.ts";
import { type PerPhase, sum } from "./phases.ts";
import { MeterTrust } from "./trust.ts";

/** What our own devices do below each fuse, by index. */
export type OwnBelow = {
  readonly drawMa: readonly PerPhase[];
  readonly feedMa: readonly PerPhase[];
  /** The most that a meter can show: what all of it may draw, and the building by far, less the least that is fed. */
  readonly mostMa: readonly PerPhase[];
  /** By nameplates, and what cars were told to give back. */
  readonly feedAtMostMa: readonly PerPhase[];
};

export class MeterReadings {
  private readonly tree: FuseTree;
  private readonly trusts: readonly MeterTrust[];
  /** Of each fuse: which of the site's meters is there. */
  private readonly meterAt: readonly number[];

  constructor(tree: FuseTree) {
    const { fuses, meters, voltageV } = tree.site;
    this.tree = tree;
    this.meterAt = fuses.map((_, node) => meters.findIndex(({ fuse }) => tree.indexOf(fuse) === node));
    this.trusts = meters.map(
      (meter) => new MeterTrust(meter, { fuseMa: fuses[tree.indexOf(meter.fuse)]!.ratedMa, voltageV }),
    );
  }

  /** `readings` by index of fuse; why a meter is refused by its place among the site's meters. */
  turn({ meters, nowMs }: Pick<LoopInput, "meters" | "nowMs">, own: OwnBelow) {
    const { site, childrenOf, upwards } = this.tree;
    const readings: (Reading | undefined)[] = site.fuses.map(() => undefined);
    const refused: (string | undefined)[] = site.meters.map(() => undefined);
    const sums = site.fuses.map((_, node) => ({
      drawMa: sum(own.drawMa[node]!),
      feedMa: sum(own.feedMa[node]!),
      mostMa: sum(own.mostMa[node]!),
      feedAtMostMa: sum(own.feedAtMostMa[node]!),
    }));
    const known = sums.map(({ drawMa, feedAtMostMa }) => drawMa - feedAtMostMa);
    const leastMa = [...known];
    for (const node of upwards) {
      for (const child of childrenOf[node]!) leastMa[node]! += leastMa[child]! - known[child]!;
      const i = this.meterAt[node]!;
      const meter = site.meters[i];
      if (meter === undefined) continue;
      const below = { ...sums[node]!, belowMa: leastMa[node]! };
      const verdict = this.trusts[i]!.judge(meters.get(meter.id), below, nowMs);
      if (verdict.kind === "refused") refused[i] = verdict.why;
      else {
        readings[node] = verdict.reading;
        leastMa[node] = sum(verdict.reading.currentMa);
      }
    }
    return { readings, refused };
  }
}
