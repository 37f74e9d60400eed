/** What stations under load say, in OCPP 2.0.1: each frame new, none the repetition of another. */
import type { Script } from "./station.ts";

export type Kind = "heartbeats" | "transactions";

export const boot = (id: string): string =>
  `[2,"${id}-boot-${unique()}","BootNotification",{"reason":"PowerUp","chargingStation":{"vendorName":"Bench","model":"B1"}}]`;
export const heartbeat = (): string => `[2,"h${unique()}","Heartbeat",{}]`;

let count = 0;
const start = process.pid.toString(36);
const unique = () => `${start}-${(count++).toString(36)}`;

/** Heartbeats, or the life of one transaction per station: started, then a meter value with every event. */
export function scriptOf(kind: Kind): Script {
  if (kind === "heartbeats") return { next: heartbeat };
  const seqNos = new Map<string, number>();
  const run = unique();
  return {
    next(station) {
      const seqNo = seqNos.get(station) ?? 0;
      seqNos.set(station, seqNo + 1);
      return transactionEvent(`${run}-${station}`, seqNo);
    },
  };
}

function transactionEvent(transactionId: string, seqNo: number): string {
  const timestamp = new Date().toISOString();
  return JSON.stringify([
    2,
    `t${unique()}`,
    "TransactionEvent",
    {
      eventType: seqNo === 0 ? "Started" : "Updated",
      timestamp,
      triggerReason: seqNo === 0 ? "CablePluggedIn" : "MeterValuePeriodic",
      seqNo,
      transactionInfo: { transactionId: transactionId.slice(-36), chargingState: "Charging" },
      evse: { id: 1, connectorId: 1 },
      meterValue: [
        {
          timestamp,
          sampledValue: [
            {
              value: 1000 + seqNo,
              measurand: "Energy.Active.Import.Register",
              unitOfMeasure: { unit: "Wh" },
            },
            { value: 11000, measurand: "Power.Active.Import", unitOfMeasure: { unit: "W" } },
          ],
        },
      ],
    },
  ]);
}
