/** QUIRKS 4: a 1.6 meter value is text; OpenEVSE, ArduinoOCPP and others send a number. */

import { decimalText } from "./decimal-text.ts";
import { put, type Repair, sampleField } from "./repair.ts";

export const meterValueNumber: Repair = {
  rule: "meter-value-number",
  row: 4,
  versions: ["1.6"],
  direction: "call",
  actions: ["MeterValues", "StopTransaction"],
  places: sampleField("value").map((path) => ({ path, complaint: "type" })),
  mend(value) {
    const text = decimalText(value);
    return text === undefined ? undefined : put(text);
  },
  does: "a finite number becomes its decimal text",
};
