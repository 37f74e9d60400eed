/** Tolerance on form, as named rules: pure. */
export { PASSES_MAX, type Repaired, repairedCall, repairedResult } from "./mend.ts";
export type { Deviation, Repair } from "./repair.ts";
export { repairs } from "./table.ts";
