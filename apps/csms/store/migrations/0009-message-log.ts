/** The log of frames, redacted and capped; and what lets old rows of other tables be found without reading them all. */
import type { Kysely } from "kysely";
import type { Schema } from "../schema.ts";
import type { Types } from "./index.ts";

export async function messageLog({ schema }: Kysely<Schema>, { int8 }: Types): Promise<void> {
  // No reference to stations: a log must be droppable, and copied, without regard to the rest.
  await schema
    .createTable("messages")
    .addColumn("id", int8, (c) => c.primaryKey().notNull())
    .addColumn("station_id", "text", (c) => c.notNull())
    .addColumn("at_ms", int8, (c) => c.notNull())
    .addColumn("received_at_ms", int8, (c) => c.notNull())
    .addColumn("sender", "text", (c) => c.notNull())
    .addColumn("route", "text", (c) => c.notNull())
    .addColumn("version", "text", (c) => c.notNull())
    .addColumn("kind", "text", (c) => c.notNull())
    .addColumn("action", "text")
    .addColumn("message_id", "text")
    .addColumn("trace", "text")
    .addColumn("verdict", "text", (c) => c.notNull())
    .addColumn("chars", int8, (c) => c.notNull())
    .addColumn("frame", "text", (c) => c.notNull())
    .execute();
  await schema.createIndex("messages_by_station").on("messages").columns(["station_id", "id"]).execute();
  await schema
    .createIndex("meter_samples_outside")
    .on("meter_samples")
    .columns(["at_ms", "transaction_id"])
    .where("transaction_id", "is", null)
    .execute();
  await schema.createIndex("outbox_by_time").on("outbox").column("at_ms").execute();
  await schema
    .createIndex("commands_by_end")
    .on("commands")
    .column("ended_at_ms")
    .where("ended_at_ms", "is not", null)
    .execute();
}
