/** Which process holds which station, where several share one database. */
import type { Kysely } from "kysely";
import type { Schema } from "../schema.ts";

export async function nodes(_db: Kysely<Schema>): Promise<void> {}
