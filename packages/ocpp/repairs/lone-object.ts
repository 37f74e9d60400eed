/** QUIRKS 6: `meterValue` is an object where a list of objects belongs (Huawei). */
import { isObject, put, type Repair } from "./repair.ts";

export const loneObject: Repair = {
  rule: "lone-object",
  row: 6,
  versions: ["1.6", "2.0.1", "2.1"],
  direction: "call",
  places: [{ path: "any", complaint: "type" }],
  mend: (value, { params }) => (params["type"] === "array" && isObject(value) ? put([value]) : undefined),
  does: "a lone object where a list belongs becomes a list of one",
};
