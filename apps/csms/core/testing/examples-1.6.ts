/** Examples of OCPP 1.6 with its security extension; the first id that a core gives is 1. */
import type { Examples, Step } from "./example.ts";

const timestamp = "2026-01-05T08:00:00Z";
const later = "2026-01-05T08:30:00.000Z";
const start = { connectorId: 1, idTag: "TAG0001", timestamp, meterStart: 1_000 };
const started: Step = { action: "StartTransaction", payload: start };
const sampled = (timestamp: string, register: string) => ({
  timestamp,
  sampledValue: [
    { value: register, unit: "Wh" as const, context: "Sample.Periodic" as const },
    {
      value: "7400",
      measurand: "Power.Active.Import" as const,
      unit: "W" as const,
      location: "Outlet" as const,
    },
    { value: "16.1", measurand: "Current.Import" as const, unit: "A" as const, phase: "L1" as const },
    { value: "55", measurand: "SoC" as const, unit: "Percent" as const },
  ],
});

export const examples16: Examples<"1.6"> = {
  Authorize: [{ payload: { idTag: "TAG0001" } }],
  BootNotification: [
    {
      payload: {
        chargePointVendor: "Vendor",
        chargePointModel: "Model",
        chargePointSerialNumber: "CP-1",
        chargeBoxSerialNumber: "BOX-1",
        firmwareVersion: "1.2.3",
        iccid: "8949000000000000001",
        imsi: "262010000000001",
        meterType: "Meter",
        meterSerialNumber: "M-1",
      },
    },
  ],
  DataTransfer: [{ payload: { vendorId: "vendor.example", messageId: "Ping", data: '{"a":1}' } }],
  DiagnosticsStatusNotification: [{ payload: { status: "Uploading" } }, { payload: { status: "Idle" } }],
  FirmwareStatusNotification: [{ payload: { status: "Downloading" } }],
  Heartbeat: [{ payload: {} }],
  LogStatusNotification: [{ payload: { status: "Uploading", requestId: 7 } }],
  MeterValues: [
    { payload: { connectorId: 1, meterValue: [sampled(later, "1500")] } },
    {
      before: [started],
      payload: { connectorId: 1, transactionId: 1, meterValue: [sampled(later, "1500")] },
    },
  ],
  SecurityEventNotification: [{ payload: { type: "TamperDetectionActivated", timestamp, techInfo: "door" } }],
  SignCertificate: [
    { payload: { csr: "-----BEGIN CERTIFICATE REQUEST-----\nMA==\n-----END CERTIFICATE REQUEST-----" } },
  ],
  SignedFirmwareStatusNotification: [{ payload: { status: "SignatureVerified", requestId: 8 } }],
  StartTransaction: [{ payload: { ...start, reservationId: 3 } }],
  StatusNotification: [
    {
      payload: {
        connectorId: 1,
        status: "Faulted",
        errorCode: "GroundFailure",
        info: "relay",
        timestamp,
        vendorId: "vendor.example",
        vendorErrorCode: "E42",
      },
    },
  ],
  StopTransaction: [
    {
      before: [started],
      payload: {
        transactionId: 1,
        idTag: "TAG0001",
        timestamp: later,
        meterStop: 4_700,
        reason: "EVDisconnected",
        transactionData: [sampled(later, "4700")],
      },
    },
  ],
};
