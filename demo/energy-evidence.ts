/**
 * What a run left behind of its site's energy: what was done to it, in which modes it was managed, and what its fuses suffered.
 *
 *     DIR/faults.json      [{"what","fromMs","toMs"}]
 *     DIR/limits.jsonl     what flowed through every fuse on every phase, every 100 ms
 */
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { TraceHead, TraceLine } from "@wattward/simulator";
import { jsonLines } from "./evidence.ts";
import { EnergyByMode, EnergyWithin, LimitsJudge, type LimitsRecount, type ModeAt } from "./limits.ts";

/** A fault of the run, by this machine's clock. */
export type FaultSpan = { readonly what: string; readonly fromMs: number; readonly toMs: number };

export const keepFaults = (folder: string, faults: readonly FaultSpan[]): Promise<void> =>
  writeFile(join(folder, FAULTS), `${JSON.stringify(faults)}\n`);
const FAULTS = "faults.json";

/** None where the run had none, or goes on still. */
export async function readFaults(folder: string): Promise<readonly FaultSpan[]> {
  const path = join(folder, FAULTS);
  return existsSync(path) ? (JSON.parse(await readFile(path, "utf8")) as FaultSpan[]) : [];
}

/** The modes that the site told, and the one that nobody is left to tell: the stations' own defaults while the site is dead. */
export function modesWith(told: readonly ModeAt[], faults: readonly FaultSpan[]): readonly ModeAt[] {
  const dead = faults.filter(({ what }) => what === "kill-site");
  return [...told, ...dead.map(({ fromMs }) => ({ mode: "default", atMs: fromMs }))].sort(
    (a, b) => a.atMs - b.atMs,
  );
}

/** What a run's limits came to; undefined where it had no plant. `spans`: when charging has to go on all the same. */
export async function readLimits(
  folder: string,
  modes: readonly ModeAt[],
  spans: readonly { readonly fromMs: number; readonly toMs: number }[] = [],
): Promise<LimitsEvidence | undefined> {
  const path = join(folder, "limits.jsonl");
  if (!existsSync(path)) return undefined;
  const byMode = new EnergyByMode(modes);
  const within = new EnergyWithin(spans);
  let judge: LimitsJudge | undefined;
  for await (const line of jsonLines(path)) {
    if (line["kind"] === "site") {
      // A simulator that was started again goes on in the same file.
      judge ??= new LimitsJudge(line as TraceHead);
      continue;
    }
    const step = line as TraceLine;
    judge?.take(step);
    byMode.take(step);
    within.take(step);
  }
  return judge && { recount: judge.recount, kWhByMode: byMode.kWh, kWhWithin: within.kWh };
}

export type LimitsEvidence = {
  readonly recount: LimitsRecount;
  readonly kWhByMode: { readonly [mode: string]: number };
  /** One for each span. */
  readonly kWhWithin: readonly number[];
};
