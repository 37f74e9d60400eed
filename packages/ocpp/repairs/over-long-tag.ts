/**
 * QUIRKS 20: a token longer than any. It is nobody's, so the answer is Invalid and no CALLERROR. It is replaced by the
 * empty token, which is nobody's either: cut to length, it could be another's card.
 */
import { maskedText, put, type Repair } from "./repair.ts";

export const overLongTag: Repair = {
  rule: "over-long-tag",
  row: 20,
  versions: ["1.6", "2.0.1", "2.1"],
  direction: "call",
  actions: ["Authorize", "StartTransaction", "TransactionEvent"],
  places: [
    { path: "/idTag", complaint: "maxLength" },
    { path: "/idToken/idToken", complaint: "maxLength" },
  ],
  mend: (value) => (typeof value === "string" ? put("") : undefined),
  told: maskedText,
  does: "a token that is too long is answered Invalid; it is never cut to another's",
};
