/**
 * The core in the caller's own thread: for tests, simulation and the command line. The serving process runs the same
 * in a thread of its own: adapters/core-worker.ts.
 *
 * In a file or on a server, queries read on connections of their own. In memory (":memory:") there is one connection,
 * and queries run between two commits. On PostgreSQL the serving process too runs it so: nothing there blocks (ADR 27).
 */
import { type Chance, type Clock, every, type Log, sleep } from "@wattward/kernel";
import type { Metrics } from "../metrics/metrics.ts";
import type { Bus } from "../nodes/bus.ts";
import { LOOK_EVERY_MS_MIN } from "../nodes/limits.ts";
import { findStanding } from "../nodes/rows.ts";
import { placeOf } from "../store/database-place.ts";
import { type Engine, type Rows, StoreError } from "../store/engine.ts";
import { openStore, openStoreReader, type StoreOptions, type StoreReader } from "../store/open.ts";
import { Writer, type WriterLimits } from "../store/writer.ts";
import type { World } from "./decision.ts";
import { decisions, laneOf } from "./decisions.ts";
import { type Core, CoreError, type Decisions, type Queries } from "./port.ts";
import { queries } from "./queries.ts";

export type CoreOptions = StoreOptions & {
  readonly log: Log;
  readonly chance: Chance;
  /** With it, commits of other processes are noticed within {@link ELSEWHERE_EVERY_MS}. */
  readonly clock?: Clock;
  /** Where commits are measured; needs the clock. */
  readonly metrics?: Metrics;
  /** PEM of the CAs whose stations may connect at sites. */
  readonly stationAnchors?: readonly string[];
  readonly limits?: WriterLimits;
  /** Another process of this database says that it has committed: looked at at once, and not only now and then. */
  readonly wakes?: Pick<Bus, "subscribe" | "publish">;
  /** This process is one of several: which life of which node. Its commits are refused once that is over. */
  readonly life?: () => { readonly id: string; readonly incarnation: number };
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
  const reader: StoreReader =
    database === ":memory:"
      ? {
          read: (query) => writer.between(() => query(engine.db)),
          faultOf: engine.faultOf,
          close: async () => {},
        }
      : openStoreReader(database);
  const looks: Looks =
    placeOf(database).kind === "file"
      ? { ask: () => writer.lookElsewhere(), end: async () => {} }
      : oneAtATime(() => headElsewhere(reader, writer), options.clock);
  const stopLooking =
    options.clock === undefined ? () => {} : every(options.clock, ELSEWHERE_EVERY_MS, () => looks.ask());
  const stopHearing = options.wakes?.subscribe(() => looks.ask());
  let closed = false;
  return {
    decide: (name, input) =>
      writer.submit(name, laneOf(input), (tx) => decisions[name](tx, input, world), withoutLease.has(name)),
    query(name, input) {
      if (closed) return Promise.reject(new CoreError("closed", "the core is closed"));
      return ask(reader, log, { name, input });
    },
    onCommitted: (listener) => writer.onCommitted(listener),
    async close() {
      if (closed) return;
      closed = true;
      stopLooking();
      stopHearing?.();
      await looks.end();
      await writer.close();
      await reader.close();
      await engine.close();
    },
  };
}

/** On a server: on a reading connection, because the writer's is busy when there is most to see. */
async function headElsewhere(reader: StoreReader, writer: Writer): Promise<void> {
  try {
    writer.committedElsewhere(await reader.read((db) => queries["outbox.head"](db, undefined)));
  } catch (error) {
    // The next look sees as much; a database that is away is told of by whoever needs it.
    if (reader.faultOf(error) === undefined) throw error;
  }
}

type Looks = {
  ask(): void;
  /** Resolves when none is under way; there is none after it. */
  end(): Promise<void>;
};

/** Asked again while it runs, it runs once more, a little later: whoever can wake us must not keep us busy. */
function oneAtATime(run: () => Promise<void>, clock: Clock | undefined): Looks {
  let running: Promise<void> | undefined;
  let again = false;
  let ended = false;
  const runAll = async () => {
    try {
      while (again && !ended) {
        again = false;
        await run();
        if (clock !== undefined && !ended) await sleep(clock, LOOK_EVERY_MS_MIN);
      }
    } finally {
      running = undefined;
    }
  };
  return {
    ask() {
      again = true;
      if (!ended) running ??= runAll();
    },
    async end() {
      ended = true;
      await running;
    },
  };
}

/** How a node comes in, and gets the dead out of its way: see nodes/life.ts. */
const withoutLease: ReadonlySet<keyof Decisions> = new Set(["node.start", "node.bury"]);

async function openWriter(options: CoreOptions): Promise<{ writer: Writer; engine: Engine }> {
  const { synchronous, log, limits, metrics, clock, life, wakes } = options;
  const measure = metrics === undefined || clock === undefined ? undefined : { metrics, clock };
  if (synchronous === "off") {
    log.warn("synchronous-off", { say: "answers are NOT durable: a power cut loses what was acknowledged" });
  }
  const engine = await openStore(options);
  const fence =
    life === undefined
      ? undefined
      : async (rows: Rows) => (await rows.first(findStanding, life())) !== undefined;
  return {
    engine,
    writer: new Writer({
      engine,
      log,
      measure,
      fence,
      announce: () => wakes?.publish(),
      ...(limits !== undefined && { limits }),
    }),
  };
}

/** The read side alone, on connections that cannot write. */
export type Reader = Pick<Core, "query" | "close">;

/** Opens with the first query, by when the writer has made and migrated the database. */
export function createReader({ database, log }: { database: string; log: Log }): Reader {
  const store = openStoreReader(database);
  return { query: (name, input) => ask(store, log, { name, input }), close: () => store.close() };
}

/** Rejects with {@link CoreError} only. */
async function ask<N extends keyof Queries>(
  store: StoreReader,
  log: Log,
  { name, input }: { name: N; input: Queries[N]["input"] },
): Promise<Queries[N]["output"]> {
  try {
    return await store.read((db) => queries[name](db, input));
  } catch (error) {
    const said = { query: name, error: error instanceof Error ? (error.stack ?? "") : String(error) };
    if (error instanceof StoreError || store.faultOf(error) !== undefined) {
      log.warn("query-not-answered", said);
      throw new CoreError("storage", "the database failed or cannot be reached; try again");
    }
    log.error("query-broken", said);
    throw new CoreError("broken", `${name} failed by our own fault; see the log`);
  }
}
