import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { claim, isFull, unclaim } from "./claim.ts";
import { UsageError } from "./options.ts";
import { DemoError } from "./programs.ts";

const root = mkdtempSync(join(tmpdir(), "wattward-claim-"));
after(() => rmSync(root, { recursive: true, force: true }));
const folder = (name: string, pid?: number) => {
  const out = join(root, name);
  claim(out, true);
  writeFileSync(join(out, "sent.jsonl"), "");
  if (pid !== undefined) writeFileSync(join(out, "demo.json"), JSON.stringify({ pid }));
  return out;
};

test("claim: a folder that a running demo uses is left alone", () => {
  const out = folder("used", process.ppid);
  assert.throws(() => claim(out, false), /another demo \(process \d+\) uses .*--out DIR/);
  assert(existsSync(join(out, "sent.jsonl")));
});

test("claim: what a demo that is gone left is made anew", () => {
  // Above every system's greatest process id.
  const out = folder("left", 2 ** 30);
  claim(out, false);
  assert(!existsSync(join(out, "sent.jsonl")));
  unclaim(out);
  assert(!existsSync(join(out, "demo.json")));
});

test("claim: where there can be no folder, a sentence says so at once", { timeout: 10_000 }, () => {
  const file = join(root, "file");
  writeFileSync(file, "");
  for (const out of [join(file, "x"), "/proc/wattward", "/dev/null/x"])
    assert.throws(
      () => claim(out, true),
      (error: Error) =>
        error instanceof UsageError && error.message.startsWith(`${out} cannot be written to (E`),
    );
});

test("claim: a disk that is all but full is refused, and the folder is free again", () => {
  const out = join(root, "full");
  assert.throws(
    () => claim(out, true, () => 3 * 2 ** 20),
    (error: Error) => error instanceof DemoError && error.message.includes("has 3 MiB free, a run needs 64"),
  );
  assert(!existsSync(join(out, "demo.json")));
  assert(isFull({ code: "ENOSPC" }) && !isFull({ code: "EACCES" }) && !isFull(undefined));
});
