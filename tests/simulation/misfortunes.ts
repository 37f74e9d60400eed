/**
 * What befalls the whole system: a table of faults, and a script that draws from it by the world's own chance, one
 * after the other, overlapping as they come. Each fault ends by itself; {@link Whole.finish} heals what is left.
 */
import type { Chance } from "@wattward/kernel";
import type { Fault } from "../../apps/simulator/world/fault.ts";
import { command } from "./operator.ts";
import type { SiteProcess } from "./site-process.ts";
import { usual, type Whole } from "./whole.ts";

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;

/** Port calls that a doomed process still makes: a quiet site makes a few in a second, a busy one hundreds. */
const LAST_STEPS = { least: 1, most: 60 } as const;

export type Misfortune = (whole: Whole, chance: Chance) => void;

const one = <T>(items: readonly T[], chance: Chance): T => items[chance.int(0, items.length - 1)]!;
const between = (chance: Chance, leastS: number, mostS: number): number =>
  chance.int(leastS * 1000, mostS * 1000);
const later = (whole: Whole, ms: number, run: () => void) => void whole.time.after(ms, run);

/** Faults that a station knows how to have, each of its own kind. */
const station =
  (make: (chance: Chance) => Fault): Misfortune =>
  (whole, chance) => {
    const { options } = one(whole.people.stations, chance);
    whole.people.fault(make(chance), options.id);
  };

/** Dies at one of its next port calls, wherever that is, and comes back. */
function killSite(whole: Whole, site: SiteProcess, chance: Chance, before: () => void = () => {}): void {
  const { process } = site;
  if (process === undefined) return;
  process.dieAtStep(chance.int(LAST_STEPS.least, LAST_STEPS.most));
  process.onDeath(() => {
    site.kill();
    before();
    later(whole, between(chance, 1, 120), () => void site.start());
  });
}

function killCsms(whole: Whole, chance: Chance, downS: number): void {
  const { process } = whole.csms;
  if (process === undefined) return;
  process.dieAtStep(chance.int(LAST_STEPS.least, LAST_STEPS.most));
  process.onDeath(() => {
    whole.csms.kill();
    later(whole, between(chance, 1, downS), () => void whole.csms.start());
  });
}

function cutFor(whole: Whole, link: { cut(): void; heal(): void }, ms: number): void {
  link.cut();
  later(whole, ms, () => link.heal());
}

export const misfortunes = {
  "uplink-cut": (whole, chance) =>
    cutFor(whole, whole.uplink(one(whole.sites, chance)), between(chance, 5, 1_800)),
  "uplink-reset": (whole, chance) => whole.uplink(one(whole.sites, chance)).reset(),
  "uplink-bad": (whole, chance) => {
    const link = whole.uplink(one(whole.sites, chance));
    const bad = { delayMsMin: 200, delayMsMax: chance.int(500, 6_000), lossPercent: chance.int(0, 60) };
    Object.assign(link, bad);
    later(whole, between(chance, 30, 600), () => Object.assign(link, usual));
  },
  "station-link-cut": (whole, chance) =>
    cutFor(whole, one(whole.stationLinks(), chance), between(chance, 1, 300)),
  "station-link-reset": (whole, chance) => one(whole.stationLinks(), chance).reset(),
  "site-kill": (whole, chance) => killSite(whole, one(whole.sites, chance), chance),
  /** Its peers are not told: the machine itself is gone. */
  "site-power-cut": (whole, chance) => {
    const site = one(whole.sites, chance);
    const links = [whole.uplink(site), ...whole.stationLinks(site)];
    for (const link of links) cutFor(whole, link, between(chance, 2, 20));
    killSite(whole, site, chance);
  },
  "site-in-1970": (whole, chance) => {
    const site = one(whole.sites, chance);
    killSite(whole, site, chance, () => site.setClock(0, "unknown"));
  },
  "site-clock-jump": (whole, chance) => {
    const site = one(whole.sites, chance);
    const hoursMs = chance.int(-48, 48) * 3_600_000;
    site.setClock(
      Math.max(0, site.machine.now().wallMs + hoursMs),
      one(["synced", "unknown"] as const, chance),
    );
  },
  "site-disk-full": (whole, chance) => {
    const { disk } = one(whole.sites, chance);
    disk.options.capacityBytes = disk.usedBytes + chance.int(0, 4_000);
    later(whole, between(chance, 5, 300), () => delete disk.options.capacityBytes);
  },
  "csms-kill": (whole, chance) => killCsms(whole, chance, 120),
  "csms-long-outage": (whole, chance) => killCsms(whole, chance, 3_600),
  /** No fault, but it meets all others. */
  command: (whole, chance) => void command(whole, chance),
  "mass-cut": (whole, chance) => {
    for (const link of whole.allLinks) cutFor(whole, link, between(chance, 10, 600));
  },
  "station-power-cut": station((chance) => ({ what: "power-cut", forMs: between(chance, 1, 600) })),
  "station-line-cut": station((chance) => ({ what: "link-cut", forMs: between(chance, 1, 900) })),
  "station-offline": station((chance) => ({ what: "offline", forMs: between(chance, 1, 900) })),
  "station-clock-jump": station((chance) => ({
    what: "clock-jump",
    byMs: chance.int(-48 * 60, 48 * 60) * MINUTE_MS,
  })),
  "station-crash": station(() => ({ what: "crash" })),
} as const satisfies Record<string, Misfortune>;

export type MisfortuneName = keyof typeof misfortunes;
export const misfortuneNames = Object.keys(misfortunes) as MisfortuneName[];

export type Weather = {
  /** How long misfortunes befall, simulated. */
  readonly forMs: number;
  /** Mean time between two of them. */
  readonly everyMs: number;
  readonly names?: readonly MisfortuneName[];
};

/** Lets time pass with misfortunes in it; says how many there were of each. */
export async function weather(
  whole: Whole,
  { forMs, everyMs, names = misfortuneNames }: Weather,
): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (let leftMs = forMs; leftMs > 0; ) {
    const waitMs = Math.min(leftMs, whole.chance.int(SECOND_MS, 2 * everyMs));
    await whole.advance(waitMs);
    leftMs -= waitMs;
    if (leftMs <= 0) break;
    const name = one(names, whole.chance);
    misfortunes[name](whole, whole.chance);
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}
