/** Is what our own loop says sound? A number that is none, or below nothing, is a broken invariant of ours: the process ends and begins anew. */
import type { LoopOutput } from "@wattward/energy";

/** A sentence for the log, or nothing. */
export function unsound({ grants, setpoints, state }: LoopOutput): string | undefined {
  for (const { dischargeMa = 0, outlet, limitMa, seq } of grants) {
    if (!Number.isSafeInteger(seq) || seq <= 0) return `a grant of outlet ${outlet} has no number`;
    if (!(limitMa >= 0 && Number.isFinite(limitMa)))
      return `grant ${seq} of outlet ${outlet} is ${limitMa} mA`;
    if (!(dischargeMa >= 0 && Number.isFinite(dischargeMa)))
      return `grant ${seq} of outlet ${outlet} gives back ${dischargeMa} mA`;
  }
  for (const { source, feedW } of setpoints)
    if (!Number.isFinite(feedW)) return `the setpoint of ${source} is ${feedW} W`;
  for (const { id, baseMa, mayMa, capacityMa } of state.fuses)
    if (![...baseMa, ...mayMa, ...capacityMa].every(Number.isFinite))
      return `what fuse ${id} carries is no number`;
  for (const { id, limitMa, mayMa } of state.outlets)
    if (![limitMa, ...mayMa].every(Number.isFinite)) return `what outlet ${id} may draw is no number`;
  return undefined;
}
