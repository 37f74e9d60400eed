/** QUIRKS 10: an errorCode that 1.6 does not have (`Error`, Legrand). */
import { isUnknownWord, put, type Repair } from "./repair.ts";

export const unknownErrorCode: Repair = {
  rule: "unknown-error-code",
  row: 10,
  versions: ["1.6"],
  direction: "call",
  actions: ["StatusNotification"],
  places: [{ path: "/errorCode", complaint: "enum" }],
  mend: (value, complaint) => (isUnknownWord(value, complaint) ? put("OtherError") : undefined),
  does: "an unknown errorCode becomes OtherError; the station's own word is kept with the deviation",
};
