/**
 * A scenario from its file to its end: read, planned, run at its speed, watched, and summed up. Standard output gets the
 * summary alone (text, or one JSON object); how it goes is told on standard error.
 */
import { type Log, type StationId, silentLog } from "@wattward/kernel";
import { folderDisk, jsonLog, systemChance, systemClock } from "@wattward/kernel/node";
import { type Loaded, loadScenario, openWaysIn } from "../adapters/scenario-file.ts";
import { StationsFolderError } from "../adapters/way-in.ts";
import { type Outcome, outcomeOf, outcomeText } from "../report/outcome.ts";
import { planText } from "../report/plan-text.ts";
import type { Plan } from "../scenario/plan.ts";
import type { Recorder } from "../station/recorder.ts";
import { memoryDisk } from "../time/memory-disk.ts";
import { type Pace, paceOf } from "../time/pace.ts";
import { LineFile } from "../truth/line-file.ts";
import type { Summary } from "../truth/summary.ts";
import { createWorld, type World } from "../world/world.ts";
import { playDay } from "./day.ts";
import type { ScenarioOptions } from "./scenario-options.ts";

/** How often people are told how it goes: on a terminal, and in a log. */
const PROGRESS_MS = { terminal: 1_000, log: 5_000 };
/** Of what is wrong with a scenario; a file of sessions may be wrong in every line. */
const FAULTS_SHOWN = 20;
/** Timers that fire before sockets get their turn; a turn costs more than most timers do. */
const TURN_EVERY = 32;

const real = systemClock();
const terminal = process.stderr.isTTY === true;
const clear = terminal ? "\r\x1b[K" : "";
const tell = (line: string): void => void process.stderr.write(`${clear}${line}\n`);
const progress = (line: string): void =>
  void process.stderr.write(terminal ? `${clear}${line.slice(0, process.stderr.columns - 1)}` : `${line}\n`);

/** Exit code: 0 all went as planned, 1 not so, 2 the command line or a file is wrong. */
export async function runScenario(options: ScenarioOptions): Promise<number> {
  const loaded = await loadScenario({ file: options.file, over: options.over }, real.now().wallMs);
  if (!loaded.ok) {
    for (const line of loaded.fault.slice(0, FAULTS_SHOWN)) tell(line);
    if (loaded.fault.length > FAULTS_SHOWN) tell(`… and ${loaded.fault.length - FAULTS_SHOWN} more`);
    return 2;
  }
  const { plan } = loaded.value;
  if (options.check) {
    process.stdout.write(options.json ? `${JSON.stringify(checked(plan))}\n` : planText(plan));
    return 0;
  }
  try {
    const outcome = await play(loaded.value, options);
    if (outcome === undefined) return 1;
    process.stdout.write(options.json ? `${JSON.stringify(outcome)}\n` : outcomeText(outcome));
    return outcome.good ? 0 : 1;
  } catch (error) {
    if (!(error instanceof StationsFolderError)) throw error;
    tell(error.message);
    return 2;
  }
}

/** What takes part, for scripts that fill an inventory. */
const checked = ({ cards, drivers, faults, name, notes, stations, visits }: Plan) => ({
  ...{ kind: "plan", scenario: name, cards, notes },
  stations: stations.map(({ options: { evses, id, maxW, version } }) => ({
    ...{ id, version, evses },
    maxKw: maxW / 1000,
  })),
  sessions: visits.length,
  drivers: drivers !== undefined,
  faults: faults.length,
});

