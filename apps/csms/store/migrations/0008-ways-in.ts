/** Passwords of stations, and dispensations from security profile 3. */
import type { Kysely } from "kysely";
import type { Schema } from "../schema.ts";

export async function waysIn(_db: Kysely<Schema>): Promise<void> {}
