/**
 * Token bucket: `burst` at once, `perSecond` in the long run. Pure arithmetic on monotonic milliseconds.
 *
 * Invariant: over any span of t seconds it lets pass at most burst + perSecond · t.
 */
export type BucketLimits = { readonly burst: number; readonly perSecond: number };

export class TokenBucket {
  private tokens: number;
  private atMs: number;
  private readonly limits: BucketLimits;

  constructor(limits: BucketLimits, nowMonotonicMs: number) {
    this.limits = limits;
    this.tokens = limits.burst;
    this.atMs = nowMonotonicMs;
  }

  /** Takes `count` tokens if they are there; otherwise takes none and says false. */
  take(nowMonotonicMs: number, count = 1): boolean {
    this.refill(nowMonotonicMs);
    if (this.tokens < count) return false;
    this.tokens -= count;
    return true;
  }

  /** Milliseconds until `count` tokens will be there, 0 if they are. */
  waitMs(nowMonotonicMs: number, count = 1): number {
    this.refill(nowMonotonicMs);
    return Math.max(0, Math.ceil(((count - this.tokens) / this.limits.perSecond) * 1000));
  }

  private refill(nowMs: number): void {
    const gained = (Math.max(0, nowMs - this.atMs) / 1000) * this.limits.perSecond;
    this.tokens = Math.min(this.limits.burst, this.tokens + gained);
    this.atMs = Math.max(this.atMs, nowMs);
  }
}
