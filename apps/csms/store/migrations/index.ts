/**
 * Migrations: forward only, numbered by their place in this list, each applied once in a transaction of its own.
 * A released one never changes; a mistake is mended by the next. A database from a newer Wattward is refused.
 */
import type { Kysely } from "kysely";
import { type Engine, StoreError, type StoreFault } from "../engine.ts";
import type { Schema } from "../schema.ts";
import { ground } from "./0001-ground.ts";
import { commandsByState } from "./0002-commands-by-state.ts";
import { journalTraces } from "./0003-journal-traces.ts";
import { formerSites } from "./0004-former-sites.ts";

/** Column types whose names differ between the engines. */
export type Types = { readonly int8: "integer" | "bigint" };
export type Migration = (db: Kysely<Schema>, types: Types) => Promise<void>;

const migrations: readonly Migration[] = [ground, commandsByState, journalTraces, formerSites];
/** The schema that this program knows. */
export const SCHEMA_VERSION = migrations.length;

/** Brings the database up to {@link SCHEMA_VERSION}. Throws {@link StoreError}: the disk's, `newer-schema` or `not-ours`. */
export async function migrate(engine: Engine & { db: Kysely<Schema> }, types: Types): Promise<void> {
  try {
    if ((await versionOf(engine.db)) === SCHEMA_VERSION) return;
    await engine.begin();
    // Asked again under the lock: another process may have migrated in between.
    const from = await versionOf(engine.db);
    if (from > SCHEMA_VERSION) throw newer(from);
    for (const up of migrations.slice(from)) await up(engine.db, types);
    await engine.db
      .insertInto("meta")
      .values({ key: "schema_version", value: String(SCHEMA_VERSION) })
      .onConflict((c) => c.column("key").doUpdateSet({ value: String(SCHEMA_VERSION) }))
      .execute();
    await engine.commit();
  } catch (error) {
    await engine.rollback();
    const fault = engine.faultOf(error);
    if (fault === undefined) throw error;
    throw new StoreError(
      fault,
      `the database cannot be made ready: ${sentences[fault]} Nothing was changed.`,
      error,
    );
  }
}

const sentences: Readonly<Record<StoreFault, string>> = {
  full: "the disk is full. Free some space and start again.",
  busy: "another process holds its lock. Try again in a moment.",
  io: "it cannot be read or written. Check its folder and its disk.",
};

/** 0 for an empty database. */
async function versionOf(db: Kysely<Schema>): Promise<number> {
  const tables = await db.introspection.getTables();
  if (tables.length === 0) return 0;
  if (!tables.some((table) => table.name === "meta")) {
    throw new StoreError(
      "not-ours",
      "this database has tables, but none of Wattward's: give another --data folder",
    );
  }
  const row = await db
    .selectFrom("meta")
    .select("value")
    .where("key", "=", "schema_version")
    .executeTakeFirst();
  return Number(row?.value ?? 0);
}

const newer = (version: number) =>
  new StoreError(
    "newer-schema",
    `the database was written by a newer Wattward (schema ${version}; this program knows up to ${SCHEMA_VERSION}). ` +
      "Start the newer version, or restore a backup made before the upgrade. Nothing was changed.",
  );
