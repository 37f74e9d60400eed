/**
 * The core in the caller's own thread: for tests, simulation and the command line. The serving process runs the same
 * in a thread of its own: adapters/core-worker.ts.
 *
 * In a file, queries read on a connection of their own. In memory (":memory:") there is one connection, and queries
 * run between two commits.
 */
import { type Chance, type Clock, every, type Log } from "@wattward/kernel";
import type { Kysely } from "kysely";
import type { Metrics } from "../metrics/metrics.ts";
import { migrate } from "../store/migrations/index.ts";
import type { Schema } from "../store/schema.ts";
import { openSqlite, type Sqlite } from "../store/sqlite.ts";
import { Writer, type WriterLimits } from "../store/writer.ts";
import type { World } from "./decision.ts";
import { decisions, laneOf } from "./decisions.ts";
import { type Core, CoreError, type Queries } from "./port.ts";
import { queries } from "./queries.ts";

export type CoreOptions = {
  /** Path of the database file, made where there is none; or ":memory:". */
  readonly database: string;
  readonly log: Log;
  readonly chance: Chance;
  /** With it, commits of other processes are noticed within {@link ELSEWHERE_EVERY_MS}. */
  readonly clock?: Clock;
  /** Where commits are measured; needs the clock. */
  readonly metrics?: Metrics;
  /** PEM of the CAs whose stations may connect at sites. */
  readonly stationAnchors?: readonly string[];
  readonly limits?: WriterLimits;
  /** "off" gives up durability: only for the test that proves what "full" is worth. */
  readonly synchronous?: "full" | "off";
  /** Cap on the database's pages, for tests of the full disk. */
  readonly pagesMax?: number;
};

/** How often another process's commits are looked for: the command line writes to the same database. */
export const ELSEWHERE_EVERY_MS = 500;

/** Throws StoreError where the database cannot be opened, is newer, or is not ours. */
export async function createCore(options: CoreOptions): Promise<Core> {
  const { writer, engine } = await openWriter(options);
  const world: World = {
    chance: options.chance,
    log: options.log,
    stationAnchors: options.stationAnchors ?? [],
  };
  const { database, log } = options;
  const reader = database === ":memory:" ? undefined : createReader({ database, log });
  const stopLooking =
    options.clock === undefined
      ? () => {}
      : every(options.clock, ELSEWHERE_EVERY_MS, () => writer.lookElsewhere());
  let closed = false;
  return {
    decide: (name, input) => writer.submit(name, laneOf(input), (tx) => decisions[name](tx, input, world)),
    query(name, input) {
      if (closed) return Promise.reject(new CoreError("closed", "the core is closed"));
      if (reader !== undefined) return reader.query(name, input);
      return writer.between(() => ask(engine.db, name, input, log));
    },
    onCommitted: (listener) => writer.onCommitted(listener),
    async close() {
      if (closed) return;
      closed = true;
      stopLooking();
      await writer.close();
      await reader?.close();
      engine.close();
    },
  };
}

async function openWriter(options: CoreOptions): Promise<{ writer: Writer; engine: Sqlite }> {
  const { database, synchronous, pagesMax, log, limits, metrics, clock } = options;
  const measure = metrics === undefined || clock === undefined ? undefined : { metrics, clock };
  if (synchronous === "off") {
    log.warn("synchronous-off", { say: "answers are NOT durable: a power cut loses what was acknowledged" });
  }
  const engine = openSqlite({
    path: database,
    ...(synchronous !== undefined && { synchronous }),
    ...(pagesMax !== undefined && { pagesMax }),
  });
  try {
    await migrate(engine, { int8: "integer" });
  } catch (error) {
    engine.close();
    throw error;
  }
  return { engine, writer: new Writer({ engine, log, measure, ...(limits !== undefined && { limits }) }) };
}

/** The read side alone, on a connection that cannot write. */
export type Reader = Pick<Core, "query" | "close">;

/** Opens with the first query, by when the writer has made and migrated the database. */
export function createReader({ database, log }: { database: string; log: Log }): Reader {
  let engine: Sqlite | undefined;
  // One connection: a query that reads as of one instant must not meet another's transaction.
  let last: Promise<unknown> = Promise.resolve();
  return {
    query(name, input) {
      const answer = last.then(() => {
        engine ??= openSqlite({ path: database, readOnly: true });
        return ask(engine.db, name, input, log);
      });
      last = answer.catch(() => {});
      return answer;
    },
    async close() {
      await last;
      engine?.close();
    },
  };
}

async function ask<N extends keyof Queries>(
  db: Kysely<Schema>,
  name: N,
  input: Queries[N]["input"],
  log: Log,
): Promise<Queries[N]["output"]> {
  try {
    return await queries[name](db, input);
  } catch (error) {
    log.error("query-broken", {
      query: name,
      error: error instanceof Error ? (error.stack ?? "") : String(error),
    });
    throw new CoreError("broken", `${name} failed by our own fault; see the log`);
  }
}
