/** The read side on PostgreSQL: a few connections that cannot write, each transaction as of one instant. */
import type { Kysely } from "kysely";
import { Pool, type PoolClient } from "pg";
import type { ServerPlace } from "./postgres.ts";
import { type Borrowed, kyselyOn, portable } from "./postgres-dialect.ts";
import { clientConfig, faultOf, knownError, settingsOf } from "./postgres-session.ts";
import type { Schema } from "./schema.ts";

/** Queries at once; the rest waits for a connection. */
const READERS_MAX = 4;

export type PostgresReader = { readonly db: Kysely<Schema>; close(): Promise<void> };

/** Connects with the first query; a connection that is lost is left out, and made anew by the next. */
export function openPostgresReader({ url }: ServerPlace): PostgresReader {
  const pool = new Pool({
    ...clientConfig(url),
    max: READERS_MAX,
    onConnect: async (client) => void (await client.query(settingsOf("reader", "full"))),
  });
  // A connection that ends is no news: the query on it is told, and the next gets another. Unheard, either of the two,
  // of an idle connection and of one that is lent, would end the process.
  pool.on("error", () => {});
  pool.on("connect", (client) => void client.on("error", () => {}));
  const db = kyselyOn({ connect: async () => borrowed(await known(pool.connect())), end: () => pool.end() });
  return { db, close: () => db.destroy() };
}

/** A connection that did not answer, or that the server is about to end, is not lent again. */
function borrowed(client: PoolClient): Borrowed {
  let lost = false;
  return {
    async query(text, values) {
      try {
        return await known(client.query(text, portable(values)));
      } catch (error) {
        lost ||= faultOf(error) === "lost";
        throw error;
      }
    },
    release: () => client.release(lost),
  };
}

/** Rejects with the server's own error, ours, or `ConnectionLost`. */
async function known<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    throw knownError(error);
  }
}
