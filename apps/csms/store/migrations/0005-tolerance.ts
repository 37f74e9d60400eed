/** What stations get wrong and how each is to be handled: deviations, handling, what was set aside, boots, doubts. */
import type { Kysely } from "kysely";
import type { Schema } from "../schema.ts";
import type { Types } from "./index.ts";

export async function tolerance({ schema }: Kysely<Schema>, { int8 }: Types): Promise<void> {
  await schema
    .createTable("deviations")
    .addColumn("station_id", "text", (c) => c.notNull().references("stations.id"))
    .addColumn("rule", "text", (c) => c.notNull())
    .addColumn("count", int8, (c) => c.notNull())
    .addColumn("first_at_ms", int8, (c) => c.notNull())
    .addColumn("last_at_ms", int8, (c) => c.notNull())
    .addColumn("last_example", "text", (c) => c.notNull())
    .addPrimaryKeyConstraint("deviations_key", ["station_id", "rule"])
    .execute();
  await schema
    .createTable("station_handling")
    .addColumn("station_id", "text", (c) => c.primaryKey().notNull().references("stations.id"))
    .addColumn("strict", int8, (c) => c.notNull())
    .addColumn("pinned_version", "text")
    .addColumn("assumed_version", "text")
    .addColumn("pinged", int8, (c) => c.notNull())
    .addColumn("changed_at_ms", int8, (c) => c.notNull())
    .execute();
  await schema
    .createTable("set_aside")
    .addColumn("station_id", "text", (c) => c.notNull().references("stations.id"))
    .addColumn("digest", "text", (c) => c.notNull())
    .addColumn("action", "text", (c) => c.notNull())
    .addColumn("received_at_ms", int8, (c) => c.notNull())
    .addColumn("code", "text", (c) => c.notNull())
    .addColumn("reason", "text", (c) => c.notNull())
    .addColumn("message", "text", (c) => c.notNull())
    .addColumn("wire_id", "text")
    .addPrimaryKeyConstraint("set_aside_key", ["station_id", "digest"])
    .execute();
  await schema
    .createTable("boot_windows")
    .addColumn("station_id", "text", (c) => c.primaryKey().notNull().references("stations.id"))
    .addColumn("from_ms", int8, (c) => c.notNull())
    .addColumn("boots", int8, (c) => c.notNull())
    .execute();
  await schema
    .createTable("transaction_doubts")
    .addColumn("transaction_id", "text", (c) => c.notNull().references("transactions.id"))
    .addColumn("doubt", "text", (c) => c.notNull())
    .addColumn("since_ms", int8, (c) => c.notNull())
    .addPrimaryKeyConstraint("transaction_doubts_key", ["transaction_id", "doubt"])
    .execute();
  // What is open, by when it began: nobody should read all transactions to find those that are odd.
  await schema
    .createIndex("transactions_by_end")
    .on("transactions")
    .columns(["ended_at_ms", "started_at_ms"])
    .execute();
}
