/**
 * What the writer asks of a database engine, and what a decision may do with it. SQLite serves it in sqlite.ts,
 * PostgreSQL in postgres.ts; conformance.ts holds both to it, so nothing outside the engines may rely on one of them.
 */
import type { Kysely } from "kysely";
import type { Schema } from "./schema.ts";
import type { Statement, Values } from "./statement.ts";

/** Reads and writes within the current transaction. */
export interface Rows {
  all<P extends Values, R>(statement: Statement<P, R>, values: P): Promise<R[]>;
  first<P extends Values, R>(statement: Statement<P, R>, values: P): Promise<R | undefined>;
  /** Runs a statement that changes rows; says how many it changed. */
  run<P extends Values, R>(statement: Statement<P, R>, values: P): Promise<number>;
}

export interface Engine extends Rows {
  /** For queries that are built when asked, and for migrations; on the connection that writes. */
  readonly db: Kysely<Schema>;
  /**
   * Takes the write lock at once, so that what is read stays true until the commit: of all processes on one database,
   * one writes at a time. Connects again where the connection was lost.
   */
  begin(): Promise<void>;
  /** Runs a statement once for each of these values, in order, waiting for the last alone where the engine can. */
  runEach<P extends Values, R>(statement: Statement<P, R>, list: readonly P[]): Promise<void>;
  /** Durable once it resolves. Where the connection is lost meanwhile, nobody knows whether it is: the fault is `lost`. */
  commit(): Promise<void>;
  /** Does nothing where the engine has already rolled back by itself, as SQLite does on a full disk. */
  rollback(): Promise<void>;
  /** Runs `work` so that its failure undoes its own writes and no others, then fails with the same error. */
  isolated<T>(work: () => Promise<T>): Promise<T>;
  /** Serialises work on one station. With one writer at a time, as on both engines now, the write lock already does. */
  inStation<T>(station: string, work: () => Promise<T>): Promise<T>;
  /** Whether another connection may have committed since this was last asked. Cheap: nothing is read. */
  changedElsewhere(): boolean;
  /** Reads the environment's fault from what a statement threw; undefined where the fault is ours. */
  faultOf(error: unknown): StoreFault | undefined;
  close(): Promise<void>;
}

/**
 * `full`: no space. `busy`: another process holds the lock for too long. `io`: the file cannot be used. `lost`: the
 * server cannot be reached, or the connection to it ended. `conflict`: it chose this transaction to give way to
 * another (a deadlock, a serialisation failure): the same again may succeed.
 */
export type StoreFault = "full" | "busy" | "io" | "lost" | "conflict";

/** `refused`: the server is there, and does not let us in or lacks what we need: its operator can mend it. */
export type StoreErrorKind = StoreFault | "newer-schema" | "not-ours" | "refused";

/** The environment's or the operator's fault, with a sentence for a person. */
export class StoreError extends Error {
  override readonly name = "StoreError";
  readonly kind: StoreErrorKind;
  constructor(kind: StoreErrorKind, message: string, cause?: unknown) {
    super(message, { cause });
    this.kind = kind;
  }
}
