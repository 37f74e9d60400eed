/** Tolerance on form, as named rules: pure. */
export { PASSES_MAX, type Repaired, repairedCall, repairedResult } from "./mend.ts";
export { type Noticed, type NoticedRule, neverRefused, notice, noticed } from "./noticed.ts";
export { type Deviation, maskedText, type Repair } from "./repair.ts";
export { type QuirkRow, quirkRows } from "./rows.ts";
export { repairs } from "./table.ts";
