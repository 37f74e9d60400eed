/** QUIRKS 36: a refusal padded with junk, `"scheduleStart":"0"`, empty enums. The status is judged first. */
import { isObject, put, type Repair } from "./repair.ts";

export const paddedRefusal: Repair = {
  rule: "padded-refusal",
  row: 36,
  versions: ["1.6", "2.0.1", "2.1"],
  direction: "reply",
  places: [{ path: "whole", complaint: "any" }],
  mend(payload) {
    if (!isObject(payload)) return undefined;
    const { status } = payload;
    const padded = typeof status === "string" && status !== "Accepted" && Object.keys(payload).length > 1;
    return padded ? put({ status }) : undefined;
  },
  told: (_, { place }) => `junk at /${place.join("/")}`,
  does: "of a reply that is not Accepted only the status is read",
};
