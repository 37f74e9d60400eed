/**
 * The messages of OCPP 2.1: 90 actions that are answered, and one that is not (Part 2, chapter "Messages, Datatypes &
 * Enumerations"). Types only; the schemas that hold at run time are behind validation.ts.
 */
import type * as wire from "typed-ocpp/dist/ocpp21/types.js";
import type { Side } from "./version.ts";

/** Action → payload of its CALL, payload of its CALLRESULT; of a SEND the payload alone. */
export type Messages21 = {
  readonly AFRRSignal: readonly [wire.AFRRSignalRequest, wire.AFRRSignalResponse];
  readonly AdjustPeriodicEventStream: readonly [
    wire.AdjustPeriodicEventStreamRequest,
    wire.AdjustPeriodicEventStreamResponse,
  ];
  readonly Authorize: readonly [wire.AuthorizeRequest, wire.AuthorizeResponse];
  readonly BatterySwap: readonly [wire.BatterySwapRequest, wire.BatterySwapResponse];
  readonly BootNotification: readonly [wire.BootNotificationRequest, wire.BootNotificationResponse];
  readonly CancelReservation: readonly [wire.CancelReservationRequest, wire.CancelReservationResponse];
  readonly CertificateSigned: readonly [wire.CertificateSignedRequest, wire.CertificateSignedResponse];
  readonly ChangeAvailability: readonly [wire.ChangeAvailabilityRequest, wire.ChangeAvailabilityResponse];
  readonly ChangeTransactionTariff: readonly [
    wire.ChangeTransactionTariffRequest,
    wire.ChangeTransactionTariffResponse,
  ];
  readonly ClearCache: readonly [wire.ClearCacheRequest, wire.ClearCacheResponse];
  readonly ClearChargingProfile: readonly [
    wire.ClearChargingProfileRequest,
    wire.ClearChargingProfileResponse,
  ];
  readonly ClearDERControl: readonly [wire.ClearDERControlRequest, wire.ClearDERControlResponse];
  readonly ClearDisplayMessage: readonly [wire.ClearDisplayMessageRequest, wire.ClearDisplayMessageResponse];
  readonly ClearTariffs: readonly [wire.ClearTariffsRequest, wire.ClearTariffsResponse];
  readonly ClearVariableMonitoring: readonly [
    wire.ClearVariableMonitoringRequest,
    wire.ClearVariableMonitoringResponse,
  ];
  readonly ClearedChargingLimit: readonly [
    wire.ClearedChargingLimitRequest,
    wire.ClearedChargingLimitResponse,
  ];
  readonly ClosePeriodicEventStream: readonly [
    wire.ClosePeriodicEventStreamRequest,
    wire.ClosePeriodicEventStreamResponse,
  ];
  readonly CostUpdated: readonly [wire.CostUpdatedRequest, wire.CostUpdatedResponse];
  readonly CustomerInformation: readonly [wire.CustomerInformationRequest, wire.CustomerInformationResponse];
  readonly DataTransfer: readonly [wire.DataTransferRequest, wire.DataTransferResponse];
  readonly DeleteCertificate: readonly [wire.DeleteCertificateRequest, wire.DeleteCertificateResponse];
  readonly FirmwareStatusNotification: readonly [
    wire.FirmwareStatusNotificationRequest,
    wire.FirmwareStatusNotificationResponse,
  ];
  readonly Get15118EVCertificate: readonly [
    wire.Get15118EVCertificateRequest,
    wire.Get15118EVCertificateResponse,
  ];
  readonly GetBaseReport: readonly [wire.GetBaseReportRequest, wire.GetBaseReportResponse];
  readonly GetCertificateChainStatus: readonly [
    wire.GetCertificateChainStatusRequest,
    wire.GetCertificateChainStatusResponse,
  ];
  readonly GetCertificateStatus: readonly [
    wire.GetCertificateStatusRequest,
    wire.GetCertificateStatusResponse,
  ];
  readonly GetChargingProfiles: readonly [wire.GetChargingProfilesRequest, wire.GetChargingProfilesResponse];
  readonly GetCompositeSchedule: readonly [
    wire.GetCompositeScheduleRequest,
    wire.GetCompositeScheduleResponse,
  ];
  readonly GetDERControl: readonly [wire.GetDERControlRequest, wire.GetDERControlResponse];
  readonly GetDisplayMessages: readonly [wire.GetDisplayMessagesRequest, wire.GetDisplayMessagesResponse];
  readonly GetInstalledCertificateIds: readonly [
    wire.GetInstalledCertificateIdsRequest,
    wire.GetInstalledCertificateIdsResponse,
  ];
  readonly GetLocalListVersion: readonly [wire.GetLocalListVersionRequest, wire.GetLocalListVersionResponse];
  readonly GetLog: readonly [wire.GetLogRequest, wire.GetLogResponse];
  readonly GetMonitoringReport: readonly [wire.GetMonitoringReportRequest, wire.GetMonitoringReportResponse];
  readonly GetPeriodicEventStream: readonly [
    wire.GetPeriodicEventStreamRequest,
    wire.GetPeriodicEventStreamResponse,
  ];
  readonly GetReport: readonly [wire.GetReportRequest, wire.GetReportResponse];
  readonly GetTariffs: readonly [wire.GetTariffsRequest, wire.GetTariffsResponse];
  readonly GetTransactionStatus: readonly [
    wire.GetTransactionStatusRequest,
    wire.GetTransactionStatusResponse,
  ];
  readonly GetVariables: readonly [wire.GetVariablesRequest, wire.GetVariablesResponse];
  readonly Heartbeat: readonly [wire.HeartbeatRequest, wire.HeartbeatResponse];
  readonly InstallCertificate: readonly [wire.InstallCertificateRequest, wire.InstallCertificateResponse];
  readonly LogStatusNotification: readonly [
    wire.LogStatusNotificationRequest,
    wire.LogStatusNotificationResponse,
  ];
  readonly MeterValues: readonly [wire.MeterValuesRequest, wire.MeterValuesResponse];
  readonly NotifyAllowedEnergyTransfer: readonly [
    wire.NotifyAllowedEnergyTransferRequest,
    wire.NotifyAllowedEnergyTransferResponse,
  ];
  readonly NotifyChargingLimit: readonly [wire.NotifyChargingLimitRequest, wire.NotifyChargingLimitResponse];
  readonly NotifyCustomerInformation: readonly [
    wire.NotifyCustomerInformationRequest,
    wire.NotifyCustomerInformationResponse,
  ];
  readonly NotifyDERAlarm: readonly [wire.NotifyDERAlarmRequest, wire.NotifyDERAlarmResponse];
  readonly NotifyDERStartStop: readonly [wire.NotifyDERStartStopRequest, wire.NotifyDERStartStopResponse];
  readonly NotifyDisplayMessages: readonly [
    wire.NotifyDisplayMessagesRequest,
    wire.NotifyDisplayMessagesResponse,
  ];
  readonly NotifyEVChargingNeeds: readonly [
    wire.NotifyEVChargingNeedsRequest,
    wire.NotifyEVChargingNeedsResponse,
  ];
  readonly NotifyEVChargingSchedule: readonly [
    wire.NotifyEVChargingScheduleRequest,
    wire.NotifyEVChargingScheduleResponse,
  ];
  readonly NotifyEvent: readonly [wire.NotifyEventRequest, wire.NotifyEventResponse];
  readonly NotifyMonitoringReport: readonly [
    wire.NotifyMonitoringReportRequest,
    wire.NotifyMonitoringReportResponse,
  ];
  readonly NotifyPriorityCharging: readonly [
    wire.NotifyPriorityChargingRequest,
    wire.NotifyPriorityChargingResponse,
  ];
  readonly NotifyReport: readonly [wire.NotifyReportRequest, wire.NotifyReportResponse];
  readonly NotifySettlement: readonly [wire.NotifySettlementRequest, wire.NotifySettlementResponse];
  readonly NotifyWebPaymentStarted: readonly [
    wire.NotifyWebPaymentStartedRequest,
    wire.NotifyWebPaymentStartedResponse,
  ];
  readonly OpenPeriodicEventStream: readonly [
    wire.OpenPeriodicEventStreamRequest,
    wire.OpenPeriodicEventStreamResponse,
  ];
  readonly PublishFirmware: readonly [wire.PublishFirmwareRequest, wire.PublishFirmwareResponse];
  readonly PublishFirmwareStatusNotification: readonly [
    wire.PublishFirmwareStatusNotificationRequest,
    wire.PublishFirmwareStatusNotificationResponse,
  ];
  readonly PullDynamicScheduleUpdate: readonly [
    wire.PullDynamicScheduleUpdateRequest,
    wire.PullDynamicScheduleUpdateResponse,
  ];
  readonly ReportChargingProfiles: readonly [
    wire.ReportChargingProfilesRequest,
    wire.ReportChargingProfilesResponse,
  ];
  readonly ReportDERControl: readonly [wire.ReportDERControlRequest, wire.ReportDERControlResponse];
  readonly RequestBatterySwap: readonly [wire.RequestBatterySwapRequest, wire.RequestBatterySwapResponse];
  readonly RequestStartTransaction: readonly [
    wire.RequestStartTransactionRequest,
    wire.RequestStartTransactionResponse,
  ];
  readonly RequestStopTransaction: readonly [
    wire.RequestStopTransactionRequest,
    wire.RequestStopTransactionResponse,
  ];
  readonly ReservationStatusUpdate: readonly [
    wire.ReservationStatusUpdateRequest,
    wire.ReservationStatusUpdateResponse,
  ];
  readonly ReserveNow: readonly [wire.ReserveNowRequest, wire.ReserveNowResponse];
  readonly Reset: readonly [wire.ResetRequest, wire.ResetResponse];
  readonly SecurityEventNotification: readonly [
    wire.SecurityEventNotificationRequest,
    wire.SecurityEventNotificationResponse,
  ];
  readonly SendLocalList: readonly [wire.SendLocalListRequest, wire.SendLocalListResponse];
  readonly SetChargingProfile: readonly [wire.SetChargingProfileRequest, wire.SetChargingProfileResponse];
  readonly SetDERControl: readonly [wire.SetDERControlRequest, wire.SetDERControlResponse];
  readonly SetDefaultTariff: readonly [wire.SetDefaultTariffRequest, wire.SetDefaultTariffResponse];
  readonly SetDisplayMessage: readonly [wire.SetDisplayMessageRequest, wire.SetDisplayMessageResponse];
  readonly SetMonitoringBase: readonly [wire.SetMonitoringBaseRequest, wire.SetMonitoringBaseResponse];
  readonly SetMonitoringLevel: readonly [wire.SetMonitoringLevelRequest, wire.SetMonitoringLevelResponse];
  readonly SetNetworkProfile: readonly [wire.SetNetworkProfileRequest, wire.SetNetworkProfileResponse];
  readonly SetVariableMonitoring: readonly [
    wire.SetVariableMonitoringRequest,
    wire.SetVariableMonitoringResponse,
  ];
  readonly SetVariables: readonly [wire.SetVariablesRequest, wire.SetVariablesResponse];
  readonly SignCertificate: readonly [wire.SignCertificateRequest, wire.SignCertificateResponse];
  readonly StatusNotification: readonly [wire.StatusNotificationRequest, wire.StatusNotificationResponse];
  readonly TransactionEvent: readonly [wire.TransactionEventRequest, wire.TransactionEventResponse];
  readonly TriggerMessage: readonly [wire.TriggerMessageRequest, wire.TriggerMessageResponse];
  readonly UnlockConnector: readonly [wire.UnlockConnectorRequest, wire.UnlockConnectorResponse];
  readonly UnpublishFirmware: readonly [wire.UnpublishFirmwareRequest, wire.UnpublishFirmwareResponse];
  readonly UpdateDynamicSchedule: readonly [
    wire.UpdateDynamicScheduleRequest,
    wire.UpdateDynamicScheduleResponse,
  ];
  readonly UpdateFirmware: readonly [wire.UpdateFirmwareRequest, wire.UpdateFirmwareResponse];
  readonly UsePriorityCharging: readonly [wire.UsePriorityChargingRequest, wire.UsePriorityChargingResponse];
  readonly VatNumberValidation: readonly [wire.VatNumberValidationRequest, wire.VatNumberValidationResponse];
  readonly NotifyPeriodicEventStream: readonly [wire.NotifyPeriodicEventStream, never];
};

