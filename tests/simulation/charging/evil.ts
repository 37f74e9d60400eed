/**
 * What a CSMS may send that wants a station's limits gone, or something else at a station out of order: seeded, in the words of a version, and
 * most of it such as its schema allows, so that it is judged by what it asks for. ReserveNow is missing: it limits nothing, and keeps cars away.
 */
import type { JsonObject } from "@wattward/kernel";
import type { OcppVersion } from "@wattward/ocpp";
import type { seededChance } from "@wattward/testing";
import { GRANT_ID, SAFE_DEFAULT_ID } from "../../../apps/site/charging/limits.ts";

export type Call = readonly [action: string, payload: JsonObject];

/** A version, the dice, and the transaction that it would have ended or limited, by its id on the wire. */
type About = {
  readonly version: OcppVersion;
  readonly chance: ReturnType<typeof seededChance>;
  readonly transaction: string | undefined;
};
type Pick = <T>(...of: readonly T[]) => T;

const card = "04A1B2C3D4E5F6";

/** What of it goes to a station, since the site has no reason to keep it; a test that never sees one there tests nothing by it. */
export const passedOn = (version: OcppVersion): readonly string[] => [
  ...["ChangeAvailability", "ClearCache", "DataTransfer", "Reset", "SendLocalList", "TriggerMessage"],
  ...["UnlockConnector", "UpdateFirmware"],
  ...(version === "1.6"
    ? ["ChangeConfiguration", "RemoteStartTransaction", "RemoteStopTransaction"]
    : ["RequestStartTransaction", "RequestStopTransaction", "SetVariables"]),
];

/** One CALL. */
export function evil(about: About): Call {
  const pick: Pick = (...of) => of[about.chance.int(0, of.length - 1)]!;
  return pick(profiles, profiles, transactions, settings, settings, station, cards)(about, pick);
}

/** Charging profiles and what else is said of them: the site answers what the version knows of it. */
function profiles(about: About, pick: Pick): Call {
  const { transaction, version } = about;
  const is16 = version === "1.6";
  const id = ourId(about, pick);
  const evse = pick(0, 1, 1, 2);
  const chargingProfile = profileOf(about, pick);
  const { chargingProfilePurpose } = chargingProfile;
  return pick<Call>(
    is16
      ? ["SetChargingProfile", { connectorId: evse, csChargingProfiles: chargingProfile }]
      : ["SetChargingProfile", { evseId: evse, chargingProfile }],
    ["SetChargingProfile", { connectorId: 0 }],
    ["ClearChargingProfile", {}],
    ["ClearChargingProfile", is16 ? { id } : { chargingProfileId: id }],
    [
      "ClearChargingProfile",
      is16 ? { chargingProfilePurpose } : { chargingProfileCriteria: { chargingProfilePurpose } },
    ],
    ["clearChargingProfile", {}],
    ["GetCompositeSchedule", is16 ? { connectorId: evse, duration: 600 } : { evseId: evse, duration: 600 }],
    ["GetChargingProfiles", { requestId: 7, chargingProfile: {} }],
    ["UpdateDynamicSchedule", { chargingProfileId: id, scheduleUpdate: { limit: 90 } }],
    ["UsePriorityCharging", { transactionId: transaction ?? "none", activate: true }],
    ["NotifyAllowedEnergyTransfer", { transactionId: transaction ?? "none", allowedEnergyTransfer: ["DC"] }],
  );
}

function transactions(about: About, pick: Pick): Call {
  const { transaction, version } = about;
  const is16 = version === "1.6";
  const evse = pick(1, 2);
  const more = pick(true, false) ? { chargingProfile: profileOf(about, pick) } : {};
  const start: Call = is16
    ? ["RemoteStartTransaction", { connectorId: evse, idTag: card, ...more }]
    : ["RequestStartTransaction", { evseId: evse, remoteStartId: 3, idToken: tokenOf(card), ...more }];
  const stop: Call = is16
    ? ["RemoteStopTransaction", { transactionId: Number(transaction ?? 1) }]
    : ["RequestStopTransaction", { transactionId: transaction ?? "none" }];
  return pick(start, stop);
}

