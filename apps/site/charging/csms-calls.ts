/**
 * The CALLs of a CSMS about charging, read from every version into one, and the answers as a station writes them (1.6 §5; 2.x chapters K and F).
 * Everything here has passed its schema.
 */
import type { JsonObject } from "@wattward/kernel";
import { rfc3339 } from "@wattward/kernel";
import type { Call, OcppVersion } from "@wattward/ocpp";
import { type CsmsPeriod, type CsmsProfile, csmsProfileOf, purposeOf, renewalOf } from "./csms-profile.ts";
import { type RefusedSetting, refusedSetting } from "./csms-settings.ts";
import type { Refused, Which } from "./csms-shelf.ts";
import { type Fields, fieldsOf, listIn, numberIn, objectIn, textIn } from "./fields.ts";
import { asWritten, type Measure, type Unit } from "./profile.ts";

export type CsmsAsk =
  | { readonly kind: "set"; readonly profile: CsmsProfile | undefined }
  | { readonly kind: "clear"; readonly which: Which | "nothing" }
  | { readonly kind: "report"; readonly which: Which | "nothing"; readonly requestId: number }
  | {
      readonly kind: "composite";
      readonly evse: number;
      readonly durationS: number;
      readonly unit: Unit | undefined;
    }
  | { readonly kind: "update"; readonly id: number; readonly renewal: CsmsPeriod | undefined }
  | { readonly kind: "priority"; readonly transaction: string; readonly active: boolean }
  /** A remote start with a profile: without it, it is passed on. */
  | { readonly kind: "start"; readonly profile: CsmsProfile | undefined; readonly without: JsonObject }
  | { readonly kind: "refused"; readonly refused: RefusedSetting };

/** Undefined: it is none of these, and goes to the station. */
export function askOf(version: OcppVersion, call: Call, receivedMs: number): CsmsAsk | undefined {
  const { action, payload } = call;
  const fields = fieldsOf(payload);
  switch (action) {
    case "SetChargingProfile": {
      const evse = numberIn(fields, version === "1.6" ? "connectorId" : "evseId") ?? 0;
      const wire = fields.get(version === "1.6" ? "csChargingProfiles" : "chargingProfile");
      return { kind: "set", profile: csmsProfileOf(version, wire as JsonObject, { evse, receivedMs }) };
    }
    case "ClearChargingProfile":
      return { kind: "clear", which: version === "1.6" ? clear16(fields) : clear2x(fields) };
    case "GetChargingProfiles":
      return { kind: "report", which: reported(fields), requestId: numberIn(fields, "requestId") ?? 0 };
    case "GetCompositeSchedule": {
      const unit = textIn(fields, "chargingRateUnit");
      return {
        kind: "composite",
        evse: numberIn(fields, version === "1.6" ? "connectorId" : "evseId") ?? 0,
        durationS: numberIn(fields, "duration") ?? 0,
        unit: unit === "A" || unit === "W" ? unit : undefined,
      };
    }
    case "UpdateDynamicSchedule": {
      const renewal = renewalOf(objectIn(fields, "scheduleUpdate"));
      return { kind: "update", id: numberIn(fields, "chargingProfileId") ?? -1, renewal };
    }
    case "UsePriorityCharging":
      return {
        kind: "priority",
        transaction: textIn(fields, "transactionId") ?? "",
        active: fields.get("activate") === true,
      };
    case "RemoteStartTransaction":
    case "RequestStartTransaction":
      return startOf(version, payload, receivedMs);
    default: {
      const refused = refusedSetting(version, call);
      return refused && { kind: "refused", refused };
    }
  }
}

function startOf(version: OcppVersion, payload: JsonObject, receivedMs: number): CsmsAsk | undefined {
  const { chargingProfile, ...without } = payload;
  if (chargingProfile === undefined) return undefined;
  const evse = numberIn(fieldsOf(payload), version === "1.6" ? "connectorId" : "evseId") ?? 0;
  return {
    kind: "start",
    without,
    profile: csmsProfileOf(version, chargingProfile as JsonObject, { evse, receivedMs }),
  };
}

function clear16(fields: Fields): Which | "nothing" {
  const id = numberIn(fields, "id");
  const word = textIn(fields, "chargingProfilePurpose");
  const purpose = purposeOf(word);
  if (word !== undefined && purpose === undefined) return "nothing";
  if (id !== undefined) return { ids: [id] };
  return { evse: numberIn(fields, "connectorId"), purpose, stackLevel: numberIn(fields, "stackLevel") };
}

function clear2x(fields: Fields): Which | "nothing" {
  const id = numberIn(fields, "chargingProfileId");
  if (id !== undefined) return { ids: [id] };
  const criteria = objectIn(fields, "chargingProfileCriteria");
  const word = textIn(criteria, "chargingProfilePurpose");
  const purpose = purposeOf(word);
  if (word !== undefined && purpose === undefined) return "nothing";
  return { evse: numberIn(criteria, "evseId"), purpose, stackLevel: numberIn(criteria, "stackLevel") };
}

function reported(fields: Fields): Which | "nothing" {
  const criterion = objectIn(fields, "chargingProfile");
  const word = textIn(criterion, "chargingProfilePurpose");
  const purpose = purposeOf(word);
  const sources = listIn(criterion, "chargingLimitSource");
  if ((word !== undefined && purpose === undefined) || (sources.length > 0 && !sources.includes("CSO")))
    return "nothing";
  const ids = listIn(criterion, "chargingProfileId").filter((id) => typeof id === "number");
  return {
    ids: ids.length > 0 ? ids : undefined,
    evse: numberIn(fields, "evseId"),
    purpose,
    stackLevel: numberIn(criterion, "stackLevel"),
  };
}

/** `Rejected`, and why where the version has a place for it. */
export const rejected = (
  version: OcppVersion,
  { reason, say }: Pick<Refused, "say"> & { readonly reason: string },
): JsonObject =>
  version === "1.6"
    ? { status: "Rejected" }
    : { status: "Rejected", statusInfo: { reasonCode: reason, additionalInfo: say.slice(0, 500) } };

export function compositeAnswer(
  version: OcppVersion,
  {
    evse,
    durationS,
    measure,
    startMs,
    periods,
  }: {
    readonly evse: number;
    readonly durationS: number;
    readonly measure: Measure;
    readonly startMs: number;
    readonly periods: readonly { readonly fromS: number; readonly limitMa: number }[];
  },
): JsonObject {
  const chargingSchedulePeriod = periods.map(({ fromS, limitMa }) => ({
    startPeriod: fromS,
    limit: asWritten(limitMa, measure),
  }));
  const common = { duration: durationS, chargingRateUnit: measure.unit, chargingSchedulePeriod };
  const scheduleStart = rfc3339(startMs);
  if (version === "1.6")
    return { status: "Accepted", connectorId: evse, scheduleStart, chargingSchedule: common };
  return { status: "Accepted", schedule: { evseId: evse, scheduleStart, ...common } };
}
