/**
 * The routing table of OCPP 2.1: one message, one file, and each that a station may send has its line. What a CSMS sends is
 * answered NotSupported, what nobody does NotImplemented (Part 4 §4.3); both in core/dispatch.ts.
 */
import type { Routes, SendRoutes } from "../core/call.ts";
import { authorize } from "./authorize.ts";
import { batterySwap } from "./battery-swap.ts";
import { bootNotification } from "./boot-notification.ts";
import { clearedChargingLimit } from "./cleared-charging-limit.ts";
import { closePeriodicEventStream } from "./close-periodic-event-stream.ts";
import { dataTransfer } from "./data-transfer.ts";
import { firmwareStatusNotification } from "./firmware-status-notification.ts";
import { get15118EVCertificate } from "./get-15118-ev-certificate.ts";
import { getCertificateChainStatus } from "./get-certificate-chain-status.ts";
import { getCertificateStatus } from "./get-certificate-status.ts";
import { heartbeat } from "./heartbeat.ts";
import { logStatusNotification } from "./log-status-notification.ts";
import { meterValues } from "./meter-values.ts";
import { notifyChargingLimit } from "./notify-charging-limit.ts";
import { notifyCustomerInformation } from "./notify-customer-information.ts";
import { notifyDERAlarm } from "./notify-der-alarm.ts";
import { notifyDERStartStop } from "./notify-der-start-stop.ts";
import { notifyDisplayMessages } from "./notify-display-messages.ts";
import { notifyEVChargingNeeds } from "./notify-ev-charging-needs.ts";
import { notifyEVChargingSchedule } from "./notify-ev-charging-schedule.ts";
import { notifyEvent } from "./notify-event.ts";
import { notifyMonitoringReport } from "./notify-monitoring-report.ts";
import { notifyPeriodicEventStream } from "./notify-periodic-event-stream.ts";
import { notifyPriorityCharging } from "./notify-priority-charging.ts";
import { notifyReport } from "./notify-report.ts";
import { notifySettlement } from "./notify-settlement.ts";
import { openPeriodicEventStream } from "./open-periodic-event-stream.ts";
import { publishFirmwareStatusNotification } from "./publish-firmware-status-notification.ts";
import { pullDynamicScheduleUpdate } from "./pull-dynamic-schedule-update.ts";
import { reportChargingProfiles } from "./report-charging-profiles.ts";
import { reportDERControl } from "./report-der-control.ts";
import { reservationStatusUpdate } from "./reservation-status-update.ts";
import { securityEventNotification } from "./security-event-notification.ts";
import { signCertificate } from "./sign-certificate.ts";
import { statusNotification } from "./status-notification.ts";
import { transactionEvent } from "./transaction-event.ts";
import { vatNumberValidation } from "./vat-number-validation.ts";

export const routes21: Routes<"2.1"> = {
  Authorize: authorize,
  BatterySwap: batterySwap,
  BootNotification: bootNotification,
  ClearedChargingLimit: clearedChargingLimit,
  ClosePeriodicEventStream: closePeriodicEventStream,
  DataTransfer: dataTransfer,
  FirmwareStatusNotification: firmwareStatusNotification,
  Get15118EVCertificate: get15118EVCertificate,
  GetCertificateChainStatus: getCertificateChainStatus,
  GetCertificateStatus: getCertificateStatus,
  Heartbeat: heartbeat,
  LogStatusNotification: logStatusNotification,
  MeterValues: meterValues,
  NotifyChargingLimit: notifyChargingLimit,
  NotifyCustomerInformation: notifyCustomerInformation,
  NotifyDERAlarm: notifyDERAlarm,
  NotifyDERStartStop: notifyDERStartStop,
  NotifyDisplayMessages: notifyDisplayMessages,
  NotifyEVChargingNeeds: notifyEVChargingNeeds,
  NotifyEVChargingSchedule: notifyEVChargingSchedule,
  NotifyEvent: notifyEvent,
  NotifyMonitoringReport: notifyMonitoringReport,
  NotifyPriorityCharging: notifyPriorityCharging,
  NotifyReport: notifyReport,
  NotifySettlement: notifySettlement,
  OpenPeriodicEventStream: openPeriodicEventStream,
  PublishFirmwareStatusNotification: publishFirmwareStatusNotification,
  PullDynamicScheduleUpdate: pullDynamicScheduleUpdate,
  ReportChargingProfiles: reportChargingProfiles,
  ReportDERControl: reportDERControl,
  ReservationStatusUpdate: reservationStatusUpdate,
  SecurityEventNotification: securityEventNotification,
  SignCertificate: signCertificate,
  StatusNotification: statusNotification,
  TransactionEvent: transactionEvent,
  VatNumberValidation: vatNumberValidation,
};

/** What nobody answers (Part 4 §4.2.4). */
export const sends21: SendRoutes<"2.1"> = {
  NotifyPeriodicEventStream: notifyPeriodicEventStream,
};
