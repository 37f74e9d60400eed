/**
 * A backup's rows into an empty database, of either engine, in one transaction: the schema that they were of, the rows,
 * the migrations since, and the fence. Until the commit there is nothing; after it there is everything.
 */

import type { Engine } from "../store/engine.ts";
import { newer, raise, SCHEMA_VERSION, type Types } from "../store/migrations/index.ts";
import type { TableModel } from "../store/model.ts";
import { tablesAt } from "../store/model.ts";
import type { Schema } from "../store/schema.ts";
import type { Value } from "../store/statement.ts";
import type { Item } from "./content.ts";
import { damaged } from "./fault.ts";
import { type Fenced, fence } from "./fence.ts";
import { notBackedUp, PROGRESS_EVERY_ROWS } from "./write.ts";

/** Values in one INSERT: both engines take tens of thousands. */
const VALUES_AT_ONCE = 2_000;
/** And their characters. */
const CHARS_AT_ONCE = 1024 * 1024;

export type Filled = Fenced & { readonly rows: ReadonlyMap<string, number>; readonly createdAtMs: number };

export type Filling = {
  readonly engine: Engine;
  readonly types: Types;
  readonly atMs: number;
  /** Takes the files, in the order in which they come. */
  file(path: string, bytes: Uint8Array): Promise<void>;
  progress(table: string, rows: number): void;
};

/** `occupied`: the database has tables; nothing was done. Rejects with BackupFault, StoreError, and the engine's faults. */
export async function fill(
  items: AsyncIterable<Item>,
  filling: Filling,
): Promise<{ kind: "filled"; filled: Filled } | { kind: "occupied" }> {
  const { engine, types } = filling;
  await engine.begin();
  try {
    if (await hasTables(filling)) {
      await engine.rollback();
      return { kind: "occupied" };
    }
    const { createdAtMs, rows } = await fillRows(items, filling);
    await raise(engine.db, types);
    const fenced = await fence(engine, { backupAtMs: createdAtMs, atMs: filling.atMs });
    await engine.commit();
    return { kind: "filled", filled: { ...fenced, rows, createdAtMs } };
  } catch (error) {
    await engine.rollback().catch(() => {}); // Of a connection that was lost nothing is left to undo.
    throw error;
  }
}

async function hasTables({ engine, types }: Filling): Promise<boolean> {
  const tables = await engine.db.introspection.getTables();
  return tables.some((table) => types.schema === undefined || table.schema === types.schema);
}

async function fillRows(items: AsyncIterable<Item>, filling: Filling) {
  const { engine, types, file } = filling;
  let createdAtMs = 0;
  let models: readonly TableModel[] = [];
  let table: Inserting | undefined;
  let rows: ReadonlyMap<string, number> = new Map();
  for await (const item of items) {
    switch (item.t) {
      case "backup":
        if (item.schema > SCHEMA_VERSION) throw newer(item.schema);
        createdAtMs = item.createdAtMs;
        models = await tablesAt(item.schema);
        await raise(engine.db, types, item.schema);
        // What the migrations wrote is in the backup as it was.
        for (const { name } of models.toReversed())
          await engine.db.deleteFrom(name as keyof Schema).execute();
        break;
      case "table":
        await table?.end();
        table = new Inserting(filling, modelOf(models, item));
        break;
      case "row":
        await table?.add(item.values);
        break;
      case "file":
        await file(item.path, item.bytes);
        break;
      case "end":
        await table?.end();
        rows = item.rows;
        await expectAll(engine, models, rows);
    }
  }
  return { createdAtMs, rows };
}

function modelOf(models: readonly TableModel[], { name, columns }: Item & { t: "table" }): TableModel {
  const model = models.find((known) => known.name === name);
  const same =
    model?.columns.length === columns.length && model.columns.every((c, i) => c.name === columns[i]);
  if (model === undefined || !same) throw damaged(`the table ${name} is not as its schema has it`);
  return model;
}

/** Counted where they are, not where they were sent. */
async function expectAll(
  engine: Engine,
  models: readonly TableModel[],
  rows: ReadonlyMap<string, number>,
): Promise<void> {
  for (const { name } of models) {
    if (notBackedUp.has(name)) continue;
    const found = await engine.db
      .selectFrom(name as keyof Schema)
      .select((e) => e.fn.countAll<number>().as("count"))
      .executeTakeFirst();
    if (Number(found?.count) !== rows.get(name)) throw damaged(`the rows of ${name} are not all there`);
  }
}

/** Rows of one table, gathered into INSERTs of a bounded size. */
class Inserting {
  private readonly filling: Filling;
  private readonly model: TableModel;
  private gathered: { [column: string]: Value }[] = [];
  private chars = 0;
  private rows = 0;

  constructor(filling: Filling, model: TableModel) {
    this.filling = filling;
    this.model = model;
  }

  async add(values: readonly Value[]): Promise<void> {
    this.rows += 1;
    if (this.rows % PROGRESS_EVERY_ROWS === 0) this.filling.progress(this.model.name, this.rows);
    this.gathered.push(
      Object.fromEntries(this.model.columns.map(({ name }, i) => [name, values[i] ?? null])),
    );
    for (const value of values) this.chars += typeof value === "string" ? value.length : 0;
    const full = this.gathered.length * this.model.columns.length >= VALUES_AT_ONCE;
    if (full || this.chars >= CHARS_AT_ONCE) await this.end();
  }

  async end(): Promise<void> {
    const rows = this.gathered;
    this.gathered = [];
    this.chars = 0;
    if (rows.length === 0) return;
    // Checked against the model of that schema, which may have tables that this program's types no longer have.
    await this.filling.engine.db
      .insertInto(this.model.name as "meta")
      .values(rows as never)
      .execute();
  }
}
