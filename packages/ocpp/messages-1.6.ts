/**
 * The messages of OCPP 1.6: its 28 actions (OCPP 1.6 §4 and §5) and the 11 of the security extension (Improved security
 * for OCPP 1.6-J, edition 3, §5). Types only; the schemas that hold at run time are behind validation.ts.
 */
import type * as wire from "typed-ocpp/dist/ocpp16/types.js";
import type { Side } from "./version.ts";

/** Action → payload of its CALL, payload of its CALLRESULT. */
export type Messages16 = {
  readonly Authorize: readonly [wire.AuthorizeRequest, wire.AuthorizeResponse];
  readonly BootNotification: readonly [wire.BootNotificationRequest, wire.BootNotificationResponse];
  readonly CancelReservation: readonly [wire.CancelReservationRequest, wire.CancelReservationResponse];
  readonly CertificateSigned: readonly [wire.CertificateSignedRequest, wire.CertificateSignedResponse];
  readonly ChangeAvailability: readonly [wire.ChangeAvailabilityRequest, wire.ChangeAvailabilityResponse];
  readonly ChangeConfiguration: readonly [wire.ChangeConfigurationRequest, wire.ChangeConfigurationResponse];
  readonly ClearCache: readonly [wire.ClearCacheRequest, wire.ClearCacheResponse];
  readonly ClearChargingProfile: readonly [
    wire.ClearChargingProfileRequest,
    wire.ClearChargingProfileResponse,
  ];
  readonly DataTransfer: readonly [wire.DataTransferRequest, wire.DataTransferResponse];
  readonly DeleteCertificate: readonly [wire.DeleteCertificateRequest, wire.DeleteCertificateResponse];
  readonly DiagnosticsStatusNotification: readonly [
    wire.DiagnosticsStatusNotificationRequest,
    wire.DiagnosticsStatusNotificationResponse,
  ];
  readonly ExtendedTriggerMessage: readonly [
    wire.ExtendedTriggerMessageRequest,
    wire.ExtendedTriggerMessageResponse,
  ];
  readonly FirmwareStatusNotification: readonly [
    wire.FirmwareStatusNotificationRequest,
    wire.FirmwareStatusNotificationResponse,
  ];
  readonly GetCompositeSchedule: readonly [
    wire.GetCompositeScheduleRequest,
    wire.GetCompositeScheduleResponse,
  ];
  readonly GetConfiguration: readonly [wire.GetConfigurationRequest, wire.GetConfigurationResponse];
  readonly GetDiagnostics: readonly [wire.GetDiagnosticsRequest, wire.GetDiagnosticsResponse];
  readonly GetInstalledCertificateIds: readonly [
    wire.GetInstalledCertificateIdsRequest,
    wire.GetInstalledCertificateIdsResponse,
  ];
  readonly GetLocalListVersion: readonly [wire.GetLocalListVersionRequest, wire.GetLocalListVersionResponse];
  readonly GetLog: readonly [wire.GetLogRequest, wire.GetLogResponse];
  readonly Heartbeat: readonly [wire.HeartbeatRequest, wire.HeartbeatResponse];
  readonly InstallCertificate: readonly [wire.InstallCertificateRequest, wire.InstallCertificateResponse];
  readonly LogStatusNotification: readonly [
    wire.LogStatusNotificationRequest,
    wire.LogStatusNotificationResponse,
  ];
  readonly MeterValues: readonly [wire.MeterValuesRequest, wire.MeterValuesResponse];
  readonly RemoteStartTransaction: readonly [
    wire.RemoteStartTransactionRequest,
    wire.RemoteStartTransactionResponse,
  ];
  readonly RemoteStopTransaction: readonly [
    wire.RemoteStopTransactionRequest,
    wire.RemoteStopTransactionResponse,
  ];
  readonly ReserveNow: readonly [wire.ReserveNowRequest, wire.ReserveNowResponse];
  readonly Reset: readonly [wire.ResetRequest, wire.ResetResponse];
  readonly SecurityEventNotification: readonly [
    wire.SecurityEventNotificationRequest,
    wire.SecurityEventNotificationResponse,
  ];
  readonly SendLocalList: readonly [wire.SendLocalListRequest, wire.SendLocalListResponse];
  readonly SetChargingProfile: readonly [wire.SetChargingProfileRequest, wire.SetChargingProfileResponse];
  readonly SignCertificate: readonly [wire.SignCertificateRequest, wire.SignCertificateResponse];
  readonly SignedFirmwareStatusNotification: readonly [
    wire.SignedFirmwareStatusNotificationRequest,
    wire.SignedFirmwareStatusNotificationResponse,
  ];
  readonly SignedUpdateFirmware: readonly [
    wire.SignedUpdateFirmwareRequest,
    wire.SignedUpdateFirmwareResponse,
  ];
  readonly StartTransaction: readonly [wire.StartTransactionRequest, wire.StartTransactionResponse];
  readonly StatusNotification: readonly [wire.StatusNotificationRequest, wire.StatusNotificationResponse];
  readonly StopTransaction: readonly [wire.StopTransactionRequest, wire.StopTransactionResponse];
  readonly TriggerMessage: readonly [wire.TriggerMessageRequest, wire.TriggerMessageResponse];
  readonly UnlockConnector: readonly [wire.UnlockConnectorRequest, wire.UnlockConnectorResponse];
  readonly UpdateFirmware: readonly [wire.UpdateFirmwareRequest, wire.UpdateFirmwareResponse];
};

/** Who may send the CALL. */
export const senders16 = {
  Authorize: "station",
  BootNotification: "station",
  CancelReservation: "csms",
  CertificateSigned: "csms",
  ChangeAvailability: "csms",
  ChangeConfiguration: "csms",
  ClearCache: "csms",
  ClearChargingProfile: "csms",
  DataTransfer: "both",
  DeleteCertificate: "csms",
  DiagnosticsStatusNotification: "station",
  ExtendedTriggerMessage: "csms",
  FirmwareStatusNotification: "station",
  GetCompositeSchedule: "csms",
  GetConfiguration: "csms",
  GetDiagnostics: "csms",
  GetInstalledCertificateIds: "csms",
  GetLocalListVersion: "csms",
  GetLog: "csms",
  Heartbeat: "station",
  InstallCertificate: "csms",
  LogStatusNotification: "station",
  MeterValues: "station",
  RemoteStartTransaction: "csms",
  RemoteStopTransaction: "csms",
  ReserveNow: "csms",
  Reset: "csms",
  SecurityEventNotification: "station",
  SendLocalList: "csms",
  SetChargingProfile: "csms",
  SignCertificate: "station",
  SignedFirmwareStatusNotification: "station",
  SignedUpdateFirmware: "csms",
  StartTransaction: "station",
  StatusNotification: "station",
  StopTransaction: "station",
  TriggerMessage: "csms",
  UnlockConnector: "csms",
  UpdateFirmware: "csms",
} as const satisfies Readonly<Record<keyof Messages16, Side | "both">>;
