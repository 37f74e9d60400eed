/**
 * One request for each open command of each version, a yes of the station, and what it holds afterwards: fed through the
 * real gateway by command-table.test.ts. A command without a sample fails there.
 */
import type { JsonObject } from "@wattward/kernel";
import type { OcppVersion } from "@wattward/ocpp";
import type { StationHolds } from "../../core/port.ts";
import { iso, START_MS } from "../../core/testing/test-core.ts";

export type Sample = {
  readonly payload: JsonObject;
  readonly yes: JsonObject;
  /** Sent as well, and refused so. */
  readonly no?: JsonObject;
  /** What the station holds afterwards, of what is named here. */
  readonly holds?: (holds: StationHolds) => unknown;
  readonly held?: unknown;
  /** Rows of its device model afterwards: path → value. */
  readonly variables?: Readonly<Record<string, string>>;
};

const accepted = { status: "Accepted" };
const rejected = { status: "Rejected" };
const profileUntil = iso(START_MS + 3_600_000);
const until = "2031-01-05T09:00:00Z";
const token = { idToken: "04A1B2C3D4", type: "ISO14443" };
const reserved = (holds: StationHolds) =>
  holds.reservations.map(({ id, evse, token: t, state }) => [id, evse, t, state]);
const profiles = (holds: StationHolds) =>
  holds.profiles.map(({ id, evse, purpose, stackLevel, source }) => [id, evse, purpose, stackLevel, source]);
const availability = (holds: StationHolds) =>
  holds.availability.map(({ evse, operative, scheduled }) => [evse, operative, scheduled]);

const schedule16 = { chargingRateUnit: "A", chargingSchedulePeriod: [{ startPeriod: 0, limit: 16 }] };
const profile16 = {
  chargingProfileId: 4,
  stackLevel: 0,
  chargingProfilePurpose: "TxDefaultProfile",
  chargingProfileKind: "Relative",
  validTo: profileUntil,
  chargingSchedule: schedule16,
};
const profile2 = {
  id: 4,
  stackLevel: 0,
  chargingProfilePurpose: "TxDefaultProfile",
  chargingProfileKind: "Relative",
  validTo: profileUntil,
  chargingSchedule: [{ id: 1, ...schedule16 }],
};
const heldProfile = [[4, 0, "TxDefaultProfile", 0, "set"]];
const interval = { component: { name: "OCPPCommCtrlr" }, variable: { name: "HeartbeatInterval" } };

const samples16: Readonly<Record<string, Sample>> = {
  CancelReservation: { payload: { reservationId: 7 }, yes: accepted, no: rejected },
  ChangeAvailability: {
    payload: { connectorId: 1, type: "Inoperative" },
    yes: { status: "Scheduled" },
    no: rejected,
    holds: availability,
    held: [[1, false, true]],
  },
  ChangeConfiguration: {
    payload: { key: "HeartbeatInterval", value: "120" },
    yes: { status: "RebootRequired" },
    no: { status: "NotSupported" },
    variables: { "ocppcommctrlr heartbeatinterval actual": "120" },
  },
  ClearCache: { payload: {}, yes: accepted, no: rejected },
  ClearChargingProfile: {
    payload: { id: 4 },
    yes: accepted,
    no: { status: "Unknown" },
    holds: profiles,
    held: [],
  },
  DataTransfer: { payload: { vendorId: "V", data: "x" }, yes: accepted, no: { status: "UnknownVendorId" } },
  ExtendedTriggerMessage: {
    payload: { requestedMessage: "MeterValues", connectorId: 1 },
    yes: accepted,
    no: rejected,
  },
  GetCompositeSchedule: {
    payload: { connectorId: 1, duration: 600 },
    yes: { status: "Accepted", connectorId: 1 },
    no: rejected,
  },
  GetConfiguration: {
    payload: { key: ["HeartbeatInterval", "VendorThing"] },
    yes: {
      configurationKey: [
        { key: "HeartbeatInterval", readonly: false, value: "300" },
        { key: "VendorThing", readonly: true, value: "9" },
      ],
    },
    no: { unknownKey: ["HeartbeatInterval", "VendorThing"] },
    variables: {
      "configuration16 vendorthing actual": "9",
      "ocppcommctrlr heartbeatinterval actual": "300",
    },
  },
  GetLocalListVersion: {
    payload: {},
    yes: { listVersion: 12 },
    no: { listVersion: -1 },
    holds: ({ localListVersion }) => localListVersion,
    held: 12,
  },
  RemoteStartTransaction: {
    payload: { connectorId: 1, idTag: "04A1B2C3D4" },
    yes: accepted,
    no: rejected,
  },
  RemoteStopTransaction: { payload: { transactionId: 0 }, yes: accepted, no: rejected },
  ReserveNow: {
    payload: { connectorId: 1, expiryDate: until, idTag: "04A1B2C3D4", reservationId: 7 },
    yes: accepted,
    no: { status: "Occupied" },
    holds: reserved,
    held: [[7, 1, "…C3D4", "active"]],
  },
  Reset: { payload: { type: "Soft" }, yes: accepted, no: rejected },
  SendLocalList: {
    payload: { listVersion: 3, updateType: "Full", localAuthorizationList: [{ idTag: "A" }, { idTag: "B" }] },
    yes: accepted,
    no: { status: "VersionMismatch" },
    holds: ({ localListVersion }) => localListVersion,
    held: 3,
  },
  SetChargingProfile: {
    payload: { connectorId: 0, csChargingProfiles: profile16 },
    yes: accepted,
    no: rejected,
    holds: profiles,
    held: heldProfile,
  },
  TriggerMessage: { payload: { requestedMessage: "Heartbeat" }, yes: accepted, no: rejected },
  UnlockConnector: {
    payload: { connectorId: 1 },
    yes: { status: "Unlocked" },
    no: { status: "UnlockFailed" },
  },
};