async function play(loaded: Loaded, options: ScenarioOptions): Promise<Outcome | undefined> {
  const { plan } = loaded;
  const begunMs = real.now().monotonicMs;
  const log = options.verbose ? jsonLog((line) => process.stderr.write(line), "info") : silentLog;
  const ways = await openWaysIn(loaded, options.addresses, log);
  const files = options.out === undefined ? undefined : await filesIn(options.out);
  const pace = paceOf({ ...plan, real, turn: turns() });
  let fail: (error: unknown) => void = () => {};
  const broken = new Promise<never>((_, reject) => (fail = reject));
  const world = worldOf(plan, ways, { pace, log, recorder: files?.recorder, failed: (error) => fail(error) });
  for (const note of plan.notes) tell(`note: ${note}`);
  const day = playDay(
    {
      ...{ plan, world, pace, real, tell },
      ...(options.quiet ? {} : { progress }),
      progressMs: terminal ? PROGRESS_MS.terminal : PROGRESS_MS.log,
      deadlineMs: options.deadlineS * 1000,
    },
    (stop) => {
      for (const name of ["SIGINT", "SIGTERM"] as const) process.on(name, stop);
      // Not before it is so: whoever reads it may press at once.
      tell(`${plan.name}: ${plan.stations.length} stations boot; Ctrl-C ends it in order`);
    },
  );
  const finished = await Promise.race([day, broken]);
  process.stderr.write(clear);
  if (finished === undefined) return undefined;
  const { system, user } = process.cpuUsage();
  const outcome = outcomeOf(plan, finished.summary, world.visits, {
    ...finished,
    realMs: real.now().monotonicMs - begunMs,
    cpuMs: (system + user) / 1000,
    rssMb: process.resourceUsage().maxRSS / 1024,
  });
  await files?.close(finished.summary, outcome);
  return outcome;
}

type Ways = Awaited<ReturnType<typeof openWaysIn>>;
type WorldParts = {
  readonly pace: Pace;
  readonly log: Log;
  /** Absent: frames are not written down. */
  readonly recorder: Recorder | undefined;
  failed(error: unknown): void;
};

function worldOf(plan: Plan, ways: Ways, { failed, log, pace, recorder }: WorldParts): World {
  const flash = memoryDisk();
  const stations = plan.stations.map(({ options }) => {
    const serialNumber = options.serialNumber ?? ways.get(options.id)?.serialNumber;
    return {
      ...options,
      // Months of messages that nobody will read are not kept.
      keeps: recorder === undefined ? ("open" as const) : ("all" as const),
      time: plan.ownTime ? ("own" as const) : ("central" as const),
      ...(serialNumber !== undefined && { serialNumber }),
    };
  });
  const dialerOf = (id: StationId) => pace.dialer(ways.get(id)!.dialer);
  return createWorld(
    { stations, seed: plan.seed, visits: plan.visits, ...(plan.drivers && { drivers: plan.drivers }) },
    {
      ...{ clock: pace.clock, patience: real, log, ids: systemChance, failed, dialer: dialerOf },
      recorder: recorder === undefined ? nowhere : pace.recorder(recorder),
      flash: async (_, settled) => {
        await settled;
        return flash;
      },
    },
  );
}

const nowhere: Recorder = { sent: async () => {}, received: async () => {} };

/** `sent.jsonl` and `received.jsonl` as they happen, `summary.json` and `outcome.json` at the end. */
async function filesIn(folder: string) {
  const out = folderDisk(folder);
  const sent = await LineFile.open(out, "sent.jsonl");
  const received = await LineFile.open(out, "received.jsonl");
  const recorder: Recorder = { sent: (line) => sent.write(line), received: (line) => received.write(line) };
  return {
    recorder,
    async close(summary: Summary, outcome: Outcome): Promise<void> {
      await sent.close();
      await received.close();
      await out.replace("summary.json", encoded(summary));
      await out.replace("outcome.json", encoded(outcome));
    },
  };
}

const encoded = (value: object): Uint8Array =>
  new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`);

/** Lets promises run to their end each time, and sockets now and then. */
function turns(): (run: () => void) => void {
  let count = 0;
  return (run) => {
    if (count++ % TURN_EVERY === 0) setImmediate(run);
    else queueMicrotask(() => process.nextTick(run));
  };
}
