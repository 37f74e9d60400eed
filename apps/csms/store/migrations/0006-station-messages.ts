/** What stations tell beside transactions and state: kept where a later message or a person needs it. */
import type { Kysely } from "kysely";
import type { Schema } from "../schema.ts";

export async function stationMessages(_db: Kysely<Schema>): Promise<void> {}
