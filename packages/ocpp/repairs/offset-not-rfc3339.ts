/** QUIRKS 2: `+02` and `+0200` are offsets of ISO 8601, not of RFC 3339, which OCPP asks for. */
import { dateTimeMs } from "@wattward/kernel";
import { put, type Repair } from "./repair.ts";

const basic = /^(\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d{1,12})?[+-]\d\d)(\d\d)?$/;

export const offsetNotRfc3339: Repair = {
  rule: "offset-not-rfc3339",
  row: 2,
  versions: ["1.6", "2.0.1", "2.1"],
  direction: "both",
  places: [{ path: "any", complaint: "format" }],
  mend(value, { params }) {
    if (params["format"] !== "date-time" || typeof value !== "string") return undefined;
    const found = basic.exec(value);
    if (found === null || dateTimeMs(value) === undefined) return undefined;
    return put(`${found[1]}:${found[2] ?? "00"}`);
  },
  does: "an offset of ISO 8601 (+02, +0200) is read as that of RFC 3339 (+02:00)",
};
