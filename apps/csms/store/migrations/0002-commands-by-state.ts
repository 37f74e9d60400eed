/** Commands that are due to end are found by their state, not through all that ever were. */
import type { Kysely } from "kysely";
import type { Schema } from "../schema.ts";

export async function commandsByState({ schema }: Kysely<Schema>): Promise<void> {
  await schema.createIndex("commands_by_state").on("commands").columns(["state", "expires_at_ms"]).execute();
}
