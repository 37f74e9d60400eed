/**
 * The load that nobody controls, per fuse and phase, as far as it can be known.
 *
 * At a fuse whose meter is trusted: base = meter − what our outlets draw below it + what our sources feed. Meter and stations are read at
 * different times, so after every change of ours that difference is wrong for a while, and whoever acts on it
 * at once hunts (ENERGY, failures 5 and 6). So there are two bounds instead of one value:
 *
 *     `forRaising`   the highest seen for a while: what must be assumed before anything is granted;
 *     `forLowering`  what is certain in spite of all that is under way: what makes us take something back. While a station below does
 *                    not obey, also what was certain for a while, as far as the meter still bears it out: changes of ours hide a
 *                    load that was seen, one after the other, and do not end it. And while an outlet may draw more that no grant of
 *                    ours allows, what is likely: rather one change too many, once, than room that is not there.
 *
 * A meter that is read again after a gap is believed for raising once readings can be apart no more: what stands against it may be older.
 * What a car is said to give that nobody told to may be a lie, what a source feeds whose device is silent is unknown, and what a car draws
 * whose station is silent may have ended: each is believed to hide a load up to what was declared, and no more.
 * Both include the rise declared for a grant's life, never beyond the declared highest, unless more than that was measured. At a fuse
 * without a trusted meter both are the declared highest of its own loads plus those of its children.
 */
import type { FuseTree } from "./fuse-tree.ts";
import type { Reading } from "./inputs.ts";
import { BASE_HOLD_MS, LAG_MS_MAX } from "./limits.ts";
import { higher, lower, minus, NO_CURRENT, type PerPhase, plus, total } from "./phases.ts";
import { Extremes } from "./window.ts";

export type Base = {
  readonly forRaising: PerPhase;
  readonly forLowering: PerPhase;
  readonly known: "metered" | "declared";
  /** For longer than readings can be apart: a car that has come, or begun anew, and of which nobody told yet, looks like a load that rose. */
  readonly beyondDeclaration: boolean;
  /** A meter's reading is in it, here or at a fuse below. */
  readonly wavers: boolean;
};

/** What our own devices do below each fuse, by index. */
export type Own = {
  readonly drawMa: readonly PerPhase[];
  readonly drawAtMostMa: readonly PerPhase[];
  /** As last seen; of whoever obeys, no more than what is in force by now. */
  readonly drawAtLeastMa: readonly PerPhase[];
  /** Every session there keeps to its grants. */
  readonly heeded: readonly boolean[];
  /**
   * The room there shrank just now by no grant of ours: a session that was held below its safe default has ended (`OutletClaim.freed`),
   * or less of the sources may be relied on (`SourceFeeds.lessens`).
   */
  readonly freed?: readonly boolean[];
  readonly feedMa: readonly PerPhase[];
  readonly feedAtLeastMa: readonly PerPhase[];
  /** What sources may feed whose devices tell nothing: they are in neither of the two above. */
  readonly unseenFeedMa?: readonly PerPhase[];
  /** What may have ended, in `drawMa`, of cars whose stations tell nothing. */
  readonly unseenDrawMa?: readonly PerPhase[];
  /** By cars that nobody told to, as their stations say: likewise in `drawMa`. */
  readonly carsUntoldMa?: readonly PerPhase[];
};

/** Measurements differ in the last ampere; that is no load beyond declaration. */
const DECLARED_WITHIN_MA = 1_000;

export class BaseLoads {
  private readonly tree: FuseTree;
  private readonly declared: readonly { readonly highest: PerPhase; readonly rise: PerPhase }[];
  private readonly high: readonly (readonly Extremes[])[];
  private readonly certain: readonly (readonly Extremes[])[];
  /** Since when each fuse's meter is read without a gap. */
  private readonly readSinceMs = new Map<number, number>();
  /** Since when more than what was declared is certain there. */
  private readonly beyondSinceMs = new Map<number, number>();

  constructor(tree: FuseTree) {
    this.tree = tree;
    this.declared = tree.site.fuses.map((_, i) => {
      const here = tree.site.loads.filter((load) => tree.indexOf(load.fuse) === i);
      return {
        highest: total(here.map((load) => load.highestMa)),
        rise: total(here.map((load) => load.riseMa ?? load.highestMa)),
      };
    });
    const windows = (spanMs: number) => tree.site.fuses.map(() => [0, 1, 2].map(() => new Extremes(spanMs)));
    this.high = windows(BASE_HOLD_MS);
    this.certain = windows(BASE_HOLD_MS);
  }

  /** The declared highest of everything below each fuse. */
  get declaredHighest(): readonly PerPhase[] {
    return this.below((i) => this.declared[i]!.highest);
  }

