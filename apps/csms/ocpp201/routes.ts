/**
 * The routing table of OCPP 2.0.1: one message, one file. What is in the specification but not here is answered
 * NotSupported, what is not even there NotImplemented (Part 4 §4.3); both in core/dispatch.ts.
 */
import type { Routes } from "../core/call.ts";
import { authorize } from "./authorize.ts";
import { bootNotification } from "./boot-notification.ts";
import { dataTransfer } from "./data-transfer.ts";
import { heartbeat } from "./heartbeat.ts";
import { meterValues } from "./meter-values.ts";
import { notifyEvent } from "./notify-event.ts";
import { notifyReport } from "./notify-report.ts";
import { securityEventNotification } from "./security-event-notification.ts";
import { statusNotification } from "./status-notification.ts";
import { transactionEvent } from "./transaction-event.ts";

export const routes201: Routes<"2.0.1"> = {
  Authorize: authorize,
  BootNotification: bootNotification,
  DataTransfer: dataTransfer,
  Heartbeat: heartbeat,
  MeterValues: meterValues,
  NotifyEvent: notifyEvent,
  NotifyReport: notifyReport,
  SecurityEventNotification: securityEventNotification,
  StatusNotification: statusNotification,
  TransactionEvent: transactionEvent,
};
