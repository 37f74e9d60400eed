/** How the device model is stored. */
import type { Schema } from "../store/schema.ts";
import { each, statement } from "../store/statement.ts";

export const countVariables = statement((db, p: { station: string }) =>
  db
    .selectFrom("variables")
    .select((e) => e.fn.countAll<number>().as("count"))
    .where("station_id", "=", p.station),
);
const columns = [
  "station_id",
  "path",
  "component",
  "component_instance",
  "evse_id",
  "connector_id",
  "variable",
  "variable_instance",
  "attribute",
  "value",
  "mutability",
  "persistent",
  "constant",
  "data_type",
  "unit",
  "min_limit",
  "max_limit",
  "values_list",
  "supports_monitoring",
  "key16",
  "source",
  "read_at_ms",
] as const;
export const insertVariable = statement((db, p: Schema["variables"]) =>
  db.insertInto("variables").values(each(p, columns)),
);
/** Changes no row where the variable is not known; what the new reading leaves out stays. */
export const updateVariable = statement((db, p: Schema["variables"]) =>
  db
    .updateTable("variables")
    .set((e) => ({
      value: p.value,
      mutability: e.fn.coalesce(e.val(p.mutability), "mutability"),
      persistent: e.fn.coalesce(e.val(p.persistent), "persistent"),
      constant: e.fn.coalesce(e.val(p.constant), "constant"),
      data_type: e.fn.coalesce(e.val(p.data_type), "data_type"),
      unit: e.fn.coalesce(e.val(p.unit), "unit"),
      min_limit: e.fn.coalesce(e.val(p.min_limit), "min_limit"),
      max_limit: e.fn.coalesce(e.val(p.max_limit), "max_limit"),
      values_list: e.fn.coalesce(e.val(p.values_list), "values_list"),
      supports_monitoring: e.fn.coalesce(e.val(p.supports_monitoring), "supports_monitoring"),
      key16: e.fn.coalesce(e.val(p.key16), "key16"),
      source: p.source,
      read_at_ms: p.read_at_ms,
    }))
    .where("station_id", "=", p.station_id)
    .where("path", "=", p.path),
);
export const findVariables = statement((db, p: { station: string; path: string }) =>
  db.selectFrom("variables").selectAll().where("station_id", "=", p.station).where("path", "=", p.path),
);
export const pruneVariables = statement((db, p: { station: string; beforeMs: number }) =>
  db.deleteFrom("variables").where("station_id", "=", p.station).where("read_at_ms", "<", p.beforeMs),
);
