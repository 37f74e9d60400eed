/**
 * A charging profile of the site's own, in words of no version, and how each version writes it (1.6 §7.8, 2.x ChargingProfileType).
 * Limits per phase in milliamperes here; a station gets amperes, or watts where it knows no others (K01.FR.50, .51).
 *
 *     safe default   TxDefaultProfile  EVSE 0, level 0, Absolute since 1970, no end: in force at every time that a clock can show. A relative one
 *                    begins with the transaction by the station's wall clock, so a jump back would leave the car without any limit
 *     grant          TxProfile         Absolute: {0: grant} {TTL: safe default}, no duration (ADR 13)
 *     gives back     TxProfile of 2.1  the same, {0: CentralSetpoint below nothing} {TTL: safe default} (Q03): nobody there, and it ends
 */
import type { EvseId, JsonObject } from "@wattward/kernel";
import { rfc3339 } from "@wattward/kernel";
import type { OcppVersion } from "@wattward/ocpp";
import { fieldsOf, listIn, numberIn, objectIn, textIn, timeIn } from "./fields.ts";

export type Unit = "A" | "W";

/** How a limit is written: for watts the phases count, and a station with fewer than three is told how many, where it takes that. */
export type Measure = {
  readonly unit: Unit;
  readonly phases: number;
  readonly voltageV: number;
  readonly saysPhases: boolean;
};

/** `dischargeMa`: in place of a limit, what the car gives back (V2X; 2.1 alone). */
type OwnPeriod = { readonly fromS: number; readonly limitMa: number; readonly dischargeMa?: number };

export type OwnProfile = {
  readonly id: number;
  readonly stackLevel: number;
  readonly purpose: "tx" | "tx-default" | "max";
  readonly kind: "absolute" | "dynamic";
  readonly transaction?: number | string | undefined;
  /** By the station's clock; of `absolute`. */
  readonly startMs?: number | undefined;
  readonly periods: readonly OwnPeriod[];
  /** Of `dynamic`: without the site it holds for so long (K01.FR.101 of 2.1). */
  readonly offlineS?: number;
};

/** CALL that installs it. */
export function setProfile(
  version: OcppVersion,
  { evse, profile, measure }: { evse: EvseId | 0; profile: OwnProfile; measure: Measure },
): { readonly action: "SetChargingProfile"; readonly payload: JsonObject } {
  const schedule = {
    ...(profile.startMs !== undefined && { startSchedule: rfc3339(profile.startMs) }),
    chargingRateUnit: measure.unit,
    chargingSchedulePeriod: profile.periods.map((period) => ({
      startPeriod: period.fromS,
      ...written(period, measure),
      ...(measure.saysPhases && { numberPhases: measure.phases }),
    })),
  };
  const common = {
    stackLevel: profile.stackLevel,
    chargingProfileKind: kinds[profile.kind],
    ...(profile.transaction !== undefined && { transactionId: profile.transaction }),
  };
  if (version === "1.6")
    return {
      action: "SetChargingProfile",
      payload: {
        connectorId: evse,
        csChargingProfiles: {
          chargingProfileId: profile.id,
          chargingProfilePurpose: purposes16[profile.purpose],
          ...common,
          chargingSchedule: schedule,
        },
      },
    };
  return {
    action: "SetChargingProfile",
    payload: {
      evseId: evse,
      chargingProfile: {
        id: profile.id,
        chargingProfilePurpose: purposes2x[profile.purpose],
        ...common,
        ...(profile.offlineS !== undefined && {
          maxOfflineDuration: profile.offlineS,
          invalidAfterOfflineDuration: true,
        }),
        chargingSchedule: [{ id: profile.id, ...schedule }],
      },
    },
  };
}

/** With a setpoint stands no limit (Q03.FR.02); the mode of what follows it goes without saying: ChargingOnly. */
const written = ({ limitMa, dischargeMa = 0 }: OwnPeriod, measure: Measure): JsonObject =>
  dischargeMa > 0
    ? { operationMode: "CentralSetpoint", setpoint: 0 - asWritten(dischargeMa, measure) }
    : { limit: asWritten(limitMa, measure) };

/** CALL that takes it away; without an id, every profile that can be cleared. */
export function clearProfile(
  version: OcppVersion,
  id?: number,
): { readonly action: "ClearChargingProfile"; readonly payload: JsonObject } {
  const payload: JsonObject =
    id === undefined
      ? version === "1.6"
        ? {}
        : { chargingProfileCriteria: {} }
      : version === "1.6"
        ? { id }
        : { chargingProfileId: id };
  return { action: "ClearChargingProfile", payload };
}

/** To a tenth, downwards: no station is told more than is meant (1.6 §7.14: at most one decimal). */
export const asWritten = (limitMa: number, { unit, phases, voltageV }: Measure): number => {
  const amperes = limitMa / 1_000;
  return Math.floor((unit === "A" ? amperes : amperes * voltageV * phases) * 10 + 1e-6) / 10;
};

/** CALL that asks what all its profiles come to. */
export const askComposite = (
  version: OcppVersion,
  { evse, durationS, unit }: { evse: EvseId | 0; durationS: number; unit: Unit },
): { readonly action: "GetCompositeSchedule"; readonly payload: JsonObject } => ({
  action: "GetCompositeSchedule",
  payload: {
    ...(version === "1.6" ? { connectorId: evse } : { evseId: evse }),
    duration: durationS,
    chargingRateUnit: unit,
  },
});

export type Composite = {
  /** By the station's clock, most often its now. */
  readonly startMs: number | undefined;
  /** Per phase, mA. */
  readonly periods: readonly { readonly fromS: number; readonly limitMa: number }[];
};

/** Undefined where the station would not say. */
export function readComposite(payload: JsonObject, measure: Measure): Composite | undefined {
  const fields = fieldsOf(payload);
  if (textIn(fields, "status") !== "Accepted") return undefined;
  const in2x = objectIn(fields, "schedule");
  const schedule = in2x.size > 0 ? in2x : objectIn(fields, "chargingSchedule");
  const unit = textIn(schedule, "chargingRateUnit") === "W" ? "W" : "A";
  const periods = listIn(schedule, "chargingSchedulePeriod")
    .map(fieldsOf)
    .map((period) => {
      const limit = numberIn(period, "limit") ?? Number.POSITIVE_INFINITY;
      return {
        fromS: numberIn(period, "startPeriod") ?? 0,
        limitMa: (unit === "A" ? limit : limit / (measure.voltageV * measure.phases)) * 1_000,
      };
    });
  if (periods.length === 0) return undefined;
  return { startMs: timeIn(fields, "scheduleStart") ?? timeIn(schedule, "scheduleStart"), periods };
}

/** What a composite says so many seconds after its start. */
export const limitAt = ({ periods }: Composite, s: number): number =>
  periods.findLast(({ fromS }) => fromS <= s)?.limitMa ?? Number.POSITIVE_INFINITY;

const kinds = { absolute: "Absolute", dynamic: "Dynamic" } as const;
const purposes16 = {
  tx: "TxProfile",
  "tx-default": "TxDefaultProfile",
  max: "ChargePointMaxProfile",
} as const;
const purposes2x = { ...purposes16, max: "ChargingStationMaxProfile" } as const;
