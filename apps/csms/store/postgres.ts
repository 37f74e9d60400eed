/**
 * PostgreSQL as an {@link Engine}: the same decisions, statements and migrations as on SQLite.
 *
 *   - One writer at a time, whatever process: BEGIN takes an advisory lock that ends with the transaction, and the
 *     server gives it to whoever waits longest. So what a decision reads stays true until its commit, and the outbox
 *     needs no counter to be free of gaps: the same reasons as on SQLite, and the same tests (ADR 4). A process that
 *     dies frees the lock with its connection; one that is stopped loses both (idle_in_transaction_session_timeout).
 *   - READ COMMITTED is enough under that lock: each statement sees all that was committed before it.
 *   - Savepoints and outbox rows are sent without waiting for their answers, so that a decision costs one round trip
 *     for each of its own statements, and a commit four more for all its decisions.
 *   - A connection that was lost is made anew by the next BEGIN, so it recovers by itself.
 *
 * Text is compared byte by byte (COLLATE "C"), as SQLite does and as ids that sort by creation need. PostgreSQL's text
 * cannot hold U+0000: it is kept as U+2400, the symbol for it.
 */
import type { QueryResult } from "pg";
import { type Engine, StoreError } from "./engine.ts";
import type { Types } from "./migrations/index.ts";
import { kyselyOn, portable } from "./postgres-dialect.ts";
import {
  type Asked,
  ConnectionLost,
  type Durability,
  faultOf,
  isStalePlan,
  openingFault,
  openSession,
  type Session,
} from "./postgres-session.ts";
import { argumentsFor, type Compiled, compile, type Statement, type Values } from "./statement.ts";

/** The writers' lock of a database: "WATT" as a number, and its first use. */
const WRITERS_LOCK = "1463899220, 1";
export type Postgres = Engine & { readonly types: Types };
export type ServerPlace = { readonly url: string; readonly shown: string };

/** Connects and checks that an answer can be durable there. Throws {@link StoreError} with what to do about it. */
export async function openPostgres(place: ServerPlace, durability: Durability = "full"): Promise<Postgres> {
  try {
    const session = await openSession(place.url, durability);
    try {
      const schema = await checkServer(session, durability);
      return { ...engineOn(place, durability, session), types: { int8: "bigint", schema } };
    } catch (error) {
      await session.end();
      throw error;
    }
  } catch (error) {
    throw error instanceof StoreError ? error : openingFault(error, place.shown);
  }
}

/** Returns the schema in which our tables are, or will be. */
async function checkServer(session: Session, durability: Durability): Promise<string> {
  const { rows } = await session.query({
    text: "SELECT current_setting('fsync') AS fsync, current_setting('server_encoding') AS encoding, current_schema() AS schema",
  });
  const { fsync, encoding, schema } = rows[0] as { fsync: string; encoding: string; schema: string | null };
  if (encoding !== "UTF8") {
    throw new StoreError("refused", `the database's encoding is ${encoding}: make one with --encoding UTF8`);
  }
  if (fsync !== "on" && durability === "full") {
    throw new StoreError(
      "refused",
      "the server runs with fsync = off, so nothing that is acknowledged would be safe: set it to on",
    );
  }
  if (schema === null) {
    throw new StoreError(
      "refused",
      "the user may use no schema of the database: GRANT CREATE, USAGE ON SCHEMA public",
    );
  }
  return schema;
}

function engineOn(place: ServerPlace, durability: Durability, first: Session): Engine {
  let session = first;
  let closed = false;
  const prepared = new Map<object, Compiled & { readonly name: string }>();

  const ask = (asked: Asked): Promise<QueryResult> =>
    session.query({ ...asked, ...(asked.values && { values: portable(asked.values) }) });
  /** Sends it and goes on: what becomes of it shows in what follows in the same transaction, at the latest its commit. */
  const send = (text: string): void => void ask({ text }).catch(() => {});
  const own = {
    query: (text: string, values: readonly unknown[]) => ask({ text, values }),
    release: () => {},
  };
  const db = kyselyOn({ connect: async () => own, end: async () => {} });

  const ready = <P extends Values, R>(source: Statement<P, R>) => {
    let found = prepared.get(source);
    if (found === undefined) {
      found = { ...compile(db, source), name: `s${prepared.size}` };
      prepared.set(source, found);
    }
    return found;
  };
  const run = <P extends Values, R>(source: Statement<P, R>, values: P) => {
    const compiled = ready(source);
    return ask({ name: compiled.name, text: compiled.sql, values: argumentsFor(compiled, values) });
  };

  return {
    db,
    async all<P extends Values, R>(source: Statement<P, R>, values: P) {
      return (await run(source, values)).rows as R[];
    },
    async first<P extends Values, R>(source: Statement<P, R>, values: P) {
      return (await run(source, values)).rows[0] as R | undefined;
    },
    async run(source, values) {
      return (await run(source, values)).rowCount ?? 0;
    },
    async runEach(source, list) {
      await Promise.all(list.map((values) => run(source, values)));
    },
    async begin() {
      if (closed) throw new ConnectionLost("the store is closed");
      if (session.lost) session = await openSession(place.url, durability);
      send("BEGIN");
      await ask({ text: `SELECT pg_advisory_xact_lock(${WRITERS_LOCK})` });
    },
    async commit() {
      const { command } = await ask({ text: "COMMIT" });
      // A transaction that has failed answers COMMIT with ROLLBACK, and no error.
      if (command !== "COMMIT")
        throw new StoreError("conflict", "the transaction had failed before its commit");
    },
    async rollback() {
      if (!session.lost) await ask({ text: "ROLLBACK" });
    },
    async isolated(work) {
      send("SAVEPOINT decision");
      try {
        const value = await work();
        send("RELEASE decision");
        return value;
      } catch (error) {
        if (isStalePlan(error)) await session.end();
        // The environment's fault spoils the whole transaction: its rollback comes next.
        if (faultOf(error) === undefined) {
          send("ROLLBACK TO decision");
          await ask({ text: "RELEASE decision" });
        }
        throw error;
      }
    },
    inStation: (_station, work) => work(),
    changedElsewhere: () => true,
    faultOf,
    async close() {
      closed = true;
      if (!session.lost) await session.end();
    },
  };
}
