/** Adds stations for ever and prints each one once it is answered: a process to be killed by a test. */
import { writeSync } from "node:fs";
import { type StationId, silentLog } from "@wattward/kernel";
import { seededChance } from "@wattward/testing";
import { createCore } from "../create-core.ts";

const core = await createCore({ database: process.argv[2] ?? "", log: silentLog, chance: seededChance(1) });
const prefix = process.argv[3] ?? "S";
const STDOUT = 1;

for (let n = 0; ; n += 3) {
  const three = [n, n + 1, n + 2].map(async (i) => {
    const station = `${prefix}${i}` as StationId;
    await core.decide("station.add", { station, serial: station, route: "direct", actor: "t", atMs: 1 });
    writeSync(STDOUT, `${station}\n`);
  });
  await Promise.all(three);
}
