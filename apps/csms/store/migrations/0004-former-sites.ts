/** Which sites a station was at before: what their journals still owe of it is not lost when it moves. */
import type { Kysely } from "kysely";
import type { Schema } from "../schema.ts";
import type { Types } from "./index.ts";

export async function formerSites({ schema }: Kysely<Schema>, { int8 }: Types): Promise<void> {
  await schema
    .createTable("former_sites")
    .addColumn("station_id", "text", (c) => c.notNull().references("stations.id"))
    .addColumn("site_id", "text", (c) => c.notNull().references("sites.id"))
    .addColumn("left_at_ms", int8, (c) => c.notNull())
    .addPrimaryKeyConstraint("former_sites_key", ["station_id", "site_id"])
    .execute();
}