const samples2: Readonly<Record<string, Sample>> = {
  CancelReservation: { payload: { reservationId: 7 }, yes: accepted, no: rejected },
  ChangeAvailability: {
    payload: { operationalStatus: "Inoperative", evse: { id: 1 } },
    yes: { status: "Scheduled" },
    no: rejected,
    holds: availability,
    held: [[1, false, true]],
  },
  ClearCache: { payload: {}, yes: accepted, no: rejected },
  ClearChargingProfile: {
    payload: { chargingProfileId: 4 },
    yes: accepted,
    no: { status: "Unknown" },
    holds: profiles,
    held: [],
  },
  DataTransfer: {
    payload: { vendorId: "V", data: { any: 1 } },
    yes: accepted,
    no: { status: "UnknownVendorId" },
  },
  GetBaseReport: {
    payload: { requestId: 5, reportBase: "FullInventory" },
    yes: accepted,
    no: { status: "NotSupported" },
    holds: ({ reports }) => reports.map(({ requestId, kind, state }) => [requestId, kind, state]),
    held: [[5, "FullInventory", "open"]],
  },
  GetChargingProfiles: {
    payload: { requestId: 1, chargingProfile: { chargingProfilePurpose: "TxDefaultProfile" } },
    yes: { status: "NoProfiles" },
    holds: profiles,
    held: [],
  },
  GetCompositeSchedule: { payload: { evseId: 1, duration: 600 }, yes: accepted, no: rejected },
  GetLocalListVersion: {
    payload: {},
    yes: { versionNumber: 12 },
    holds: ({ localListVersion }) => localListVersion,
    held: 12,
  },
  GetReport: {
    payload: { requestId: 6, componentVariable: [{ component: { name: "EVSE" } }] },
    yes: accepted,
    no: rejected,
    holds: ({ reports }) => reports.map(({ requestId, kind, state }) => [requestId, kind, state]),
    held: [[6, "GetReport", "open"]],
  },
  GetTransactionStatus: { payload: {}, yes: { messagesInQueue: false } },
  GetVariables: {
    payload: { getVariableData: [interval] },
    yes: { getVariableResult: [{ attributeStatus: "Accepted", attributeValue: "300", ...interval }] },
    no: { getVariableResult: [{ attributeStatus: "UnknownVariable", ...interval }] },
    variables: { "ocppcommctrlr heartbeatinterval actual": "300" },
  },
  RequestStartTransaction: {
    payload: { idToken: token, remoteStartId: 1, evseId: 1 },
    yes: accepted,
    no: rejected,
  },
  RequestStopTransaction: { payload: { transactionId: "T" }, yes: accepted, no: rejected },
  ReserveNow: {
    payload: { id: 7, expiryDateTime: until, idToken: token, evseId: 1 },
    yes: accepted,
    no: { status: "Occupied" },
    holds: reserved,
    held: [[7, 1, "…C3D4", "active"]],
  },
  Reset: { payload: { type: "OnIdle" }, yes: { status: "Scheduled" }, no: rejected },
  SendLocalList: {
    payload: {
      versionNumber: 3,
      updateType: "Full",
      localAuthorizationList: [{ idToken: token, idTokenInfo: accepted }],
    },
    yes: accepted,
    no: { status: "VersionMismatch" },
    holds: ({ localListVersion }) => localListVersion,
    held: 3,
  },
  SetChargingProfile: {
    payload: { evseId: 0, chargingProfile: profile2 },
    yes: accepted,
    no: rejected,
    holds: profiles,
    held: heldProfile,
  },
  SetVariables: {
    payload: { setVariableData: [{ attributeValue: "120", ...interval }] },
    yes: { setVariableResult: [{ attributeStatus: "Accepted", ...interval }] },
    no: { setVariableResult: [{ attributeStatus: "Rejected", ...interval }] },
    variables: { "ocppcommctrlr heartbeatinterval actual": "120" },
  },
  TriggerMessage: { payload: { requestedMessage: "Heartbeat" }, yes: accepted, no: rejected },
  UnlockConnector: {
    payload: { evseId: 1, connectorId: 1 },
    yes: { status: "Unlocked" },
    no: { status: "OngoingAuthorizedTransaction" },
  },
};

export const samples: Readonly<Record<OcppVersion, Readonly<Record<string, Sample>>>> = {
  "1.6": samples16,
  "2.0.1": samples2,
  "2.1": {
    ...samples2,
    UpdateDynamicSchedule: {
      payload: { chargingProfileId: 9, scheduleUpdate: { limit: 8 } },
      yes: accepted,
      no: rejected,
    },
    UsePriorityCharging: {
      payload: { transactionId: "T", activate: true },
      yes: accepted,
      no: { status: "NoProfile" },
    },
  },
};
