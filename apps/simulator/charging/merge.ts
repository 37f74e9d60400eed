/**
 * The limit that results from all profiles of a station, and the composite schedule (1.6 §3.13.2; K01, K08). Pure.
 *
 *     EVSE = min( priority ?? tx ?? tx-default,  station-max / EVSEs that charge )
 *
 * Of each purpose the profile of the highest stack level that says anything at that instant leads; of equal levels the
 * EVSE's own before the station's.
 */
import type { EvseId } from "@wattward/kernel";
import type { Profile, Purpose } from "./profile.ts";
import { type Said, saidBy } from "./timeline.ts";

/** An EVSE with a transaction, or as it would be with one that begins now. */
export type Charging = {
  readonly evse: EvseId;
  readonly reference: string | undefined;
  readonly startedAtMs: number;
  readonly priority: boolean;
  /** On how many phases it draws, where that is not left to the profiles. */
  readonly phasesInUse?: number;
};

/** Changes of one composite schedule that are reckoned: more than any answer of a station holds. */
const CHANGES_MAX = 1_000;
const free = Number.POSITIVE_INFINITY;

/** Of one EVSE, its transaction's limit alone; infinite where no profile says anything. */
function ofTransaction(profiles: readonly Profile[], charging: Charging, atMs: number): Said {
  const purposes: Purpose[] = charging.priority ? ["priority", "tx", "tx-default"] : ["tx", "tx-default"];
  let untilMs = free;
  for (const purpose of purposes) {
    const said = leading(profiles, purpose, charging, atMs);
    untilMs = Math.min(untilMs, said.untilMs);
    if (said.limitW !== undefined) return { limitW: said.limitW, untilMs };
  }
  return { limitW: undefined, untilMs };
}

function leading(profiles: readonly Profile[], purpose: Purpose, charging: Charging, atMs: number): Said {
  const { evse, phasesInUse, reference, startedAtMs } = charging;
  const candidates = profiles
    .filter((profile) => profile.purpose === purpose && (profile.evse === 0 || profile.evse === evse))
    .filter(({ transaction }) => purpose !== "tx" || transaction === reference)
    .sort((a, b) => b.stackLevel - a.stackLevel || b.evse - a.evse);
  let untilMs = free;
  for (const profile of candidates) {
    const said = saidBy(profile, { atMs, startedAtMs, ...(phasesInUse !== undefined && { phasesInUse }) });
    untilMs = Math.min(untilMs, said.untilMs);
    if (said.limitW !== undefined) return { limitW: said.limitW, untilMs };
  }
  return { limitW: undefined, untilMs };
}

const ofStation = (profiles: readonly Profile[], atMs: number): Said =>
  leading(
    profiles,
    "station-max",
    { evse: 0 as EvseId, reference: undefined, startedAtMs: 0, priority: false },
    atMs,
  );

/** For one EVSE; `sharers` is how many charge, itself included: they share the station's limit evenly. */
export function limitOfEvse(
  profiles: readonly Profile[],
  charging: Charging,
  { atMs, sharers }: { atMs: number; sharers: number },
): Said {
  const own = ofTransaction(profiles, charging, atMs);
  const shared = ofStation(profiles, atMs);
  const limits = [own.limitW, shared.limitW === undefined ? undefined : shared.limitW / sharers];
  return { limitW: least(limits), untilMs: Math.min(own.untilMs, shared.untilMs) };
}

/** For the whole station: what all its EVSEs may draw together; `maxW` is what the hardware of each can. */
export function limitOfStation(
  profiles: readonly Profile[],
  evses: readonly (Charging & { readonly maxW: number })[],
  atMs: number,
): Said {
  const shared = ofStation(profiles, atMs);
  const own = evses.map((each) => ({ ...ofTransaction(profiles, each, atMs), maxW: each.maxW }));
  const sum = own.reduce((total, { limitW, maxW }) => total + Math.min(maxW, limitW ?? maxW), 0);
  const untilMs = Math.min(shared.untilMs, ...own.map((said) => said.untilMs));
  return { limitW: least([sum, shared.limitW]), untilMs };
}

const least = (limits: readonly (number | undefined)[]): number | undefined => {
  const given = limits.filter((limit) => limit !== undefined);
  return given.length === 0 ? undefined : Math.min(...given);
};

/** Periods from `fromMs` for `durationS`, each until the next; `maxW` where nothing limits but the hardware. */
export function composite(
  said: (atMs: number) => Said,
  { fromMs, durationS, maxW }: { fromMs: number; durationS: number; maxW: number },
): { fromS: number; limitW: number }[] {
  const periods: { fromS: number; limitW: number }[] = [];
  const endMs = fromMs + durationS * 1000;
  let atMs = fromMs;
  for (let changes = 0; atMs < endMs && changes < CHANGES_MAX; changes++) {
    const { limitW, untilMs } = said(atMs);
    const limit = Math.min(maxW, limitW ?? maxW);
    const fromS = Math.ceil((atMs - fromMs) / 1000);
    if (periods.at(-1)?.fromS === fromS) periods.pop();
    if (periods.at(-1)?.limitW !== limit) periods.push({ fromS, limitW: limit });
    atMs = untilMs;
  }
  return periods;
}
