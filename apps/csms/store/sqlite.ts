/**
 * SQLite as an {@link Engine}, on Node's own `node:sqlite`. The only file that knows SQLite's own words.
 *
 *   - WAL with synchronous FULL: a commit returns after the fsync of its log, so an answer means durable (ADR 4).
 *     `synchronous: "off"` exists for the one test that proves this, and for nothing else.
 *   - Whole numbers come back exact: one beyond 2⁵³ throws (node:sqlite's default) and is never rounded.
 *   - One connection, one writer: the lock between processes is BEGIN IMMEDIATE, waited for {@link BUSY_MS}.
 */
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { Kysely, SqliteDialect } from "kysely";
import { type Engine, StoreError, type StoreFault } from "./engine.ts";
import type { Schema } from "./schema.ts";
import {
  argumentsFor,
  type Compiled,
  compile,
  type Statement,
  type Value,
  type Values,
} from "./statement.ts";

/** How long a statement waits for another process's lock before it gives up. */
const BUSY_MS = 5_000;
/** Distinct SQL texts that the Kysely connection keeps prepared; the oldest goes first. */
const PREPARED_MAX = 500;
/** Pages (4 KiB) in the log before it is folded into the database: 16 MiB, so that folding is rare and cheap. */
const CHECKPOINT_PAGES = 4_000;

/** KiB of pages that the writer keeps: SQLite's usual 2 MiB are fewer than the indexes of one busy site. */
const WRITER_CACHE_KIB = 65_536;

export type SqliteOptions = {
  /** Path of the file, or ":memory:". */
  readonly path: string;
  readonly synchronous?: "full" | "off";
  readonly readOnly?: boolean;
  /** Cap on the file's pages, for tests of the full disk. */
  readonly pagesMax?: number;
};

export type Sqlite = Engine & {
  /** Runs several statements of plain SQL: pragmas, migrations. */
  execute(sql: string): void;
};

/** Opens the file, creating it unless `readOnly`. Throws {@link StoreError} with what to do about it. */
export function openSqlite(options: SqliteOptions): Sqlite {
  const database = openFile(options);
  // Kysely compiles here and runs ad-hoc queries; statements run on the same connection, past Kysely.
  const db = new Kysely<Schema>({ dialect: new SqliteDialect({ database: betterLike(database) }) });
  const prepared = new Map<object, { compiled: Compiled; run: StatementSync }>();
  const dataVersion = database.prepare("PRAGMA data_version");
  let seenVersion = readVersion(dataVersion);

  const ready = <P extends Values, R>(source: Statement<P, R>) => {
    let found = prepared.get(source);
    if (found === undefined) {
      const compiled = compile(db, source);
      found = { compiled, run: database.prepare(compiled.sql) };
      prepared.set(source, found);
    }
    return found;
  };
  const begin = database.prepare("BEGIN IMMEDIATE");
  const commit = database.prepare("COMMIT");
  const savepoint = database.prepare("SAVEPOINT decision");
  const release = database.prepare("RELEASE decision");
  const undo = database.prepare("ROLLBACK TO decision");

  return {
    db,
    execute: (sql) => database.exec(sql),
    async all<P extends Values, R>(source: Statement<P, R>, values: P) {
      const { compiled, run } = ready(source);
      return run.all(...argumentsFor(compiled, values)) as R[];
    },
    async first<P extends Values, R>(source: Statement<P, R>, values: P) {
      const { compiled, run } = ready(source);
      return run.get(...argumentsFor(compiled, values)) as R | undefined;
    },
    async run(source, values) {
      const { compiled, run } = ready(source);
      return Number(run.run(...argumentsFor(compiled, values)).changes);
    },
    async runEach<P extends Values, R>(source: Statement<P, R>, list: readonly P[]) {
      const { compiled, run } = ready(source);
      for (const values of list) run.run(...argumentsFor(compiled, values));
    },
    async begin() {
      begin.run();
    },
    async commit() {
      commit.run();
    },
    async rollback() {
      if (database.isTransaction) database.exec("ROLLBACK");
    },
    async isolated(work) {
      savepoint.run();
      try {
        const value = await work();
        release.run();
        return value;
      } catch (error) {
        // On a full disk SQLite may have rolled back everything already: then there is no savepoint left.
        if (database.isTransaction) {
          undo.run();
          release.run();
        }
        throw error;
      }
    },
    inStation: (_station, work) => work(),
    changedElsewhere() {
      const version = readVersion(dataVersion);
      const changed = version !== seenVersion;
      seenVersion = version;
      return changed;
    },
    faultOf,
    async close() {
      if (database.isOpen) database.close();
    },
  };
}

