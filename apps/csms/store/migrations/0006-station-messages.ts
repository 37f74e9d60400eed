/**
 * What stations tell beside transactions and connectors: the newest word on each subject, their monitors and periodic
 * event streams, settlements of payments, and what 2.x says of a transaction beyond its meter.
 */
import type { Kysely } from "kysely";
import type { Schema } from "../schema.ts";
import type { Types } from "./index.ts";

export async function stationMessages({ schema }: Kysely<Schema>, { int8 }: Types): Promise<void> {
  await schema
    .createTable("told")
    .addColumn("station_id", "text", (c) => c.notNull().references("stations.id"))
    .addColumn("subject", "text", (c) => c.notNull())
    .addColumn("about", "text", (c) => c.notNull())
    .addColumn("ocpp_version", "text", (c) => c.notNull())
    .addColumn("body", "text", (c) => c.notNull())
    .addColumn("ended", int8, (c) => c.notNull())
    .addColumn("told_at_ms", int8, (c) => c.notNull())
    .addPrimaryKeyConstraint("told_key", ["station_id", "subject", "about"])
    .execute();
  await monitoring(schema, int8);
  await schema
    .createTable("settlements")
    .addColumn("station_id", "text", (c) => c.notNull().references("stations.id"))
    .addColumn("dedupe", "text", (c) => c.notNull())
    .addColumn("psp_ref", "text", (c) => c.notNull())
    .addColumn("transaction_id", "text")
    .addColumn("wire_id", "text")
    .addColumn("status", "text", (c) => c.notNull())
    .addColumn("amount", "text", (c) => c.notNull())
    .addColumn("settled_at_ms", int8, (c) => c.notNull())
    .addColumn("receipt_id", "text")
    .addColumn("received_at_ms", int8, (c) => c.notNull())
    .addPrimaryKeyConstraint("settlements_key", ["station_id", "dedupe"])
    .execute();
  await schema
    .createTable("transaction_details")
    .addColumn("transaction_id", "text", (c) => c.primaryKey().notNull().references("transactions.id"))
    .addColumn("seq_no", int8, (c) => c.notNull())
    .addColumn("charging_state", "text")
    .addColumn("charging_s", int8)
    .addColumn("remote_start_id", int8)
    .addColumn("reservation_id", int8)
    .addColumn("phases_used", int8)
    .addColumn("cable_max_a", int8)
    .addColumn("operation_mode", "text")
    .addColumn("tariff", "text")
    .addColumn("limits", "text")
    .addColumn("cost", "text")
    .addColumn("preconditioning", "text")
    .addColumn("evse_sleeps", int8)
    .execute();
}

async function monitoring(schema: Kysely<Schema>["schema"], int8: Types["int8"]): Promise<void> {
  await schema
    .createTable("monitors")
    .addColumn("station_id", "text", (c) => c.notNull().references("stations.id"))
    .addColumn("monitor_id", int8, (c) => c.notNull())
    .addColumn("component", "text", (c) => c.notNull())
    .addColumn("component_instance", "text")
    .addColumn("evse_id", int8)
    .addColumn("connector_id", int8)
    .addColumn("variable", "text", (c) => c.notNull())
    .addColumn("variable_instance", "text")
    .addColumn("kind", "text", (c) => c.notNull())
    .addColumn("value", "text", (c) => c.notNull())
    .addColumn("severity", int8, (c) => c.notNull())
    .addColumn("in_transaction", int8, (c) => c.notNull())
    .addColumn("told_at_ms", int8, (c) => c.notNull())
    .addPrimaryKeyConstraint("monitors_key", ["station_id", "monitor_id"])
    .execute();
  await schema
    .createTable("event_streams")
    .addColumn("station_id", "text", (c) => c.notNull().references("stations.id"))
    .addColumn("stream_id", int8, (c) => c.notNull())
    .addColumn("monitor_id", int8, (c) => c.notNull())
    .addColumn("every_s", int8)
    .addColumn("every_values", int8)
    .addColumn("opened_at_ms", int8, (c) => c.notNull())
    .addColumn("pending", int8, (c) => c.notNull())
    .addColumn("value", "text")
    .addColumn("value_at_ms", int8)
    .addColumn("observed_at_ms", int8)
    .addPrimaryKeyConstraint("event_streams_key", ["station_id", "stream_id"])
    .execute();
}
