/**
 * A world whose shape, people and misfortunes all follow from its seed: what the sample in the tests and the two hundred
 * days of the soak have in common, so that either can be repeated by the other's command.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { seededChance } from "@wattward/testing";
import { weather } from "./misfortunes.ts";
import type { Outcome } from "./outcome.ts";
import { Whole, type WholeOptions } from "./whole.ts";

export const DAY_MS = 86_400_000;

/** Sessions of a public site; meter values every five minutes, because a sample costs as much as a start. */
export const pace = {
  sampleS: 300,
  session: { leastS: 300, mostS: 5_400 },
  gap: { leastS: 60, mostS: 5_400 },
} as const;
const MISFORTUNE_EVERY_MS = 12 * 60_000;

export type Seeded = Outcome & {
  readonly faults: Readonly<Record<string, number>>;
  /** How to see it again. */
  readonly repeat: string;
};

/** Runs the world of this seed for so many days, and recounts it. */
export async function seededWorld(seed: number, days: number): Promise<Seeded> {
  const shape = seededChance(seed + 1_000_000);
  const sites = shape.int(1, 2);
  const options = { seed, pace, sites, stationsPerSite: shape.int(1, 4 - sites), direct: shape.int(0, 1) };
  return withDatabase(async (database) => {
    const whole = await Whole.create({ ...options, database });
    const faults = await weather(whole, { forMs: days * DAY_MS, everyMs: MISFORTUNE_EVERY_MS });
    const outcome = await whole.finish();
    return { ...outcome, faults, repeat: `node tests/soak/days.ts --days ${days} --seed ${seed}` };
  });
}

/** Makes a folder for the CSMS's database, and removes it with what is in it. */
export async function withDatabase<T>(work: (database: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "wattward-simulation-"));
  try {
    return await work(join(folder, "wattward.db"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** For an assertion's message: everything that was wrong, and how to see it again. */
export const told = ({ seed, findings, violations }: Outcome, repeat = ""): string =>
  [`seed ${seed}${repeat === "" ? "" : `, repeat with: ${repeat}`}`, ...violations, ...findings].join("\n");

export type { WholeOptions };
