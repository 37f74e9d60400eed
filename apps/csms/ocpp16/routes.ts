/**
 * The routing table of OCPP 1.6: one message, one file. What is in the specification but not here is answered
 * NotSupported, what is not even there NotImplemented (OCPP-J 1.6 §4.2.3); both in core/dispatch.ts.
 */
import type { Routes } from "../core/call.ts";
import { authorize } from "./authorize.ts";
import { bootNotification } from "./boot-notification.ts";
import { dataTransfer } from "./data-transfer.ts";
import { heartbeat } from "./heartbeat.ts";
import { meterValues } from "./meter-values.ts";
import { securityEventNotification } from "./security-event-notification.ts";
import { startTransaction } from "./start-transaction.ts";
import { statusNotification } from "./status-notification.ts";
import { stopTransaction } from "./stop-transaction.ts";

export const routes16: Routes<"1.6"> = {
  Authorize: authorize,
  BootNotification: bootNotification,
  DataTransfer: dataTransfer,
  Heartbeat: heartbeat,
  MeterValues: meterValues,
  SecurityEventNotification: securityEventNotification,
  StartTransaction: startTransaction,
  StatusNotification: statusNotification,
  StopTransaction: stopTransaction,
};
