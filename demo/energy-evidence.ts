/**
 * What a run left behind of its site's energy: what was done to it, in which modes it was managed, what its fuses suffered, and whether
 * charging went on. The demo and `wattward audit` come to the same by these.
 *
 *     DIR/limits.jsonl     what flowed through every fuse on every phase, every 100 ms (limits-trace.ts)
 *     DIR/modbus.jsonl     every exchange that reached a device
 */
import { join } from "node:path";
import { EnergyByMode, EnergyWithin, LimitsJudge, type LimitsRecount, type ModeAt } from "./limits.ts";
import { limitSteps } from "./limits-trace.ts";
import type { Audit } from "./recount.ts";
import { contradictions, type FaultSpan } from "./run-files.ts";
import { cutOff, isEnd, type TraceEntry, traceEntries } from "./trace.ts";

/** The modes that the site told, and the one that nobody is left to tell: the stations' own defaults while the site is dead. */
export function modesWith(told: readonly ModeAt[], faults: readonly FaultSpan[]): readonly ModeAt[] {
  const dead = faults.filter(({ what }) => what === "kill-site");
  return [...told, ...dead.map(({ fromMs }) => ({ mode: "default", atMs: fromMs }))].sort(
    (a, b) => a.atMs - b.atMs,
  );
}

/** A fault so short says nothing about whether charging went on. */
const SPAN_MS_MIN = 3_000;

export type EnergyEvidence = Omit<LimitsRecount, "findings"> & {
  readonly findings: readonly string[];
  /** By this machine's clock. */
  readonly modes: readonly ModeAt[];
  readonly kWhByMode: { readonly [mode: string]: number };
};

/** @param audit the same run's; `ended`: what comes last is there, and everything has to agree. */
export async function readEnergy(
  folder: string,
  { audit, ended, faults }: { audit: Audit; ended: boolean; faults: readonly FaultSpan[] },
): Promise<EnergyEvidence> {
  const modes = modesWith(audit.modes ?? [], faults);
  const spans = faults.filter(({ fromMs, toMs }) => toMs - fromMs >= SPAN_MS_MIN);
  const findings: string[] = [];
  const byMode = new EnergyByMode(modes);
  const within = new EnergyWithin(spans);
  let judge: LimitsJudge | undefined;
  for await (const line of limitSteps(folder, findings, ended ? audit.traces?.spoke : undefined)) {
    if ("kind" in line) {
      judge ??= new LimitsJudge(line);
      continue;
    }
    judge?.take(line);
    byMode.take(line);
    within.take(line);
  }
  findings.push(...(await exchangesOf(folder, ended)));
  const { findings: breaches, ...counts } = (judge ?? new LimitsJudge(noSite)).recount;
  const stopped = within.kWh.flatMap((kWh, i) =>
    kWh > 0 || judge === undefined ? [] : [`energy: during ${spans[i]?.what} no car got anything`],
  );
  const { energyWh, transactions } = audit.counts;
  const counted = { traces: audit.traces, transactions, energyWh, carsKwh: counts.carsKwh };
  const others = ended ? await contradictions(folder, counted) : [];
  return {
    ...{ ...counts, modes, kWhByMode: byMode.kWh },
    findings: [...breaches, ...stopped, ...findings, ...others],
  };
}

/** What is wrong with the trace of the exchanges. */
async function exchangesOf(folder: string, ended: boolean): Promise<string[]> {
  const findings: string[] = [];
  const path = join(folder, "modbus.jsonl");
  let last: TraceEntry | undefined;
  for await (const entry of traceEntries(path, findings)) {
    last = entry;
    if (typeof entry.fields["device"] !== "string" && !isEnd(entry))
      findings.push(`trace: ${entry.where}: no exchange with a device`);
  }
  return ended && last !== undefined && !isEnd(last) ? [...findings, cutOff(path)] : findings;
}

/** Of which nothing is known. */
const noSite = { kind: "site", voltageV: 0, fuses: [], loads: [] } as const;
