/**
 * `wattward audit DIR`: recounts a demo's run from its files, which may be copied elsewhere, or still growing. Prints
 * one line of JSON on standard output and each finding on standard error; exit code 0 only if nothing was lost or
 * counted twice, no fuse saw more than the bounds allow, charging went on in every fault, and the files are whole and agree.
 */
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { attacksOf } from "./attackers.ts";
import { readEnergy } from "./energy-evidence.ts";
import { EvidenceError, readEvidence } from "./evidence.ts";
import { recount } from "./recount.ts";
import { hasEnded, readFaults, readRun } from "./run-files.ts";

const FINDINGS_SHOWN_MAX = 20;

function folderAsked(): string {
  try {
    const { positionals } = parseArgs({ options: {}, allowPositionals: true });
    const [folder, surplus] = positionals;
    if (folder === undefined) throw new Error("DIR is missing");
    if (surplus !== undefined) throw new Error(`'${surplus}' is one word too many`);
    return resolve(folder);
  } catch (error) {
    process.stderr.write(`wattward audit: ${(error as Error).message}\nLook at: npx wattward audit --help\n`);
    process.exit(2);
  }
}

/** A fault in the folder is told in a sentence; one of ours is thrown. */
function sentenceOf(error: unknown): string {
  if (error instanceof EvidenceError) return error.message;
  const { code, message } = error as { code?: unknown; message?: unknown };
  // Of the database, or of the file system.
  if (typeof code === "string" && (code === "ERR_SQLITE_ERROR" || /^E[A-Z]+$/.test(code)))
    return `${folder} cannot be read: ${String(message)}`;
  throw error;
}

const folder = folderAsked();
try {
  // Asked first: what a run that goes on writes meanwhile is not demanded.
  const ended = hasEnded(folder);
  const audit = recount(await readEvidence(folder));
  const energy = await readEnergy(folder, { audit, ended, faults: await readFaults(folder) });
  const attacks = await attacksOf(folder, audit.kinds ?? new Set());
  const findings = [...audit.findings, ...energy.findings, ...(attacks?.findings ?? [])];
  for (const finding of findings.slice(0, FINDINGS_SHOWN_MAX)) process.stderr.write(`${finding}\n`);
  if (findings.length > FINDINGS_SHOWN_MAX) {
    process.stderr.write(`… and ${findings.length - FINDINGS_SHOWN_MAX} more\n`);
  }
  if (!ended)
    process.stderr.write("The run goes on, or was killed (demo.json is there): its end is not judged\n");
  const { findings: _, modes, ...fuses } = energy;
  const { startMs } = (await readRun(folder)) ?? {};
  const line = {
    ...{ ended, ...audit.counts, ...fuses },
    // As the demo says them: from the run's start.
    ...(startMs !== undefined && { modes: modes.map(({ atMs, mode }) => ({ mode, atMs: atMs - startMs })) }),
    ...attacks?.line,
  };
  process.stdout.write(`${JSON.stringify(line)}\n`);
  process.exitCode = findings.length === 0 ? 0 : 1;
} catch (error) {
  process.stderr.write(`wattward audit: ${sentenceOf(error)}\n`);
  process.exitCode = 1;
}
