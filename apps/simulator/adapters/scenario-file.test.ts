/** Files that are no scenarios, or hostile ones: each is refused with a sentence that a terminal can show. */
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { loadScenario } from "./scenario-file.ts";

async function complaintsOf(file: string): Promise<readonly string[]> {
  const read = await loadScenario({ file, over: {} }, 0);
  assert(!read.ok);
  return read.fault;
}

test("scenario file: one that never ends is too long, and is read no further", {
  timeout: 10_000,
}, async (t) => {
  if (!existsSync("/dev/zero")) return t.skip("this system has no /dev/zero");
  assert.match((await complaintsOf("/dev/zero")).join("\n"), /longer than 4194304 characters/);
});

test("scenario file: no complaint carries a terminal's control characters", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "wattward-scenario-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "x.yaml");
  writeFileSync(file, '"\\e[2J\\e]0;mine\\a": 1\nstations:\n  - id: "\\e[31mA"\n    "\\u202e": 1\n');
  const said = await complaintsOf(file);
  assert(said.length >= 2, said.join("\n"));
  for (const line of said) assert.match(line, /^[\x20-\x7e·…]+$/);
});

test("scenario file: a station that lets cars give back, and one that does, by the hour at which its driver leaves", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "wattward-scenario-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "x.yaml");
  const car = "{ at: A, arrives: 1h, stays: 8h, givesKw: 11, keepsPercent: 30, phases: 3 }";
  writeFileSync(
    file,
    `stations:\n  - { id: A, version: "2.1", bidirectional: true, url: "ws://x/ocpp" }\ncars:\n  - ${car}\n`,
  );
  const read = await loadScenario({ file, over: {} }, 0);
  assert(read.ok, JSON.stringify(read));
  const { stations, visits } = read.value.plan;
  assert.equal(stations[0]?.options.bidirectional, true);
  const [visit] = visits;
  assert.deepEqual(visit?.car.gives, { maxW: 11_000, keepsPercent: 30 });
  assert.deepEqual(visit?.car.wants, { percent: 80, leavesAtMs: visit?.leaveAtMs });
});
