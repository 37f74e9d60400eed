/**
 * `limits.jsonl` as evidence: its steps, each with every fuse and phase, without a hole in which a breach could hide, of the fuses and
 * loads that `site-energy.json` beside it names. What is not so is a finding, and a step that cannot be counted is left out.
 *
 * How long a hole may be: the simulator means to write every 100 ms and is late where the machine is busy (0.6 s at the worst where two
 * cores have many programs to run). An overload may last eleven seconds; and what hangs below any fuse of the demo draws at most 2.5 times its
 * rating, which in {@link HOLE_MS_MAX} leaves less than half of the heat that it stands. So what ends within such a hole is no breach,
 * and what goes on beyond it is seen from outside: the judge takes the worse of a hole's two ends for all of it.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { TraceHead, TraceLine } from "@wattward/simulator";
import { cutOff, isEnd, type TraceEntry, traceEntries } from "./trace.ts";

export const HOLE_MS_MAX = 3_000;
const LIMITS = "limits.jsonl";
const DOCUMENT = "site-energy.json";

/** When the stations of a run spoke first and last. */
export type Span = { readonly fromMs: number; readonly toMs: number };

/**
 * The heads and steps of `folder`, in order; `spoke`, where the run has ended, is what the trace has to cover. A simulator that was
 * started again goes on in the same file with another head.
 */
export async function* limitSteps(
  folder: string,
  findings: string[],
  spoke?: Span,
): AsyncGenerator<TraceHead | TraceLine> {
  const path = join(folder, LIMITS);
  const site = await siteOf(folder, findings);
  let head: TraceHead | undefined;
  let fromMs: number | undefined;
  let lastMs: number | undefined;
  let last: TraceEntry | undefined;
  for await (const entry of traceEntries(path, findings)) {
    if (entry.fields["kind"] === "site") {
      head = headIn(entry, site, findings);
      if (head !== undefined) yield head;
      continue;
    }
    last = entry;
    if (isEnd(entry)) continue;
    const wrong = wrongIn(entry.fields, head, lastMs);
    if (wrong !== undefined) {
      findings.push(`limits: ${entry.where}: ${wrong}`);
      continue;
    }
    const step = entry.fields as unknown as TraceLine;
    if (lastMs !== undefined && step.atMs - lastMs > HOLE_MS_MAX)
      findings.push(
        `limits: ${entry.where}: nothing was written for ${seconds(step.atMs - lastMs)} before it`,
      );
    fromMs ??= step.atMs;
    lastMs = step.atMs;
    yield step;
  }
  if (spoke === undefined) return;
  if (last !== undefined && !isEnd(last)) findings.push(cutOff(path));
  findings.push(...uncovered({ path, fromMs, toMs: lastMs }, spoke));
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

/** What of a run a trace does not tell of. */
function uncovered(
  { fromMs, path, toMs }: { path: string; fromMs: number | undefined; toMs: number | undefined },
  spoke: Span,
): string[] {
  if (fromMs === undefined || toMs === undefined) return [`limits: ${path} has no step that can be counted`];
  return [
    ...(fromMs - spoke.fromMs > HOLE_MS_MAX
      ? [`limits: ${path} begins ${seconds(fromMs - spoke.fromMs)} after the first station spoke`]
      : []),
    ...(spoke.toMs - toMs > HOLE_MS_MAX
      ? [`limits: ${path} ends ${seconds(spoke.toMs - toMs)} before the last station spoke`]
      : []),
  ];
}

/** Everything that is counted is there for every fuse, and finite; the others are nobody's concern here. */
const amperes = ["ma", "mayMa", "baseMa", "sourcesMa", "largestMa"] as const;

function wrongIn(
  fields: TraceEntry["fields"],
  head: TraceHead | undefined,
  lastMs: number | undefined,
): string | undefined {
  if (head === undefined) return "a step before any line that says which fuses there are";
  const { atMs, carsW } = fields;
  if (!isNumber(atMs)) return `atMs is ${JSON.stringify(atMs)}, which is no time`;
  if (lastMs !== undefined && atMs <= lastMs) return "its time is not after that of the step before it";
  if (!isNumber(carsW)) return `carsW is ${JSON.stringify(carsW)}, which is no power`;
  for (const name of amperes) {
    const of = fields[name];
    if (typeof of !== "object" || of === null) return `${name} is ${JSON.stringify(of)}, not amperes by fuse`;
    const strange = Object.keys(of).find((id) => head.fuses.every((fuse) => fuse.id !== id));
    if (strange !== undefined) return `${name} has a fuse '${strange}', which the site has not`;
    const bad = head.fuses.find(({ id }) => !areThree((of as Record<string, unknown>)[id]));
    if (bad !== undefined) return `${name} of fuse '${bad.id}' is not three numbers, one for each phase`;
  }
  return undefined;
}

const isNumber = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value);
const areThree = (value: unknown): boolean =>
  Array.isArray(value) && value.length === 3 && value.every(isNumber);

type Site = Pick<TraceHead, "fuses" | "loads">;

/** What the energy manager wrote down; undefined, and a finding, where that cannot be read. */
async function siteOf(folder: string, findings: string[]): Promise<Site | undefined> {
  const path = join(folder, DOCUMENT);
  try {
    const { energy } = JSON.parse(await readFile(path, "utf8")) as { energy: { site: Site } };
    return { fuses: [...energy.site.fuses], loads: [...energy.site.loads] };
  } catch {
    findings.push(
      `limits: ${path} is not there, or is no document of a site's energy: ratings cannot be compared`,
    );
    return undefined;
  }
}

/** The head of a trace, compared with the site; undefined, and a finding, where it says no fuses. */
function headIn(
  { fields, where }: TraceEntry,
  site: Site | undefined,
  findings: string[],
): TraceHead | undefined {
  const head = fields as unknown as TraceHead;
  try {
    const said = wordsOf(head);
    const written = site === undefined ? said : wordsOf(site);
    for (const [what, is] of written)
      if (said.get(what) !== is)
        findings.push(`limits: ${where}: ${what} ${said.get(what) ?? "is missing"}; ${DOCUMENT} says ${is}`);
    for (const [what, is] of said)
      if (!written.has(what)) findings.push(`limits: ${where}: ${what} ${is}; ${DOCUMENT} has none such`);
    return head;
  } catch {
    findings.push(`limits: ${where}: it does not say which fuses and loads there are`);
    return undefined;
  }
}

/** "fuse 'hall'" → "of 160000 mA": every word that is compared. Throws where it is no site. */
const wordsOf = ({ fuses, loads }: Site): ReadonlyMap<string, string> =>
  new Map([
    ...fuses.map(({ id, ratedMa }) => [`fuse '${id}'`, `of ${JSON.stringify(ratedMa)} mA`] as const),
    ...loads.map(
      ({ fuse, highestMa, id }) =>
        [`load '${id}'`, `below '${fuse}' of at most ${JSON.stringify(highestMa)} mA`] as const,
    ),
  ]);
