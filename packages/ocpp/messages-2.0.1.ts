/**
 * The messages of OCPP 2.0.1: 64 actions (Part 2, chapter "Messages, Datatypes & Enumerations"). Types only; the
 * schemas that hold at run time are behind validation.ts.
 */
import type * as wire from "typed-ocpp/dist/ocpp20/types.js";
import type { Side } from "./version.ts";

/** Action → payload of its CALL, payload of its CALLRESULT. */
export type Messages201 = {
  readonly Authorize: readonly [wire.AuthorizeRequest, wire.AuthorizeResponse];
  readonly BootNotification: readonly [wire.BootNotificationRequest, wire.BootNotificationResponse];
  readonly CancelReservation: readonly [wire.CancelReservationRequest, wire.CancelReservationResponse];
  readonly CertificateSigned: readonly [wire.CertificateSignedRequest, wire.CertificateSignedResponse];
  readonly ChangeAvailability: readonly [wire.ChangeAvailabilityRequest, wire.ChangeAvailabilityResponse];
  readonly ClearCache: readonly [wire.ClearCacheRequest, wire.ClearCacheResponse];
  readonly ClearChargingProfile: readonly [
    wire.ClearChargingProfileRequest,
    wire.ClearChargingProfileResponse,
  ];
  readonly ClearDisplayMessage: readonly [wire.ClearDisplayMessageRequest, wire.ClearDisplayMessageResponse];
  readonly ClearVariableMonitoring: readonly [
    wire.ClearVariableMonitoringRequest,
    wire.ClearVariableMonitoringResponse,
  ];
  readonly ClearedChargingLimit: readonly [
    wire.ClearedChargingLimitRequest,
    wire.ClearedChargingLimitResponse,
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
  readonly GetCertificateStatus: readonly [
    wire.GetCertificateStatusRequest,
    wire.GetCertificateStatusResponse,
  ];
  readonly GetChargingProfiles: readonly [wire.GetChargingProfilesRequest, wire.GetChargingProfilesResponse];
  readonly GetCompositeSchedule: readonly [
    wire.GetCompositeScheduleRequest,
    wire.GetCompositeScheduleResponse,
  ];
  readonly GetDisplayMessages: readonly [wire.GetDisplayMessagesRequest, wire.GetDisplayMessagesResponse];
  readonly GetInstalledCertificateIds: readonly [
    wire.GetInstalledCertificateIdsRequest,
    wire.GetInstalledCertificateIdsResponse,
  ];
  readonly GetLocalListVersion: readonly [wire.GetLocalListVersionRequest, wire.GetLocalListVersionResponse];
  readonly GetLog: readonly [wire.GetLogRequest, wire.GetLogResponse];
  readonly GetMonitoringReport: readonly [wire.GetMonitoringReportRequest, wire.GetMonitoringReportResponse];
  readonly GetReport: readonly [wire.GetReportRequest, wire.GetReportResponse];
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
  readonly NotifyChargingLimit: readonly [wire.NotifyChargingLimitRequest, wire.NotifyChargingLimitResponse];
  readonly NotifyCustomerInformation: readonly [
    wire.NotifyCustomerInformationRequest,
    wire.NotifyCustomerInformationResponse,
  ];
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
  readonly NotifyReport: readonly [wire.NotifyReportRequest, wire.NotifyReportResponse];
  readonly PublishFirmware: readonly [wire.PublishFirmwareRequest, wire.PublishFirmwareResponse];
  readonly PublishFirmwareStatusNotification: readonly [
    wire.PublishFirmwareStatusNotificationRequest,
    wire.PublishFirmwareStatusNotificationResponse,
  ];
  readonly ReportChargingProfiles: readonly [
    wire.ReportChargingProfilesRequest,
    wire.ReportChargingProfilesResponse,
  ];
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
  readonly UpdateFirmware: readonly [wire.UpdateFirmwareRequest, wire.UpdateFirmwareResponse];
};

/** Who may send the CALL. */
export const senders201 = {
  Authorize: "station",
  BootNotification: "station",
  CancelReservation: "csms",
  CertificateSigned: "csms",
  ChangeAvailability: "csms",
  ClearCache: "csms",
  ClearChargingProfile: "csms",
  ClearDisplayMessage: "csms",
  ClearVariableMonitoring: "csms",
  ClearedChargingLimit: "station",
  CostUpdated: "csms",
  CustomerInformation: "csms",
  DataTransfer: "both",
  DeleteCertificate: "csms",
  FirmwareStatusNotification: "station",
  Get15118EVCertificate: "station",
  GetBaseReport: "csms",
  GetCertificateStatus: "station",
  GetChargingProfiles: "csms",
  GetCompositeSchedule: "csms",
  GetDisplayMessages: "csms",
  GetInstalledCertificateIds: "csms",
  GetLocalListVersion: "csms",
  GetLog: "csms",
  GetMonitoringReport: "csms",
  GetReport: "csms",
  GetTransactionStatus: "csms",
  GetVariables: "csms",
  Heartbeat: "station",
  InstallCertificate: "csms",
  LogStatusNotification: "station",
  MeterValues: "station",
  NotifyChargingLimit: "station",
  NotifyCustomerInformation: "station",
  NotifyDisplayMessages: "station",
  NotifyEVChargingNeeds: "station",
  NotifyEVChargingSchedule: "station",
  NotifyEvent: "station",
  NotifyMonitoringReport: "station",
  NotifyReport: "station",
  PublishFirmware: "csms",
  PublishFirmwareStatusNotification: "station",
  ReportChargingProfiles: "station",
  RequestStartTransaction: "csms",
  RequestStopTransaction: "csms",
  ReservationStatusUpdate: "station",
  ReserveNow: "csms",
  Reset: "csms",
  SecurityEventNotification: "station",
  SendLocalList: "csms",
  SetChargingProfile: "csms",
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
  UpdateFirmware: "csms",
} as const satisfies Readonly<Record<keyof Messages201, Side | "both">>;
