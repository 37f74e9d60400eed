/**
 * How long a charging profile stays in a station that no site manages (AT-C4). One that stands for ever, or begins long ago, starves cars
 * after whoever set it has forgotten it, or has lost the account that set it; so it ends within a day, or a person says by `force` that it
 * shall stay. A TxProfile ends with its transaction. Where a site manages its energy, the site keeps profiles and bounds them itself.
 */
import { type Objection, unlessForced } from "../route.ts";
import type { PlainProfile } from "./charging-profile.ts";

const PROFILE_MS_MAX = 24 * 3_600_000;

export function objectToExpiry(profile: PlainProfile, nowMs: number): Objection | undefined {
  const { purpose, kind, validFrom, validTo, schedules } = profile;
  if (validTo !== undefined && Date.parse(validTo) <= nowMs)
    return unlessForced(`it ended already (validTo ${validTo})`);
  const old = schedules.find(({ startSchedule }) => isLongAgo(startSchedule, nowMs))?.startSchedule;
  if (kind === "Absolute" && old !== undefined)
    return unlessForced(
      `its schedule began more than a day ago (startSchedule ${old}): its periods count from then`,
    );
  if (purpose === "TxProfile") return undefined;
  const beginsMs = Math.max(nowMs, validFrom === undefined ? nowMs : Date.parse(validFrom));
  const endsMs = Math.min(
    validTo === undefined ? Number.POSITIVE_INFINITY : Date.parse(validTo),
    lastEnd(profile),
  );
  if (endsMs <= beginsMs + PROFILE_MS_MAX) return undefined;
  const end = validTo === undefined ? "it has no validTo, and stays" : `it stays until ${validTo}`;
  return unlessForced(`a ${purpose} ends within 24 hours unless a person says that it shall stay: ${end}`);
}

const isLongAgo = (instant: string | undefined, nowMs: number): boolean =>
  instant !== undefined && Date.parse(instant) < nowMs - PROFILE_MS_MAX;

/** When the last of absolute schedules with a duration is over; never for one that begins again, or has none. */
function lastEnd({ kind, schedules }: PlainProfile): number {
  if (kind !== "Absolute") return Number.POSITIVE_INFINITY;
  return Math.max(
    ...schedules.map(({ startSchedule, duration }) =>
      startSchedule === undefined || duration === undefined
        ? Number.POSITIVE_INFINITY
        : Date.parse(startSchedule) + duration * 1_000,
    ),
  );
}
