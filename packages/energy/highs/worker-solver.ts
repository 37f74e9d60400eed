/**
 * HiGHS in a worker thread. A program that is not solved within its deadline is answered `undefined`, and the worker is ended: a
 * solver that hangs cannot be asked to stop. The next program starts a new one. One program at a time; a second one meanwhile
 * is answered `undefined` at once, since it would be late anyway.
 */
import { Worker } from "node:worker_threads";
import { faultOfProgram, type LinearProgram, type Solver } from "../planner/linear-program.ts";
import type { Answered, Asked } from "./worker.ts";

/** HiGHS stops by itself so long before the worker would be ended, which costs a start. */
const STOPS_BEFORE_MS = 200;
/** What the worker may take for programs: more is a fault of ours, and ends it, not the process. */
const HEAP_MB_MAX = 256;

type Waiting = { readonly id: number; readonly done: (x: Float64Array | undefined) => void };

/** `script`: another worker than the usual one, for tests that need a solver that hangs. */
export function workerSolver(script: URL = new URL("./worker.ts", import.meta.url)): Solver {
  return new WorkerSolver(script);
}

class WorkerSolver implements Solver {
  private readonly script: URL;
  private worker: Worker | undefined;
  private waiting: Waiting | undefined;
  private seq = 0;

  constructor(script: URL) {
    this.script = script;
  }

  solve(program: LinearProgram, deadlineMs: number): Promise<Float64Array | undefined> {
    if (this.waiting !== undefined || faultOfProgram(program) !== undefined)
      return Promise.resolve(undefined);
    const id = ++this.seq;
    return new Promise((resolve) => {
      const late = setTimeout(() => this.end(), deadlineMs);
      this.waiting = {
        id,
        done: (x) => {
          clearTimeout(late);
          this.waiting = undefined;
          resolve(x);
        },
      };
      const asked: Asked = { id, program, deadlineMs: Math.max(1, deadlineMs - STOPS_BEFORE_MS) };
      (this.worker ??= this.start()).postMessage(asked);
    });
  }

  async close(): Promise<void> {
    await this.end();
  }

  private start(): Worker {
    const worker = new Worker(this.script, { resourceLimits: { maxOldGenerationSizeMb: HEAP_MB_MAX } });
    worker.on("message", ({ id, x }: Answered) => {
      if (this.waiting?.id === id) this.waiting.done(x);
    });
    // Out of memory, or a fault of the solver: no plan this time, a new worker the next.
    worker.on("error", () => this.lost(worker));
    worker.on("exit", () => this.lost(worker));
    worker.unref();
    return worker;
  }

  private lost(worker: Worker): void {
    if (this.worker !== worker) return;
    this.worker = undefined;
    this.waiting?.done(undefined);
  }

  private async end(): Promise<void> {
    const { worker } = this;
    this.worker = undefined;
    this.waiting?.done(undefined);
    await worker?.terminate();
  }
}
