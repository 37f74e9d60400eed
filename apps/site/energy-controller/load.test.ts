/**
 * What a site with 50 stations costs: the whole of a simulated site, its plant, both ends of both lines and their JSON included, takes less
 * than a tenth of a core per second of its time. What is measured is more than the energy controller, so the claim holds for it.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { SmallPlant } from "./testing/small-plant.ts";

const OUTLETS = 50;
const SECONDS = 120;

test(`${OUTLETS} stations, all charging: less than 100 ms of a core for each second`, async () => {
  const plant = new SmallPlant({ outlets: OUTLETS, mainA: 250, baseA: 60, battery: {}, solarW: 20_000 });
  await plant.start();
  await plant.time.advance(65_000);
  for (let i = 0; i < OUTLETS; i++) plant.plugIn(i);
  await plant.time.advance(60_000);
  const turns = plant.turns.length;
  const before = process.cpuUsage();
  for (let s = 0; s < SECONDS; s++) {
    // A building that never rests: every turn has something to share anew.
    plant.baseMa = [
      plant.chance.int(2_000, 60_000),
      plant.chance.int(2_000, 60_000),
      plant.chance.int(2_000, 60_000),
    ];
    await plant.time.advance(1_000);
  }
  const { user, system } = process.cpuUsage(before);
  const msPerSecond = (user + system) / 1_000 / SECONDS;
  console.log(
    `${msPerSecond.toFixed(1)} ms of a core for each second, ${plant.turns.length - turns} turns in ${SECONDS} s`,
  );
  assert(plant.turns.length - turns >= 2 * SECONDS);
  assert(msPerSecond < 100, `${msPerSecond} ms`);
});
