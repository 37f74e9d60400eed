/**
 * Charging schedules, as far as this station obeys them: per EVSE one for every transaction and one for the running
 * one, which wins. No stack levels, no recurrence, no composite schedule: the simulator proves charging, not smart
 * charging. Power in W; seconds count from the moment the schedule was given.
 */
import type { EvseId } from "@wattward/kernel";

/** Periods in order of `fromS`, each until the next; the last has no end. */
export type Schedule = readonly { readonly fromS: number; readonly limitW: number }[];

type Given = { readonly schedule: Schedule; readonly atMs: number };

/** Volts between a phase and neutral, for limits given in amperes. */
const PHASE_VOLTS = 230;
const PHASES = 3;

/** A limit of a charging profile in W, whatever its unit. */
export const limitInWatts = (unit: "A" | "W", limit: number, phases: number | undefined): number =>
  unit === "W" ? limit : limit * PHASE_VOLTS * (phases ?? PHASES);

export class Limits {
  private readonly defaults = new Map<EvseId | 0, Given>();
  private readonly running = new Map<EvseId, Given>();

  give(evse: EvseId | 0, scope: "transaction" | "default", schedule: Schedule, nowMs: number): void {
    const given = { schedule, atMs: nowMs };
    if (scope === "default") this.defaults.set(evse, given);
    else if (evse !== 0) this.running.set(evse, given);
  }

  /** The transaction is over, and its schedule with it (1.6 §3.13.1, 2.0.1 K01). */
  ended(evse: EvseId): void {
    this.running.delete(evse);
  }

  clear(evse: EvseId | undefined): void {
    if (evse === undefined) {
      this.defaults.clear();
      this.running.clear();
    } else {
      this.defaults.delete(evse);
      this.running.delete(evse);
    }
  }

  /** In force at `nowMs` (monotonic); infinity where no schedule says anything. */
  limitW(evse: EvseId, nowMs: number): number {
    const given = this.running.get(evse) ?? this.defaults.get(evse) ?? this.defaults.get(0);
    if (given === undefined) return Number.POSITIVE_INFINITY;
    const passedS = (nowMs - given.atMs) / 1000;
    return given.schedule.findLast(({ fromS }) => fromS <= passedS)?.limitW ?? Number.POSITIVE_INFINITY;
  }
}
