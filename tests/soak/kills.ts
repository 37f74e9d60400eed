/**
 * The long form of `tests/integration/kill.test.ts`: `kill -9` of each server process of one running plant, over and over,
 * while cars charge; then the recount. Kills of the CSMS and kills at the site overlap as chance has it.
 *
 *     node tests/soak/kills.ts [--kills 100] [--seed 1] [--out DIR]
 *
 * Progress goes to standard error. Standard output is one line of JSON; exit code 0 only if nothing was lost or counted
 * twice, 1 if something was, or did not come back as it was, 2 if the command line is wrong. DIR, new or empty, is kept;
 * without it a temporary folder is, where something was found.
 */
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import type { Chance } from "@wattward/kernel";
import { seededChance } from "@wattward/testing";
import { finish, settled } from "../../demo/ending.ts";
import { EvidenceError } from "../../demo/evidence.ts";
import { build, type Plant, stopAll } from "../../demo/plant.ts";
import { DemoError, killAll } from "../../demo/programs.ts";
import { kill, NotAsBefore, type Victim } from "../integration/rig/killing.ts";
import { pidsOn } from "../integration/rig/workplace.ts";

type Options = {
  readonly kills: number;
  readonly seed: number;
  readonly out: string;
  readonly keeps: boolean;
};
type Killed = { csms: number; supervisor: number; localController: number };

const KILLS_MAX = 10_000;
const SEED_MAX = 2 ** 31 - 2;
/** How long a process lives between its start and its next end, and how long it stays dead. */
const ALIVE_MS = { least: 200, most: 2_000 };
const DEAD_MS_MAX = 500;
/** One of so many lives is long enough for everything to settle: replay, leases, bundles. */
const LONG_LIFE_ODDS = 25;
const LONG_LIFE_MS = 8_000;
const PROGRESS_MS = 10_000;
/** Cars that come and go quickly, so that kills meet starts and ends. */
const simulator = ["--session-s", "2-10", "--gap-s", "1-3", "--sample-s", "1", "--timeout-s", "8"];

const say = (line: string) => void process.stderr.write(`${line}\n`);

async function soak({ kills, seed, out }: Options): Promise<boolean> {
  const startMs = performance.now();
  const restart = { seed, simulator };
  const plant = await build({ out, httpPort: 0, ...restart }, say);
  plant.simulator.child.stdout?.resume();
  const killed: Killed = { csms: 0, supervisor: 0, localController: 0 };
  const progress = setInterval(() => say(progressOf(killed, kills, startMs)), PROGRESS_MS);
  /** One process after the other, each as often as asked. */
  const lane = async (victims: readonly (keyof Killed)[], chance: Chance) => {
    const bag = victims.flatMap((victim) => Array<keyof Killed>(kills).fill(victim));
    while (bag.length > 0) {
      await wait(lifeMs(chance));
      const victim = bag.splice(chance.int(0, bag.length - 1), 1)[0]!;
      await strike(victim, plant, chance.int(0, DEAD_MS_MAX));
      killed[victim]++;
    }
  };
  const strike = (victim: Victim, at: Plant, deadMs: number) => kill[victim](at, deadMs, restart);
  // The local controller cannot be killed while its supervisor is dead: they share a lane.
  await Promise.all([
    lane(["csms"], seededChance(seed)),
    lane(["supervisor", "localController"], seededChance(seed + 1)),
  ]);
  clearInterval(progress);
  say(`${progressOf(killed, kills, startMs)}; the drivers leave`);
  await finish(plant);
  const { counts, findings } = await settled(out);
  await stopAll(plant);
  const orphans = pidsOn(out);
  for (const finding of findings) say(finding);
  for (const pid of orphans) say(`process ${pid} is left behind`);
  const { messages, transactions, energyWh, lost, duplicated, answeredOffline, replayed } = counts;
  const seconds = Math.round((performance.now() - startMs) / 1000);
  const found = {
    kills: killed,
    messages,
    transactions,
    energyWh,
    lost,
    duplicated,
    answeredOffline,
    replayed,
    seconds,
  };
  process.stdout.write(`${JSON.stringify(found)}\n`);
  return findings.length === 0 && orphans.length === 0 && transactions.ended > 0 && energyWh > 0;
}

const lifeMs = (chance: Chance) =>
  chance.int(1, LONG_LIFE_ODDS) === 1 ? LONG_LIFE_MS : chance.int(ALIVE_MS.least, ALIVE_MS.most);

function progressOf(killed: Killed, kills: number, startMs: number): string {
  const counts = Object.entries(killed).map(([victim, n]) => `${victim} ${n}`);
  return `${Math.round((performance.now() - startMs) / 1000)} s: killed ${counts.join(", ")} of ${kills} each`;
}

class UsageError extends Error {
  override readonly name = "UsageError";
}

function read(args: readonly string[]): Options {
  const text = { type: "string" } as const;
  const { values } = parse(() =>
    parseArgs({ args: [...args], options: { kills: text, seed: text, out: text } }),
  );
  const whole = (name: "kills" | "seed", otherwise: number, least: number, most: number) => {
    const text = values[name] ?? String(otherwise);
    const number = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
    if (number >= least && number <= most) return number;
    throw new UsageError(`--${name} is a whole number from ${least} to ${most}, not '${text}'`);
  };
  const out = values.out === undefined ? undefined : resolve(values.out);
  if (out !== undefined && existsSync(out) && readdirSync(out).length > 0) {
    throw new UsageError(`--out ${values.out}: the folder is not empty; a run's files belong to one run`);
  }
  return {
    kills: whole("kills", 100, 1, KILLS_MAX),
    seed: whole("seed", 1, 0, SEED_MAX),
    out: out ?? mkdtempSync(join(tmpdir(), "wattward-kills-")),
    keeps: out !== undefined,
  };
}

function parse<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new UsageError((error as Error).message.split("\n")[0]);
  }
}

try {
  const options = read(process.argv.slice(2));
  say(`kills: ${options.kills} of each process, seed ${options.seed}, in ${options.out}`);
  const good = await soak(options);
  if (good && !options.keeps) rmSync(options.out, { recursive: true, force: true, maxRetries: 5 });
  process.exitCode = good ? 0 : 1;
} catch (error) {
  const expected = [UsageError, DemoError, NotAsBefore, EvidenceError].some((kind) => error instanceof kind);
  if (!expected) throw error;
  say(`kills: ${(error as Error).message}`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
} finally {
  killAll();
}
process.exit();
