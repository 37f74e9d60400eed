import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { readConsoleFiles } from "./console-files.ts";

test("console files: what was built, by path and type; no links; undefined where nothing was built", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "console-"));
  t.after(() => rm(folder, { recursive: true }));
  assert.equal(await readConsoleFiles(join(folder, "none")), undefined);
  assert.equal(await readConsoleFiles(folder), undefined, "a folder without index.html");
  await mkdir(join(folder, "assets"));
  await writeFile(join(folder, "index.html"), "<head>");
  await writeFile(join(folder, "assets", "index-1a.js"), "1");
  await writeFile(join(folder, "odd.xyz"), "?");
  await symlink("/etc/hostname", join(folder, "link.txt"));
  const files = await readConsoleFiles(folder);
  assert.deepEqual([...(files ?? [])].map(([path, { type }]) => [path, type]).sort(), [
    ["assets/index-1a.js", "text/javascript; charset=utf-8"],
    ["index.html", "text/html; charset=utf-8"],
    ["odd.xyz", "application/octet-stream"],
  ]);
});
