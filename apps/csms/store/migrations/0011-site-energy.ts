/** Sites' energy: their documents, every version kept; prices; and what each quarter of an hour was. */
import { type Kysely, sql } from "kysely";
import type { Schema } from "../schema.ts";
import type { Types } from "./index.ts";

export async function siteEnergy({ schema }: Kysely<Schema>, { int8 }: Types): Promise<void> {
  await schema
    .createTable("energy_documents")
    .addColumn("site_id", "text", (c) => c.notNull().references("sites.id"))
    .addColumn("version", int8, (c) => c.notNull())
    .addColumn("at_ms", int8, (c) => c.notNull())
    .addColumn("actor", "text", (c) => c.notNull())
    .addColumn("reason", "text", (c) => c.notNull())
    .addColumn("text", "text", (c) => c.notNull())
    .addColumn("energy", "text")
    .addColumn("guard", "text")
    .addPrimaryKeyConstraint("energy_documents_key", ["site_id", "version"])
    .execute();
  // No reference to sites: prices of the whole fleet stand under no site.
  await schema
    .createTable("energy_prices")
    .addColumn("site_id", "text", (c) => c.primaryKey().notNull())
    .addColumn("from_ms", int8, (c) => c.notNull())
    .addColumn("step_ms", int8, (c) => c.notNull())
    .addColumn("prices", "text", (c) => c.notNull())
    .addColumn("told_at_ms", int8, (c) => c.notNull())
    .addColumn("told_by", "text", (c) => c.notNull())
    .execute();
  await schema
    .createTable("energy_quarters")
    .addColumn("site_id", "text", (c) => c.notNull().references("sites.id"))
    .addColumn("from_ms", int8, (c) => c.notNull())
    .addColumn("import_wh", int8, (c) => c.notNull())
    .addColumn("export_wh", int8, (c) => c.notNull())
    .addColumn("solar_wh", int8, (c) => c.notNull())
    .addColumn("battery_in_wh", int8, (c) => c.notNull())
    .addColumn("battery_out_wh", int8, (c) => c.notNull())
    .addColumn("building_wh", int8, (c) => c.notNull())
    .addColumn("cars_wh", int8, (c) => c.notNull())
    .addColumn("cars_wh_by_mode", "text", (c) => c.notNull())
    .addColumn("cost_milli_cent", int8, (c) => c.notNull())
    .addColumn("planned_grid_wh", int8)
    .addColumn("planned_cars_wh", int8)
    .addColumn("planned_battery_wh", int8)
    .addColumn("charge_permille", int8)
    .addColumn("measured_s", int8, (c) => c.notNull())
    .addColumn("told_at_ms", int8, (c) => c.notNull())
    .addPrimaryKeyConstraint("energy_quarters_key", ["site_id", "from_ms"])
    .execute();
  await schema.createIndex("energy_quarters_by_time").on("energy_quarters").column("from_ms").execute();
  // Their histories are read from the outbox, of one site at a time; each index holds its own kind alone.
  for (const [index, kind] of [
    ["outbox_modes", "site.mode"],
    ["outbox_guard", "site.guard"],
  ] as const) {
    await schema
      .createIndex(index)
      .on("outbox")
      .columns(["site_id", "seq"])
      .where(sql.ref("kind"), "=", kind)
      .execute();
  }
}
