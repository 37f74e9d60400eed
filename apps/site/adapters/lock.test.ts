import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { lockFile } from "./lock.ts";

const folder = mkdtempSync(join(tmpdir(), "wattward-lock-"));
after(() => rmSync(folder, { recursive: true, force: true }));

async function collectGarbage(): Promise<void> {
  setFlagsFromString("--expose-gc");
  const collect: () => void = runInNewContext("gc");
  for (let round = 0; round < 3; round += 1) {
    collect();
    await turn();
  }
}

test("lock: one holder at a time, and free again once released", () => {
  const path = join(folder, "one.lock");
  const lock = lockFile(path, 0);
  assert(lock !== undefined);
  assert.equal(lockFile(path, 0), undefined);
  lock.release();
  assert(lockFile(path, 0) !== undefined);
});

test("lock: held until the process ends, though nobody keeps what lockFile returned", async () => {
  const path = join(folder, "forgotten.lock");
  assert(lockFile(path, 0) !== undefined);
  await collectGarbage();
  assert.equal(lockFile(path, 0), undefined);
});
