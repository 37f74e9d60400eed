/** How large the database is, where only its server can tell. */
import { type Kysely, PostgresAdapter, sql } from "kysely";
import type { Query } from "../core/queries.ts";
import type { Schema } from "../store/schema.ts";

export const storeUsedBytes: Query<"store.usedBytes"> = async (db) => {
  if (!isServer(db)) return undefined;
  const { rows } = await sql<{ bytes: number }>`SELECT pg_database_size(current_database()) AS bytes`.execute(
    db,
  );
  return rows[0]?.bytes;
};

const isServer = (db: Kysely<Schema>): boolean => db.getExecutor().adapter instanceof PostgresAdapter;
