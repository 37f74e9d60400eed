import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";

const run = (...args: string[]) => {
  const words = ["--disable-warning=ExperimentalWarning", join(import.meta.dirname, "build.ts"), ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, words, { encoding: "utf8" });
  return { status, stdout, stderr };
};

test("build: says what it does; a word it does not know is told, and nothing is built", () => {
  const help = run("--help");
  assert.deepEqual([help.status, help.stderr], [0, ""]);
  assert.match(help.stdout, /--force/);
  const wrong = run("--fast");
  assert.deepEqual([wrong.status, wrong.stdout], [2, ""]);
  assert.match(wrong.stderr, /build knows no '--fast'/);
});
