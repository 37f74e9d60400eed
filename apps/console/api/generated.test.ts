import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

const folder = join(import.meta.dirname, "..");

test("the types of the API are those of its document: npm run types -w @wattward/console", () => {
  const tool = join(folder, "node_modules/openapi-typescript/bin/cli.js");
  const { stdout, stderr } = spawnSync(process.execPath, [tool, "../csms/api/openapi.json"], {
    cwd: folder,
    encoding: "utf8",
  });
  const kept = readFileSync(join(folder, "generated/api.ts"), "utf8");
  assert.equal(stdout.trim(), kept.trim(), stderr);
});