/** Who may send the CALL. */
export const senders21 = {
  AFRRSignal: "csms",
  AdjustPeriodicEventStream: "csms",
  Authorize: "station",
  BatterySwap: "station",
  BootNotification: "station",
  CancelReservation: "csms",
  CertificateSigned: "csms",
  ChangeAvailability: "csms",
  ChangeTransactionTariff: "csms",
  ClearCache: "csms",
  ClearChargingProfile: "csms",
  ClearDERControl: "csms",
  ClearDisplayMessage: "csms",
  ClearTariffs: "csms",
  ClearVariableMonitoring: "csms",
  ClearedChargingLimit: "station",
  ClosePeriodicEventStream: "station",
  CostUpdated: "csms",
  CustomerInformation: "csms",
  DataTransfer: "both",
  DeleteCertificate: "csms",
  FirmwareStatusNotification: "station",
  Get15118EVCertificate: "station",
  GetBaseReport: "csms",
  GetCertificateChainStatus: "station",
  GetCertificateStatus: "station",
  GetChargingProfiles: "csms",
  GetCompositeSchedule: "csms",
  GetDERControl: "csms",
  GetDisplayMessages: "csms",
  GetInstalledCertificateIds: "csms",
  GetLocalListVersion: "csms",
  GetLog: "csms",
  GetMonitoringReport: "csms",
  GetPeriodicEventStream: "csms",
  GetReport: "csms",
  GetTariffs: "csms",
  GetTransactionStatus: "csms",
  GetVariables: "csms",
  Heartbeat: "station",
  InstallCertificate: "csms",
  LogStatusNotification: "station",
  MeterValues: "station",
  NotifyAllowedEnergyTransfer: "csms",
  NotifyChargingLimit: "station",
  NotifyCustomerInformation: "station",
  NotifyDERAlarm: "station",
  NotifyDERStartStop: "station",
  NotifyDisplayMessages: "station",
  NotifyEVChargingNeeds: "station",
  NotifyEVChargingSchedule: "station",
  NotifyEvent: "station",
  NotifyMonitoringReport: "station",
  NotifyPriorityCharging: "station",
  NotifyReport: "station",
  NotifySettlement: "station",
  NotifyWebPaymentStarted: "csms",
  OpenPeriodicEventStream: "station",
  PublishFirmware: "csms",
  PublishFirmwareStatusNotification: "station",
  PullDynamicScheduleUpdate: "station",
  ReportChargingProfiles: "station",
  ReportDERControl: "station",
  RequestBatterySwap: "csms",
  RequestStartTransaction: "csms",
  RequestStopTransaction: "csms",
  ReservationStatusUpdate: "station",
  ReserveNow: "csms",
  Reset: "csms",
  SecurityEventNotification: "station",
  SendLocalList: "csms",
  SetChargingProfile: "csms",
  SetDERControl: "csms",
  SetDefaultTariff: "csms",
  SetDisplayMessage: "csms",
  SetMonitoringBase: "csms",
  SetMonitoringLevel: "csms",
  SetNetworkProfile: "csms",
  SetVariableMonitoring: "csms",
  SetVariables: "csms",
  SignCertificate: "station",
  StatusNotification: "station",
  TransactionEvent: "station",
  TriggerMessage: "csms",
  UnlockConnector: "csms",
  UnpublishFirmware: "csms",
  UpdateDynamicSchedule: "csms",
  UpdateFirmware: "csms",
  UsePriorityCharging: "csms",
  VatNumberValidation: "station",
} as const satisfies Readonly<Record<Exclude<keyof Messages21, keyof typeof sends21>, Side | "both">>;

/** Who may send the SEND: a message that is never answered (Part 4 §4.2.4). */
export const sends21 = { NotifyPeriodicEventStream: "station" } as const;
