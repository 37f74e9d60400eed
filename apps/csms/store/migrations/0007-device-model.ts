/** One device model for 1.6 keys and 2.x variables, and what was learned of a station. */
import type { Kysely } from "kysely";
import type { Schema } from "../schema.ts";

export async function deviceModel(_db: Kysely<Schema>): Promise<void> {}
