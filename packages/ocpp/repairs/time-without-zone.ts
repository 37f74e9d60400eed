/** QUIRKS 1: `2023-10-19T15:28:07`. Read as UTC; the core compares it with the time of reception. */
import { put, type Repair } from "./repair.ts";

const local = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,12})?$/;

export const timeWithoutZone: Repair = {
  rule: "time-without-zone",
  row: 1,
  versions: ["1.6", "2.0.1", "2.1"],
  direction: "both",
  places: [{ path: "any", complaint: "format" }],
  mend: (value, { params }) =>
    params["format"] === "date-time" && typeof value === "string" && local.test(value)
      ? put(`${value}Z`)
      : undefined,
  does: "a time without a zone is read as UTC",
};
