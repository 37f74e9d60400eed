/** The first tables. Column names are compared with schema.ts by a test; once released, this file never changes. */
import { type Kysely, sql } from "kysely";
import type { Schema } from "../schema.ts";
import type { Types } from "./index.ts";

export async function ground(db: Kysely<Schema>, { int8 }: Types): Promise<void> {
  const { schema } = db;
  await schema
    .createTable("meta")
    .addColumn("key", "text", (c) => c.primaryKey().notNull())
    .addColumn("value", "text", (c) => c.notNull())
    .execute();
  await sites(db, int8);
  await stations(db, int8);
  await transactions(db, int8);
  await operations(db, int8);
  await people(db, int8);
  await db
    .insertInto("meta")
    .values([
      { key: "csms_epoch", value: "1" },
      { key: "next_transaction_id", value: "1" },
    ])
    .execute();
}

type Int8 = Types["int8"];

async function sites({ schema }: Kysely<Schema>, int8: Int8): Promise<void> {
  await schema
    .createTable("sites")
    .addColumn("id", "text", (c) => c.primaryKey().notNull())
    .addColumn("added_at_ms", int8, (c) => c.notNull())
    .addColumn("connected", int8, (c) => c.notNull())
    .addColumn("seen_at_ms", int8)
    .addColumn("clock_quality", "text")
    .addColumn("bundle_version", int8, (c) => c.notNull())
    .addColumn("software", "text")
    .addColumn("journal_epoch", "text")
    .execute();
  await schema
    .createTable("site_journals")
    .addColumn("site_id", "text", (c) => c.notNull().references("sites.id"))
    .addColumn("epoch", "text", (c) => c.notNull())
    .addColumn("acked_seq", int8, (c) => c.notNull())
    .addColumn("first_seen_ms", int8, (c) => c.notNull())
    .addPrimaryKeyConstraint("site_journals_key", ["site_id", "epoch"])
    .execute();
  await schema
    .createTable("leases")
    .addColumn("site_id", "text", (c) => c.notNull().references("sites.id"))
    .addColumn("csms_epoch", int8, (c) => c.notNull())
    .addColumn("journal_epoch", "text", (c) => c.notNull())
    .addColumn("from_id", int8, (c) => c.notNull())
    .addColumn("to_id", int8, (c) => c.notNull())
    .addColumn("granted_at_ms", int8, (c) => c.notNull())
    .addPrimaryKeyConstraint("leases_key", ["site_id", "from_id"])
    .execute();
  await schema
    .createTable("bundles")
    .addColumn("site_id", "text", (c) => c.notNull().references("sites.id"))
    .addColumn("version", int8, (c) => c.notNull())
    .addColumn("csms_epoch", int8, (c) => c.notNull())
    .addColumn("body", "text", (c) => c.notNull())
    .addColumn("issued_at_ms", int8, (c) => c.notNull())
    .addPrimaryKeyConstraint("bundles_key", ["site_id", "version"])
    .execute();
}

async function stations({ schema }: Kysely<Schema>, int8: Int8): Promise<void> {
  await schema
    .createTable("stations")
    .addColumn("id", "text", (c) => c.primaryKey().notNull())
    .addColumn("serial", "text", (c) => c.notNull())
    .addColumn("route", "text", (c) => c.notNull())
    .addColumn("site_id", "text", (c) => c.references("sites.id"))
    .addColumn("admission", "text", (c) => c.notNull())
    .addColumn("added_at_ms", int8, (c) => c.notNull())
    .addColumn("connected", int8, (c) => c.notNull())
    .addColumn("generation", int8, (c) => c.notNull())
    .addColumn("ocpp_version", "text")
    .addColumn("seen_at_ms", int8)
    .addColumn("booted_at_ms", int8)
    .addColumn("vendor", "text")
    .addColumn("model", "text")
    .addColumn("firmware", "text")
    .addColumn("certificate_from_ms", int8)
    .addColumn("certificate_key", "text")
    .execute();
  await schema.createIndex("stations_by_site").on("stations").column("site_id").execute();
  await schema
    .createTable("connectors")
    .addColumn("station_id", "text", (c) => c.notNull().references("stations.id"))
    .addColumn("evse_id", int8, (c) => c.notNull())
    .addColumn("connector_id", int8, (c) => c.notNull())
    .addColumn("status", "text", (c) => c.notNull())
    .addColumn("error_code", "text")
    .addColumn("status_at_ms", int8, (c) => c.notNull())
    .addColumn("power_w", int8)
    .addColumn("power_at_ms", int8)
    .addPrimaryKeyConstraint("connectors_key", ["station_id", "evse_id", "connector_id"])
    .execute();
  await schema
    .createTable("variables")
    .addColumn("station_id", "text", (c) => c.notNull().references("stations.id"))
    .addColumn("component", "text", (c) => c.notNull())
    .addColumn("variable", "text", (c) => c.notNull())
    .addColumn("attribute", "text", (c) => c.notNull())
    .addColumn("value", "text")
    .addColumn("readonly", int8, (c) => c.notNull())
    .addColumn("read_at_ms", int8, (c) => c.notNull())
    .addPrimaryKeyConstraint("variables_key", ["station_id", "component", "variable", "attribute"])
    .execute();
}

