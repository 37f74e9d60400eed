/**
 * Who may hold a connection while it is not yet known whether it is anybody: all connections are counted, and of those
 * that are not wires yet only so many are kept, so that they can never take the places of those who get through.
 *
 *     unproven ─▶ proven (its certificate is good) ─▶ open (a wire)
 *        └──────── unfinished ─────────┘
 *
 * Always true: a connection that proved itself or is open is never given up for a newcomer. Where room is needed, the
 * newest unproven connection of the source that has most of them goes. If that is the newcomer's own source, or all
 * have as few as it has, the oldest of all goes that has had its time (unprovenMsMin), or else the newcomer. So a flood
 * from few sources costs those sources, and one from many has to come anew every few seconds. A thousand stations
 * behind one address are within one source's share. Pure but for `shed`, which is told to end a connection.
 */
import type { ServerLimits } from "./limits.ts";

export type PlaceLimits = Pick<
  ServerLimits,
  "connectionsMax" | "unfinishedMax" | "unfinishedOfOneMax" | "unprovenMsMin"
>;

/** Each may be called at any time, in any order, more than once; only what goes forward counts. */
export type Place = {
  /** Its peer's certificate is good: it is no longer given up for others. */
  proven(): void;
  /** It is a wire. */
  opened(): void;
  left(): void;
};

/** Why there is no place: everything is taken by others, or by this source. */
export type NoPlace = "connections-full" | "source-full";

type Stage = "unproven" | "proven" | "open" | "left";
type Held = { stage: Stage; readonly source: Source; readonly sinceMs: number; readonly shed: () => void };
type Source = {
  readonly key: string;
  /** In order of arrival; those that have moved on are dropped when the end is looked at. */
  newest: Held[];
  unproven: number;
  unfinished: number;
};

export class Places {
  private readonly limits: PlaceLimits;
  private readonly sources = new Map<string, Source>();
  /** Of all sources, in order of arrival. */
  private readonly unproven = new Set<Held>();
  /** Sources by how many unproven connections they have: index 3 holds those with three. */
  private readonly bySize: Set<Source>[] = [];
  private largest = 0;
  private total = 0;
  private unfinished = 0;

  constructor(limits: PlaceLimits) {
    this.limits = limits;
  }

  get full(): boolean {
    return this.total >= this.limits.connectionsMax;
  }

  /**
   * `shed` ends the connection when its place is given to another; it has left by then. `nowMs` is monotonic.
   */
  enter(sourceKey: string, nowMs: number, shed: () => void): Place | NoPlace {
    const { unfinishedMax, unfinishedOfOneMax } = this.limits;
    const known = this.sources.get(sourceKey);
    if (known !== undefined && known.unfinished >= unfinishedOfOneMax) return "source-full";
    if (this.full || this.unfinished >= unfinishedMax) {
      const victim = this.victim((known?.unproven ?? 0) + 1, nowMs);
      if (victim === undefined) return "connections-full";
      this.move(victim, "left");
      victim.shed();
    }
    const source = known ?? { key: sourceKey, newest: [], unproven: 0, unfinished: 0 };
    this.sources.set(sourceKey, source);
    const held: Held = { stage: "unproven", source, sinceMs: nowMs, shed };
    source.newest.push(held);
    this.unproven.add(held);
    source.unfinished++;
    this.total++;
    this.unfinished++;
    this.resize(source, 1);
    return {
      proven: () => this.move(held, "proven"),
      opened: () => this.move(held, "open"),
      left: () => this.move(held, "left"),
    };
  }

  /** Who goes for a newcomer whose source would then have so many unproven connections. */
  private victim(size: number, nowMs: number): Held | undefined {
    const [source] = this.largest > size ? (this.bySize[this.largest] ?? []) : [];
    if (source !== undefined) return newestOf(source);
    const [oldest] = this.unproven;
    const hadItsTime = oldest !== undefined && nowMs - oldest.sinceMs >= this.limits.unprovenMsMin;
    return hadItsTime ? oldest : undefined;
  }

  private move(held: Held, to: Stage): void {
    const from = held.stage;
    if (stages.indexOf(to) <= stages.indexOf(from)) return;
    held.stage = to;
    const { source } = held;
    if (from === "unproven") {
      this.unproven.delete(held);
      this.resize(source, -1);
    }
    if ((from === "unproven" || from === "proven") && to !== "proven") {
      this.unfinished--;
      source.unfinished--;
      if (source.unfinished === 0) this.sources.delete(source.key);
    }
    if (to === "left") this.total--;
  }

  /** One more or one less, so that the largest is never more than one step away. */
  private resize(source: Source, by: 1 | -1): void {
    this.bySize[source.unproven]?.delete(source);
    source.unproven += by;
    (this.bySize[source.unproven] ??= new Set()).add(source);
    if (source.unproven === 0) this.bySize[0]?.delete(source);
    if (by === 1) this.largest = Math.max(this.largest, source.unproven);
    else if (this.bySize[this.largest]?.size === 0 && this.largest > 0) this.largest--;
    compact(source);
  }
}

const stages: readonly Stage[] = ["unproven", "proven", "open", "left"];

function newestOf({ newest }: Source): Held | undefined {
  while (newest.length > 0 && newest.at(-1)?.stage !== "unproven") newest.pop();
  return newest.at(-1);
}

/** The list is at most twice as long as what it stands for, and a few more. */
function compact(source: Source): void {
  if (source.newest.length <= 2 * source.unproven + 16) return;
  source.newest = source.newest.filter(({ stage }) => stage === "unproven");
}
