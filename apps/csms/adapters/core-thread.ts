/**
 * The program of the core's threads: one that writes, one that reads. Each serves asks with the same code that runs in
 * a test's own thread (core/create-core.ts), so that a commit's fsync, or a long query, never stalls the sockets.
 *
 * All messages that wait are taken before the first is decided: they share a commit.
 */
import { isMainThread, parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import type { Log, LogFields } from "@wattward/kernel";
import { systemChance, systemClock } from "@wattward/kernel/node";
import { createCore, createReader } from "../core/create-core.ts";
import { CoreError } from "../core/port.ts";
import { forwardedMetrics, type Measurement } from "../metrics/metrics.ts";
import { StoreError } from "../store/engine.ts";
import type { Answer, Ask, FromThread, LogLine, ThreadData, ToThread } from "./core-thread-protocol.ts";

type Served = {
  serve(ask: Ask): Promise<unknown>;
  close(): Promise<void>;
};

if (!isMainThread && parentPort !== null) await run(parentPort, workerData as ThreadData);

async function run(port: NonNullable<typeof parentPort>, data: ThreadData): Promise<void> {
  const tell = (message: FromThread) => port.postMessage(message);
  const measured: Measurement[] = [];
  let served: Served;
  try {
    served = await open(data, { tell, measured });
  } catch (error) {
    // Anything but the environment's fault is ours: it ends the thread, and with it the process.
    if (!(error instanceof StoreError)) throw error;
    tell({ kind: "unopened", fault: error.kind, message: error.message });
    port.close();
    return;
  }
  const answers = gatherer((answers) => tell({ kind: "answers", answers, measured: measured.splice(0) }));
  const take = (message: ToThread) => {
    if (message.kind === "close") return void served.close().then(() => tell({ kind: "closed" }));
    for (const ask of message.asks) answer(served, ask).then(answers);
  };
  port.on("message", (first: ToThread) => {
    take(first);
    for (let next = receiveMessageOnPort(port); next !== undefined; next = receiveMessageOnPort(port)) {
      take(next.message as ToThread);
    }
  });
  tell({ kind: "ready" });
}

/** Answers of one commit arrive in one run of microtasks: they leave together, after the last of them. */
function gatherer(send: (answers: readonly Answer[]) => void): (answer: Answer) => void {
  let gathered: Answer[] = [];
  return (answer) => {
    gathered.push(answer);
    if (gathered.length > 1) return;
    queueMicrotask(() => {
      const answers = gathered;
      gathered = [];
      send(answers);
    });
  };
}

async function answer(served: Served, ask: Ask): Promise<Answer> {
  try {
    return { id: ask.id, ok: true, value: await served.serve(ask) };
  } catch (error) {
    const fault = error instanceof CoreError ? error.kind : "broken";
    return { id: ask.id, ok: false, fault, message: error instanceof Error ? error.message : String(error) };
  }
}

type Outlets = { readonly tell: (message: FromThread) => void; readonly measured: Measurement[] };

async function open(data: ThreadData, { tell, measured }: Outlets): Promise<Served> {
  const log = tellingLog((line) => tell({ kind: "log", line }));
  const { database, synchronous, stationAnchors } = data;
  if (data.role === "reader") {
    const reader = createReader({ database, log });
    // Names and inputs are typed on the other side, by Core itself.
    return {
      serve: ({ name, input }) => reader.query(name as "outbox.head", input as undefined),
      close: () => reader.close(),
    };
  }
  const core = await createCore({
    database,
    synchronous,
    stationAnchors,
    log,
    chance: systemChance,
    clock: systemClock(),
    metrics: forwardedMetrics((measurement) => measured.push(measurement)),
  });
  core.onCommitted((seq) => tell({ kind: "committed", seq }));
  return {
    serve: ({ name, input }) => core.decide(name as "service.start", input as { atMs: number }),
    close: () => core.close(),
  };
}

function tellingLog(tell: (line: LogLine) => void, fields: LogFields = {}): Log {
  const at = (level: LogLine["level"]) => (event: string, more?: LogFields) =>
    tell({ level, event, fields: { ...fields, ...more } });
  return {
    debug: at("debug"),
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
    with: (more) => tellingLog(tell, { ...fields, ...more }),
  };
}
