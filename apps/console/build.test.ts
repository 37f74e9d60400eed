import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";

const run = (...args: string[]) => {
  const words = ["--disable-warning=ExperimentalWarning", join(import.meta.dirname, "build.ts"), ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, words, { encoding: "utf8" });
  return { status, stdout, stderr };
};

test("build: a word it does not know is told, and nothing is built", () => {
  const wrong = run("--fast");
  assert.deepEqual([wrong.status, wrong.stdout], [2, ""]);
  assert.match(wrong.stderr, /'--fast'.*\nLook at: npx wattward build --help\n$/);
});
