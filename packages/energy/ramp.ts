/**
 * How fast a grant moves. Down: at once where a limit asks for it; to share anew only if it is worth two writes. Up: gently, and
 * not before the last change has had time to show. Together these bound the reversals of one session (AT-C6): after a raise that
 * turned out too high there is one drop, then at least `RAISE_AFTER_LOWER_MS` of rest.
 */

import { TOLERANCE } from "./fuse-tree.ts";
import { RAISE_AFTER_LOWER_MS, RAISE_DWELL_MS, REDISTRIBUTE_MA, RISE_MA_PER_S } from "./limits.ts";
import type { OutletClaim } from "./outlet-claim.ts";
import { lowest, stepDown } from "./steps.ts";

/** A raise below this is not worth a write, unless it reaches the share. */
const RAISE_MA_MIN = 1_000;

/** Whether a grant is lowered although nothing overflows. `short`: somebody with a share has nothing yet. */
export function worthLowering(
  limitMa: number,
  shareMa: number,
  { short, sinceChangeMs }: { readonly short: boolean; readonly sinceChangeMs: number },
): boolean {
  if (short) return true;
  return limitMa - shareMa >= REDISTRIBUTE_MA && sinceChangeMs >= RAISE_AFTER_LOWER_MS;
}

/**
 * The limit to raise to now; `undefined`: none. `spareMa(limit)`: what the fullest row has left with that limit, below nothing: too
 * much. The first grant of a session is the minimum: nobody knows yet whether the station obeys. A later start is a raise like others.
 */
export function raised(
  claim: OutletClaim,
  shareMa: number,
  { nowMs, spareMa }: { readonly nowMs: number; readonly spareMa: (limitMa: number) => number },
): number | undefined {
  const { limitMa, outlet } = claim;
  if (shareMa <= limitMa || nowMs - claim.loweredAtMs < RAISE_AFTER_LOWER_MS) return undefined;
  const starts = limitMa === 0;
  const sinceMs = nowMs - claim.changedAtMs;
  if (!starts && sinceMs < RAISE_DWELL_MS) return undefined;
  const gentleMa =
    starts && !claim.confirmed
      ? lowest(outlet)
      : Math.max(limitMa, lowest(outlet)) + (RISE_MA_PER_S * RAISE_DWELL_MS) / 1000;
  let aimMa = stepDown(outlet, Math.min(shareMa, gentleMa));
  const missingMa = -spareMa(aimMa);
  if (missingMa > TOLERANCE) aimMa = stepDown(outlet, aimMa - missingMa);
  const worth = aimMa > limitMa && (aimMa - limitMa >= RAISE_MA_MIN || aimMa >= shareMa);
  return worth && spareMa(aimMa) >= -TOLERANCE ? aimMa : undefined;
}
