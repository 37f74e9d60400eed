/**
 * All rows of a database as of one instant, read beside whoever writes: what a backup is made of. On SQLite a read
 * transaction, which the writer does not wait for (WAL); on PostgreSQL a repeatable read with a cursor per table.
 */
import { sql } from "kysely";
import { type DatabasePlace, placeOf } from "./database-place.ts";
import { StoreError } from "./engine.ts";
import { newer, SCHEMA_VERSION } from "./migrations/index.ts";
import { type TableModel, tablesAt } from "./model.ts";
import { openingFault, openSession, faultOf as serverFaultOf } from "./postgres-session.ts";
import type { Schema } from "./schema.ts";
import { faultOf as fileFaultOf, openSqlite } from "./sqlite.ts";
import type { Value } from "./statement.ts";

export type Snapshot = {
  readonly engine: "sqlite" | "postgresql";
  readonly schema: number;
  readonly tables: readonly TableModel[];
  /** Values in the order of the table's columns; one table after the other, each as far as it is wanted. Rejects with what the engine throws; {@link StoreError} where it can be told. */
  rows(table: TableModel): AsyncIterable<readonly Value[]>;
  close(): Promise<void>;
};

/** Rows fetched at once from a server: one may be a bundle of megabytes. */
const FETCHED_ROWS = 50;

/** Throws {@link StoreError}: cannot be opened, `newer-schema`, `not-ours`. */
export function openSnapshot(database: string): Promise<Snapshot> {
  const place = placeOf(database);
  return place.kind === "server" ? ofServer(place) : ofFile(place.path);
}

async function ofFile(path: string): Promise<Snapshot> {
  const engine = openSqlite({ path, readOnly: true });
  try {
    engine.execute("BEGIN");
    const query = async (text: string) =>
      (await sql<{ value: string }>`${sql.raw(text)}`.execute(engine.db)).rows;
    const schema = await schemaIn(query);
    return {
      engine: "sqlite",
      schema,
      tables: await tablesAt(schema),
      async *rows({ name, columns }) {
        const names = columns.map((column) => column.name);
        const all = engine.db
          .selectFrom(name as keyof Schema)
          .select(names.map((column) => sql.ref<Value>(column).as(column)));
        for await (const row of all.stream()) yield valuesOf(row, names);
      },
      close: () => engine.close(),
    };
  } catch (error) {
    await engine.close();
    throw error;
  }
}

async function ofServer(place: DatabasePlace & { kind: "server" }): Promise<Snapshot> {
  const session = await openSession(place.url, "full").catch((error: unknown) => {
    throw openingFault(error, place.shown);
  });
  try {
    const query = async (text: string) => {
      const { rows } = await session.query({ text }).catch((error: unknown) => {
        throw serverFaultOf(error) === "lost" ? lostFault(error, place.shown) : error;
      });
      return rows as { value: string }[];
    };
    // A slow disk under the backup must not end its view of the database.
    await query("SET idle_in_transaction_session_timeout = 0");
    await query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    const schema = await schemaIn(query);
    return {
      engine: "postgresql",
      schema,
      tables: await tablesAt(schema),
      async *rows({ name, columns }) {
        const names = columns.map((column) => column.name);
        const list = names.map(quoted).join(", ");
        // Whoever had enough of the table before this one left its cursor open.
        await query("CLOSE ALL");
        await query(`DECLARE rows NO SCROLL CURSOR FOR SELECT ${list} FROM ${quoted(name)}`);
        for (let fetched = FETCHED_ROWS; fetched === FETCHED_ROWS; ) {
          const rows = await query(`FETCH FORWARD ${FETCHED_ROWS} FROM rows`);
          fetched = rows.length;
          for (const row of rows) yield valuesOf(row, names);
        }
      },
      close: () => session.end(),
    };
  } catch (error) {
    await session.end();
    throw error;
  }
}

const lostFault = (error: unknown, shown: string): StoreError =>
  new StoreError("lost", `${shown} was lost while it was read. Try again when its server is back`, error);

/** Names of ours, out of the migrations. */
const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

const valuesOf = (row: object, names: readonly string[]): readonly Value[] => {
  const values = new Map<string, unknown>(Object.entries(row));
  return names.map((name) => {
    const value = values.get(name) ?? null;
    if (value === null || typeof value === "string" || Number.isSafeInteger(value)) return value as Value;
    throw new TypeError(`column ${name} holds a ${typeof value}, which no column of ours does`);
  });
};

async function schemaIn(query: (text: string) => Promise<readonly { value: string }[]>): Promise<number> {
  let rows: readonly { value: string }[];
  try {
    rows = await query("SELECT value FROM meta WHERE key = 'schema_version'");
  } catch (error) {
    if (error instanceof StoreError || (fileFaultOf(error) ?? serverFaultOf(error)) !== undefined)
      throw error;
    throw new StoreError("not-ours", "this is no database of Wattward: it has no table 'meta'", error);
  }
  const schema = Number(rows[0]?.value ?? 0);
  if (schema > SCHEMA_VERSION) throw newer(schema);
  return schema;
}
