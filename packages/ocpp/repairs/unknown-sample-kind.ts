/**
 * QUIRKS 10: what is measured, where, in which unit or format, in a word of the station's own. Such a value must not be
 * read as energy, nor as another unit's: that sample alone is left out, and the others of the message stand.
 */
import { isObject, isUnknownWord, type Repair, remove, sampleField } from "./repair.ts";

const fields = ["measurand", "unit", "phase", "location", "format"];

export const unknownSampleKind: Repair = {
  rule: "unknown-sample-kind",
  row: 10,
  versions: ["1.6", "2.0.1", "2.1"],
  direction: "call",
  actions: ["MeterValues", "StopTransaction", "TransactionEvent"],
  places: fields.flatMap((field) =>
    sampleField(field).map((path) => ({ path, complaint: "enum", above: 1 })),
  ),
  mend(sample, complaint) {
    const field = complaint.place.at(-1) ?? "";
    return isObject(sample) && isUnknownWord(sample[field], complaint) ? remove : undefined;
  },
  does: "a sample of an unknown measurand, unit, phase, location or format is left out; the others stand",
};
