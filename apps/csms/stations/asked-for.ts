/**
 * What a station that is not accepted may say beside its boot: what a person here asked it for, so that it can be judged
 * before it is accepted (2.0.1 B02.FR.01, B02.FR.02, B02.FR.09; 1.6 §4.2.1). Parts of a report by the id that was asked
 * for; a triggered message for a while after it was triggered. Nothing begins, or is authorised, by that.
 */
import type { JsonObject } from "@wattward/kernel";
import type { Call } from "../core/call.ts";
import { statement } from "../store/statement.ts";
import type { Tx } from "../store/writer.ts";
import { isReportAskedFor } from "./reports.ts";

/** A trigger stands for so long: a station of several connectors answers it in several messages. */
export const TRIGGERED_MS_MAX = 10 * 60_000;

/** Triggers that are looked at; a person sends a few. */
const TRIGGERS_MAX = 50;

/** Read-only facts of the station; by what begins a transaction nobody looks at a station first. */
const triggerable: ReadonlySet<string> = new Set([
  "DiagnosticsStatusNotification",
  "FirmwareStatusNotification",
  "Heartbeat",
  "LogStatusNotification",
  "MeterValues",
  "StatusNotification",
]);

export async function wasAskedFor(tx: Tx, call: Call): Promise<boolean> {
  const { station, action, payload, live, arrivedAtMs } = call;
  if (!live || station.admission !== "pending") return false;
  if (action === "NotifyReport") return isReportAskedFor(tx, station.id, Number(payload["requestId"]));
  if (!triggerable.has(action)) return false;
  const sent = await tx.all(findTriggers, { station: station.id, sinceMs: arrivedAtMs - TRIGGERED_MS_MAX });
  return sent.some(({ payload }) => (JSON.parse(payload) as JsonObject)["requestedMessage"] === action);
}

const findTriggers = statement((db, p: { station: string; sinceMs: number }) =>
  db
    .selectFrom("commands")
    .select("payload")
    .where("station_id", "=", p.station)
    .where("action", "in", ["ExtendedTriggerMessage", "TriggerMessage"])
    .where("state", "in", ["sent", "accepted"])
    .where("sent_at_ms", ">", p.sinceMs)
    .limit(TRIGGERS_MAX),
);
