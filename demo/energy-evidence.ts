/**
 * What a run left behind of its site's energy: what was done to it, in which modes it was managed, what its fuses suffered, and whether
 * charging went on. The demo and `wattward audit` come to the same by these.
 *
 *     DIR/limits.jsonl     what flowed through every fuse on every phase, every 100 ms (limits-trace.ts)
 *     DIR/modbus.jsonl     every exchange that reached a device
 */
import { join } from "node:path";
import { EnergyByMode, EnergyWithin, LimitsJudge, type LimitsRecount, type ModeAt } from "./limits.ts";
import { limitSteps, type Span } from "./limits-trace.ts";
import type { Audit } from "./recount.ts";
import { contradictions, type FaultSpan } from "./run-files.ts";
import { traceEntries } from "./trace.ts";

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
  findings.push(...(await exchangesOf(folder, ended ? audit.traces?.spoke : undefined, faults)));
  const { findings: breaches, ...counts } = (judge ?? new LimitsJudge(noSite)).recount;
  const stopped = within.kWh.flatMap((kWh, i) =>
    kWh > 0 ? [] : [`energy: during ${spans[i]?.what} no car got anything`],
  );
  const { energyWh, transactions } = audit.counts;
  const counted = { traces: audit.traces, transactions, energyWh, carsKwh: counts.carsKwh };
  const others = ended ? await contradictions(folder, counted) : [];
  return {
    ...{ ...counts, modes, kWhByMode: byMode.kWh },
    findings: [...breaches, ...stopped, ...findings, ...others],
  };
}

/** How long before the end of a run the last exchange may be; devices are asked several times a second. */
const SILENT_MS_MAX = 10_000;
/** After a fault, the site's programs may take so long until they ask again. */
const RECOVERS_MS = 20_000;

/** What is wrong with the trace of the exchanges. */
async function exchangesOf(
  folder: string,
  spoke: Span | undefined,
  faults: readonly FaultSpan[],
): Promise<string[]> {
  const findings: string[] = [];
  const path = join(folder, "modbus.jsonl");
  let lastMs: number | undefined;
  for await (const { fields, where } of traceEntries(path, findings)) {
    const { atMs, device } = fields;
    if (typeof device !== "string") findings.push(`trace: ${where}: no exchange with a device`);
    if (typeof atMs === "number") lastMs = atMs;
  }
  if (spoke === undefined || lastMs === undefined) return findings;
  const healedMs = Math.max(0, ...faults.map(({ toMs }) => toMs));
  const silentMs = spoke.toMs - Math.max(lastMs, healedMs + RECOVERS_MS - SILENT_MS_MAX);
  if (silentMs > SILENT_MS_MAX)
    findings.push(
      `trace: ${path} ends ${((spoke.toMs - lastMs) / 1000).toFixed(1)} s before the last station spoke`,
    );
  return findings;
}

/** Of which nothing is known. */
const noSite = { kind: "site", voltageV: 0, fuses: [], loads: [] } as const;
