/** Examples of OCPP 2.0.1; all but one of them (NotifyMonitoringReport) are valid in 2.1 too. */
import type { Examples, Step } from "./example.ts";

const timestamp = "2026-01-05T08:00:00Z";
const later = "2026-01-05T08:30:00.000Z";
export const idToken = {
  idToken: "TAG0001",
  type: "ISO14443" as const,
  additionalInfo: [{ additionalIdToken: "FLEET", type: "group" }],
};
const connector = { name: "Connector", evse: { id: 1, connectorId: 1 } };
const meterValue = [
  {
    timestamp: later,
    sampledValue: [
      {
        value: 1_500,
        context: "Sample.Periodic" as const,
        unitOfMeasure: { unit: "Wh", multiplier: 0 },
        signedMeterValue: {
          signedMeterData: "b2NtZg==",
          signingMethod: "ECDSA-secp256r1-SHA256",
          encodingMethod: "OCMF",
          publicKey: "a2V5",
        },
      },
      { value: 7.4, measurand: "Power.Active.Import" as const, unitOfMeasure: { unit: "kW" } },
      { value: 55.5, measurand: "SoC" as const, location: "EV" as const },
      { value: 231.2, measurand: "Voltage" as const, phase: "L1-N" as const },
    ],
  },
];
const started = {
  eventType: "Started" as const,
  timestamp,
  triggerReason: "Authorized" as const,
  seqNo: 0,
  transactionInfo: { transactionId: "tx-1", chargingState: "EVConnected" as const, remoteStartId: 12 },
  evse: { id: 1, connectorId: 1 },
  idToken,
};
/** Transaction `tx-1` runs. */
export const running: Step = { action: "TransactionEvent", payload: started };
export const schedule = {
  id: 1,
  startSchedule: timestamp,
  duration: 3_600,
  chargingRateUnit: "W" as const,
  chargingSchedulePeriod: [
    { startPeriod: 0, limit: 7_400.5, numberPhases: 3 },
    { startPeriod: 1_800, limit: 3_700 },
  ],
  minChargingRate: 1_380.5,
};
export const certificateHash = {
  hashAlgorithm: "SHA256" as const,
  issuerNameHash: "ab".repeat(32),
  issuerKeyHash: "cd".repeat(32),
  serialNumber: "01",
};

