/**
 * One device model for 1.6 keys and 2.x variables, what was learned of a station, and what commands left behind in it:
 * reports under way, charging profiles, local list, reservations, availability.
 */
import type { Kysely } from "kysely";
import type { Schema } from "../schema.ts";
import type { Types } from "./index.ts";

export async function deviceModel(db: Kysely<Schema>, { int8 }: Types): Promise<void> {
  await variables(db, int8);
  await learned(db, int8);
  await left(db, int8);
  await db.schema.alterTable("station_handling").addColumn("close_deaf", int8).execute();
}

type Int8 = Types["int8"];

/** Old readings go: they had neither evse nor limits in columns of their own, and every station can be asked again. */
async function variables({ schema }: Kysely<Schema>, int8: Int8): Promise<void> {
  await schema.dropTable("variables").execute();
  await schema
    .createTable("variables")
    .addColumn("station_id", "text", (c) => c.notNull().references("stations.id"))
    .addColumn("path", "text", (c) => c.notNull())
    .addColumn("component", "text", (c) => c.notNull())
    .addColumn("component_instance", "text")
    .addColumn("evse_id", int8)
    .addColumn("connector_id", int8)
    .addColumn("variable", "text", (c) => c.notNull())
    .addColumn("variable_instance", "text")
    .addColumn("attribute", "text", (c) => c.notNull())
    .addColumn("value", "text")
    .addColumn("mutability", "text")
    .addColumn("persistent", int8)
    .addColumn("constant", int8)
    .addColumn("data_type", "text")
    .addColumn("unit", "text")
    .addColumn("min_limit", "text")
    .addColumn("max_limit", "text")
    .addColumn("values_list", "text")
    .addColumn("supports_monitoring", int8)
    .addColumn("key16", "text")
    .addColumn("source", "text", (c) => c.notNull())
    .addColumn("read_at_ms", int8, (c) => c.notNull())
    .addPrimaryKeyConstraint("device_variables_key", ["station_id", "path"])
    .execute();
}

async function learned({ schema }: Kysely<Schema>, int8: Int8): Promise<void> {
  await schema
    .createTable("learned")
    .addColumn("station_id", "text", (c) => c.notNull().references("stations.id"))
    .addColumn("firmware", "text", (c) => c.notNull())
    .addColumn("kind", "text", (c) => c.notNull())
    .addColumn("about", "text", (c) => c.notNull())
    .addColumn("most", int8)
    .addColumn("because", "text", (c) => c.notNull())
    .addColumn("learned_at_ms", int8, (c) => c.notNull())
    .addPrimaryKeyConstraint("learned_key", ["station_id", "kind", "about"])
    .execute();
  await schema
    .createTable("deaf_stations")
    .addColumn("station_id", "text", (c) => c.primaryKey().notNull().references("stations.id"))
    .addColumn("since_ms", int8, (c) => c.notNull())
    .addColumn("action", "text", (c) => c.notNull())
    .execute();
}

async function left({ schema }: Kysely<Schema>, int8: Int8): Promise<void> {
  await schema
    .createTable("reports")
    .addColumn("station_id", "text", (c) => c.notNull().references("stations.id"))
    .addColumn("request_id", int8, (c) => c.notNull())
    .addColumn("kind", "text", (c) => c.notNull())
    .addColumn("command_id", "text")
    .addColumn("state", "text", (c) => c.notNull())
    .addColumn("first_seq_no", int8)
    .addColumn("seq_no", int8)
    .addColumn("last_seq_no", int8)
    .addColumn("missing_seq", "text", (c) => c.notNull())
    .addColumn("begun_at_ms", int8, (c) => c.notNull())
    .addColumn("changed_at_ms", int8, (c) => c.notNull())
    .addPrimaryKeyConstraint("reports_key", ["station_id", "request_id"])
    .execute();
  await schema
    .createTable("charging_profiles")
    .addColumn("station_id", "text", (c) => c.notNull().references("stations.id"))
    .addColumn("profile_id", int8, (c) => c.notNull())
    .addColumn("evse_id", int8, (c) => c.notNull())
    .addColumn("purpose", "text", (c) => c.notNull())
    .addColumn("stack_level", int8, (c) => c.notNull())
    .addColumn("kind", "text", (c) => c.notNull())
    .addColumn("wire_id", "text")
    .addColumn("body", "text", (c) => c.notNull())
    .addColumn("source", "text", (c) => c.notNull())
    .addColumn("command_id", "text")
    .addColumn("changed_at_ms", int8, (c) => c.notNull())
    .addPrimaryKeyConstraint("charging_profiles_key", ["station_id", "profile_id"])
    .execute();
  await schema
    .createTable("local_lists")
    .addColumn("station_id", "text", (c) => c.primaryKey().notNull().references("stations.id"))
    .addColumn("version", int8, (c) => c.notNull())
    .addColumn("source", "text", (c) => c.notNull())
    .addColumn("changed_at_ms", int8, (c) => c.notNull())
    .execute();
  await schema
    .createTable("reservations")
    .addColumn("station_id", "text", (c) => c.notNull().references("stations.id"))
    .addColumn("reservation_id", int8, (c) => c.notNull())
    .addColumn("evse_id", int8, (c) => c.notNull())
    .addColumn("token_shown", "text", (c) => c.notNull())
    .addColumn("expires_at_ms", int8, (c) => c.notNull())
    .addColumn("state", "text", (c) => c.notNull())
    .addColumn("command_id", "text")
    .addColumn("changed_at_ms", int8, (c) => c.notNull())
    .addPrimaryKeyConstraint("reservations_key", ["station_id", "reservation_id"])
    .execute();
  await schema.createIndex("reservations_by_id").on("reservations").column("reservation_id").execute();
  await schema
    .createTable("availability")
    .addColumn("station_id", "text", (c) => c.notNull().references("stations.id"))
    .addColumn("evse_id", int8, (c) => c.notNull())
    .addColumn("connector_id", int8, (c) => c.notNull())
    .addColumn("operative", int8, (c) => c.notNull())
    .addColumn("scheduled", int8, (c) => c.notNull())
    .addColumn("command_id", "text")
    .addColumn("changed_at_ms", int8, (c) => c.notNull())
    .addPrimaryKeyConstraint("availability_key", ["station_id", "evse_id", "connector_id"])
    .execute();
}
