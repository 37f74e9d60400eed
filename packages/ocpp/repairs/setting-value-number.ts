/** QUIRKS 5: the value of a configuration key (1.6) or variable (2.0.1) as a number: a repaired reply is an answer, no timeout. */
import { decimalText } from "./decimal-text.ts";
import { put, type Repair } from "./repair.ts";

export const settingValueNumber: Repair = {
  rule: "setting-value-number",
  row: 5,
  versions: ["1.6", "2.0.1", "2.1"],
  direction: "reply",
  actions: ["GetConfiguration", "GetVariables"],
  places: [
    { path: "/configurationKey/*/value", complaint: "type" },
    { path: "/getVariableResult/*/attributeValue", complaint: "type" },
  ],
  mend(value) {
    const text = decimalText(value);
    return text === undefined ? undefined : put(text);
  },
  does: "a finite number becomes its decimal text",
};
