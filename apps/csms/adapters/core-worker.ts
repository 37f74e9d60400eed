/**
 * The core in threads of its own, as the serving process runs it: one that writes (its fsync stalls nobody else), one
 * that reads. Same {@link Core} as in-process; the asks of one turn of the event loop travel together.
 *
 * A thread that dies takes the process with it, loudly: half a CSMS would answer what it cannot keep.
 */
import { Worker } from "node:worker_threads";
import type { Log } from "@wattward/kernel";
import { type Core, CoreError } from "../core/port.ts";
import type { Measurement } from "../metrics/metrics.ts";
import { StoreError } from "../store/engine.ts";
import type { Answer, Ask, FromThread, ThreadData, ToThread } from "./core-thread-protocol.ts";

export type CoreThreadsOptions = {
  readonly database: string;
  readonly log: Log;
  readonly stationAnchors: readonly string[];
  /** Takes what the threads measured, see forwardedMetrics. */
  readonly record?: (measurement: Measurement) => void;
  /** "off" only for the test that proves what "full" is worth. */
  readonly synchronous?: "full" | "off";
  /** What to do when a thread has died of a fault of ours. Default: end the process with code 70. */
  readonly crashed?: (why: string) => void;
  /** The threads' program, for a test of their death. */
  readonly program?: URL;
};

const threadProgram = new URL("./core-thread.ts", import.meta.url);
/** Asks under way to one thread; beyond it `busy`, like the writer's own limit. */
const ASKS_MAX = 20_000;
/** sysexits: an internal software error. */
const EXIT_SOFTWARE = 70;

/** Ready when it resolves. Throws {@link StoreError} where the database cannot be opened, is newer, or not ours. */
export async function startCore(options: CoreThreadsOptions): Promise<Core> {
  const listeners = new Set<(seq: number) => void>();
  const committed = (seq: number) => {
    for (const listener of listeners) listener(seq);
  };
  const reading = startThread("reader", options, committed);
  let writer: Thread;
  try {
    writer = await startThread("writer", options, committed);
  } catch (error) {
    await (await reading).close();
    throw error;
  }
  const reader = await reading;
  // What a thread gives back is what the same name gives in-process; the types of Core hold on both sides of it.
  return {
    decide: (name, input) => writer.ask(name, input) as Promise<never>,
    query: (name, input) => reader.ask(name, input) as Promise<never>,
    onCommitted(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async close() {
      // The writer last: who closes a file last folds its log in, and a reader may not.
      await reader.close();
      await writer.close();
    },
  };
}

type Waiting = { resolve(value: unknown): void; reject(error: CoreError): void };
type Thread = { ask(name: string, input: unknown): Promise<unknown>; close(): Promise<void> };

async function startThread(
  role: ThreadData["role"],
  options: CoreThreadsOptions,
  committed: (seq: number) => void,
): Promise<Thread> {
  const { database, log, stationAnchors, synchronous = "full", program = threadProgram } = options;
  const data: ThreadData = { role, database, synchronous, stationAnchors };
  const worker = new Worker(program, {
    workerData: data,
    name: `core-${role}`,
  });
  const waiting = new Map<number, Waiting>();
  const opened = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<void>();
  let state: "opening" | "open" | "closing" | "closed" = "opening";

  const settle = (answer: Answer) => {
    const asked = waiting.get(answer.id);
    waiting.delete(answer.id);
    if (answer.ok) asked?.resolve(answer.value);
    else asked?.reject(new CoreError(answer.fault, answer.message));
  };
  worker.on("message", (message: FromThread) => {
    switch (message.kind) {
      case "answers":
        for (const measurement of message.measured) options.record?.(measurement);
        return message.answers.forEach(settle);
      case "committed":
        return committed(message.seq);
      case "log":
        return log[message.line.level](message.line.event, { ...message.line.fields, thread: role });
      case "ready":
        state = "open";
        return opened.resolve();
      case "unopened":
        state = "closing";
        return opened.reject(new StoreError(storeFault(message.fault), message.message));
      case "closed":
        return closed.resolve();
    }
  });
  const end = (why: string) => {
    const expected = state === "closing";
    if (state === "closed") return;
    state = "closed";
    for (const asked of waiting.values()) asked.reject(new CoreError("closed", "the core is closed"));
    waiting.clear();
    closed.resolve();
    if (expected) return;
    log.error("core-thread-died", { thread: role, error: why });
    opened.reject(new Error(`the core's ${role} thread died: ${why}`));
    (options.crashed ?? endProcess)(`the core's ${role} thread died: ${why}`);
  };
  worker.on("error", (error) => end(error instanceof Error ? (error.stack ?? error.message) : String(error)));
  worker.on("exit", (code) => end(`it exited with code ${code}`));
  await opened.promise;

  const send = gatherer((asks) => worker.postMessage({ kind: "asks", asks } satisfies ToThread));
  let nextId = 1;
  return {
    ask(name, input) {
      if (state !== "open") return Promise.reject(new CoreError("closed", "the core is closed"));
      if (waiting.size >= ASKS_MAX) {
        return Promise.reject(new CoreError("busy", `more than ${ASKS_MAX} asks wait; try later`));
      }
      const { promise, resolve, reject } = Promise.withResolvers<unknown>();
      const id = nextId++;
      waiting.set(id, { resolve, reject });
      send({ id, name, input });
      return promise;
    },
    async close() {
      if (state !== "open") return;
      state = "closing";
      send.now();
      worker.postMessage({ kind: "close" } satisfies ToThread);
      await closed.promise;
      await worker.terminate();
    },
  };
}

/** Collects what is asked in one turn of the event loop; `now` sends it without waiting for the turn's end. */
function gatherer(send: (asks: readonly Ask[]) => void): ((ask: Ask) => void) & { now(): void } {
  let gathered: Ask[] = [];
  const now = () => {
    if (gathered.length === 0) return;
    const asks = gathered;
    gathered = [];
    send(asks);
  };
  const gather = (ask: Ask) => {
    if (gathered.push(ask) === 1) setImmediate(now);
  };
  return Object.assign(gather, { now });
}

const faults = ["full", "busy", "io", "newer-schema", "not-ours"] as const;
const storeFault = (text: string): StoreError["kind"] => faults.find((fault) => fault === text) ?? "io";

function endProcess(why: string): void {
  process.stderr.write(`wattward: ${why}\n`);
  process.exit(EXIT_SOFTWARE);
}
