/** How documents, prices and quarters are stored. */
import type { Schema } from "../store/schema.ts";
import { each, statement } from "../store/statement.ts";

export const newestDocument = statement((db, p: { site: string }) =>
  db
    .selectFrom("energy_documents")
    .selectAll()
    .where("site_id", "=", p.site)
    .orderBy("version", "desc")
    .limit(1),
);
const documentColumns = [
  "site_id",
  "version",
  "at_ms",
  "actor",
  "reason",
  "text",
  "energy",
  "guard",
] as const;
export const insertDocument = statement((db, p: Schema["energy_documents"]) =>
  db.insertInto("energy_documents").values(each(p, documentColumns)),
);

/** Of the fleet: site "". */
export const findPrices = statement((db, p: { site: string }) =>
  db.selectFrom("energy_prices").selectAll().where("site_id", "=", p.site),
);
const priceColumns = ["from_ms", "step_ms", "prices", "told_at_ms", "told_by"] as const;
export const putPrices = statement((db, p: Schema["energy_prices"]) =>
  db
    .insertInto("energy_prices")
    .values(each(p, ["site_id", ...priceColumns]))
    .onConflict((c) => c.column("site_id").doUpdateSet(each(p, priceColumns))),
);

export const deletePrices = statement((db, p: { site: string }) =>
  db.deleteFrom("energy_prices").where("site_id", "=", p.site),
);

export const findLimit = statement((db, p: { site: string }) =>
  db.selectFrom("energy_limits").selectAll().where("site_id", "=", p.site),
);
const limitColumns = ["limit_w", "until_ms", "at_ms", "actor", "reason"] as const;
export const putLimit = statement((db, p: Schema["energy_limits"]) =>
  db
    .insertInto("energy_limits")
    .values(each(p, ["site_id", ...limitColumns]))
    .onConflict((c) => c.column("site_id").doUpdateSet(each(p, limitColumns))),
);
export const deleteLimit = statement((db, p: { site: string }) =>
  db.deleteFrom("energy_limits").where("site_id", "=", p.site),
);

const told = [
  "import_wh",
  "export_wh",
  "solar_wh",
  "battery_in_wh",
  "battery_out_wh",
  "building_wh",
  "cars_wh",
  "cars_wh_by_mode",
  "cost_milli_cent",
  "planned_grid_wh",
  "planned_cars_wh",
  "planned_battery_wh",
  "charge_permille",
  "measured_s",
  "told_at_ms",
] as const;
/** The same again changes nothing; one that was told at a stop, before it was over, gives way to what was measured longer. */
export const putQuarter = statement((db, p: Schema["energy_quarters"]) =>
  db
    .insertInto("energy_quarters")
    .values(each(p, ["site_id", "from_ms", ...told]))
    .onConflict((c) =>
      c
        .columns(["site_id", "from_ms"])
        .doUpdateSet(each(p, told))
        .where("energy_quarters.measured_s", "<", p.measured_s),
    ),
);
