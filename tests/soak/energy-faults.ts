/**
 * Days of a managed site under faults: every one of the fault set and every pair, at random times, on a site by the day's seed; the bounds on
 * every fuse and phase every 100 ms, modes and energy are recounted all along (`tests/simulation/energy`).
 *
 *     node tests/soak/energy-faults.ts [--days 200] [--seed 1] [--jobs J] [--slots N]
 *
 * Day k has seed S + k; days that follow each other go through the whole deck of faults and pairs in three, then through another. One
 * that failed is run again alone with the command that its failure prints; `--slots` ends each day after so many. Progress goes to
 * standard error; the last line of standard output is the figures. Exit code 0 only if every bound held and charging went on. J days run
 * at a time, one on each core if nothing else is said; a day takes two to three minutes of a core of a small machine.
 */
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { type FaultDay, faultDay, slotsOf } from "../simulation/energy/fault-day.ts";

/** Every fourth day the real planner solves; the others have one that costs nothing. */
const REAL_PLANNER_EVERY = 4;
const DAYS_MAX = 100_000;

type Task = { readonly seed: number; readonly slots: number | undefined };

const oneDay = ({ seed, slots }: Task): Promise<FaultDay> =>
  faultDay({
    seed,
    slots: slotsOf(seed).slice(0, slots),
    planner: seed % REAL_PLANNER_EVERY === 0 ? "real" : "cheap",
  });

async function lead(): Promise<void> {
  const text = { type: "string" } as const;
  const { values } = parseArgs({ options: { days: text, seed: text, jobs: text, slots: text } });
  const days = Number(values.days ?? "200");
  const seed = Number(values.seed ?? "1");
  const jobs = Number(values.jobs ?? String(availableParallelism()));
  const slots = values.slots === undefined ? undefined : Number(values.slots);
  const whole = [days, jobs, slots ?? 1].every((n) => Number.isSafeInteger(n) && n > 0 && n <= DAYS_MAX);
  if (!whole || !Number.isSafeInteger(seed) || seed < 0) {
    process.stderr.write(
      "usage: energy-faults.ts [--days N] [--seed S] [--jobs J] [--slots N], whole numbers, all but S above 0\n",
    );
    process.exit(2);
  }
  const startMs = performance.now();
  const sums = new Sums();
  let next = 0;
  const lane = async () => {
    while (next < days) {
      const day = seed + next++;
      sums.add(await inWorker({ seed: day, slots }));
      const tookS = Math.round((performance.now() - startMs) / 1000);
      process.stderr.write(
        `${sums.days} of ${days} days in ${tookS} s, ${sums.findings} findings (seed ${day})\n`,
      );
    }
  };
  process.stderr.write(`${days} days of faults, seeds ${seed} to ${seed + days - 1}, ${jobs} at a time\n`);
  await Promise.all(Array.from({ length: Math.min(jobs, days) }, lane));
  process.stdout.write(`${JSON.stringify(sums.figures((performance.now() - startMs) / 1000))}\n`);
  process.exitCode = sums.findings === 0 ? 0 : 1;
}

/** A thread of its own: a day has a world, and leaves nothing behind. */
function inWorker(task: Task): Promise<FaultDay> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(import.meta.filename, { workerData: task });
    worker.once("message", resolve);
    worker.once("error", reject);
    worker.once("exit", (code) => reject(new Error(`day ${task.seed} ended with ${code} and said nothing`)));
  });
}

class Sums {
  days = 0;
  findings = 0;
  private slots = 0;
  private simulatedS = 0;
  private kWh = 0;
  private kWhInFaults = 0;
  private kWhGivenBack = 0;
  private visits = 0;
  private heatShareMax = 0;
  private loadMax = 0;
  private overSMax = 0;
  private readonly faults: Record<string, number> = {};
  private readonly hoursByMode: Record<string, number> = {};

  add(day: FaultDay): void {
    this.days++;
    this.findings += day.findings.length;
    this.slots += day.slots;
    this.simulatedS += day.simulatedS;
    this.kWh += day.kWh;
    this.kWhInFaults += day.kWhInFaults;
    this.kWhGivenBack += day.kWhGivenBack;
    this.visits += day.visits;
    this.heatShareMax = Math.max(this.heatShareMax, day.heatShareMax);
    this.loadMax = Math.max(this.loadMax, day.loadMax);
    this.overSMax = Math.max(this.overSMax, day.overSMax);
    for (const [name, count] of Object.entries(day.befell))
      this.faults[name] = (this.faults[name] ?? 0) + count;
    for (const [mode, s] of Object.entries(day.secondsByMode))
      this.hoursByMode[mode] = (this.hoursByMode[mode] ?? 0) + s / 3_600;
    for (const finding of day.findings) process.stderr.write(`FAILED: seed ${day.seed}: ${finding}\n`);
    if (day.findings.length > 0)
      process.stderr.write(`again: node tests/soak/energy-faults.ts --days 1 --seed ${day.seed}\n`);
  }

  figures(wallS: number): Record<string, unknown> {
    const { days, findings, slots, visits } = this;
    const rounded = (value: number) => Math.round(value * 100) / 100;
    return {
      ...{ days, limitBreaches: findings, slots, visits, kWh: Math.round(this.kWh) },
      ...{ kWhInFaults: Math.round(this.kWhInFaults), kWhGivenBack: Math.round(this.kWhGivenBack) },
      ...{ simulatedHours: Math.round(this.simulatedS / 3_600) },
      hoursByMode: Object.fromEntries(
        Object.entries(this.hoursByMode).map(([mode, h]) => [mode, rounded(h)]),
      ),
      ...{
        heatShareMax: rounded(this.heatShareMax),
        loadMax: rounded(this.loadMax),
        overSMax: this.overSMax,
      },
      ...{ faults: this.faults, seconds: Math.round(wallS) },
    };
  }
}

if (isMainThread) await lead();
else parentPort?.postMessage(await oneDay(workerData as Task));