export const examples201 = {
  Authorize: [
    { payload: { idToken } },
    {
      payload: {
        idToken: { idToken: "DE-ABC-C00000001-1", type: "eMAID" },
        iso15118CertificateHashData: [{ ...certificateHash, responderURL: "http://ocsp.example/" }],
      },
    },
  ],
  BootNotification: [
    {
      payload: {
        reason: "PowerUp",
        chargingStation: {
          vendorName: "Vendor",
          model: "Model",
          serialNumber: "CP-1",
          firmwareVersion: "1.2.3",
          modem: { iccid: "8949000000000000001", imsi: "262010000000001" },
        },
      },
    },
  ],
  ClearedChargingLimit: [{ payload: { chargingLimitSource: "EMS", evseId: 1 } }],
  DataTransfer: [{ payload: { vendorId: "vendor.example", messageId: "Ping", data: { a: [1, "b"] } } }],
  FirmwareStatusNotification: [{ payload: { status: "Downloading", requestId: 7 } }],
  Get15118EVCertificate: [
    {
      payload: {
        iso15118SchemaVersion: "urn:iso:15118:2:2013:MsgDef",
        action: "Install",
        exiRequest: "gJgC",
      },
    },
  ],
  GetCertificateStatus: [
    { payload: { ocspRequestData: { ...certificateHash, responderURL: "http://ocsp.example/" } } },
  ],
  Heartbeat: [{ payload: {} }],
  LogStatusNotification: [{ payload: { status: "Uploading", requestId: 8 } }],
  MeterValues: [{ payload: { evseId: 1, meterValue } }],
  NotifyChargingLimit: [
    {
      payload: {
        evseId: 1,
        chargingLimit: { chargingLimitSource: "EMS", isGridCritical: true },
        chargingSchedule: [schedule],
      },
    },
  ],
  NotifyCustomerInformation: [
    { payload: { requestId: 9, seqNo: 0, generatedAt: timestamp, data: "Jane Doe, TAG0001", tbc: true } },
  ],
  NotifyDisplayMessages: [
    {
      before: [running],
      payload: {
        requestId: 10,
        tbc: false,
        messageInfo: [
          {
            id: 1,
            priority: "InFront",
            state: "Charging",
            startDateTime: timestamp,
            endDateTime: later,
            transactionId: "tx-1",
            display: { name: "Display" },
            message: { format: "UTF8", language: "en", content: "Welcome" },
          },
        ],
      },
    },
  ],
  NotifyEVChargingNeeds: [
    {
      payload: {
        evseId: 1,
        maxScheduleTuples: 3,
        chargingNeeds: {
          requestedEnergyTransfer: "AC_three_phase",
          departureTime: "2026-01-05T17:00:00Z",
          acChargingParameters: {
            energyAmount: 20_000,
            evMinCurrent: 6,
            evMaxCurrent: 16,
            evMaxVoltage: 400,
          },
        },
      },
    },
  ],
  NotifyEVChargingSchedule: [{ payload: { evseId: 1, timeBase: timestamp, chargingSchedule: schedule } }],
  NotifyEvent: [
    {
      before: [running],
      payload: {
        generatedAt: timestamp,
        seqNo: 0,
        tbc: false,
        eventData: [
          {
            eventId: 1,
            timestamp,
            trigger: "Alerting",
            cause: 0,
            actualValue: "71.5",
            techCode: "T1",
            techInfo: "hot",
            cleared: false,
            transactionId: "tx-1",
            component: { name: "Controller", instance: "main" },
            variable: { name: "Temperature" },
            variableMonitoringId: 17,
            eventNotificationType: "CustomMonitor",
          },
        ],
      },
    },
    {
      payload: {
        generatedAt: timestamp,
        seqNo: 0,
        eventData: [
          {
            eventId: 2,
            timestamp,
            trigger: "Delta",
            actualValue: "Occupied",
            component: connector,
            variable: { name: "AvailabilityState" },
            eventNotificationType: "HardWiredNotification",
          },
        ],
      },
    },
  ],
  NotifyMonitoringReport: [
    {
      payload: {
        requestId: 11,
        seqNo: 0,
        generatedAt: timestamp,
        tbc: false,
        monitor: [
          {
            component: { name: "Controller" },
            variable: { name: "Temperature" },
            variableMonitoring: [
              {
                id: 17,
                transaction: false,
                value: 70.5,
                type: "UpperThreshold",
                severity: 4,
              },
            ],
          },
        ],
      },
    },
  ],
  NotifyReport: [
    {
      payload: {
        requestId: 12,
        generatedAt: timestamp,
        seqNo: 0,
        tbc: false,
        reportData: [
          {
            component: { name: "OCPPCommCtrlr" },
            variable: { name: "HeartbeatInterval" },
            variableAttribute: [
              { type: "Actual", value: "300", mutability: "ReadWrite", persistent: true, constant: false },
            ],
            variableCharacteristics: {
              unit: "s",
              dataType: "integer",
              minLimit: 1,
              maxLimit: 86_400.5,
              supportsMonitoring: false,
            },
          },
        ],
      },
    },
  ],
  PublishFirmwareStatusNotification: [
    { payload: { status: "Published", requestId: 13, location: ["https://site.example/fw"] } },
  ],
  ReportChargingProfiles: [
    {
      before: [running],
      payload: {
        requestId: 14,
        evseId: 1,
        tbc: false,
        chargingLimitSource: "CSO",
        chargingProfile: [
          {
            id: 5,
            stackLevel: 1,
            chargingProfilePurpose: "TxProfile",
            chargingProfileKind: "Absolute",
            validFrom: timestamp,
            validTo: later,
            transactionId: "tx-1",
            chargingSchedule: [schedule],
          },
        ],
      },
    },
  ],
  ReservationStatusUpdate: [{ payload: { reservationId: 15, reservationUpdateStatus: "Expired" } }],
  SecurityEventNotification: [{ payload: { type: "TamperDetectionActivated", timestamp, techInfo: "door" } }],
  SignCertificate: [
    {
      payload: {
        csr: "-----BEGIN CERTIFICATE REQUEST-----\nMA==\n-----END CERTIFICATE REQUEST-----",
        certificateType: "ChargingStationCertificate",
      },
    },
  ],
  StatusNotification: [{ payload: { timestamp, connectorStatus: "Occupied", evseId: 1, connectorId: 1 } }],
  TransactionEvent: [
    { payload: started },
    {
      before: [running],
      payload: {
        eventType: "Ended",
        timestamp: later,
        triggerReason: "EVCommunicationLost",
        seqNo: 1,
        offline: false,
        numberOfPhasesUsed: 3,
        cableMaxCurrent: 32,
        reservationId: 15,
        transactionInfo: {
          transactionId: "tx-1",
          chargingState: "Idle",
          timeSpentCharging: 1_800,
          stoppedReason: "EVDisconnected",
        },
        meterValue,
        idToken,
      },
    },
  ],
} satisfies Examples<"2.0.1">;
