/**
 * The fuzz of the control loop alone: random sites under faults, restarts and plans by chance, one seed after the other until so many hours
 * have been played; the bounds on every fuse and phase are recounted every 100 ms (`tests/simulation/energy/loop`).
 *
 *     node tests/soak/energy-loop.ts [--hours 100] [--seed 1] [--jobs J] [--trace FROM-TO]
 *
 * A seed plays an hour or more, in a second or two of a core; J are played at a time, one on each core if nothing else is said. One that failed is
 * run again alone with the command that its failure prints; `--trace` plays one seed and tells everything between two seconds of it.
 * Progress goes to standard error; the last line of standard output is the figures. Exit code 0 only without findings.
 */
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { isMainThread, parentPort, Worker } from "node:worker_threads";
import { type LoopRun, runSeed } from "../simulation/energy/loop/loop-fuzz.ts";
import type { Window } from "../simulation/energy/loop/scene.ts";

const HOURS_MAX = 1_000_000;
const JOBS_MAX = 1_000;
const TELLS_EVERY_SEEDS = 20;
/** Less than any seed plays: that one alone. */
const ONE_SEED_HOURS = 0.1;

type Options = {
  readonly hours: number;
  readonly seed: number;
  readonly jobs: number;
  readonly trace: Window | undefined;
};

function usage(): never {
  process.stderr.write(
    "usage: energy-loop.ts [--hours N] [--seed S] [--jobs J] [--trace FROM-TO], whole numbers S from 0 and J from 1, N above 0, seconds of a run\n",
  );
  process.exit(2);
}

function readOptions(): Options {
  const text = { type: "string" } as const;
  const { values } = parseArgs({ options: { hours: text, seed: text, jobs: text, trace: text } });
  const hours = Number(values.hours ?? "100");
  const seed = Number(values.seed ?? "1");
  const jobs = Number(values.jobs ?? String(availableParallelism()));
  const window = values.trace?.match(/^(\d+)-(\d+)$/);
  const wrong = [
    !(hours > 0 && hours <= HOURS_MAX),
    !Number.isSafeInteger(seed) || seed < 0,
    !Number.isSafeInteger(jobs) || jobs < 1 || jobs > JOBS_MAX,
    values.trace !== undefined && window == null,
  ];
  if (wrong.includes(true)) usage();
  const trace = window == null ? undefined : { fromS: Number(window[1]), toS: Number(window[2]) };
  return { hours, seed, jobs, trace };
}

async function lead({ hours, jobs, seed, trace }: Options): Promise<void> {
  const sums = new Sums();
  const startMs = performance.now();
  const tookS = () => Math.round((performance.now() - startMs) / 1_000);
  let next = seed;
  const lane = async () => {
    const worker = new Worker(import.meta.filename);
    while (sums.hours < hours) {
      sums.add(await inWorker(worker, next++));
      if (sums.seeds % TELLS_EVERY_SEEDS === 0)
        process.stderr.write(
          `${Math.round(sums.hours)} of ${hours} hours in ${tookS()} s, ${sums.findings} findings\n`,
        );
    }
    await worker.terminate();
  };
  if (trace !== undefined) {
    const run = runSeed(seed, { trace });
    for (const line of run.trace) process.stdout.write(`${line}\n`);
    sums.add(run);
  } else {
    process.stderr.write(
      `${hours} hours of the loop under faults, from seed ${seed} on, ${jobs} at a time\n`,
    );
    await Promise.all(Array.from({ length: jobs }, lane));
  }
  process.stdout.write(`${JSON.stringify(sums.figures(tookS()))}\n`);
  process.exitCode = sums.findings === 0 ? 0 : 1;
}

function inWorker(worker: Worker, seed: number): Promise<LoopRun> {
  return new Promise((resolve, reject) => {
    const broke = (error: unknown) => reject(new Error(`seed ${seed} broke`, { cause: error }));
    worker.once("error", broke);
    worker.once("message", (run: LoopRun) => {
      worker.off("error", broke);
      resolve(run);
    });
    worker.postMessage(seed);
  });
}

class Sums {
  seeds = 0;
  hours = 0;
  findings = 0;
  private undisturbedHours = 0;
  private kWh = 0;
  private readonly faults: Record<string, number> = {};

  add(run: LoopRun): void {
    this.seeds++;
    this.hours += run.simulatedHours;
    this.undisturbedHours += run.undisturbedHours;
    this.kWh += run.kWh;
    this.findings += run.findings.length;
    for (const [name, count] of Object.entries(run.befell))
      this.faults[name] = (this.faults[name] ?? 0) + count;
    const again = `node tests/soak/energy-loop.ts --hours ${ONE_SEED_HOURS} --jobs 1 --seed ${run.seed}`;
    for (const finding of run.findings) process.stderr.write(`FAILED: seed ${run.seed}: ${finding}\n`);
    if (run.findings.length > 0) process.stderr.write(`again: ${again}\n`);
  }

  figures(seconds: number): Record<string, unknown> {
    const { faults, findings, hours, kWh, seeds, undisturbedHours } = this;
    const rounded = (value: number) => Math.round(value * 10) / 10;
    return {
      ...{ seeds, simulatedHours: rounded(hours), undisturbedHours: rounded(undisturbedHours) },
      ...{ findings, kWh: Math.round(kWh), faults, seconds },
    };
  }
}

if (isMainThread) await lead(readOptions());
else parentPort?.on("message", (seed: number) => parentPort?.postMessage(runSeed(seed)));
