/**
 * How a station's model is limited, learnt by trying and kept on disk (ADR 13): from the best way to the next where it refuses one again and
 * again. `none` is the last: then its full rating is budgeted. A composite schedule that shows grant and end proves a way.
 *
 *     tx           TxProfile of the transaction                              ends with it
 *     tx-default   TxDefaultProfile of the EVSE, one level above the safe one
 *     max          of the whole station; only where it has a single outlet, and its safe default is such a limit then, too
 *     dynamic      2.1's TxProfile whose limit is renewed (K28); falls back when the station is offline, not by time
 */
import type { SessionId } from "@wattward/energy";
import type { EvseId } from "@wattward/kernel";
import type { OcppVersion } from "@wattward/ocpp";
import type { Learnt, Way } from "./book.ts";
import { WAYS } from "./book.ts";
import { GRANT_ID, REFUSALS_MAX, SESSIONS_MAX } from "./limits.ts";
import type { Measure, OwnProfile } from "./profile.ts";

/** The way after this one that a station of this version and size can have. */
export function nextWay(way: Way, version: OcppVersion, outlets: number): Way {
  const after = WAYS.slice(WAYS.indexOf(way) + 1).find(
    (each) => (each !== "max" || outlets === 1) && (each !== "dynamic" || version === "2.1"),
  );
  return after ?? "none";
}

/** Counts refusals of the way in use, in a row, of each session; true where it is time for the next. */
export class Refusals {
  private readonly counts = new Map<SessionId, number>();

  refused(session: SessionId, forEver: boolean): boolean {
    const count = (this.counts.get(session) ?? 0) + 1;
    this.counts.delete(session);
    this.counts.set(session, count);
    if (this.counts.size > SESSIONS_MAX) this.counts.delete(this.counts.keys().next().value!);
    if (count < REFUSALS_MAX && !forEver) return false;
    this.accepted();
    return true;
  }
  accepted(): void {
    this.counts.clear();
  }
}

/** Setpoints are 2.1's, and must end with the transaction and by themselves. */
export const canGive = (way: Way, version: OcppVersion): boolean => way === "tx" && version === "2.1";

export type GrantFacts = {
  readonly evse: EvseId;
  readonly transaction: number | string;
  readonly limitMa: number;
  /** Gives back instead (V2X); only where `canGive`. */
  readonly dischargeMa?: number | undefined;
  readonly safeMa: number;
  readonly ttlMs: number;
  /** By the station's clock: now, or a little before. */
  readonly startMs: number;
};

/** The profile that carries a grant on this way, and for which EVSE. */
export function grantProfile(
  way: Exclude<Way, "none">,
  facts: GrantFacts,
): { evse: EvseId | 0; profile: OwnProfile } {
  const { evse, limitMa, safeMa, startMs, transaction } = facts;
  const ttlS = Math.floor(facts.ttlMs / 1_000);
  const id = GRANT_ID + evse;
  const { dischargeMa = 0 } = facts;
  const periods = [
    { fromS: 0, limitMa, ...(dischargeMa > 0 && { dischargeMa }) },
    { fromS: ttlS, limitMa: safeMa },
  ];
  const ends = { id, kind: "absolute", startMs, periods } as const;
  switch (way) {
    case "tx":
      return { evse, profile: { ...ends, stackLevel: 0, purpose: "tx", transaction } };
    case "tx-default":
      return { evse, profile: { ...ends, stackLevel: 1, purpose: "tx-default" } };
    case "max":
      return { evse: 0 as EvseId, profile: { ...ends, stackLevel: 1, purpose: "max" } };
    case "dynamic":
      return {
        evse,
        profile: {
          ...{ id, stackLevel: 0, purpose: "tx", kind: "dynamic", transaction },
          ...{ periods: [{ fromS: 0, limitMa }], offlineS: ttlS },
        },
      };
  }
}

/**
 * How limits are written for an outlet of so many phases. Watts are those of the phases that its car is known to draw on: one, until it is,
 * since a car on one phase may draw there all the watts that were meant for three.
 */
export const measureOf = (
  { unit, saysPhases }: Learnt,
  phases: number,
  { voltageV, drawnOn = 1 }: { readonly voltageV: number; readonly drawnOn?: number },
): Measure => ({
  ...{ unit, phases: unit === "W" ? Math.min(phases, drawnOn) : phases, voltageV },
  saysPhases: saysPhases && phases < 3,
});
