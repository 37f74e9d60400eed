/**
 * Fuzzed Modbus in both directions, and before the guard: a third of the frames are masters', a third devices' answers, a third are
 * requests by any client under any policy, of which no write may pass that the policy does not name. In runs of ten thousand with
 * seeds of their own.
 *
 *     node tests/soak/modbus.ts [--frames 1000000] [--seed 1]
 *
 * Progress goes to standard error; the last line of standard output is the figures. Exit code 0 only if no promise was
 * broken and the memory in use did not grow with the frames.
 */
import { parseArgs } from "node:util";
import { seededChance } from "@wattward/testing";
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
if (!(frames >= 3 && frames <= 1_000_000_000) || !Number.isSafeInteger(seed)) {
  process.stderr.write("usage: modbus.ts [--frames N] [--seed S], N from 3, S a whole number\n");
  process.exit(2);
}

const requests = { frames: 0, connections: 0, handled: 0, refused: 0, ended: 0 };
const answers = { frames: 0, connections: 0, believed: 0, disbelieved: 0 };
const guard = noFigures();
const findings: string[] = [];
let baseBytes = 0;

function add<F extends { [name: string]: number }>(sum: F, more: F): void {
  for (const [name, value] of Object.entries(more)) Object.assign(sum, { [name]: (sum[name] ?? 0) + value });
}

const fuzzed = () => requests.frames + answers.frames + guard.frames;

for (let run = 0; fuzzed() < frames && findings.length === 0; run++) {
  const size = Math.min(RUN, Math.ceil((frames - fuzzed()) / 3));
  try {
    add(requests, fuzzRequests(size, seededChance(seed + run)));
    add(answers, await fuzzAnswers(size, seededChance(seed + run)));
    fuzzGuard(size, seededChance(seed + run), guard);
  } catch (error) {
    findings.push(`seed ${seed + run}: ${error instanceof Error ? error.message : String(error)}`);
  }
  const usedBytes = process.memoryUsage().heapUsed;
  // The first run fills caches and compiles code.
  if (run === 0) baseBytes = usedBytes;
  if (usedBytes > baseBytes + GROWTH_BYTES_MAX) findings.push(`${usedBytes} bytes in use after run ${run}`);
  const done = fuzzed();
  if (done % REPORT_EVERY < 3 * RUN) process.stderr.write(`Modbus: ${done} of ${frames} frames\n`);
}
for (const finding of findings) process.stderr.write(`FAILED: ${finding}\n`);
process.stdout.write(`${JSON.stringify({ requests, answers, guard, findings: findings.length })}\n`);
process.exitCode = findings.length === 0 ? 0 : 1;
