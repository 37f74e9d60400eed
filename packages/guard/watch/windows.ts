/** Frames within a span of time: how many, and how many distinct. Both hold no more than their threshold asks for. */

/** A frame: when, and its number where it has one. */
export type Frame = { readonly nowMs: number; readonly frame?: number | undefined };

/** Remembers the last `threshold` frames. */
export class CountWindow {
  private readonly threshold: number;
  private readonly withinMs: number;
  private recent: Frame[] = [];

  constructor(threshold: number, withinMs: number) {
    this.threshold = threshold;
    this.withinMs = withinMs;
  }

  /** The frames of the window, where they are enough. */
  add(frame: Frame): readonly Frame[] | undefined {
    this.recent = this.recent.filter(({ nowMs }) => frame.nowMs - nowMs <= this.withinMs);
    this.recent.push(frame);
    if (this.recent.length > this.threshold) this.recent.shift();
    return this.recent.length >= this.threshold ? this.recent : undefined;
  }
}

/** Remembers the last frame of each of the last `threshold` values. */
export class DistinctWindow {
  private readonly threshold: number;
  private readonly withinMs: number;
  private readonly recent = new Map<number, Frame>();

  constructor(threshold: number, withinMs: number) {
    this.threshold = threshold;
    this.withinMs = withinMs;
  }

  add(value: number, frame: Frame): readonly Frame[] | undefined {
    this.recent.delete(value);
    for (const [old, { nowMs }] of this.recent)
      if (frame.nowMs - nowMs > this.withinMs || this.recent.size >= this.threshold) this.recent.delete(old);
      else break;
    this.recent.set(value, frame);
    return this.recent.size >= this.threshold ? [...this.recent.values()] : undefined;
  }
}

/** A map that forgets what was not asked for the longest. */
export class RecentMap<K, V> {
  private readonly most: number;
  private readonly map = new Map<K, V>();

  constructor(most: number) {
    this.most = most;
  }

  of(key: K, make: () => V): V {
    const known = this.map.get(key);
    // While there is room for as many again nothing will be forgotten, and order need not be kept.
    if (known !== undefined && this.map.size * 2 <= this.most) return known;
    if (known !== undefined) this.map.delete(key);
    for (const oldest of this.map.keys()) {
      if (this.map.size < this.most) break;
      this.map.delete(oldest);
    }
    const value = known ?? make();
    this.map.set(key, value);
    return value;
  }
}
