/**
 * What the tables of a schema version are, asked of the migrations themselves: a database in memory, migrated that far.
 * So a backup needs no list of tables beside them, on either engine, and a new table is in it by itself.
 */
import { sql } from "kysely";
import { raise } from "./migrations/index.ts";
import { openSqlite } from "./sqlite.ts";

export type TableModel = {
  readonly name: string;
  /** In the order of the migrations. */
  readonly columns: readonly ColumnModel[];
  /** Tables of which it refers to rows. */
  readonly references: readonly Reference[];
};
export type ColumnModel = {
  readonly name: string;
  readonly type: "int8" | "text";
  readonly nullable: boolean;
};
export type Reference = { readonly column: string; readonly table: string; readonly to: string };

/** Every table after those that it refers to. */
export async function tablesAt(version: number): Promise<readonly TableModel[]> {
  const engine = openSqlite({ path: ":memory:" });
  try {
    await raise(engine.db, { int8: "integer" }, version);
    const tables: TableModel[] = [];
    for (const { name, columns } of await engine.db.introspection.getTables()) {
      const foreign = await sql<{ from: string; table: string; to: string }>`
        SELECT "from", "table", "to" FROM pragma_foreign_key_list(${name})`.execute(engine.db);
      tables.push({
        name,
        columns: columns.map((column) => ({
          name: column.name,
          type: column.dataType.toLowerCase() === "text" ? "text" : "int8",
          nullable: column.isNullable,
        })),
        references: foreign.rows.map(({ from, table, to }) => ({ column: from, table, to })),
      });
    }
    return inOrder(tables);
  } finally {
    await engine.close();
  }
}

function inOrder(tables: readonly TableModel[]): TableModel[] {
  const placed = new Map<string, TableModel>();
  while (placed.size < tables.length) {
    const before = placed.size;
    for (const table of tables) {
      const ready = table.references.every((to) => placed.has(to.table) || to.table === table.name);
      if (ready && !placed.has(table.name)) placed.set(table.name, table);
    }
    if (placed.size === before)
      throw new Error("tables refer to each other in a circle: no order to fill them in");
  }
  return [...placed.values()];
}
