/** Local answers to stations that speak OCPP 2.0.1 (edition 3). */
import { table } from "./row.ts";
import { rows2x } from "./rows-2.x.ts";

export const table201 = table(rows2x(36));
