/**
 * What a valid CALL shows that is worth counting: times that are not believed (QUIRKS 3), samples without a value (7),
 * transaction ids that are none (11). Pure; what is done about each is done where the message is handled.
 */
import type { Json, JsonObject } from "@wattward/kernel";
import { type Deviation, notice } from "@wattward/ocpp";
import type { Call } from "../core/call.ts";
import { believable } from "../core/timestamp.ts";

/** Messages whose times are billed or shown. */
const timed: ReadonlySet<string> = new Set([
  "MeterValues",
  "StartTransaction",
  "StatusNotification",
  "StopTransaction",
  "TransactionEvent",
]);

export function noticedIn(call: Call): readonly Deviation[] {
  if (!timed.has(call.action)) return [];
  const { timestamp, transactionId, meterValue, transactionData } = call.payload;
  const seen: Deviation[] = [];
  const times = [timestamp, ...listOf(meterValue ?? transactionData).map((value) => value["timestamp"])];
  const doubted = times.filter((time) => typeof time === "string" && believable(time, call).doubted);
  const [odd] = doubted;
  if (typeof odd === "string") {
    seen.push({ ...notice("clock-not-believable", odd, "/timestamp"), places: doubted.length });
  }
  if (typeof transactionId === "number" && transactionId <= 0) {
    seen.push(notice("transaction-id-not-positive", String(transactionId), "/transactionId"));
  }
  const empty = listOf(meterValue ?? transactionData).filter(isEmpty).length;
  if (empty > 0) seen.push({ ...notice("empty-sample", "an empty value", "/meterValue"), places: empty });
  return seen;
}

/** No sample at all, or one whose text is empty: valid in 1.6. */
function isEmpty({ sampledValue }: JsonObject): boolean {
  const samples = listOf(sampledValue);
  return (
    samples.length === 0 || samples.some(({ value }) => typeof value === "string" && value.trim() === "")
  );
}

function listOf(value: Json | undefined): readonly JsonObject[] {
  if (!Array.isArray(value)) return [];
  return (value as readonly Json[]).filter(
    (item): item is JsonObject => typeof item === "object" && item !== null && !Array.isArray(item),
  );
}
