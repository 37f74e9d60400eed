/**
 * Slows down who tries to sign in: a bucket per address and one per credential, so that neither one machine with many
 * keys nor many machines with one key may guess. The maps are bounded; what was used longest ago is forgotten first.
 */
import { type Clock, TokenBucket } from "@wattward/kernel";

export const attemptLimits = {
  perAddress: { burst: 20, perSecond: 0.2 },
  perCredential: { burst: 10, perSecond: 0.05 },
  rememberedMax: 10_000,
} as const;

export type Attempts = {
  /** Counts an attempt; seconds to wait where there were too many, else undefined. */
  count(address: string, credential?: string): number | undefined;
};

export function createAttempts(clock: Clock): Attempts {
  const addresses = buckets(clock, attemptLimits.perAddress);
  const credentials = buckets(clock, attemptLimits.perCredential);
  return {
    count(address, credential) {
      const waitMs = addresses(address) || (credential === undefined ? 0 : credentials(credential));
      return waitMs === 0 ? undefined : Math.ceil(waitMs / 1000);
    },
  };
}

function buckets(clock: Clock, limits: { burst: number; perSecond: number }): (key: string) => number {
  const known = new Map<string, TokenBucket>();
  return (key) => {
    const nowMs = clock.now().monotonicMs;
    const bucket = known.get(key) ?? new TokenBucket(limits, nowMs);
    known.delete(key);
    known.set(key, bucket);
    if (known.size > attemptLimits.rememberedMax) known.delete(known.keys().next().value!);
    return bucket.take(nowMs) ? 0 : bucket.waitMs(nowMs);
  };
}