async function transactions({ schema }: Kysely<Schema>, int8: Int8): Promise<void> {
  await schema
    .createTable("transactions")
    .addColumn("id", "text", (c) => c.primaryKey().notNull())
    .addColumn("station_id", "text", (c) => c.notNull().references("stations.id"))
    .addColumn("evse_id", int8, (c) => c.notNull())
    .addColumn("connector_id", int8, (c) => c.notNull())
    .addColumn("wire_id", "text", (c) => c.notNull())
    .addColumn("ocpp_version", "text", (c) => c.notNull())
    .addColumn("token", "text")
    .addColumn("state", "text", (c) => c.notNull())
    .addColumn("started_at_ms", int8)
    .addColumn("ended_at_ms", int8)
    .addColumn("meter_start_wh", int8)
    .addColumn("meter_last_wh", int8)
    .addColumn("meter_stop_wh", int8)
    .addColumn("energy_wh", int8)
    .addColumn("power_w", int8)
    .addColumn("power_at_ms", int8)
    .addColumn("stop_reason", "text")
    .addColumn("first_seq_no", int8)
    .addColumn("seq_no", int8)
    .addColumn("missing_seq", "text", (c) => c.notNull())
    .addColumn("offline", int8, (c) => c.notNull())
    .addColumn("review", "text")
    .addColumn("changed_at_ms", int8, (c) => c.notNull())
    .execute();
  // By wire id first: "is this id anybody's?" is a question about all stations (QUIRKS 12).
  await schema
    .createIndex("transactions_by_wire_id")
    .unique()
    .on("transactions")
    .columns(["wire_id", "station_id", "ocpp_version"])
    .execute();
  await schema
    .createIndex("transactions_by_station")
    .on("transactions")
    .columns(["station_id", "ended_at_ms"])
    .execute();
  await schema
    .createIndex("transactions_by_token")
    .on("transactions")
    .expression(sql`lower(token)`)
    .execute();
  await schema
    .createTable("transaction_events")
    .addColumn("station_id", "text", (c) => c.notNull().references("stations.id"))
    .addColumn("transaction_id", "text", (c) => c.notNull())
    .addColumn("dedupe", "text", (c) => c.notNull())
    .addColumn("kind", "text", (c) => c.notNull())
    .addColumn("seq_no", int8)
    .addColumn("at_ms", int8, (c) => c.notNull())
    .addColumn("received_at_ms", int8, (c) => c.notNull())
    .addColumn("clock_quality", "text", (c) => c.notNull())
    .addColumn("meter_wh", int8)
    .addColumn("power_w", int8)
    .addColumn("path", "text", (c) => c.notNull())
    .addColumn("answered_locally", int8, (c) => c.notNull())
    .addColumn("message_id", "text", (c) => c.notNull())
    .addColumn("trace", "text", (c) => c.notNull())
    .addColumn("digest", "text", (c) => c.notNull())
    .addColumn("journal_epoch", "text")
    .addColumn("journal_seq", int8)
    .addColumn("signed_values", "text")
    .addPrimaryKeyConstraint("transaction_events_key", ["station_id", "dedupe"])
    .execute();
  await schema
    .createIndex("transaction_events_by_transaction")
    .on("transaction_events")
    .column("transaction_id")
    .execute();
  await schema
    .createIndex("transaction_events_by_journal")
    .on("transaction_events")
    .columns(["station_id", "journal_seq"])
    .where("journal_seq", "is not", null)
    .execute();
  await schema
    .createTable("meter_samples")
    .addColumn("station_id", "text", (c) => c.notNull())
    .addColumn("evse_id", int8, (c) => c.notNull())
    .addColumn("transaction_id", "text")
    .addColumn("at_ms", int8, (c) => c.notNull())
    .addColumn("meter_wh", int8)
    .addColumn("power_w", int8)
    .addColumn("soc_percent", int8)
    .execute();
  await schema
    .createIndex("meter_samples_by_station")
    .on("meter_samples")
    .columns(["station_id", "at_ms"])
    .execute();
}

