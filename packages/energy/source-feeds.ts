/**
 * What solar and batteries feed, per fuse, and how much of it may be relied on.
 *
 * N-1: the loss of the largest local source must not overload a fuse, so of all that feeds below a fuse the largest is never counted
 * (bound (a)). A reading that is old or no number feeds nothing; a battery that charges is a load, and counts at the most it
 * may charge: what it was told, what it was seen to do, or its full power where no revert was proven.
 */
import type { FuseTree } from "./fuse-tree.ts";
import type { LoopInput, Plan, SolarLimit } from "./inputs.ts";
import { BASE_HOLD_MS, DARK_PART, LAG_MS_MAX, NAMEPLATE_TIMES, READING_STALE_MS } from "./limits.ts";
import { everyWired, higher, lower, map2, NO_CURRENT, type PerPhase, plus } from "./phases.ts";
import type { Source, SourceId } from "./site.ts";
import { Extremes } from "./window.ts";

/** Solar that was dark when it was last heard feeds nothing for so long. */
const NIGHT_MS = 10 * 3_600_000;

/** What readings differ by in any case. */
const LESS_MA = 1_000;

type Feed = {
  readonly source: Source;
  readonly fuse: number;
  readonly recent: Extremes;
  readonly held: Extremes;
  nowW: number;
  chargeAtMostW: number;
  /** What a battery that obeys was last told: nobody relies on more, though it was seen to feed more until now. */
  toldW: number;
  fresh: boolean;
  /** Solar that fed next to nothing when it was last heard feeds nothing until then. */
  darkUntilMs: number;
  /** Solar that is about to be curtailed counts with no more from `sinceMs` on, and is told only once nobody relies on more. */
  limit: { readonly limitW: number; readonly sinceMs: number } | undefined;
};

export class SourceFeeds {
  private readonly tree: FuseTree;
  private readonly feeds: readonly Feed[];
  /** By fuse: all that hang somewhere below it. */
  private readonly feedsBelow: readonly (readonly Feed[])[];
  private readonly relied: readonly (readonly Extremes[])[];
  private nowMs = Number.NEGATIVE_INFINITY;

  constructor(tree: FuseTree) {
    this.tree = tree;
    this.relied = tree.site.fuses.map(() => [0, 1, 2].map(() => new Extremes(LAG_MS_MAX)));
    this.feeds = tree.site.sources.map((source) => ({
      source,
      fuse: tree.indexOf(source.fuse),
      recent: new Extremes(LAG_MS_MAX),
      held: new Extremes(BASE_HOLD_MS),
      nowW: 0,
      chargeAtMostW: source.kind === "battery" ? source.chargeWMax : 0,
      toldW: Number.POSITIVE_INFINITY,
      fresh: false,
      darkUntilMs: Number.NEGATIVE_INFINITY,
      limit: undefined,
    }));
    this.feedsBelow = tree.site.fuses.map((_, fuse) =>
      this.feeds.filter((feed) => tree.pathOf(feed.fuse).includes(fuse)),
    );
  }

  update(
    { nowMs, batteries, solar }: LoopInput,
    setpoints: readonly { readonly id: SourceId; readonly feedW: number; readonly reliableW: number }[],
  ): void {
    this.nowMs = nowMs;
    for (const feed of this.feeds) {
      const { source } = feed;
      const told = [...batteries, ...solar].find(({ id }) => id === source.id);
      feed.fresh =
        told !== undefined && nowMs - told.atMs <= READING_STALE_MS && plausible(told.feedW, source);
      if (feed.fresh) {
        const dark = source.kind === "solar" && told!.feedW <= DARK_PART * source.feedWMax;
        feed.darkUntilMs = dark ? nowMs + NIGHT_MS : nowMs;
      }
      feed.nowW = feed.fresh ? told!.feedW : 0;
      feed.recent.add(nowMs, feed.nowW);
      feed.held.add(nowMs, feed.nowW);
      if (source.kind === "battery") {
        const order = setpoints.find(({ id }) => id === source.id);
        const { feedW: setpointW, reliableW } = order ?? { feedW: 0, reliableW: 0 };
        const known = source.revert.kind === "proven" && feed.fresh;
        feed.toldW = source.revert.kind === "proven" ? reliableW : Number.POSITIVE_INFINITY;
        feed.chargeAtMostW = known ? Math.max(0, -setpointW, -(feed.recent.low ?? 0)) : source.chargeWMax;
      }
    }
  }

  /** By the latest readings; charging is negative. Per fuse, everything below it. */
  get feedMa(): readonly PerPhase[] {
    return this.below((feed) => feed.nowW);
  }

