/** QUIRKS 10: a reading context of a station's own making (Alfen). The value itself is as good as any. */
import { isUnknownWord, put, type Repair, sampleField } from "./repair.ts";

export const unknownContext: Repair = {
  rule: "unknown-context",
  row: 10,
  versions: ["1.6", "2.0.1", "2.1"],
  direction: "call",
  actions: ["MeterValues", "StopTransaction", "TransactionEvent"],
  places: sampleField("context").map((path) => ({ path, complaint: "enum" })),
  mend: (value, complaint) => (isUnknownWord(value, complaint) ? put("Other") : undefined),
  does: "an unknown context becomes Other; the value is kept",
};
