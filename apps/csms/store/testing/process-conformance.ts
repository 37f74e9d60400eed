/** Real processes on one database: started at once, writing at once, killed at any moment. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { silentLog } from "@wattward/kernel";
import { seededChance } from "@wattward/testing";
import { createCore } from "../../core/create-core.ts";
import type { Rig } from "./rig.ts";

const program = fileURLToPath(new URL("../../core/testing/write-until-killed.ts", import.meta.url));
const STATIONS_MAX = 1_000;

export function processConformance({ name, create }: Rig): void {
  test(`${name}: two processes that start at once on an empty database and write lose nothing and leave no gap`, async (t) => {
    const database = await create(t);
    const both = await Promise.all([killedAfter(database, 60, "A"), killedAfter(database, 60, "B")]);
    await assertKept(database, both.flat());
  });

  test(`${name}: killed at any moment, what was answered is there, once, and the outbox has no gap`, async (t) => {
    for (const killAfter of [1, 7, 40]) {
      const database = await create(t);
      const answered = await killedAfter(database, killAfter, "S");
      assert(answered.length >= killAfter);
      await assertKept(database, answered);
    }
  });
}

async function killedAfter(database: string, count: number, prefix: string): Promise<string[]> {
  const child = spawn(process.execPath, [program, database, prefix], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const answered: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    answered.push(line);
    if (answered.length === count) child.kill("SIGKILL");
  }
  return answered;
}

async function assertKept(database: string, answered: readonly string[]): Promise<void> {
  const core = await createCore({ database, log: silentLog, chance: seededChance(1) });
  try {
    const stored = (await core.query("stations.list", { most: STATIONS_MAX })).map(({ id }) => String(id));
    assert.deepEqual(
      answered.filter((id) => !stored.includes(id)),
      [],
    );
    assert.equal(new Set(stored).size, stored.length);
    const outbox = await core.query("outbox.after", { seq: 0, most: STATIONS_MAX });
    assert.deepEqual(
      outbox.map(({ seq }) => seq),
      outbox.map((_, i) => i + 1),
    );
    const added = outbox.filter(({ kind }) => kind === "station.added").map(({ station }) => station);
    assert.deepEqual(added.toSorted(), stored.toSorted(), "observed and stored are the same");
  } finally {
    await core.close();
  }
}
