/**
 * A charging profile that the CSMS set for a station of a managed site: input to its energy, never written to the station (ADR 13).
 * Read from both wordings into one; the wire form stays beside it, for reports.
 */
import type { JsonObject } from "@wattward/kernel";
import type { OcppVersion } from "@wattward/ocpp";
import { type Fields, fieldsOf, listIn, numberIn, textIn, timeIn } from "./fields.ts";
import type { Unit } from "./profile.ts";

export type CsmsPurpose = "max" | "tx-default" | "tx" | "priority";

export type CsmsPeriod = {
  readonly fromS: number;
  /** In the schedule's unit; absent: it limits nothing (2.1). */
  readonly limit: number | undefined;
  readonly phases: number | undefined;
};

export type CsmsProfile = {
  readonly id: number;
  readonly evse: number;
  readonly stackLevel: number;
  readonly purpose: CsmsPurpose;
  readonly kind: "absolute" | "recurring" | "relative" | "dynamic";
  readonly recurrence: "daily" | "weekly" | undefined;
  readonly validFromMs: number | undefined;
  readonly validToMs: number | undefined;
  /** Of `tx`. Absent there: it came with a remote start whose transaction has not begun. */
  readonly transaction: number | string | undefined;
  readonly startMs: number | undefined;
  readonly durationS: number | undefined;
  readonly unit: Unit;
  readonly periods: readonly CsmsPeriod[];
  readonly receivedMs: number;
  readonly wire: JsonObject;
};

const purposes: Readonly<Record<string, CsmsPurpose | undefined>> = {
  ChargePointMaxProfile: "max",
  ChargingStationMaxProfile: "max",
  TxDefaultProfile: "tx-default",
  TxProfile: "tx",
  PriorityCharging: "priority",
};
export const purposeOf = (word: string | undefined): CsmsPurpose | undefined =>
  word === undefined ? undefined : purposes[word];

const kinds: Readonly<Record<string, CsmsProfile["kind"] | undefined>> = {
  Absolute: "absolute",
  Recurring: "recurring",
  Relative: "relative",
  Dynamic: "dynamic",
};

/** Undefined where it is one that no CSMS may set, or that this site knows nothing of. `wire` has passed its schema. */
export function csmsProfileOf(
  version: OcppVersion,
  wire: JsonObject,
  about: { readonly evse: number; readonly receivedMs: number },
): CsmsProfile | undefined {
  const fields = fieldsOf(wire);
  const id = numberIn(fields, version === "1.6" ? "chargingProfileId" : "id");
  const purpose = purposeOf(textIn(fields, "chargingProfilePurpose"));
  const kind = kinds[textIn(fields, "chargingProfileKind") ?? ""];
  const schedules = version === "1.6" ? [fields.get("chargingSchedule")] : listIn(fields, "chargingSchedule");
  const stackLevel = numberIn(fields, "stackLevel");
  // More than one schedule is for a car to choose from (K15), and this site has offered it none.
  if (
    id === undefined ||
    purpose === undefined ||
    kind === undefined ||
    stackLevel === undefined ||
    schedules.length !== 1
  )
    return undefined;
  const schedule = fieldsOf(schedules[0]);
  const periods = listIn(schedule, "chargingSchedulePeriod").map(fieldsOf);
  if (periods.some(isMore)) return undefined;
  const recurrence = textIn(fields, "recurrencyKind");
  const transaction = fields.get("transactionId");
  return {
    ...{ id, purpose, kind, stackLevel, wire, evse: about.evse, receivedMs: about.receivedMs },
    recurrence: recurrence === "Weekly" ? "weekly" : recurrence === "Daily" ? "daily" : undefined,
    validFromMs: timeIn(fields, "validFrom"),
    validToMs: timeIn(fields, "validTo"),
    transaction: typeof transaction === "number" || typeof transaction === "string" ? transaction : undefined,
    startMs: timeIn(schedule, "startSchedule"),
    durationS: numberIn(schedule, "duration"),
    unit: textIn(schedule, "chargingRateUnit") === "W" ? "W" : "A",
    periods: periods.map(periodOf),
  };
}

/** 2.1 may limit each phase; an outlet is limited on all of them alike, so by the least, and watts are then those of one. */
function periodOf(fields: Fields): CsmsPeriod {
  const limits = ["limit", "limit_L2", "limit_L3"].map((name) => numberIn(fields, name));
  const said = limits.filter((limit) => limit !== undefined);
  const perPhase = limits[1] !== undefined || limits[2] !== undefined;
  return {
    fromS: numberIn(fields, "startPeriod") ?? 0,
    limit: said.length === 0 ? undefined : Math.min(...said),
    phases: perPhase ? 1 : numberIn(fields, "numberPhases"),
  };
}

/** 2.1: a setpoint, or a mode that is not plain charging. Nobody but the site sets those here (ADR 39). */
const isMore = (fields: Fields): boolean =>
  (textIn(fields, "operationMode") ?? "ChargingOnly") !== "ChargingOnly" ||
  ["setpoint", "setpoint_L2", "setpoint_L3"].some((name) => fields.has(name));

/** What renews a dynamic profile (2.1 K28); undefined: no limit, or more than one. */
export function renewalOf(update: Fields): CsmsPeriod | undefined {
  const period = periodOf(update);
  return period.limit === undefined || isMore(update) ? undefined : period;
}

/** As the site's own disk gives it back. */
export function readCsmsProfile(value: unknown): CsmsProfile[] {
  const fields = fieldsOf(value);
  const wire = fields.get("wire");
  const receivedMs = numberIn(fields, "receivedMs");
  const evse = numberIn(fields, "evse");
  if (typeof wire !== "object" || wire === null || receivedMs === undefined || evse === undefined) return [];
  const version = fieldsOf(wire).has("chargingProfileId") ? "1.6" : "2.0.1";
  const profile = csmsProfileOf(version, wire as JsonObject, { evse, receivedMs });
  if (profile === undefined) return [];
  const transaction = fields.get("transaction");
  const renewed = fieldsOf(listIn(fields, "periods")[0]);
  return [
    {
      ...profile,
      transaction:
        typeof transaction === "number" || typeof transaction === "string" ? transaction : undefined,
      // A dynamic one's limit was renewed since (K28).
      ...(profile.kind === "dynamic" && {
        periods: [{ fromS: 0, limit: numberIn(renewed, "limit"), phases: numberIn(renewed, "phases") }],
      }),
    },
  ];
}
