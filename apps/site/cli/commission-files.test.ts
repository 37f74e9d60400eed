import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { leave } from "./commission-files.ts";

const folder = mkdtempSync(join(tmpdir(), "wattward-commissioning-"));
after(() => rmSync(folder, { recursive: true }));

test("reports of one second are numbered, each with its document; nothing is written over", async () => {
  const atMs = Date.UTC(2026, 0, 5, 8, 0, 0, 250);
  await leave(folder, atMs, { report: "1", proposal: "a" });
  await leave(folder, atMs + 500, { report: "2" });
  const { report, proposal } = await leave(folder, atMs + 700, { report: "3", proposal: "c" });
  assert.deepEqual(readdirSync(folder).sort(), [
    "20260105T080000Z-2.report.json",
    "20260105T080000Z-3.document.yaml",
    "20260105T080000Z-3.report.json",
    "20260105T080000Z.document.yaml",
    "20260105T080000Z.report.json",
  ]);
  assert.deepEqual([readFileSync(report, "utf8"), readFileSync(proposal!, "utf8")], ["3\n", "c"]);
});
