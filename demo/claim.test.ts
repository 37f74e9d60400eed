import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { claim, unclaim } from "./claim.ts";

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
