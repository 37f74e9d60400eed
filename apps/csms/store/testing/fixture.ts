/**
 * A database as an earlier version left it: made by running the migrations up to that schema, with rows in every table
 * that it had. The rows are made up from the model of that schema, so that the next migration needs no new fixture.
 */
import type { Engine } from "../engine.ts";
import { raise, type Types } from "../migrations/index.ts";
import { type TableModel, tablesAt } from "../model.ts";
import type { Schema } from "../schema.ts";
import type { Value } from "../statement.ts";

export type FixtureRow = Readonly<Record<string, Value>>;
export type Fixture = ReadonlyMap<string, readonly FixtureRow[]>;

/** Rows of each table; the odd ones have null wherever they may. */
export const ROWS_EACH = 4;
/** As large as may be, with room for a sequence to go on. */
const LARGE = Number.MAX_SAFE_INTEGER - 1_000_000;

/** Fills an empty database; the caller has no transaction open. Gives what is in it, by table. */
export async function fillFixture(engine: Engine, types: Types, version: number): Promise<Fixture> {
  const models = await tablesAt(version);
  const fixture = new Map<string, FixtureRow[]>();
  await engine.begin();
  await raise(engine.db, types, version);
  for (const model of models) {
    const rows = Array.from({ length: ROWS_EACH }, (_, i) => rowOf(model, i, fixture));
    await engine.db
      .insertInto(model.name as "meta")
      .values(rows as never)
      .execute();
    fixture.set(model.name, rows);
  }
  await engine.commit();
  return fixture;
}

function rowOf(model: TableModel, i: number, fixture: Fixture): FixtureRow {
  return Object.fromEntries(
    model.columns.map(({ name, type, nullable }, at) => {
      const reference = model.references.find(({ column }) => column === name);
      if (reference !== undefined) return [name, fixture.get(reference.table)?.[i]?.[reference.to] ?? null];
      if (nullable && i % 2 === 1) return [name, null];
      if (type === "int8") return [name, i === 0 ? LARGE - at : i * 1_000 + at];
      // U+0000 is the one character that PostgreSQL's text cannot hold; all others come back as they were.
      return [name, `${model.name} ${name} ${i} 'ü" \\ 漢 \u{1f50c} \u2028\n`];
    }),
  );
}

/** All rows of a table, each column by its name, in an order of their own. */
export async function rowsOf(engine: Engine, table: string): Promise<FixtureRow[]> {
  const rows = (await engine.db
    .selectFrom(table as keyof Schema)
    .selectAll()
    .execute()) as FixtureRow[];
  return rows.map((row) => ({ ...row })).sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}
const keyOf = (row: FixtureRow) => JSON.stringify(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1)));
