/** Dispensations from security profile 3, with their passwords' hashes, and by which profile a station has come. */
import type { Kysely } from "kysely";
import type { Schema } from "../schema.ts";
import type { Types } from "./index.ts";

export async function waysIn({ schema }: Kysely<Schema>, { int8 }: Types): Promise<void> {
  await schema
    .createTable("dispensations")
    .addColumn("station_id", "text", (c) => c.primaryKey().notNull().references("stations.id"))
    .addColumn("security_profile", int8, (c) => c.notNull())
    .addColumn("until_ms", int8, (c) => c.notNull())
    .addColumn("password_hash", "text", (c) => c.notNull())
    .addColumn("given_at_ms", int8, (c) => c.notNull())
    .addColumn("given_by", "text", (c) => c.notNull())
    .execute();
  await schema
    .createTable("station_ways")
    .addColumn("station_id", "text", (c) => c.primaryKey().notNull().references("stations.id"))
    .addColumn("security_profile", int8, (c) => c.notNull())
    .addColumn("profile_3_at_ms", int8)
    .execute();
}