const keys16 = [
  ...["ChargeProfileMaxStackLevel", "ChargingScheduleAllowedChargingRateUnit", "ChargingScheduleMaxPeriods"],
  ...["ConnectorSwitch3to1PhaseSupported", "MaxChargingProfilesInstalled", "SupportedFeatureProfiles"],
  ...["MeterValueSampleInterval", "MeterValuesSampledData", "HeartbeatInterval", "ConnectionTimeOut"],
  ...[
    "AllowOfflineTxForUnknownId",
    "LocalAuthorizeOffline",
    "LocalPreAuthorize",
    "StopTransactionOnInvalidId",
  ],
  ...[
    "AuthorizationCacheEnabled",
    "LocalAuthListEnabled",
    "RetryBackOffWaitMinimum",
    "WebSocketPingInterval",
    "CentralSystemURL",
  ],
];
const variables = [
  ...["SmartChargingCtrlr.Enabled", "smartchargingctrlr.enabled", "SmartChargingCtrlr.ProfileStackLevel"],
  ...[
    "SmartChargingCtrlr.PeriodsPerSchedule",
    "SmartChargingCtrlr.RateUnit",
    "SmartChargingCtrlr.Phases3to1",
  ],
  ...["SmartChargingCtrlr.ACPhaseSwitchingSupported", "SmartChargingCtrlr.LimitChangeSignificance"],
  ...["SmartChargingCtrlr.ExternalControlSignalsEnabled", "ChargingStation.Problem", "EVSE.Power"],
  ...[
    "SampledDataCtrlr.TxUpdatedInterval",
    "SampledDataCtrlr.TxUpdatedMeasurands",
    "TxCtrlr.StopTxOnInvalidId",
  ],
  ...["TxCtrlr.EVConnectionTimeOut", "AuthCtrlr.OfflineTxForUnknownIdEnabled", "AuthCtrlr.LocalPreAuthorize"],
  ...["AuthCtrlr.LocalAuthorizeOffline", "AuthCacheCtrlr.Enabled", "LocalAuthListCtrlr.Enabled"],
  ...["OCPPCommCtrlr.HeartbeatInterval", "OCPPCommCtrlr.RetryBackOffWaitMinimum"],
  ...["OCPPCommCtrlr.WebSocketPingInterval", "OCPPCommCtrlr.NetworkConfigurationPriority"],
  "NetworkConfiguration.OcppCsmsUrl",
];

function settings({ version }: About, pick: Pick): Call {
  const value = () =>
    pick("0", "1", "5", "86400", "true", "false", "Power", "W", "SoC", "", "ws://192.0.2.1/");
  if (version === "1.6") return ["ChangeConfiguration", { key: pick(...keys16), value: value() }];
  const one = () => {
    const [component = "", variable = ""] = pick(...variables).split(".");
    return { attributeValue: value(), component: { name: component }, variable: { name: variable } };
  };
  return ["SetVariables", { setVariableData: pick([one()], [one()], [one(), one()]) }];
}

function station({ version }: About, pick: Pick): Call {
  const is16 = version === "1.6";
  const evse = pick(0, 1, 2);
  const vendor = { vendorId: pick("com.example", "org.openchargealliance"), messageId: "ClearLimits" };
  const at = pick("1970-01-01T00:00:00Z", "2999-01-01T00:00:00Z");
  const location = "http://192.0.2.1/firmware.bin";
  const word = pick("BootNotification", "Heartbeat", "MeterValues", "StatusNotification", "TransactionEvent");
  // Twice as often back as away: where nobody ever charges, nothing is seen.
  const operative = pick("Operative", "Operative", "Inoperative");
  return pick<Call>(
    ["Reset", { type: is16 ? pick("Hard", "Soft") : pick("Immediate", "OnIdle") }],
    ["Reset", is16 ? { type: "Hard" } : { type: "Immediate", evseId: pick(1, 2) }],
    ["ChangeAvailability", availability(version, evse, operative)],
    ["DataTransfer", { ...vendor, data: pick('{"limit":90}', "off") }],
    [
      "UpdateFirmware",
      is16 ? { location, retrieveDate: at } : { requestId: 1, firmware: { location, retrieveDateTime: at } },
    ],
    is16 ? ["DataTransfer", vendor] : ["SetNetworkProfile", networkProfile(version)],
    [
      "TriggerMessage",
      is16
        ? { requestedMessage: word, ...(evse > 0 && { connectorId: evse }) }
        : { requestedMessage: word, ...(evse > 0 && { evse: { id: evse } }) },
    ],
    ["UnlockConnector", is16 ? { connectorId: pick(1, 2) } : { evseId: pick(1, 2), connectorId: 1 }],
  );
}

