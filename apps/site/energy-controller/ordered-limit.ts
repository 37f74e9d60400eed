/**
 * A limit that a person set for a time at the central system (`bundle.energyLimit`): one more limit from outside, and the lowest of them
 * holds. It ends by this site's own clock, link or not; while nobody knows the time it stays, for that is the safe side. Pure.
 */
import type { EnergySnapshot } from "@wattward/energy";
import type { Instant } from "@wattward/kernel";
import type { EnergyLimit } from "@wattward/sitelink";

export type OutsideLimit = NonNullable<EnergySnapshot["externalLimit"]>;

/** The one of the grid operator's signal, or the ordered one where that is lower. */
export function lowestOf(
  signal: OutsideLimit | undefined,
  ordered: EnergyLimit | undefined,
  { wallMs, quality }: Pick<Instant, "wallMs" | "quality">,
): OutsideLimit | undefined {
  if (ordered === undefined || (quality !== "unknown" && wallMs >= ordered.untilMs)) return signal;
  const { limitW, untilMs } = ordered;
  return signal?.limitW !== undefined && signal.limitW <= limitW
    ? signal
    : { kind: "ordered", limitW, untilWallMs: untilMs };
}
