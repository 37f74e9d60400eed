/**
 * Which settings of a station may be shown with their values. Passwords are settings too, and vendors name theirs as
 * they like: so a value is shown where its setting is one of the specification's and does not sound like a secret,
 * or where it is no more than yes or no, or a number that is too short for a PIN.
 */

/** 1.6 §9, and the security whitepaper's own. AuthorizationKey is not among them. */
const keys16: ReadonlySet<string> = new Set(
  `AdditionalRootCertificateCheck AllowOfflineTxForUnknownId AuthorizationCacheEnabled AuthorizeRemoteTxRequests
  BlinkRepeat CertificateSignedMaxChainSize CertificateStoreMaxLength ChargeProfileMaxStackLevel
  ChargingScheduleAllowedChargingRateUnit ChargingScheduleMaxPeriods ClockAlignedDataInterval ConnectionTimeOut
  ConnectorPhaseRotation ConnectorPhaseRotationMaxLength ConnectorSwitch3to1PhaseSupported CpoName
  GetConfigurationMaxKeys HeartbeatInterval LightIntensity LocalAuthListEnabled LocalAuthListMaxLength
  LocalAuthorizeOffline LocalPreAuthorize MaxChargingProfilesInstalled MaxEnergyOnInvalidId MeterValueSampleInterval
  MeterValuesAlignedData MeterValuesAlignedDataMaxLength MeterValuesSampledData MeterValuesSampledDataMaxLength
  MinimumStatusDuration NumberOfConnectors ReserveConnectorZeroSupported ResetRetries SecurityProfile
  SendLocalListMaxLength StopTransactionOnEVSideDisconnect StopTransactionOnInvalidId StopTxnAlignedData
  StopTxnAlignedDataMaxLength StopTxnSampledData StopTxnSampledDataMaxLength SupportedFeatureProfiles
  SupportedFeatureProfilesMaxLength TransactionMessageAttempts TransactionMessageRetryInterval
  UnlockConnectorOnEVSideDisconnect WebSocketPingInterval`.split(/\s+/),
);

/** Components of 2.0.1 and 2.1 whose variables are the specification's (Part 2 Appendices, "Standardized Components"). */
const components: ReadonlySet<string> = new Set(
  `ACDERCtrlr AlignedDataCtrlr AuthCacheCtrlr AuthCtrlr BatterySwapCtrlr CHAdeMOCtrlr ChargingStation ClockCtrlr
  Connector Controller CustomizationCtrlr DCDERCtrlr DeviceDataCtrlr DisplayMessageCtrlr EVSE FiscalMetering
  ISO15118Ctrlr LocalAuthListCtrlr MonitoringCtrlr OCPPCommCtrlr PaymentCtrlr ReservationCtrlr SampledDataCtrlr
  SecurityCtrlr SmartChargingCtrlr TariffCostCtrlr TxCtrlr V2XChargingCtrlr WebPaymentsCtrlr`.split(/\s+/),
);

const soundsSecret =
  /pass|pwd|pw$|psk|pin$|secret|credential|private|token|(?<!public)key$|masterpass|vehicleid|evcc|emaid|idtag|uid$/i;

const harmless = /^(true|false|-?\d{1,3}|)$/i;

/** Does a setting of this name hold what nobody should read? */
export const soundsLikeASecret = (name: string): boolean => soundsSecret.test(name);

/** @param component empty for a 1.6 key */
export function maySettingBeShown(component: string, name: string, value: string): boolean {
  if (soundsSecret.test(name) || soundsSecret.test(component)) return false;
  if (harmless.test(value)) return true;
  return component === "" ? keys16.has(name) : components.has(component);
}
