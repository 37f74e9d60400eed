/**
 * QUIRKS 7: `sampledValue: []`, or a value that is empty. Dropped, never read as zero. What 1.6 allows of it (an empty
 * list, `""`) is valid, and is passed over where the values are read.
 */
import { isObject, meterLists, type Repair, remove, sampleField } from "./repair.ts";

const isEmpty = (value: unknown): boolean =>
  value === null || (typeof value === "string" && value.trim() === "");

export const emptySample: Repair = {
  rule: "empty-sample",
  row: 7,
  versions: ["1.6", "2.0.1", "2.1"],
  direction: "call",
  actions: ["MeterValues", "StopTransaction", "TransactionEvent"],
  places: [
    ...sampleField("value").map((path) => ({ path, complaint: "type", above: 1 })),
    ...meterLists.map((list) => ({ path: `${list}/*/sampledValue`, complaint: "minItems", above: 1 })),
    // Nothing is left of an optional list: then there is none.
    { path: "/meterValue", complaint: "minItems" },
  ],
  mend(value) {
    if (Array.isArray(value)) return value.length === 0 ? remove : undefined;
    if (!isObject(value)) return undefined;
    const { sampledValue } = value;
    const empty = Array.isArray(sampledValue) ? sampledValue.length === 0 : isEmpty(value["value"]);
    return empty ? remove : undefined;
  },
  told: () => "an empty value",
  does: "an empty sample is dropped, and the rest of the message stands",
};
