/**
 * The files that a run leaves beside its traces, and whether all are there and agree with one another.
 *
 *     DIR/run.json       {"startMs","faults":[names],"attackers"}      what was begun, and when
 *     DIR/faults.json    [{"what","fromMs","toMs"}]                    at the end: what was done to it
 *     DIR/attacks.json   of a run with attackers (attackers.ts)
 *     DIR/summary.json   the simulator's words at its end              DIR/meters.json   its registers, and the energy delivered exactly
 *     DIR/demo.json      while it goes on, or where it was killed
 */
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { EvidenceError, type Traces } from "./evidence.ts";

/** A fault of the run, by this machine's clock. */
export type FaultSpan = { readonly what: string; readonly fromMs: number; readonly toMs: number };

export type RunBegun = {
  /** What every `atMs` of the run's JSON is counted from: when the last program was started, ms since 1970. */
  readonly startMs: number;
  /** What is to be done to it. */
  readonly faults: readonly string[];
  readonly attackers: boolean;
};

const [RUN, FAULTS] = ["run.json", "faults.json"];

export const keepRun = (folder: string, run: RunBegun): Promise<void> => keep(join(folder, RUN), run);
export const keepFaults = (folder: string, faults: readonly FaultSpan[]): Promise<void> =>
  keep(join(folder, FAULTS), faults);
const keep = (path: string, value: object) => writeFile(path, `${JSON.stringify(value)}\n`);

export const readRun = (folder: string): Promise<RunBegun | undefined> =>
  jsonAt(join(folder, RUN), (run: RunBegun) => Number.isFinite(run.startMs) && Array.isArray(run.faults));
/** None where the run goes on still. */
export const readFaults = async (folder: string): Promise<readonly FaultSpan[]> =>
  (await jsonAt(join(folder, FAULTS), (faults: FaultSpan[]) =>
    faults.every(({ fromMs, toMs }) => Number.isFinite(fromMs) && Number.isFinite(toMs)),
  )) ?? [];

/** A file's JSON; undefined where there is none. {@link EvidenceError} where it is not `right`, which may throw then. */
export async function jsonAt<T>(path: string, right: (value: T) => boolean): Promise<T | undefined> {
  if (!existsSync(path)) return undefined;
  const text = await readFile(path, "utf8");
  try {
    const value = JSON.parse(text) as T;
    if (right(value)) return value;
  } catch {
    // Said below.
  }
  throw new EvidenceError(`${path} is not as a demo writes it. Was the file edited?`);
}

/** Its demo has come to its end: what it leaves last is demanded from then on. */
export const hasEnded = (folder: string): boolean => !existsSync(join(folder, "demo.json"));

/** What steps of 100 ms, and whole Wh at both ends of each transaction, may differ by. */
const ENERGY_SHARE = 0.03;
const ENERGY_WH = 10;
const TRANSACTION_WH = 2;

export type Counted = {
  readonly traces: Traces | undefined;
  readonly transactions: { readonly ended: number };
  /** Of the transactions that are stored as ended. */
  readonly energyWh: number;
  /** As the plant's trace has it. */
  readonly carsKwh: number;
};

/** What is missing of a run that has ended, and what of it contradicts the rest. */
export async function contradictions(folder: string, counted: Counted): Promise<string[]> {
  const run = await readRun(folder);
  const names = [RUN, FAULTS, "summary.json", "meters.json", ...(run?.attackers ? ["attacks.json"] : [])];
  const missing = names.filter((name) => !existsSync(join(folder, name)));
  const faults = await readFaults(folder);
  const unsaid = (run?.faults ?? []).filter((asked) => faults.every(({ what }) => what !== asked));
  return [
    ...missing.map((name) => `run: ${join(folder, name)} is not there`),
    ...(missing.includes(FAULTS) ? [] : unsaid).map(
      (what) => `run: ${join(folder, FAULTS)} does not tell of ${what}, which was asked for`,
    ),
    ...(counted.transactions.ended > 0 ? [] : ["run: no transaction is stored as ended"]),
    ...(await framesAgainst(folder, counted.traces)),
    ...(await energiesAgainst(folder, counted)),
  ];
}

type Summary = {
  /** What the stations saw go wrong. */
  readonly errors: number;
  readonly truth: readonly { readonly framesSent: number; readonly framesReceived: number }[];
};

/** Each frame that the stations counted was written down, and nothing went wrong with any. */
async function framesAgainst(folder: string, traces: Traces | undefined): Promise<string[]> {
  const path = join(folder, "summary.json");
  const summary = await jsonAt(path, ({ errors, truth }: Summary) =>
    [errors, ...truth.map(({ framesReceived, framesSent }) => framesReceived + framesSent)].every(
      Number.isFinite,
    ),
  );
  if (summary === undefined || traces === undefined) return [];
  const said = (name: "framesSent" | "framesReceived") =>
    summary.truth.reduce((sum, station) => sum + station[name], 0);
  const counts = [
    { name: "sent.jsonl", lines: traces.sent, frames: said("framesSent") },
    { name: "received.jsonl", lines: traces.received, frames: said("framesReceived") },
  ].filter(({ frames, lines }) => lines !== frames);
  return [
    ...(summary.errors === 0 ? [] : [`run: the stations saw ${summary.errors} errors (${path})`]),
    ...counts.map(
      ({ frames, lines, name }) =>
        `run: ${join(folder, name)} has ${lines} frames; summary.json counted ${frames}`,
    ),
  ];
}

/** The plant's trace, the cars' meters and what is stored tell of the same energy. */
async function energiesAgainst(folder: string, counted: Counted): Promise<string[]> {
  const meters = await jsonAt(join(folder, "meters.json"), (evses: { readonly deliveredWh: number }[]) =>
    evses.every(({ deliveredWh }) => Number.isFinite(deliveredWh)),
  );
  const carsWh = counted.carsKwh * 1000;
  const others = [
    {
      name: "what is stored has",
      wh: counted.energyWh,
      slackWh: TRANSACTION_WH * counted.transactions.ended,
    },
    ...(meters === undefined
      ? []
      : [
          {
            ...{ name: `${join(folder, "meters.json")} has`, slackWh: 0 },
            wh: meters.reduce((sum, { deliveredWh }) => sum + deliveredWh, 0),
          },
        ]),
  ];
  return others.flatMap(({ name, slackWh, wh }) =>
    Math.abs(carsWh - wh) <= ENERGY_SHARE * Math.max(carsWh, wh) + ENERGY_WH + slackWh
      ? []
      : [
          `run: ${join(folder, "limits.jsonl")} tells of ${Math.round(carsWh)} Wh into cars; ${name} ${Math.round(wh)} Wh`,
        ],
  );
}
