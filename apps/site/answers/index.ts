/** The table of local answers, by version. */
import type { OcppVersion } from "@wattward/ocpp";
import type { Table } from "./row.ts";
import { table16 } from "./table-1.6.ts";
import { table201 } from "./table-2.0.1.ts";
import { table21 } from "./table-2.1.ts";

export type { Keeping, Question, Row } from "./row.ts";

export const tables: Readonly<Record<OcppVersion, Table>> = {
  "1.6": table16,
  "2.0.1": table201,
  "2.1": table21,
};