/** To another central system, by no security at all. */
const networkProfile = (version: OcppVersion): JsonObject => ({
  configurationSlot: 1,
  connectionData: {
    ...{ ocppCsmsUrl: "ws://192.0.2.1/", messageTimeout: 30, securityProfile: 1 },
    ...{
      ocppInterface: "Wired0",
      ocppTransport: "JSON",
      ocppVersion: version === "2.1" ? "OCPP21" : "OCPP20",
    },
  },
});

function cards({ chance, version }: About, pick: Pick): Call {
  const status = pick("Accepted", "Blocked");
  const entries =
    version === "1.6"
      ? [{ idTag: card, idTagInfo: { status } }]
      : [{ idToken: tokenOf(card), idTokenInfo: { status } }];
  const list = pick(true, false) ? { localAuthorizationList: entries } : {};
  const number = chance.int(0, 100);
  const named = version === "1.6" ? { listVersion: number } : { versionNumber: number };
  const send: Call = ["SendLocalList", { ...named, updateType: pick("Full", "Differential"), ...list }];
  return pick(send, ["ClearCache", {}]);
}

/** What gives every car its chance again, whatever the sequence took away: availability, cards without a central system. */
export function amends(version: OcppVersion): Call[] {
  const back = [0, 1, 2].map(
    (evse): Call => ["ChangeAvailability", availability(version, evse, "Operative")],
  );
  const [component, variable] = ["AuthCtrlr", "OfflineTxForUnknownIdEnabled"];
  const attribute = { attributeValue: "true", component: { name: component }, variable: { name: variable } };
  const unknownToo: Call =
    version === "1.6"
      ? ["ChangeConfiguration", { key: "AllowOfflineTxForUnknownId", value: "true" }]
      : ["SetVariables", { setVariableData: [attribute] }];
  return [...back, unknownToo];
}

function availability(version: OcppVersion, evse: number, type: string): JsonObject {
  if (version === "1.6") return { connectorId: evse, type };
  return { operationalStatus: type, ...(evse > 0 && { evse: { id: evse } }) };
}

/** Of a profile: the site's own now and then, as if it could be replaced. */
const ourId = ({ chance }: About, pick: Pick): number =>
  pick(1, 2, SAFE_DEFAULT_ID, GRANT_ID + 1, chance.int(0, 2 ** 31 - 1));

function profileOf(about: About, pick: Pick) {
  const { transaction, version } = about;
  const is16 = version === "1.6";
  const id = ourId(about, pick);
  const max = is16 ? "ChargePointMaxProfile" : "ChargingStationMaxProfile";
  const chargingProfilePurpose = pick("TxProfile", "TxDefaultProfile", max);
  const schedule: JsonObject = {
    ...(pick(true, false) && {
      startSchedule: pick("1970-01-01T00:00:00Z", "2026-01-05T09:00:00Z", "2999-01-01T00:00:00Z"),
    }),
    ...(pick(true, false) && { duration: pick(0, 60, 86_400) }),
    chargingRateUnit: pick("A", "W"),
    chargingSchedulePeriod: [{ startPeriod: 0, limit: pick(0, 6, 16, 32, 90, 22_000, 100_000) }],
  };
  return {
    ...(is16 ? { chargingProfileId: id } : { id }),
    ...(chargingProfilePurpose === "TxProfile" &&
      transaction !== undefined && { transactionId: is16 ? Number(transaction) : transaction }),
    ...{ stackLevel: pick(0, 1, 8, 1_000), chargingProfilePurpose },
    chargingProfileKind: pick("Absolute", "Relative", "Recurring"),
    chargingSchedule: is16 ? schedule : [{ id: 1, ...schedule }],
  };
}

const tokenOf = (idToken: string) => ({ idToken, type: "ISO14443" });
