/**
 * What the writer asks of a database engine, and what a decision may do with it. SQLite serves it in sqlite.ts;
 * PostgreSQL will serve the same interface, so nothing outside the engines may rely on one of them.
 */
import type { Statement, Values } from "./statement.ts";

/** Reads and writes within the current transaction. */
export interface Rows {
  all<P extends Values, R>(statement: Statement<P, R>, values: P): Promise<R[]>;
  first<P extends Values, R>(statement: Statement<P, R>, values: P): Promise<R | undefined>;
  /** Runs a statement that changes rows; says how many it changed. */
  run<P extends Values, R>(statement: Statement<P, R>, values: P): Promise<number>;
}

export interface Engine extends Rows {
  /** Takes the write lock at once, so that what is read stays true until the commit. Throws {@link StoreError}. */
  begin(): Promise<void>;
  /** Durable once it resolves. */
  commit(): Promise<void>;
  /** Does nothing where the engine has already rolled back by itself, as SQLite does on a full disk. */
  rollback(): Promise<void>;
  /** Runs `work` so that its failure undoes its own writes and no others, then fails with the same error. */
  isolated<T>(work: () => Promise<T>): Promise<T>;
  /** Serialises work on one station. With one writer at a time, as on SQLite, the queue already does. */
  inStation<T>(station: string, work: () => Promise<T>): Promise<T>;
  /** Whether another connection has committed since this was last asked. Cheap: no page is read. */
  changedElsewhere(): boolean;
  /** Reads the environment's fault from what a statement threw; undefined where the fault is ours. */
  faultOf(error: unknown): StoreFault | undefined;
  close(): void;
}

/** `full`: no space. `busy`: another process holds the lock for too long. `io`: the file cannot be used. */
export type StoreFault = "full" | "busy" | "io";

/** The environment's or the operator's fault, with a sentence for a person. */
export class StoreError extends Error {
  override readonly name = "StoreError";
  readonly kind: StoreFault | "newer-schema" | "not-ours";
  constructor(kind: StoreFault | "newer-schema" | "not-ours", message: string, cause?: unknown) {
    super(message, { cause });
    this.kind = kind;
  }
}
