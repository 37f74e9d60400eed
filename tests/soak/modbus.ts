/**
 * Fuzzed Modbus in both directions, and before the guard: of the frames a quarter are masters', a quarter devices' answers, a quarter requests
 * by any client under any policy, and a quarter go through the whole guard, between fuzzed masters and a fuzzed device whose answers
 * come on top. Of the latter two no write may pass that the policy does not name. In runs of ten thousand with seeds of their own.
 *
 *     node tests/soak/modbus.ts [--frames 1000000] [--seed 1]
 *
 * Progress goes to standard error; the last line of standard output is the figures. Exit code 0 only if no promise was
 * broken and the memory in use did not grow with the frames.
 */
import { parseArgs } from "node:util";
import { seededChance } from "@wattward/testing";
import { fuzzGuard as fuzzWholeGuard } from "../../apps/site/modbus-guard/testing/fuzz.ts";
import { fuzzGuard, noFigures } from "../../packages/guard/testing/fuzz.ts";
import { fuzzAnswers, fuzzRequests } from "../../packages/modbus/testing/fuzz.ts";

const RUN = 10_000;
const REPORT_EVERY = 100_000;
/** Garbage that has not been collected yet, and no more. */
const GROWTH_BYTES_MAX = 128 * 2 ** 20;

const text = { type: "string" } as const;
const { values } = parseArgs({ options: { frames: text, seed: text } });
const frames = Number(values.frames ?? "1000000");
const seed = Number(values.seed ?? "1");
if (!(frames >= 4 && frames <= 1_000_000_000) || !Number.isSafeInteger(seed)) {
  process.stderr.write("usage: modbus.ts [--frames N] [--seed S], N from 4, S a whole number\n");
  process.exit(2);
}

const requests = { frames: 0, connections: 0, handled: 0, refused: 0, ended: 0 };
const answers = { frames: 0, connections: 0, believed: 0, disbelieved: 0 };
const guard = noFigures();
const whole = { frames: 0, heard: 0, answered: 0, writes: 0, denied: 0 };
const findings: string[] = [];
let baseBytes = 0;

function add<F extends { [name: string]: number }>(sum: F, more: F): void {
  for (const [name, value] of Object.entries(more)) Object.assign(sum, { [name]: (sum[name] ?? 0) + value });
}

const fuzzed = () => requests.frames + answers.frames + guard.frames + whole.frames;

for (let run = 0; fuzzed() < frames && findings.length === 0; run++) {
  const size = Math.min(RUN, Math.ceil((frames - fuzzed()) / 4));
  try {
    add(requests, fuzzRequests(size, seededChance(seed + run)));
    add(answers, await fuzzAnswers(size, seededChance(seed + run)));
    fuzzGuard(size, seededChance(seed + run), guard);
    add(whole, await fuzzWholeGuard(size, seededChance(seed + run), seed + run));
  } catch (error) {
    findings.push(`seed ${seed + run}: ${error instanceof Error ? error.message : String(error)}`);
  }
  const { arrayBuffers, heapUsed } = process.memoryUsage();
  const usedBytes = heapUsed + arrayBuffers;
  // The first run fills caches and compiles code.
  if (run === 0) baseBytes = usedBytes;
  if (usedBytes > baseBytes + GROWTH_BYTES_MAX) findings.push(`${usedBytes} bytes in use after run ${run}`);
  const done = fuzzed();
  if (done % REPORT_EVERY < 4 * RUN) process.stderr.write(`Modbus: ${done} of ${frames} frames\n`);
}
// Figures that got nowhere prove nothing.
for (const [what, count] of Object.entries({ ...guard.writes, believed: answers.believed, ...whole }))
  if (frames >= RUN && count === 0) findings.push(`no frame reached '${what}'`);
for (const finding of findings) process.stderr.write(`FAILED: ${finding}\n`);
process.stdout.write(`${JSON.stringify({ requests, answers, guard, whole, findings: findings.length })}\n`);
process.exitCode = findings.length === 0 ? 0 : 1;
