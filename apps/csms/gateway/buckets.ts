/** One token bucket per key, for keys that come from outside: their number is bounded, the oldest are forgotten. */
import { type BucketLimits, TokenBucket } from "@wattward/kernel";

export class Buckets {
  private readonly buckets = new Map<string, TokenBucket>();
  private readonly rate: BucketLimits;
  private readonly keysMax: number;

  constructor(rate: BucketLimits, keysMax: number) {
    this.rate = rate;
    this.keysMax = keysMax;
  }

  /** Takes a token of this key if there is one. */
  take(key: string, nowMonotonicMs: number): boolean {
    let bucket = this.buckets.get(key);
    if (bucket === undefined) bucket = new TokenBucket(this.rate, nowMonotonicMs);
    else this.buckets.delete(key);
    this.buckets.set(key, bucket);
    for (const oldest of this.buckets.keys()) {
      if (this.buckets.size <= this.keysMax) break;
      this.buckets.delete(oldest);
    }
    return bucket.take(nowMonotonicMs);
  }
}