  /** The least it was during the time that readings may be apart. */
  get feedAtLeastMa(): readonly PerPhase[] {
    return this.below((feed) => Math.min(feed.nowW, feed.recent.low ?? 0));
  }

  /** What those may feed, by the nameplate, that tell nothing; after next to nothing the sun has set for them. */
  get unseenFeedMa(): readonly PerPhase[] {
    return this.below(({ darkUntilMs, fresh, source }) =>
      fresh || darkUntilMs > this.nowMs ? 0 : nameplateW(source),
    );
  }

  get feedAtLeastW(): number {
    return this.feeds.reduce((w, feed) => w + heldW(feed), 0);
  }

  feedAtLeastOfW(id: SourceId): number {
    const feed = this.feeds.find(({ source }) => source.id === id);
    return feed === undefined ? 0 : heldW(feed);
  }

  /** What solar is to be held at, by the plan, as far as nobody relies on more any longer. */
  limits(plan: Plan | undefined, nowMs: number): SolarLimit[] {
    return this.feeds.flatMap((feed) => {
      if (feed.source.kind !== "solar") return [];
      const plannedW = plan?.solar?.get(feed.source.id);
      if (plannedW === undefined) feed.limit = undefined;
      else if (feed.limit === undefined || plannedW < feed.limit.limitW)
        feed.limit = { limitW: plannedW, sinceMs: nowMs };
      else feed.limit = { ...feed.limit, limitW: plannedW };
      const told = feed.limit !== undefined && nowMs - feed.limit.sinceMs >= LAG_MS_MAX;
      return told ? [{ source: feed.source.id, limitW: feed.limit!.limitW }] : [];
    });
  }

  /** Relied on at a fuse: the least each fed for a while, all but the largest. */
  reliedOnMa(fuse: number): PerPhase {
    const each = this.feedsBelow[fuse]!.map((feed) => this.spread(feed, heldW(feed)));
    const all = each.reduce(plus, NO_CURRENT);
    return map2(all, each.reduce(higher, NO_CURRENT), (sum, largest) => sum - largest);
  }

  /** Of that, what goes on feeding with nobody left to tell it to: batteries let go of their last setpoint. */
  reliedOnAloneMa(fuse: number): PerPhase {
    const sun = this.total(fuse, (feed) => (feed.source.kind === "solar" ? heldW(feed) : 0));
    return lower(this.reliedOnMa(fuse), sun);
  }

  /** Less is relied on here than just before: the room shrinks, and no grant says so. To be asked in each turn. */
  lessens(fuse: number, nowMs: number): boolean {
    const windows = this.relied[fuse]!;
    return this.reliedOnMa(fuse).some((ma, phase) => {
      windows[phase]!.add(nowMs, ma);
      return (windows[phase]!.high ?? 0) - ma > LESS_MA;
    });
  }

  /** By the nameplates. */
  feedAtMostMa(fuse: number): PerPhase {
    return this.total(fuse, ({ source }) => nameplateW(source));
  }

  /** What batteries below a fuse may draw. */
  chargeMa(fuse: number): PerPhase {
    return this.total(fuse, ({ chargeAtMostW }) => chargeAtMostW);
  }

  private below(of: (feed: Feed) => number): PerPhase[] {
    return this.tree.site.fuses.map((_, fuse) => this.total(fuse, of));
  }

  private total(fuse: number, of: (feed: Feed) => number): PerPhase {
    return this.feedsBelow[fuse]!.reduce((ma, feed) => plus(ma, this.spread(feed, of(feed))), NO_CURRENT);
  }

  private spread({ source }: Feed, w: number): PerPhase {
    return everyWired(source.wiring, (w * 1000) / (this.tree.site.voltageV * source.wiring.length));
  }
}

const heldW = ({ held, limit, toldW }: Feed): number =>
  Math.max(0, Math.min(held.low ?? 0, toldW, limit?.limitW ?? Number.POSITIVE_INFINITY));

const nameplateW = (source: Source): number =>
  source.kind === "solar" ? source.feedWMax : source.dischargeWMax;

const plausible = (feedW: number, source: Source): boolean =>
  Number.isFinite(feedW) &&
  (source.kind === "solar"
    ? feedW >= -NAMEPLATE_TIMES * source.feedWMax && feedW <= NAMEPLATE_TIMES * source.feedWMax
    : feedW >= -NAMEPLATE_TIMES * source.chargeWMax && feedW <= NAMEPLATE_TIMES * source.dischargeWMax);
