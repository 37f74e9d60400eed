/** Either engine by its place, migrated and ready to write, with the side that reads beside it. */
import type { Kysely } from "kysely";
import { type DatabasePlace, placeOf } from "./database-place.ts";
import type { Engine, StoreFault } from "./engine.ts";
import { migrate, type Types } from "./migrations/index.ts";
import { openPostgres } from "./postgres.ts";
import { openPostgresReader } from "./postgres-reader.ts";
import { isDenied, openingFault, faultOf as serverFaultOf } from "./postgres-session.ts";
import type { Schema } from "./schema.ts";
import { openSqlite, type Sqlite, faultOf as sqliteFaultOf } from "./sqlite.ts";

export type StoreOptions = {
  /** Path of the database file, made where there is none; ":memory:"; or the URL of a PostgreSQL database. */
  readonly database: string;
  /** "off" gives up durability: only for the test that proves what "full" is worth. */
  readonly synchronous?: "full" | "off";
  /** Cap on a file's pages, for tests of the full disk. */
  readonly pagesMax?: number;
};

/** Queries on connections of their own, so that no reader waits for a commit. */
export type StoreReader = {
  read<T>(query: (db: Kysely<Schema>) => Promise<T>): Promise<T>;
  faultOf(error: unknown): StoreFault | undefined;
  close(): Promise<void>;
};

/** Migrated, and ready to write. Throws StoreError where it cannot be opened, is newer, or is not ours. */
export async function openStore(options: StoreOptions): Promise<Engine> {
  const place = placeOf(options.database);
  const { engine, types } = await openEngine(place, options);
  try {
    await migrate(engine, types);
    return engine;
  } catch (error) {
    await engine.close();
    throw place.kind === "server" && isDenied(error) ? openingFault(error, place.shown) : error;
  }
}

/** As it is, not migrated: for a restore, which begins with an empty one. Throws StoreError where it cannot be opened. */
export async function openEngine(
  place: DatabasePlace,
  { synchronous = "full", pagesMax }: Omit<StoreOptions, "database">,
): Promise<{ engine: Engine; types: Types }> {
  if (place.kind === "server") {
    const engine = await openPostgres(place, synchronous);
    return { engine, types: engine.types };
  }
  const engine = openSqlite({ path: place.path, synchronous, ...(pagesMax !== undefined && { pagesMax }) });
  return { engine, types: { int8: "integer" } as const };
}

/** Opens with the first query, by when the writer has made and migrated the database. */
export function openStoreReader(database: string): StoreReader {
  const place = placeOf(database);
  if (place.kind === "server") {
    const { db, close } = openPostgresReader(place);
    return { read: (query) => query(db), faultOf: serverFaultOf, close };
  }
  let engine: Sqlite | undefined;
  // One connection: a query that reads as of one instant must not meet another's transaction.
  let last: Promise<unknown> = Promise.resolve();
  return {
    read(query) {
      const answer = last.then(() => {
        engine ??= openSqlite({ path: place.path, readOnly: true });
        return query(engine.db);
      });
      last = answer.catch(() => {});
      return answer;
    },
    faultOf: sqliteFaultOf,
    async close() {
      await last;
      await engine?.close();
    },
  };
}
