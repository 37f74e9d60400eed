/**
 * `npm test`: types, lint, and every test, in the order in which a mistake is cheapest to find.
 *
 *     --fast          types, lint, layers, unit, property and conformance tests: three minutes
 *     --only WORD     only test files whose path contains WORD (types and lint are left out)
 *
 * Ends with one plain line, "N passed, N failed, N skipped", and exit code 0 only if nothing failed. A skipped test
 * has said why; with WATTWARD_SKIP_NONE=1 (as in .ci/run, which installs every server first) a skip is a failure.
 */
import { spawnSync } from "node:child_process";
import { globSync } from "node:fs";
import { join, resolve } from "node:path";
import { run } from "node:test";
import { spec } from "node:test/reporters";
import { parseArgs } from "node:util";

const root = resolve(import.meta.dirname, "..");
const TEST_TIMEOUT_MS = 300_000;
// Hundreds of processes load the same sources: compiled once, they start in half the time.
process.env["NODE_COMPILE_CACHE"] ??= join(root, "node_modules", ".cache", "compiled");

/** Each stage's files run two at a time, or as many as it says; what holds the clock against a promise, or measures, runs alone after them. */
const stages = [
  {
    name: "unit, property and conformance",
    fast: true,
    files: [
      "packages/**/*.test.ts",
      "apps/**/*.test.ts",
      "bench/**/*.test.ts",
      "demo/*.test.ts",
      "launcher/*.test.ts",
      "tests/*.test.ts",
    ],
    // They start the real programs, or do everything once more on a server of their own.
    except: /\/(main|main-on-postgres|on-postgres)\.test\.ts$/,
  },
  {
    name: "simulation",
    fast: false,
    files: ["tests/simulation/**/*.test.ts", "tests/mutation/**/*.test.ts", "tests/messages/**/*.test.ts"],
  },
  {
    name: "integration",
    fast: false,
    files: [
      "apps/*/main*.test.ts",
      "apps/csms/core/on-postgres.test.ts",
      "tests/integration/**/*.test.ts",
      "tests/soak/**/*.test.ts",
    ],
    // It starts within 3 s.
    alone: /csms\/main\.test\.ts$/,
    // They wait for real time to pass more than they work.
    atOnce: 3,
  },
  {
    name: "browser",
    fast: false,
    files: ["tests/console/**/*.test.ts"],
    // It leaves the browser idle.
    alone: /weight\.browser/,
  },
] as const;
type Stage = {
  readonly name: string;
  readonly fast: boolean;
  readonly files: readonly string[];
  readonly except?: RegExp;
  readonly alone?: RegExp;
  readonly atOnce?: number;
};

function readOptions() {
  const flag = { type: "boolean" } as const;
  try {
    return parseArgs({ options: { fast: flag, only: { type: "string" } } }).values;
  } catch (error) {
    process.stderr.write(`wattward test: ${(error as Error).message}\nLook at: npx wattward test --help\n`);
    process.exit(2);
  }
}

const options = readOptions();

const counts = { passed: 0, failed: 0, skipped: 0 };
const skips: string[] = [];

function check(name: string, command: string, args: string[]): void {
  process.stdout.write(`\n▶ ${name}\n`);
  const startMs = performance.now();
  const { status } = spawnSync(process.execPath, [join(root, command), ...args], {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
  });
  counts[status === 0 ? "passed" : "failed"]++;
  process.stdout.write(
    `${status === 0 ? "✔" : "✖"} ${name} (${Math.round(performance.now() - startMs)} ms)\n`,
  );
}

async function runStage({ name, files, except, alone, atOnce = 2 }: Stage): Promise<void> {
  const found = files
    .flatMap((pattern) =>
      globSync(pattern, { cwd: root, exclude: (path) => /node_modules|dist/.test(String(path)) }),
    )
    .filter((file) => except?.test(file) !== true)
    .filter((file) => options.only === undefined || file.includes(options.only))
    .sort();
  const isAlone = (file: string) => alone?.test(file) === true;
  await runFiles(
    name,
    found.filter((file) => !isAlone(file)),
    atOnce,
  );
  await runFiles(`${name}, alone`, found.filter(isAlone), 1);
}

async function runFiles(name: string, files: readonly string[], concurrency: number): Promise<void> {
  if (files.length === 0) return;
  process.stdout.write(`\n▶ ${name}: ${files.length} files\n`);
  const tests = run({
    files: files.map((file) => join(root, file)),
    concurrency,
    timeout: TEST_TIMEOUT_MS,
    cwd: root,
  });
  tests.on("test:pass", ({ name: test, skip, details }) => {
    if (details.type === "suite") return;
    if (skip === undefined || skip === false) counts.passed++;
    else {
      counts.skipped++;
      skips.push(`${test}: ${skip === true ? "no reason given" : skip}`);
    }
  });
  tests.on("test:fail", ({ details }) => {
    if (details.type !== "suite") counts.failed++;
  });
  const shown = tests.compose(spec);
  for await (const text of shown) process.stdout.write(text as string);
}

if (options.only === undefined) {
  check("types", "node_modules/typescript/bin/tsc", ["-p", "."]);
  check("types of the console", "node_modules/typescript/bin/tsc", ["-p", "apps/console"]);
  check("lint and format", "launcher/biome.mjs", ["check", "--error-on-warnings", "."]);
}
for (const stage of stages) if (stage.fast || !options.fast) await runStage(stage);

for (const skip of skips) process.stdout.write(`skipped: ${skip}\n`);
const noSkips = process.env["WATTWARD_SKIP_NONE"] === "1";
if (noSkips && counts.skipped > 0)
  process.stdout.write("WATTWARD_SKIP_NONE=1: a skipped test is a failure here\n");
process.stdout.write(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`);
process.exitCode = counts.failed > 0 || counts.passed === 0 || (noSkips && counts.skipped > 0) ? 1 : 0;
