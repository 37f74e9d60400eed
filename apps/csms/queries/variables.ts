/** The device model of a station, in pages; and what it showed of what it does and takes. */
import type { Kysely } from "kysely";
import type { LearnedRow, VariableRow } from "../core/port.ts";
import type { Query } from "../core/queries.ts";
import type { Row, Schema } from "../store/schema.ts";
import { rowsWithin } from "./limits.ts";
import { like, patternOf } from "./text.ts";

export const variablesList: Query<"variables.list"> = async (db, asked) => {
  const { station, search, component, after, most } = asked;
  let rows = db.selectFrom("variables").selectAll().where("station_id", "=", station);
  if (after !== undefined) rows = rows.where("path", ">", after);
  if (component !== undefined) {
    rows = rows.where((e) => e(e.fn<string>("lower", ["component"]), "=", component.toLowerCase()));
  }
  if (search !== undefined) {
    const pattern = patternOf(search);
    rows = rows.where((e) =>
      e.or([like(e.ref("path"), pattern), like(e.fn<string>("lower", ["key16"]), pattern)]),
    );
  }
  return (await rows.orderBy("path").limit(rowsWithin(most)).execute()).map(variableRow);
};

const variableRow = (row: Row<"variables">): VariableRow => ({
  path: row.path,
  component: row.component,
  componentInstance: row.component_instance,
  evse: row.evse_id,
  connector: row.connector_id,
  variable: row.variable,
  variableInstance: row.variable_instance,
  attribute: row.attribute,
  value: row.value,
  mutability: row.mutability,
  dataType: row.data_type,
  unit: row.unit,
  minLimit: row.min_limit,
  maxLimit: row.max_limit,
  valuesList: row.values_list,
  persistent: yes(row.persistent),
  constant: yes(row.constant),
  supportsMonitoring: yes(row.supports_monitoring),
  key16: row.key16,
  source: row.source,
  readAtMs: row.read_at_ms,
});

const yes = (flag: number | null): boolean | null => (flag === null ? null : flag === 1);

/** Only what holds for the firmware that it has now. */
export async function learnedOfStation(
  db: Kysely<Schema>,
  station: Schema["stations"],
): Promise<readonly LearnedRow[]> {
  const rows = await db
    .selectFrom("learned")
    .selectAll()
    .where("station_id", "=", station.id)
    .where("firmware", "=", station.firmware ?? "")
    .orderBy("kind")
    .orderBy("about")
    .execute();
  return rows.map(({ kind, about, most, because, learned_at_ms: learnedAtMs }) => ({
    ...{ kind, about, most, because, learnedAtMs },
  }));
}
