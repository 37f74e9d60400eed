/**
 * What failed authentication costs (AT-O3, CWE-307). Pure arithmetic on monotonic milliseconds.
 *
 *     a failure       costs its source and the id it tried one token each; without tokens, a pause that doubles
 *     a success       costs nothing, clears its id, and gives its source one token back, once for each id
 *     a known pair    (a source and an id that succeeded there) is counted by itself alone
 *
 * So a stranger's guesses lock nobody out: the station itself comes from where it always came from, and its pair has
 * tokens of its own. Stations behind one carrier's address share it, and each is a known pair after its first success.
 * A pause is forgotten after {@link FORGET_MS} without failures. Everything is bounded, the oldest goes first.
 */
import { sourceKey } from "@wattward/kernel";

/** Failures that cost no pause: a person's mistyping, a client that tries without a password first. */
export const TOKENS = 5;
export const PAUSE_FIRST_MS = 1_000;
/** Longest pause: within it a station that shares a stranger's address gets its turn. */
export const PAUSE_MS_MAX = 60_000;
export const FORGET_MS = 60 * 60_000;
/** Attempts of one source that nobody knows yet, under way at one time; what comes beyond is told to come again. */
export const AT_ONCE_MAX = 8;

export const SOURCES_MAX = 20_000;
export const IDS_MAX = 20_000;
export const PAIRS_MAX = 50_000;

type Tally = { failures: number; lastAtMs: number; pausedUntilMs: number };

/** An attempt that was let try; told once how it went. */
export type Attempt = {
  /** This pair succeeded before. */
  readonly known: boolean;
  succeeded(): void;
  failed(): void;
  /** It came to no verdict: ours to bear. */
  dropped(): void;
};

export class FailedAttempts {
  private readonly sources = new Tallies(SOURCES_MAX);
  private readonly ids = new Tallies(IDS_MAX);
  private readonly pairs = new Tallies(PAIRS_MAX);
  /** Known pairs of each source. */
  private readonly knownAt = new Map<string, number>();
  private readonly underWay = new Map<string, number>();

  /** For a listener's gate, before anything is spent: is this source without tokens, and does none of ours come from it? */
  admits(address: string, nowMs: number): boolean {
    const source = sourceKey(address);
    return this.knownAt.has(source) || !this.sources.isPaused(source, nowMs);
  }

  /** May `address` try to be `id` now? Undefined: not now. */
  begin(address: string, id: string, nowMs: () => number): Attempt | undefined {
    const source = sourceKey(address);
    const pair = `${source} ${id}`;
    const known = this.pairs.has(pair);
    const paused = known
      ? this.pairs.isPaused(pair, nowMs())
      : this.sources.isPaused(source, nowMs()) || this.ids.isPaused(id, nowMs());
    const underWay = this.underWay.get(source) ?? 0;
    if (paused || (underWay >= AT_ONCE_MAX && !this.knownAt.has(source))) return undefined;
    this.underWay.set(source, underWay + 1);
    return {
      known,
      dropped: () => this.over(source),
      succeeded: () => {
        this.over(source);
        this.ids.clear(id);
        // Once: who has one password may not buy guesses at others with it.
        if (!known) this.sources.giveBack(source);
        this.know(pair, source, nowMs());
      },
      failed: () => {
        this.over(source);
        if (known) return this.pairs.add(pair, nowMs());
        this.sources.add(source, nowMs());
        this.ids.add(id, nowMs());
      },
    };
  }

  /** Somebody failed before it said who it is: a bad certificate, no credentials, no such path. */
  failed(address: string, nowMs: number): void {
    this.sources.add(sourceKey(address), nowMs);
  }

  /** Proven otherwise, by a certificate: from now on `id` is known to come from there. */
  proved(address: string, id: string, nowMs: number): void {
    const source = sourceKey(address);
    this.know(`${source} ${id}`, source, nowMs);
  }

  private over(source: string): void {
    const left = (this.underWay.get(source) ?? 1) - 1;
    if (left > 0) this.underWay.set(source, left);
    else this.underWay.delete(source);
  }

  private know(pair: string, source: string, nowMs: number): void {
    if (!this.pairs.has(pair)) this.knownAt.set(source, (this.knownAt.get(source) ?? 0) + 1);
    const forgotten = this.pairs.reset(pair, nowMs);
    if (forgotten === undefined) return;
    const from = forgotten.slice(0, forgotten.indexOf(" "));
    const left = (this.knownAt.get(from) ?? 1) - 1;
    if (left > 0) this.knownAt.set(from, left);
    else this.knownAt.delete(from);
  }
}

/** Failures by key; the key that was touched longest ago is forgotten first. */
class Tallies {
  private readonly tallies = new Map<string, Tally>();
  private readonly most: number;

  constructor(most: number) {
    this.most = most;
  }

  has(key: string): boolean {
    return this.tallies.has(key);
  }

  isPaused(key: string, nowMs: number): boolean {
    return nowMs < (this.tallies.get(key)?.pausedUntilMs ?? Number.NEGATIVE_INFINITY);
  }

  add(key: string, nowMs: number): void {
    const before = this.tallies.get(key);
    const recent = before !== undefined && nowMs - before.lastAtMs < FORGET_MS ? before.failures : 0;
    const failures = recent + 1;
    const doublings = Math.min(failures - TOKENS - 1, 30);
    const pauseMs = doublings < 0 ? 0 : Math.min(PAUSE_MS_MAX, PAUSE_FIRST_MS * 2 ** doublings);
    this.put(key, { failures, lastAtMs: nowMs, pausedUntilMs: nowMs + pauseMs });
  }

  giveBack(key: string): void {
    const before = this.tallies.get(key);
    if (before === undefined) return;
    if (before.failures <= 1) this.tallies.delete(key);
    else before.failures -= 1;
  }

  clear(key: string): void {
    this.tallies.delete(key);
  }

  /** Keeps the key, without failures; the key that had to be forgotten for it, if any. */
  reset(key: string, nowMs: number): string | undefined {
    return this.put(key, { failures: 0, lastAtMs: nowMs, pausedUntilMs: nowMs });
  }

  private put(key: string, tally: Tally): string | undefined {
    this.tallies.delete(key);
    this.tallies.set(key, tally);
    if (this.tallies.size <= this.most) return undefined;
    const oldest = this.tallies.keys().next().value;
    if (oldest !== undefined) this.tallies.delete(oldest);
    return oldest;
  }
}
