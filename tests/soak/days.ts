/**
 * Two hundred simulated days: seeded worlds of at most five days, one after the other, each with its own sites, stations,
 * people and misfortunes, and a recount at its end.
 *
 *     node tests/soak/days.ts [--days 200] [--seed 1]
 *
 * World k has seed S + k, so the one that failed is run again alone with the command that its failure prints. Progress
 * goes to standard error; the last line of standard output is the figures. Exit code 0 only if nothing was lost or
 * counted twice and no promise was broken. A day takes one to three seconds on one core of a small machine.
 */
import { parseArgs } from "node:util";
import { type Seeded, seededWorld, told } from "../simulation/seeded.ts";

const WORLD_DAYS_MAX = 5;

const { values } = parseArgs({ options: { days: { type: "string" }, seed: { type: "string" } } });
const days = Number(values.days ?? "200");
const firstSeed = Number(values.seed ?? "1");
if (!(days > 0 && days <= 100_000) || !Number.isSafeInteger(firstSeed)) {
  process.stderr.write("usage: days.ts [--days N] [--seed S], N days above 0, S a whole number\n");
  process.exit(2);
}

const sum = {
  ...{ days, seeds: 0, messages: 0, transactions: 0, energyWh: 0, lost: 0, duplicated: 0, violations: 0 },
  ...{ answeredOffline: 0, replayed: 0, givenUp: 0, commands: 0 },
};
const faults: Record<string, number> = {};

function add({ commands, counts, faults: befell, findings, givenUp, violations }: Seeded): boolean {
  sum.seeds++;
  sum.messages += counts.messages;
  sum.transactions += counts.transactions.ended;
  sum.energyWh += counts.energyWh;
  sum.lost += counts.lost;
  sum.duplicated += counts.duplicated;
  sum.violations += violations.length;
  sum.answeredOffline += counts.answeredOffline;
  sum.replayed += counts.replayed;
  sum.givenUp += givenUp;
  sum.commands += commands;
  for (const [name, count] of Object.entries(befell)) faults[name] = (faults[name] ?? 0) + count;
  return findings.length === 0 && violations.length === 0;
}

let good = true;
const startMs = performance.now();
for (let done = 0; done < days; ) {
  const length = Math.min(WORLD_DAYS_MAX, days - done);
  const world = await seededWorld(firstSeed + sum.seeds, length);
  done += length;
  if (!add(world)) {
    good = false;
    process.stderr.write(`FAILED: ${told(world, world.repeat)}\n`);
  }
  const tookS = Math.round((performance.now() - startMs) / 1000);
  process.stderr.write(`${done} of ${days} days in ${tookS} s, ${sum.transactions} transactions\n`);
}
process.stdout.write(`${JSON.stringify({ ...sum, faults })}\n`);
process.exitCode = good ? 0 : 1;
