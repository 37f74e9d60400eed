/**
 * The configuration keys of 1.6 (§9; Improved security §7) and the standard variables of 2.x that say the same
 * (2.0.1 Part 2, appendix 3): one table, read both ways. Keys are compared without case (CiString50).
 *
 * A key that no standard variable stands for keeps its name, in a component of its own: {@link OWN_COMPONENT}.
 */
import type { Attribute, ComponentName, Variable, VariableName } from "./variables.ts";

/** Component of keys that 2.x has no variable for: those of vendors, and a few of 1.6's own. */
export const OWN_COMPONENT = "Configuration16";

export type VariablePlace = {
  readonly component: ComponentName;
  readonly variable: VariableName;
  readonly attribute?: Attribute;
};

const at = (component: string, name: string, instance?: string): VariablePlace => ({
  component: { name: component },
  variable: instance === undefined ? { name } : { name, instance },
});
/** 1.6 tells how many may be, in a key of its own; 2.x has the same as the largest value of what there are. */
const most = (component: string, name: string, instance?: string): VariablePlace => ({
  ...at(component, name, instance),
  attribute: "MaxSet",
});

const table: Readonly<Record<string, VariablePlace>> = {
  AllowOfflineTxForUnknownId: at("AuthCtrlr", "OfflineTxForUnknownIdEnabled"),
  AuthorizationCacheEnabled: at("AuthCacheCtrlr", "Enabled"),
  AuthorizeRemoteTxRequests: at("AuthCtrlr", "AuthorizeRemoteStart"),
  ClockAlignedDataInterval: at("AlignedDataCtrlr", "Interval"),
  ConnectionTimeOut: at("TxCtrlr", "EVConnectionTimeOut"),
  GetConfigurationMaxKeys: at("DeviceDataCtrlr", "ItemsPerMessage", "GetVariables"),
  HeartbeatInterval: at("OCPPCommCtrlr", "HeartbeatInterval"),
  LocalAuthorizeOffline: at("AuthCtrlr", "LocalAuthorizeOffline"),
  LocalPreAuthorize: at("AuthCtrlr", "LocalPreAuthorize"),
  MaxEnergyOnInvalidId: at("TxCtrlr", "MaxEnergyOnInvalidId"),
  MeterValuesAlignedData: at("AlignedDataCtrlr", "Measurands"),
  MeterValuesSampledData: at("SampledDataCtrlr", "TxUpdatedMeasurands"),
  MeterValueSampleInterval: at("SampledDataCtrlr", "TxUpdatedInterval"),
  ResetRetries: at("OCPPCommCtrlr", "ResetRetries"),
  StopTransactionOnEVSideDisconnect: at("TxCtrlr", "StopTxOnEVSideDisconnect"),
  StopTransactionOnInvalidId: at("TxCtrlr", "StopTxOnInvalidId"),
  StopTxnAlignedData: at("AlignedDataCtrlr", "TxEndedMeasurands"),
  StopTxnSampledData: at("SampledDataCtrlr", "TxEndedMeasurands"),
  TransactionMessageAttempts: at("OCPPCommCtrlr", "MessageAttempts", "TransactionEvent"),
  TransactionMessageRetryInterval: at("OCPPCommCtrlr", "MessageAttemptInterval", "TransactionEvent"),
  UnlockConnectorOnEVSideDisconnect: at("OCPPCommCtrlr", "UnlockOnEVSideDisconnect"),
  WebSocketPingInterval: at("OCPPCommCtrlr", "WebSocketPingInterval"),
  LocalAuthListEnabled: at("LocalAuthListCtrlr", "Enabled"),
  LocalAuthListMaxLength: most("LocalAuthListCtrlr", "Entries"),
  SendLocalListMaxLength: at("LocalAuthListCtrlr", "ItemsPerMessage"),
  ReserveConnectorZeroSupported: at("ReservationCtrlr", "NonEvseSpecific"),
  ChargeProfileMaxStackLevel: at("SmartChargingCtrlr", "ProfileStackLevel"),
  ChargingScheduleAllowedChargingRateUnit: at("SmartChargingCtrlr", "RateUnit"),
  ChargingScheduleMaxPeriods: at("SmartChargingCtrlr", "PeriodsPerSchedule"),
  ConnectorSwitch3to1PhaseSupported: at("SmartChargingCtrlr", "Phases3to1"),
  MaxChargingProfilesInstalled: most("SmartChargingCtrlr", "Entries", "ChargingProfiles"),
  AdditionalRootCertificateCheck: at("SecurityCtrlr", "AdditionalRootCertificateCheck"),
  AuthorizationKey: at("SecurityCtrlr", "BasicAuthPassword"),
  CertificateSignedMaxChainSize: at("SecurityCtrlr", "MaxCertificateChainSize"),
  CertificateStoreMaxLength: most("SecurityCtrlr", "CertificateEntries"),
  CpoName: at("SecurityCtrlr", "OrganizationName"),
  SecurityProfile: at("SecurityCtrlr", "SecurityProfile"),
  SupportedFileTransferProtocols: at("OCPPCommCtrlr", "FileTransferProtocols"),
};

/** Every key of the table, as the specification spells it. */
export const standardKeys: readonly string[] = Object.keys(table);
const byKey = new Map(Object.entries(table).map(([key, place]) => [key.toLowerCase(), place]));
const byPlace = new Map(Object.entries(table).map(([key, place]) => [placeOf(place), key]));

/** Where a 1.6 key stands in the device model. */
export const placeOfKey = (key: string): VariablePlace =>
  byKey.get(key.toLowerCase()) ?? at(OWN_COMPONENT, key);

/** The 1.6 key that a variable is, as the specification spells it; undefined where 1.6 has none. */
export function keyOfPlace(place: VariablePlace): string | undefined {
  if (place.component.name.toLowerCase() === OWN_COMPONENT.toLowerCase()) return place.variable.name;
  return byPlace.get(placeOf(place));
}

/** A key of a 1.6 answer in the form of the device model (1.6 §7.29 KeyValue). */
export const variableOfKey = (told: {
  readonly key: string;
  readonly value?: string | undefined;
  readonly readonly: boolean;
}): Variable => ({
  ...placeOfKey(told.key),
  value: told.value ?? null,
  mutability: told.readonly ? "ReadOnly" : "ReadWrite",
  key16: told.key,
});

function placeOf({ component, variable, attribute = "Actual" }: VariablePlace): string {
  const { evse } = component;
  const parts = [component.name, component.instance, evse?.id, evse?.connectorId];
  return JSON.stringify([...parts, variable.name, variable.instance, attribute]).toLowerCase();
}
