/** What is made of the attacks that a run kept. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { attacksOf, type Played } from "./attackers.ts";

async function recounted(played: readonly Played[] | undefined, told: readonly string[]) {
  const folder = mkdtempSync(join(tmpdir(), "wattward-attacks-"));
  try {
    if (played !== undefined) writeFileSync(join(folder, "attacks.json"), JSON.stringify(played));
    return await attacksOf(folder, new Set(told));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const scan = { attack: "AT-M5", through: false, shows: ["modbus.function-scan"], say: "AT-M5: contained" };
const write = {
  attack: "AT-M1",
  through: true,
  shows: ["modbus.a", "modbus.b"],
  say: "AT-M1: NOT contained",
};

test("attacks: a run without attackers has none", async () => {
  assert.equal(await recounted(undefined, []), undefined);
});

test("attacks: one that got through, and one that nobody told, are findings each; one kind of several tells it", async () => {
  const counted = await recounted([scan, write], ["modbus.b"]);
  assert.deepEqual(counted?.line, { attacks: { played: 2, through: 1, untold: 1 } });
  assert.deepEqual(counted?.findings, [
    "attack: AT-M1: NOT contained",
    "attack: AT-M5 was told as none of modbus.function-scan",
  ]);
  assert.deepEqual((await recounted([scan], ["modbus.function-scan"]))?.findings, []);
});

test("attacks: one that found nobody to attack is a finding, and none that was played", async () => {
  const unplayed = { attack: "AT-M4", unplayed: true, shows: [], say: "AT-M4: not played: nobody listens" };
  const counted = await recounted([unplayed], []);
  assert.deepEqual(counted?.line, { attacks: { played: 0, through: 0, untold: 0 } });
  assert.deepEqual(counted?.findings, ["attack: AT-M4: not played: nobody listens"]);
});
