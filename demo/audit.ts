/**
 * `wattward audit DIR`: recounts a demo's run from its files, which may be copied elsewhere, or still growing. Prints
 * one line of JSON on standard output and each finding on standard error; exit code 0 only if nothing was lost or
 * counted twice, and no fuse saw more than the bounds allow.
 */
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { attacksOf } from "./attackers.ts";
import { modesWith, readFaults, readLimits } from "./energy-evidence.ts";
import { EvidenceError, readEvidence } from "./evidence.ts";
import { recount } from "./recount.ts";

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

const folder = folderAsked();
try {
  const { counts, findings: said, kinds = new Set(), modes: told = [] } = recount(await readEvidence(folder));
  const modes = modesWith(told, await readFaults(folder));
  const limits = await readLimits(folder, modes);
  const attacks = await attacksOf(folder, kinds);
  const findings = [...said, ...(limits?.recount.findings ?? []), ...(attacks?.findings ?? [])];
  for (const finding of findings.slice(0, FINDINGS_SHOWN_MAX)) process.stderr.write(`${finding}\n`);
  if (findings.length > FINDINGS_SHOWN_MAX) {
    process.stderr.write(`… and ${findings.length - FINDINGS_SHOWN_MAX} more\n`);
  }
  const { findings: _, ...fuses } = limits?.recount ?? { findings: [] };
  const energy = limits === undefined ? {} : { ...fuses, modes, kWhByMode: limits.kWhByMode };
  process.stdout.write(`${JSON.stringify({ ...counts, ...energy, ...attacks?.line })}\n`);
  process.exitCode = findings.length === 0 ? 0 : 1;
} catch (error) {
  if (!(error instanceof EvidenceError)) throw error;
  process.stderr.write(`wattward audit: ${error.message}\n`);
  process.exitCode = 1;
}
