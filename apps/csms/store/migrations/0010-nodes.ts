/** Which process holds which station and which site, where several serve one database (ADR 5). */
import type { Kysely } from "kysely";
import type { Schema } from "../schema.ts";
import type { Types } from "./index.ts";

export async function nodes({ schema }: Kysely<Schema>, { int8 }: Types): Promise<void> {
  await schema
    .createTable("nodes")
    .addColumn("id", "text", (c) => c.primaryKey().notNull())
    .addColumn("folder", "text", (c) => c.notNull())
    .addColumn("incarnation", int8, (c) => c.notNull())
    .addColumn("beats", int8, (c) => c.notNull())
    .addColumn("alive", int8, (c) => c.notNull())
    .addColumn("bus", "text", (c) => c.notNull())
    .addColumn("changed_at_ms", int8, (c) => c.notNull())
    .execute();
  // Nullable: without several processes there is one holder, and nothing to write down.
  for (const table of ["stations", "sites", "commands"] as const) {
    await schema.alterTable(table).addColumn("node", "text").execute();
    await schema.createIndex(`${table}_by_node`).on(table).column("node").execute();
  }
}
