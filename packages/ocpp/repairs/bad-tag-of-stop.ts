/** QUIRKS 20: a StopTransaction whose idTag is too long or no text; the tag is optional there, and the car must be let go. */
import { isObject, maskedText, type Repair, remove } from "./repair.ts";

export const badTagOfStop: Repair = {
  rule: "bad-tag-of-stop",
  row: 20,
  versions: ["1.6"],
  direction: "call",
  actions: ["StopTransaction"],
  places: [
    { path: "/idTag", complaint: "maxLength" },
    { path: "/idTag", complaint: "type" },
  ],
  mend: (value) => (isObject(value) || Array.isArray(value) ? undefined : remove),
  told: maskedText,
  does: "a damaged idTag of a StopTransaction is ignored, and the stop is taken",
};