async function operations({ schema }: Kysely<Schema>, int8: Int8): Promise<void> {
  await schema
    .createTable("tokens")
    .addColumn("token", "text", (c) => c.primaryKey().notNull())
    .addColumn("shown", "text", (c) => c.notNull())
    .addColumn("status", "text", (c) => c.notNull())
    .addColumn("expires_at_ms", int8)
    .addColumn("changed_at_ms", int8, (c) => c.notNull())
    .execute();
  await schema
    .createTable("commands")
    .addColumn("id", "text", (c) => c.primaryKey().notNull())
    .addColumn("station_id", "text", (c) => c.notNull().references("stations.id"))
    .addColumn("action", "text", (c) => c.notNull())
    .addColumn("payload", "text", (c) => c.notNull())
    .addColumn("actor", "text", (c) => c.notNull())
    .addColumn("reason", "text", (c) => c.notNull())
    .addColumn("hash", "text", (c) => c.notNull())
    .addColumn("requested_at_ms", int8, (c) => c.notNull())
    .addColumn("expires_at_ms", int8, (c) => c.notNull())
    .addColumn("state", "text", (c) => c.notNull())
    .addColumn("sent_at_ms", int8)
    .addColumn("ended_at_ms", int8)
    .addColumn("outcome", "text")
    .execute();
  await schema
    .createIndex("commands_by_station")
    .on("commands")
    .columns(["station_id", "state", "id"])
    .execute();
  await schema
    .createTable("denials")
    .addColumn("kind", "text", (c) => c.notNull())
    .addColumn("issuer", "text", (c) => c.notNull())
    .addColumn("value", "text", (c) => c.notNull())
    .addColumn("reason", "text", (c) => c.notNull())
    .addColumn("added_at_ms", int8, (c) => c.notNull())
    .addPrimaryKeyConstraint("denials_key", ["kind", "issuer", "value"])
    .execute();
  await schema
    .createTable("outbox")
    .addColumn("seq", int8, (c) => c.primaryKey().notNull())
    .addColumn("at_ms", int8, (c) => c.notNull())
    .addColumn("source", "text", (c) => c.notNull())
    .addColumn("kind", "text", (c) => c.notNull())
    .addColumn("station_id", "text")
    .addColumn("site_id", "text")
    .addColumn("cause", "text")
    .addColumn("trace", "text")
    .addColumn("live", int8, (c) => c.notNull())
    .addColumn("data", "text", (c) => c.notNull())
    .execute();
  await schema.createIndex("outbox_by_site").on("outbox").columns(["site_id", "seq"]).execute();
}

async function people({ schema }: Kysely<Schema>, int8: Int8): Promise<void> {
  await schema
    .createTable("people")
    .addColumn("id", "text", (c) => c.primaryKey().notNull())
    .addColumn("name", "text", (c) => c.notNull())
    .addColumn("role", "text", (c) => c.notNull())
    .addColumn("added_at_ms", int8, (c) => c.notNull())
    .execute();
  await schema
    .createTable("passkeys")
    .addColumn("id", "text", (c) => c.primaryKey().notNull())
    .addColumn("person_id", "text", (c) => c.notNull().references("people.id"))
    .addColumn("public_key", "text", (c) => c.notNull())
    .addColumn("counter", int8, (c) => c.notNull())
    .addColumn("transports", "text", (c) => c.notNull())
    .addColumn("added_at_ms", int8, (c) => c.notNull())
    .addColumn("used_at_ms", int8)
    .execute();
  await schema
    .createTable("sessions")
    .addColumn("hash", "text", (c) => c.primaryKey().notNull())
    .addColumn("person_id", "text", (c) => c.notNull().references("people.id"))
    .addColumn("kind", "text", (c) => c.notNull())
    .addColumn("name", "text", (c) => c.notNull())
    .addColumn("created_at_ms", int8, (c) => c.notNull())
    .addColumn("expires_at_ms", int8, (c) => c.notNull())
    .execute();
  await schema
    .createTable("invitations")
    .addColumn("hash", "text", (c) => c.primaryKey().notNull())
    .addColumn("role", "text", (c) => c.notNull())
    .addColumn("expires_at_ms", int8, (c) => c.notNull())
    .addColumn("used_at_ms", int8)
    .execute();
}
