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
import { tolerance } from "./0005-tolerance.ts";
import { stationMessages } from "./0006-station-messages.ts";
import { deviceModel } from "./0007-device-model.ts";
import { waysIn } from "./0008-ways-in.ts";
import { messageLog } from "./0009-message-log.ts";
import { nodes } from "./0010-nodes.ts";
import { siteEnergy } from "./0011-site-energy.ts";
import { energyLimits } from "./0012-energy-limits.ts";

/** What differs between the engines: the name of a column's type, and where our tables are among others'. */
export type Types = {
  readonly int8: "integer" | "bigint";
  /** PostgreSQL's schema; undefined where a database has none. */
  readonly schema?: string;
};
export type Migration = (db: Kysely<Schema>, types: Types) => Promise<void>;

const migrations: readonly Migration[] = [
  ground,
  commandsByState,
  journalTraces,
  formerSites,
  tolerance,
  stationMessages,
  deviceModel,
  waysIn,
  messageLog,
  nodes,
  siteEnergy,
  energyLimits,
];
/** The schema that this program knows. */
export const SCHEMA_VERSION = migrations.length;

/**
 * Brings the database up to {@link SCHEMA_VERSION}, under the write lock: of two processes that start at once, one
 * migrates, and the other finds it done. Throws {@link StoreError}: the disk's, `newer-schema` or `not-ours`.
 */
export async function migrate(engine: Engine, types: Types): Promise<void> {
  try {
    if ((await versionOf(engine.db, types)) === SCHEMA_VERSION) return;
    await engine.begin();
    await raise(engine.db, types);
    await engine.commit();
  } catch (error) {
    // Where it fails too, the connection is lost, and with it what was done on it.
    await engine.rollback().catch(() => {});
    const fault = engine.faultOf(error);
    if (fault === undefined) throw error;
    throw new StoreError(
      fault,
      `the database cannot be made ready: ${sentences[fault]} Nothing was changed.`,
      error,
    );
  }
}

/**
 * The same within a transaction that the caller began and will commit, up to the schema `to`: for a restore, and for
 * tests of the schemas of before. Throws {@link StoreError} `newer-schema`, `not-ours`, and what the database throws.
 */
export async function raise(db: Kysely<Schema>, types: Types, to: number = SCHEMA_VERSION): Promise<void> {
  // Asked under the lock: another process may have migrated in between.
  const from = await versionOf(db, types);
  if (from > to) throw newer(from);
  for (const up of migrations.slice(from, to)) await up(db, types);
  await db
    .insertInto("meta")
    .values({ key: "schema_version", value: String(to) })
    .onConflict((c) => c.column("key").doUpdateSet({ value: String(to) }))
    .execute();
}

const sentences: Readonly<Record<StoreFault, string>> = {
  full: "the disk is full. Free some space and start again.",
  busy: "another process holds its lock. Try again in a moment.",
  conflict: "another process changed it at the same moment. Try again.",
  lost: "its server went away. Start it, and start again.",
  io: "it cannot be read or written. Check its folder and its disk.",
};

/** 0 for an empty database. Throws {@link StoreError} `not-ours` for one of somebody else. */
export async function versionOf(db: Kysely<Schema>, { schema }: Types): Promise<number> {
  const tables = (await db.introspection.getTables()).filter((table) => table.schema === schema);
  if (tables.length === 0) return 0;
  if (!tables.some((table) => table.name === "meta")) {
    throw new StoreError(
      "not-ours",
      "this database has tables, but none of Wattward's: give another database, or another --data folder",
    );
  }
  const row = await db
    .selectFrom("meta")
    .select("value")
    .where("key", "=", "schema_version")
    .executeTakeFirst();
  return Number(row?.value ?? 0);
}

export const newer = (version: number): StoreError =>
  new StoreError(
    "newer-schema",
    `the database was written by a newer Wattward (schema ${version}; this program knows up to ${SCHEMA_VERSION}). ` +
      "Start the newer version, or restore a backup made before the upgrade. Nothing was changed.",
  );
