/**
 * `npm test`: types, lint, and every test, in the order in which a mistake is cheapest to find.
 *
 *     --fast          types, lint, layers, unit, property and conformance tests: under a minute
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

/** Each stage's files run two at a time; a stage that owns ports, processes or a browser runs alone. */
const stages = [
  {
    name: "unit, property and conformance",
    fast: true,
    concurrency: 2,
    files: [
      "packages/**/*.test.ts",
      "apps/**/*.test.ts",
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
    concurrency: 2,
    files: ["tests/simulation/**/*.test.ts", "tests/mutation/**/*.test.ts", "tests/messages/**/*.test.ts"],
  },
  {
    name: "integration",
    fast: false,
    concurrency: 1,
    files: [
      "apps/*/main*.test.ts",
      "apps/csms/core/on-postgres.test.ts",
      "tests/integration/**/*.test.ts",
      "tests/soak/**/*.test.ts",
    ],
  },
  { name: "browser", fast: false, concurrency: 1, files: ["tests/console/**/*.test.ts"] },
] as const;
type Stage = { name: string; fast: boolean; concurrency: number; files: readonly string[]; except?: RegExp };

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

async function runTests({ name, files, concurrency, except }: Stage): Promise<void> {
  const found = files
    .flatMap((pattern) =>
      globSync(pattern, { cwd: root, exclude: (path) => /node_modules|dist/.test(String(path)) }),
    )
    .filter((file) => except?.test(file) !== true)
    .filter((file) => options.only === undefined || file.includes(options.only))
    .sort();
  if (found.length === 0) return;
  process.stdout.write(`\n▶ ${name}: ${found.length} files\n`);
  const tests = run({
    files: found.map((file) => join(root, file)),
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
for (const stage of stages) if (stage.fast || !options.fast) await runTests(stage);

for (const skip of skips) process.stdout.write(`skipped: ${skip}\n`);
const noSkips = process.env["WATTWARD_SKIP_NONE"] === "1";
if (noSkips && counts.skipped > 0)
  process.stdout.write("WATTWARD_SKIP_NONE=1: a skipped test is a failure here\n");
process.stdout.write(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`);
process.exitCode = counts.failed > 0 || counts.passed === 0 || (noSkips && counts.skipped > 0) ? 1 : 0;
