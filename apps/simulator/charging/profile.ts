/**
 * A charging profile as a station keeps it, in words of no version (1.6 §3.13; 2.x chapter K). Plain data, so that the
 * flash keeps it as it is. Times are the station's own, in ms since 1970; limits in the schedule's unit, A or W.
 */
import type { EvseId, JsonObject } from "@wattward/kernel";

/** `priority` is 2.1's PriorityCharging (K21): in place of the transaction's own while the driver has asked for it. */
export type Purpose = "station-max" | "tx-default" | "tx" | "priority";
/** `dynamic` is 2.1's: one period whose limit comes anew by UpdateDynamicSchedule (K28). */
export type Kind = "absolute" | "recurring" | "relative" | "dynamic";
export type RateUnit = "A" | "W";

export type Period = {
  readonly fromS: number;
  readonly limit: number;
  readonly phases?: number;
  /** The limit is a setpoint below nothing: so much is given back (2.1 Q03). */
  readonly givesBack?: true;
};

export type Profile = {
  readonly id: number;
  /** 0: the whole station, or every EVSE of it. */
  readonly evse: EvseId | 0;
  /** Among profiles of one purpose the highest level that says anything leads. */
  readonly stackLevel: number;
  readonly purpose: Purpose;
  readonly kind: Kind;
  readonly recurrence?: "daily" | "weekly";
  readonly validFromMs?: number;
  readonly validToMs?: number;
  /** Of `tx`: our own reference of the transaction, once it is known. */
  readonly transaction?: string;
  readonly schedule: {
    readonly startMs?: number;
    readonly durationS?: number;
    readonly unit: RateUnit;
    /** In order of `fromS`. */
    readonly periods: readonly Period[];
  };
  /** When it came. */
  readonly receivedAtMs: number;
  /** Of `dynamic`: how often the station asks for the limit by itself, 0 for never (K28.FR.10). */
  readonly pullEveryS?: number;
  /** Of 2.1: without a connection it holds for so long (K01.FR.101), and afterwards not again where it `endsOffline` (K01.FR.102). */
  readonly offlineS?: number;
  readonly endsOffline?: true;
  /** As it came, for reports. */
  readonly wire: JsonObject;
};

/** Volts between a phase and neutral, for limits given in amperes. */
const PHASE_VOLTS = 230;
/** Where the profile says nothing (1.6 §7.14; K01.FR.49). */
const PHASES = 3;

/** A limit in W, whatever its unit; amperes are of each phase, of which a car may use fewer than the profile thinks. */
export const limitInWatts = (
  unit: RateUnit,
  { limit, phases = PHASES }: Omit<Period, "fromS">,
  phasesInUse = phases,
): number => (unit === "W" ? limit : limit * PHASE_VOLTS * phasesInUse);

/** A power over three phases as `unit` says it, to one decimal place (ChargingSchedulePeriod's limit). */
export const wattsAs = (unit: RateUnit, watts: number): number =>
  Math.round(10 * (unit === "W" ? watts : watts / (PHASE_VOLTS * PHASES))) / 10;
