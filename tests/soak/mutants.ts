/**
 * Mutants of every message, by version: a hundred thousand each, in runs of ten thousand with seeds of their own.
 *
 *     node tests/soak/mutants.ts [--mutants 100000] [--seed 1]
 *
 * Progress goes to standard error; the last line of standard output is the figures. Exit code 0 only if there was no
 */
import { parseArgs } from "node:util";
import { ocppVersions } from "@wattward/ocpp";
import { mutate } from "../mutation/run.ts";

const RUN = 10_000;

const text = { type: "string" } as const;
const { values } = parseArgs({ options: { mutants: text, seed: text } });
const mutants = Number(values.mutants ?? "100000");
const seed = Number(values.seed ?? "1");
if (!(mutants > 0 && mutants <= 10_000_000) || !Number.isSafeInteger(seed)) {
  process.stderr.write(
    "usage: mutants.ts [--mutants N] [--seed S], N per version and above 0, S a whole number\n",
  );
  process.exit(2);
}

const figures: Record<string, unknown> = {};
let findings = 0;
for (const version of ocppVersions) {
  const sum = { mutants: 0, answered: {} as Record<string, number>, reconnects: 0, commands: 0, reads: 0 };
  for (let run = 0; sum.mutants < mutants; run++) {
    const done = await mutate(version, Math.min(RUN, mutants - sum.mutants), seed + run);
    sum.mutants += done.mutants;
    sum.reconnects += done.reconnects;
    sum.commands += done.commands;
    sum.reads += done.reads;
    for (const [kind, count] of Object.entries(done.answered)) {
      sum.answered[kind] = (sum.answered[kind] ?? 0) + count;
    }
    findings += done.findings.length;
    for (const finding of done.findings) {
      process.stderr.write(`FAILED: OCPP ${version}, seed ${done.seed}: ${finding}\n`);
    }
    process.stderr.write(`OCPP ${version}: ${sum.mutants} of ${mutants} mutants\n`);
  }
  figures[`OCPP ${version}`] = sum;
}
process.stdout.write(`${JSON.stringify({ ...figures, findings })}\n`);
process.exitCode = findings === 0 ? 0 : 1;