function openFile({ path, synchronous = "full", readOnly = false, pagesMax }: SqliteOptions): DatabaseSync {
  try {
    const database = new DatabaseSync(path, {
      readOnly,
      timeout: BUSY_MS,
      enableForeignKeyConstraints: true,
    });
    if (!readOnly) {
      database.exec("PRAGMA journal_mode = WAL");
      database.exec(`PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
      database.exec(`PRAGMA cache_size = -${WRITER_CACHE_KIB}`);
      // What is deleted or redacted is overwritten in its page, which is written anyway.
      database.exec("PRAGMA secure_delete = FAST");
      // What a savepoint needs to be undone is a few pages, and goes with it: in a file it is two writes for each of them.
      database.exec("PRAGMA temp_store = MEMORY");
    }
    database.exec(`PRAGMA synchronous = ${synchronous === "off" ? "OFF" : "FULL"}`);
    if (pagesMax !== undefined) database.exec(`PRAGMA max_page_count = ${pagesMax}`);
    return database;
  } catch (error) {
    throw new StoreError(
      faultOf(error) ?? "io",
      `cannot open the database ${path}: ${messageOf(error)}. Check that the folder exists, is writable, and that the file is a Wattward database.`,
      error,
    );
  }
}

// https://sqlite.org/rescode.html: primary result codes; the extended ones carry them in their low byte.
const SQLITE_BUSY = 5;
const SQLITE_LOCKED = 6;
const SQLITE_READONLY = 8;
const SQLITE_IOERR = 10;
const SQLITE_CORRUPT = 11;
const SQLITE_FULL = 13;
const SQLITE_CANTOPEN = 14;
const SQLITE_NOTADB = 26;
const faults: ReadonlyMap<number, StoreFault> = new Map([
  [SQLITE_BUSY, "busy"],
  [SQLITE_LOCKED, "busy"],
  [SQLITE_READONLY, "io"],
  [SQLITE_IOERR, "io"],
  [SQLITE_CORRUPT, "io"],
  [SQLITE_FULL, "full"],
  [SQLITE_CANTOPEN, "io"],
  [SQLITE_NOTADB, "io"],
]);

/** Reads the environment's fault from what a statement threw; undefined where the fault is ours. */
export function faultOf(error: unknown): StoreFault | undefined {
  const code = (error as { errcode?: unknown } | undefined)?.errcode;
  return typeof code === "number" ? faults.get(code & 0xff) : undefined;
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
const readVersion = (pragma: StatementSync) => Number(pragma.get()?.["data_version"]);

/** The shape of better-sqlite3 that Kysely's dialect expects, with prepared statements kept. */
function betterLike(database: DatabaseSync) {
  const kept = new Map<string, StatementSync>();
  const prepare = (sql: string) => {
    let run = kept.get(sql);
    if (run === undefined) {
      run = database.prepare(sql);
      kept.set(sql, run);
      if (kept.size > PREPARED_MAX) kept.delete(kept.keys().next().value ?? "");
    }
    return run;
  };
  return {
    close: () => database.close(),
    prepare(sql: string) {
      const run = prepare(sql);
      return {
        reader: run.columns().length > 0,
        all: (values: readonly unknown[]) => run.all(...(values as Value[])),
        run: (values: readonly unknown[]) => run.run(...(values as Value[])),
        iterate: (values: readonly unknown[]) => run.iterate(...(values as Value[])),
      };
    },
  };
}
