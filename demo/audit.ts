/**
 * `wattward audit DIR`: recounts a demo's run from its files, which may be copied elsewhere, or still growing. Prints
 * one line of JSON on standard output and each finding on standard error; exit code 0 only if nothing was lost or
 * counted twice.
 */
import { resolve } from "node:path";
import { EvidenceError, readEvidence } from "./evidence.ts";
import { recount } from "./recount.ts";

const FINDINGS_SHOWN_MAX = 20;

const [folder, ...rest] = process.argv.slice(2);
if (folder === undefined || rest.length > 0 || folder.startsWith("-")) {
  const asked = folder === "--help" || folder === "-h";
  process[asked ? "stdout" : "stderr"].write(
    "wattward audit DIR: compares what the stations of a demo sent with what is stored, from the files in DIR\n",
  );
  process.exit(asked ? 0 : 2);
}

try {
  const { counts, findings } = recount(await readEvidence(resolve(folder)));
  for (const finding of findings.slice(0, FINDINGS_SHOWN_MAX)) process.stderr.write(`${finding}\n`);
  if (findings.length > FINDINGS_SHOWN_MAX) {
    process.stderr.write(`… and ${findings.length - FINDINGS_SHOWN_MAX} more\n`);
  }
  process.stdout.write(`${JSON.stringify(counts)}\n`);
  process.exitCode = findings.length === 0 ? 0 : 1;
} catch (error) {
  if (!(error instanceof EvidenceError)) throw error;
  process.stderr.write(`wattward audit: ${error.message}\n`);
  process.exitCode = 2;
}
