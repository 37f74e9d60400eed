/** Limits of a site's power that people set for a time: the newest of each site. */
import type { Kysely } from "kysely";
import type { Schema } from "../schema.ts";
import type { Types } from "./index.ts";

export async function energyLimits({ schema }: Kysely<Schema>, { int8 }: Types): Promise<void> {
  await schema
    .createTable("energy_limits")
    .addColumn("site_id", "text", (c) => c.primaryKey().notNull().references("sites.id"))
    .addColumn("limit_w", int8, (c) => c.notNull())
    .addColumn("until_ms", int8, (c) => c.notNull())
    .addColumn("at_ms", int8, (c) => c.notNull())
    .addColumn("actor", "text", (c) => c.notNull())
    .addColumn("reason", "text", (c) => c.notNull())
    .execute();
}
