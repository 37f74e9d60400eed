/** Examples of OCPP 2.1: those of 2.0.1, and what 2.1 adds or says otherwise. */
import type { Examples } from "./example.ts";
import { certificateHash, examples201, idToken, running, schedule } from "./examples-2.0.1.ts";

const timestamp = "2026-01-05T08:00:00Z";
const later = "2026-01-05T08:30:00.000Z";
const priced = { exclTax: 2.5, inclTax: 2.975, taxRates: [{ type: "VAT", tax: 19, stack: 0 }] };

/** Stream 4 is open, for monitor 17. */
const opened = {
  action: "OpenPeriodicEventStream",
  payload: { constantStreamData: { id: 4, variableMonitoringId: 17, params: { interval: 60, values: 10 } } },
};
const monitored = {
  requestId: 11,
  seqNo: 0,
  generatedAt: timestamp,
  monitor: [
    {
      component: { name: "Controller" },
      variable: { name: "Temperature" },
      variableMonitoring: [
        {
          id: 17,
          transaction: false,
          value: 1,
          type: "Periodic" as const,
          severity: 8,
          eventNotificationType: "CustomMonitor" as const,
        },
      ],
    },
  ],
};

export const examples21: Examples<"2.1"> = {
  ...examples201,
  Authorize: [
    ...examples201.Authorize,
    { payload: { idToken: { idToken: "psp-0123456789", type: "DirectPayment" } } },
  ],
  BatterySwap: [
    {
      payload: {
        eventType: "BatteryIn",
        requestId: 20,
        idToken,
        batteryData: [
          {
            evseId: 1,
            serialNumber: "BAT-1",
            soC: 12.5,
            soH: 97.5,
            productionDate: timestamp,
            vendorInfo: "cells",
          },
        ],
      },
    },
  ],
  ClosePeriodicEventStream: [{ before: [opened], payload: { id: 4 } }],
  GetCertificateChainStatus: [
    {
      payload: {
        certificateStatusRequests: [
          { source: "OCSP", urls: ["http://ocsp.example/"], certificateHashData: certificateHash },
        ],
      },
    },
  ],
  NotifyDERAlarm: [
    {
      payload: {
        controlType: "FreqDroop",
        gridEventFault: "OverFrequency",
        alarmEnded: false,
        timestamp,
        extraInfo: "50.2 Hz",
      },
    },
  ],
  NotifyDERStartStop: [
    { payload: { controlId: "der-1", started: true, timestamp, supersededIds: ["der-0"] } },
  ],
  NotifyEVChargingNeeds: [
    ...examples201.NotifyEVChargingNeeds,
    {
      payload: {
        evseId: 1,
        timestamp,
        chargingNeeds: {
          requestedEnergyTransfer: "AC_BPT",
          availableEnergyTransfer: ["AC_BPT", "AC_three_phase"],
          controlMode: "DynamicControl",
          mobilityNeedsMode: "EVCC",
          departureTime: later,
          v2xChargingParameters: { maxChargePower: 11_000.5, maxDischargePower: 5_000, targetSoC: 80 },
        },
      },
    },
  ],
  NotifyMonitoringReport: [{ payload: monitored }],
  NotifyPeriodicEventStream: [
    {
      before: [{ action: "NotifyMonitoringReport", payload: monitored }, opened],
      payload: {
        id: 4,
        pending: 3,
        basetime: timestamp,
        data: [
          { t: 0, v: "70.1" },
          { t: 1.5, v: "70.4" },
        ],
      },
    },
  ],
  NotifyPriorityCharging: [{ before: [running], payload: { transactionId: "tx-1", activated: true } }],
  NotifySettlement: [
    {
      before: [running],
      payload: {
        transactionId: "tx-1",
        pspRef: "psp-0123456789",
        status: "Settled",
        statusInfo: "paid",
        settlementAmount: 12.34,
        settlementTime: later,
        receiptId: "R-1",
        receiptUrl: "https://receipts.example/R-1",
        vatCompany: { name: "Company", address1: "Street 1", city: "City", country: "Country" },
        vatNumber: "DE000000000",
      },
    },
  ],
  OpenPeriodicEventStream: [{ payload: opened.payload }],
  PullDynamicScheduleUpdate: [{ payload: { chargingProfileId: 5 } }],
  ReportChargingProfiles: [
    ...examples201.ReportChargingProfiles,
    {
      payload: {
        requestId: 14,
        evseId: 1,
        chargingLimitSource: "SO",
        chargingProfile: [
          {
            id: -1,
            stackLevel: 0,
            chargingProfilePurpose: "ChargingStationExternalConstraints",
            chargingProfileKind: "Dynamic",
            chargingSchedule: [
              {
                ...schedule,
                chargingSchedulePeriod: [
                  {
                    startPeriod: 0,
                    setpoint: -3_000.5,
                    operationMode: "CentralSetpoint",
                    dischargeLimit: -5_000,
                  },
                ],
              },
            ],
          },
        ],
      },
    },
  ],
  ReportDERControl: [
    {
      payload: {
        requestId: 21,
        tbc: false,
        freqDroop: [
          {
            id: "der-1",
            isDefault: true,
            isSuperseded: false,
            freqDroop: {
              priority: 1,
              overFreq: 50.2,
              underFreq: 49.8,
              overDroop: 5,
              underDroop: 5,
              responseTime: 0.5,
            },
          },
        ],
        gradient: [{ id: "der-2", gradient: { priority: 0, gradient: 1.5, softGradient: 0.5 } }],
      },
    },
  ],
  TransactionEvent: [
    ...examples201.TransactionEvent,
    {
      before: [running],
      payload: {
        eventType: "Updated",
        timestamp: later,
        triggerReason: "OperationModeChanged",
        seqNo: 1,
        preconditioningStatus: "Ready",
        evseSleep: false,
        transactionInfo: {
          transactionId: "tx-1",
          chargingState: "Charging",
          operationMode: "CentralSetpoint",
          tariffId: "T-1",
          transactionLimit: { maxCost: 20.5, maxEnergy: 30_000, maxTime: 3_600, maxSoC: 80 },
        },
        costDetails: {
          totalCost: {
            currency: "EUR",
            typeOfCost: "NormalCost",
            energy: priced,
            total: { exclTax: 2.5, inclTax: 2.975 },
          },
          totalUsage: { energy: 5.25, chargingTime: 1_800, idleTime: 0 },
          chargingPeriods: [
            { startPeriod: timestamp, tariffId: "T-1", dimensions: [{ type: "Energy", volume: 5.25 }] },
          ],
        },
      },
    },
    {
      before: [running],
      payload: {
        eventType: "Ended",
        timestamp: later,
        triggerReason: "TariffNotAccepted",
        seqNo: 1,
        transactionInfo: { transactionId: "tx-1", stoppedReason: "ReqEnergyTransferRejected" },
      },
    },
  ],
  VatNumberValidation: [{ payload: { vatNumber: "DE000000000", evseId: 1 } }],
};
