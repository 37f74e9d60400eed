/** Which record the last one of a journal was: two disks may hold different histories under one number. */
import type { Kysely } from "kysely";
import type { Schema } from "../schema.ts";

export async function journalTraces({ schema }: Kysely<Schema>): Promise<void> {
  await schema.alterTable("site_journals").addColumn("acked_trace", "text").execute();
}
