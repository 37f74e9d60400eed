/**
 * One car charges, and a process is killed at the n-th of the steps between a frame and its acknowledgement, for every n
 * that there is: a write asked for, a write heard of, a frame sent, a frame heard, a decision asked for or heard of. Each
 * time everything must have been told once, and the energy be exact.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type OcppVersion, ocppVersions } from "@wattward/ocpp";
import type { Mortal, Step } from "./mortal.ts";
import { told, withDatabase } from "./seeded.ts";
import { charge } from "./session.ts";
import { Whole } from "./whole.ts";

const versions: readonly OcppVersion[] = ocppVersions;
const pace = { sampleS: 5, session: { leastS: 1, mostS: 1 }, gap: { leastS: 1, mostS: 1 } };
/** More than a session takes: the loop ends where the process outlives it. */
const STEPS_MAX = 400;
const SESSION_MS = 12_000;
const DOWN_MS = 700;

type Killed = { readonly process: Mortal | undefined; start(): Promise<void>; kill(): void };
type Case = {
  readonly who: string;
  readonly version: OcppVersion;
  readonly at: "site" | "csms";
  readonly victim: (whole: Whole) => Killed;
  readonly steps: ReadonlySet<Step>;
  /** Fewer than this, and the loop has missed something. */
  readonly stepsLeast: number;
};

/**
 * Charges once, with the victim killed at its n-th step from the moment the driver comes, before or after the step took
 * effect; false where it lived on.
 */
async function killedAt(n: number, effect: boolean, each: Case): Promise<boolean> {
  const { version, at, victim, steps } = each;
  return withDatabase(async (database) => {
    const shape =
      at === "site"
        ? { sites: 1, stationsPerSite: 1, direct: 0 }
        : { sites: 0, stationsPerSite: 0, direct: 1 };
    const options = { seed: n, pace, database, withoutDrivers: true, versions: [version], ...shape };
    const whole = await Whole.create(options);
    await whole.advance(1_000);
    const { process, start, kill } = victim(whole);
    assert(process !== undefined);
    process.dieAtStep(n, { steps, effect });
    process.onDeath(() => {
      kill();
      whole.time.after(DOWN_MS, () => void start());
    });
    await charge(whole, at === "site" ? "N1-1" : "D-1", SESSION_MS);
    await whole.advance(1_000);
    const died = !process.alive;
    const outcome = await whole.finish();
    const ways = `killed ${effect ? "after" : "before"} step ${n}; ${told(outcome)}`;
    assert.deepEqual([...outcome.findings, ...outcome.violations], [], ways);
    assert.deepEqual(outcome.counts.transactions, { started: 1, ended: 1 }, ways);
    assert(outcome.counts.energyWh > 0, ways);
    return died;
  });
}

const ofSite = (whole: Whole): Killed => {
  const site = whole.sites[0]!;
  return { process: site.process, start: () => site.start(), kill: () => site.kill() };
};
const ofCsms = ({ csms }: Whole): Killed => ({
  process: csms.process,
  start: () => csms.start(),
  kill: () => csms.kill(),
});
const atDisk: ReadonlySet<Step> = new Set(["write", "written"]);
const atWires: ReadonlySet<Step> = new Set(["send", "hear"]);
const atCore: ReadonlySet<Step> = new Set(["ask", "told"]);

const cases: readonly Case[] = versions.flatMap((version): Case[] => [
  { who: "the site, at its disk", version, at: "site", victim: ofSite, steps: atDisk, stepsLeast: 20 },
  { who: "the site, at its wires", version, at: "site", victim: ofSite, steps: atWires, stepsLeast: 40 },
  {
    who: "the CSMS, with a site, at its core",
    version,
    at: "site",
    victim: ofCsms,
    steps: atCore,
    stepsLeast: 15,
  },
  {
    who: "the CSMS, with a direct station, at its core",
    version,
    at: "csms",
    victim: ofCsms,
    steps: atCore,
    stepsLeast: 12,
  },
]);

for (const each of cases) {
  test(`${each.version}: ${each.who}, killed at every step between frame and acknowledgement`, async () => {
    let n = 1;
    while (n <= STEPS_MAX && (await killedAt(n, false, each)) && (await killedAt(n, true, each))) n++;
    assert(n > each.stepsLeast, `only ${n - 1} steps were found`);
    assert(n <= STEPS_MAX, "it never outlived a session");
  });
}
