/** The log of frames, redacted and capped. */
import type { Kysely } from "kysely";
import type { Schema } from "../schema.ts";

export async function messageLog(_db: Kysely<Schema>): Promise<void> {}
