/** QUIRKS 10: a reason of the station's own for a stop or a boot. Why it happened is no condition for that it did. */
import { isUnknownWord, put, type Repair } from "./repair.ts";

export const unknownReason: Repair = {
  rule: "unknown-reason",
  row: 10,
  versions: ["1.6", "2.0.1", "2.1"],
  direction: "call",
  actions: ["StopTransaction", "TransactionEvent", "BootNotification"],
  places: [
    { path: "/reason", complaint: "enum" },
    { path: "/transactionInfo/stoppedReason", complaint: "enum" },
  ],
  mend(value, complaint) {
    if (!isUnknownWord(value, complaint)) return undefined;
    const { allowedValues } = complaint.params;
    // A boot has Unknown, a stop has Other.
    const word = ["Other", "Unknown"].find(
      (known) => Array.isArray(allowedValues) && allowedValues.includes(known),
    );
    return word === undefined ? undefined : put(word);
  },
  does: "an unknown reason of a stop becomes Other, of a boot Unknown",
};
