/** QUIRKS 4, the other way: a 2.0.1 meter value is a number; stations ported from 1.6 send text. */
import { decimalNumber } from "./decimal-text.ts";
import { put, type Repair, sampleField } from "./repair.ts";

export const meterValueText: Repair = {
  rule: "meter-value-text",
  row: 4,
  versions: ["2.0.1", "2.1"],
  direction: "call",
  actions: ["MeterValues", "TransactionEvent"],
  places: sampleField("value").map((path) => ({ path, complaint: "type" })),
  mend(value) {
    const number = decimalNumber(value);
    return number === undefined ? undefined : put(number);
  },
  does: "a decimal text becomes its number",
};