  /** `readings` by index of fuse; `undefined` where no trusted one is. */
  estimate(readings: readonly (Reading | undefined)[], own: Own, nowMs: number): readonly Base[] {
    const highest = this.declaredHighest;
    const rise = this.below((i) => this.declared[i]!.rise);
    const out: Base[] = [];
    for (const i of this.tree.upwards) {
      const reading = readings[i];
      if (reading === undefined) {
        for (const window of [...this.high[i]!, ...this.certain[i]!]) window.clear();
        this.readSinceMs.delete(i);
        this.beyondSinceMs.delete(i);
        out[i] = this.fromChildren(i, out);
      } else out[i] = this.measured(i, reading, { own, highest: highest[i]!, rise: rise[i]!, nowMs });
    }
    return out;
  }

  private measured(
    i: number,
    { currentMa }: Reading,
    { own, highest, rise, nowMs }: { own: Own; highest: PerPhase; rise: PerPhase; nowMs: number },
  ): Base {
    const untold = own.carsUntoldMa?.[i] ?? NO_CURRENT;
    const believed = (ma: PerPhase) => atLeastNothing(higher(minus(ma, untold), lower(ma, highest)));
    const seen = believed(plus(minus(currentMa, own.drawMa[i]!), own.feedMa[i]!));
    const certain = believed(plus(minus(currentMa, own.drawAtMostMa[i]!), own.feedAtLeastMa[i]!));
    const possible = believed(plus(minus(currentMa, own.drawAtLeastMa[i]!), own.feedMa[i]!));
    const upTo = (ma: PerPhase, more: PerPhase) => higher(ma, lower(plus(ma, more), highest));
    const unseenDraw = own.unseenDrawMa?.[i] ?? NO_CURRENT;
    // Remembered, unlike what sources hide: a station that tells once a minute is silent for half of each.
    const high = mostOf(this.high[i]!, upTo(seen, unseenDraw), nowMs);
    const held = mostOf(this.certain[i]!, certain, nowMs);
    const borneOut = (ma: PerPhase, by: boolean) => (by ? lower(ma, possible) : NO_CURRENT);
    const hidden = higher(borneOut(held, !own.heeded[i]!), borneOut(highest, own.freed?.[i] === true));
    // What is unseen now hides as much now: no window remembers it.
    const more = plus(own.unseenFeedMa?.[i] ?? NO_CURRENT, rise);
    if (!this.readSinceMs.has(i)) this.readSinceMs.set(i, nowMs);
    // What a station told before may have ended since, and hides as much, until it must have told otherwise.
    const settled = nowMs - this.readSinceMs.get(i)! >= LAG_MS_MAX;
    return {
      forRaising: settled ? upTo(high, more) : higher(high, highest),
      forLowering: upTo(lower(higher(certain, hidden), high), plus(more, unseenDraw)),
      known: "metered",
      beyondDeclaration: this.isBeyond(i, certain, highest, nowMs),
      wavers: true,
    };
  }

  private isBeyond(i: number, certain: PerPhase, highest: PerPhase, nowMs: number): boolean {
    if (!certain.some((ma, phase) => ma > highest[phase]! + DECLARED_WITHIN_MA)) {
      this.beyondSinceMs.delete(i);
      return false;
    }
    if (!this.beyondSinceMs.has(i)) this.beyondSinceMs.set(i, nowMs);
    return nowMs - this.beyondSinceMs.get(i)! >= LAG_MS_MAX;
  }

  private fromChildren(i: number, done: readonly Base[]): Base {
    const children = this.tree.childrenOf[i]!.map((child) => done[child]!);
    const { highest } = this.declared[i]!;
    return {
      forRaising: plus(highest, total(children.map((base) => base.forRaising))),
      forLowering: plus(highest, total(children.map((base) => base.forLowering))),
      known: "declared",
      beyondDeclaration: children.some((base) => base.beyondDeclaration),
      wavers: children.some((base) => base.wavers),
    };
  }

  private below(of: (i: number) => PerPhase): readonly PerPhase[] {
    const out: PerPhase[] = [];
    for (const i of this.tree.upwards)
      out[i] = plus(of(i), total(this.tree.childrenOf[i]!.map((child) => out[child]!)));
    return out;
  }
}

/** The most that each phase's window has seen, `ma` among it. */
function mostOf(windows: readonly Extremes[], ma: PerPhase, nowMs: number): PerPhase {
  const most = (phase: 0 | 1 | 2) => {
    windows[phase]!.add(nowMs, ma[phase]);
    return windows[phase]!.high ?? 0;
  };
  return [most(0), most(1), most(2)];
}

const atLeastNothing = (ma: PerPhase): PerPhase => higher(ma, NO_CURRENT);
