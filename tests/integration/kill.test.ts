/**
 * `kill -9` of each real process at seeded random moments, while cars charge: CSMS, the site's supervisor, its local
 * controller, the simulator. A bounded sample; `tests/soak/kills.ts` has the full figures.
 */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { seededChance } from "@wattward/testing";
import { finish, settled } from "../../demo/ending.ts";
import { build, stopAll } from "../../demo/plant.ts";
import { kill, type Victim, victims } from "./rig/killing.ts";
import { isFree, pidsOn, workplace } from "./rig/workplace.ts";

const out = workplace("kill");
const SEED = 20_26;
const KILLS_EACH = 4;
/** Until the next kill, and how long a killed process stays dead. */
const BETWEEN_MS = 1_200;
const DEAD_MS_MAX = 600;
/** Cars that come and go quickly, so that every kill meets starts and ends. */
const drivers = ["--session-s", "2-6", "--gap-s", "1-2", "--sample-s", "1", "--timeout-s", "5"];

test(`kill -9 of each process, ${KILLS_EACH} times: nothing lost, nothing twice, no orphan, no port left (seed ${SEED})`, {
  timeout: 240_000,
}, async (t) => {
  const chance = seededChance(SEED);
  const restart = { seed: SEED, simulator: drivers };
  const plant = await build({ out, httpPort: 0, ...restart }, (line) => t.diagnostic(line));
  plant.simulator.child.stdout?.resume();
  for (const victim of order(chance)) {
    await wait(chance.int(0, BETWEEN_MS));
    await kill[victim](plant, chance.int(0, DEAD_MS_MAX), restart);
  }
  await finish(plant);
  const { counts, findings } = await settled(out);
  await stopAll(plant);

  assert.deepEqual(findings, []);
  const { lost, duplicated, transactions, energyWh, messages } = counts;
  t.diagnostic(JSON.stringify(counts));
  assert.deepEqual({ lost, duplicated }, { lost: 0, duplicated: 0 });
  // Otherwise nothing was there to be lost.
  assert(transactions.ended >= victims.length * KILLS_EACH && transactions.ended === transactions.started);
  assert(energyWh > 0 && messages > 100);

  assert.deepEqual(pidsOn(out), [], "an orphan");
  for (const [name, port] of Object.entries(plant.ports))
    assert(await isFree(port), `${name}'s port is taken`);
  for (const file of ["csms/csms.json", "site/site.json"]) {
    assert(!existsSync(join(out, file)), `${file} says that somebody listens`);
  }
});

/** Each victim as often as the others, in an order that chance gives. */
function order(chance: { int(min: number, max: number): number }): Victim[] {
  const bag = victims.flatMap((victim) => Array<Victim>(KILLS_EACH).fill(victim));
  return Array.from({ length: bag.length }, () => bag.splice(chance.int(0, bag.length - 1), 1)[0]!);
}
