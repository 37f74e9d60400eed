/**
 * Which test files try which message: by the names of the tests that ran, `message: Action 2.1 …`, `command: …`,
 * `local answer: …`. The names are made in loops over tables, so the files are run and not searched.
 */
import { execFile } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

export const root = resolve(import.meta.dirname, "../..");
const FILE_MS_MAX = 120_000;
/** TAP of a file with thousands of tests. */
const OUTPUT_BYTES_MAX = 64 * 1024 * 1024;

const mayName = /["'`](?:message|command|local answer): /;
const named =
  /^ *(not )?ok \d+ - (?:message|command|local answer): ([A-Z][A-Za-z0-9]+) ([\d.]+\d)|^ *(not )?ok \d+ - local answer: ([\d.]+\d) ([A-Z][A-Za-z0-9]+)/;

/** `2.1 Authorize` → files, relative to the root, in order. A test that failed tries nothing. */
export async function testedMessages(): Promise<ReadonlyMap<string, readonly string[]>> {
  const files = globSync(["packages/**/*.test.ts", "apps/**/*.test.ts"], {
    cwd: root,
    exclude: (path) => /node_modules|dist/.test(String(path)),
  }).filter((file) => mayName.test(readFileSync(join(root, file), "utf8")));
  const found = new Map<string, Set<string>>();
  for (const file of files.sort()) {
    for (const message of await messagesIn(file)) {
      found.set(message, (found.get(message) ?? new Set()).add(file));
    }
  }
  return new Map([...found].map(([message, names]) => [message, [...names]]));
}

async function messagesIn(file: string): Promise<ReadonlySet<string>> {
  // A test that runs tests must not be taken for one of them.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const args = ["--disable-warning=ExperimentalWarning", "--test", "--test-reporter=tap", file];
  const limits = { timeout: FILE_MS_MAX, maxBuffer: OUTPUT_BYTES_MAX };
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root, env, ...limits });
  const messages = new Set<string>();
  for (const line of stdout.split("\n")) {
    const [, failed, action, version, failedLocal, localVersion, localAction] = named.exec(line) ?? [];
    if (failed !== undefined || failedLocal !== undefined) continue;
    if (action !== undefined) messages.add(`${version} ${action}`);
    if (localAction !== undefined) messages.add(`${localVersion} ${localAction}`);
  }
  return messages;
}
