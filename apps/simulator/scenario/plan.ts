/**
 * What a scenario comes to: stations, visits and faults at their instants, with everything that was left unsaid decided.
 * Pure: files were read before, and what is wrong comes back as faults at their places in the file.
 *
 *     words of the scenario ─┬─▶ plan ─▶ world
 *     sessions of its file ──┘
 */

import type { Session } from "@wattward/energy/sessions";
import { failed, ok, type Result } from "@wattward/kernel";
import type { DriverOptions } from "../world/drivers.ts";
import type { Visit } from "../world/visits.ts";
import { type PlannedFault, planFaults } from "./faults.ts";
import { instantMs, spanMs } from "./moments.ts";
import type { Scenario, ScenarioFault } from "./read-scenario.ts";
import { type Complain, spanOr, tokenOf } from "./reading.ts";
import { type PlannedStation, planStations } from "./stations.ts";
import { planVisits } from "./visits.ts";

export type Plan = {
  readonly name: string;
  readonly seed: number;
  /** Simulated seconds in a real one; infinity for as fast as it goes. */
  readonly speed: number;
  /** Simulated time at the beginning, ms since 1970. */
  readonly startMs: number;
  /** Stations write the scenario's time, not the central system's: it is not the present, or passes at another speed. */
  readonly ownTime: boolean;
  /** When everybody leaves, from the beginning, ms; undefined: when the last of those who were to come has left. */
  readonly forMs: number | undefined;
  readonly stations: readonly PlannedStation[];
  readonly visits: readonly Visit[];
  readonly drivers: DriverOptions | undefined;
  readonly faults: readonly PlannedFault[];
  readonly cards: readonly string[];
  /** What a person should know who runs it. */
  readonly notes: readonly string[];
};

/** Between the beginning and the first arrival of a replayed session: stations boot and are accepted. */
export const LEAD_MS = 120_000;

/** `sessions`: those of the scenario's file; `nowMs`: wall time. */
export function makePlan(
  scenario: Scenario,
  sessions: readonly Session[],
  nowMs: number,
): Result<Plan, ScenarioFault[]> {
  const { words } = scenario;
  const faults: ScenarioFault[] = [];
  const complain: Complain = (path, sentence) => void faults.push(scenario.at(path, sentence));
  const notes: string[] = [];
  const seed = words.seed ?? 1;
  const speed = words.speed === "max" ? Number.POSITIVE_INFINITY : (words.speed ?? 1);
  const forMs = words.for === undefined ? undefined : spanOr(words.for, ["for"], complain);
  const stations = planStations(words, sessions, { complain, notes, speed });
  const time = timeOf(scenario, sessions, { nowMs, speed, forMs }, complain);
  const cards = words.cards ?? someCards(stations);
  const visits = planVisits(words, sessions, { stations, cards, complain, ...time });
  const drivers = words.drivers && driversOf(words.drivers, cards, complain);
  const planned = planFaults(words.faults ?? [], { stations, complain, startMs: time.startMs });
  if (stations.length === 0)
    complain([], "it has no stations: 'stations:' names them, or 'sessions:' a file that does.");
  if (stations.length > 0 && visits.length === 0 && drivers === undefined && forMs === undefined) {
    complain(
      [],
      "nobody comes, so it would never end: 'cars:', 'drivers:' or 'sessions:' bring people, 'for:' says when it ends.",
    );
  }
  const evses = stations.reduce((sum, { options }) => sum + options.evses, 0);
  if (cards.length < evses) {
    notes.push(
      `${cards.length} cards for ${evses} EVSEs: one card may charge at two of them at once, which a central system may refuse`,
    );
  }
  if (faults.length > 0) return failed(distinct(faults));
  const name = words.name ?? "scenario";
  return ok({ name, seed, speed, ...time, forMs, stations, visits, drivers, faults: planned, cards, notes });
}

/** A pattern of stations has its mistake once, not once for each of them. */
function distinct(faults: readonly ScenarioFault[]): ScenarioFault[] {
  return [...new Map(faults.map((fault) => [JSON.stringify(fault), fault])).values()];
}

type Length = { readonly nowMs: number; readonly speed: number; readonly forMs: number | undefined };

/**
 * When it begins. A scenario without a date that runs in real time is the present, and its stations take the central
 * system's time; one that runs faster ends now, because nobody believes messages from the future.
 */
function timeOf(
  { words }: Scenario,
  sessions: readonly Session[],
  { forMs, nowMs, speed }: Length,
  complain: Complain,
): { startMs: number; ownTime: boolean; shiftMs: number } {
  const firstMs = sessions[0]?.arriveAtMs;
  const given = words.start === undefined || words.start === "now" ? undefined : instantMs(words.start);
  if (words.start !== undefined && words.start !== "now" && given === undefined) {
    complain(
      ["start"],
      "this is a date and time with its offset from UTC (2025-06-02T07:00:00+02:00), or 'now'.",
    );
  }
  const present = words.start === "now" || (words.start === undefined && firstMs === undefined);
  if (!present) {
    const startMs = given ?? (firstMs ?? nowMs) - LEAD_MS;
    const shiftMs = given === undefined || firstMs === undefined ? 0 : given + LEAD_MS - firstMs;
    return { startMs, ownTime: true, shiftMs };
  }
  const startMs =
    words.start === undefined && speed > 1 ? nowMs - (forMs ?? lengthOf(words.cars ?? [])) : nowMs;
  return { startMs, ownTime: speed > 1, shiftMs: firstMs === undefined ? 0 : startMs + LEAD_MS - firstMs };
}

/** Of cars that say their times as spans from the beginning: when the last has left, ms. */
function lengthOf(cars: NonNullable<Scenario["words"]["cars"]>): number {
  const ends = cars.map(({ arrives, every = 0, leaves, stays = 0, times = 1 }) => {
    const cameMs = spanMs(arrives) ?? 0;
    return (
      Math.max(spanMs(leaves ?? 0) ?? 0, cameMs + (spanMs(stays) ?? 0)) + (times - 1) * (spanMs(every) ?? 0)
    );
  });
  return ends.reduce((most, each) => Math.max(most, each), 0);
}

function driversOf(
  words: NonNullable<Scenario["words"]["drivers"]>,
  cards: readonly string[],
  complain: Complain,
): DriverOptions {
  const range = (name: "session" | "gap") => {
    const leastS = spanOr(words[name].least, ["drivers", name, "least"], complain) / 1000;
    const mostS = spanOr(words[name].most, ["drivers", name, "most"], complain) / 1000;
    if (leastS > mostS) complain(["drivers", name], "the least is more than the most.");
    return { leastS, mostS };
  };
  return { session: range("session"), gap: range("gap"), cards: cards.map(tokenOf) };
}

/** The same every time, so that an inventory made for one run fits the next: one for each EVSE. */
function someCards(stations: readonly PlannedStation[]): string[] {
  const count = stations.reduce((sum, { options }) => sum + options.evses, 0);
  return Array.from({ length: count }, (_, i) =>
    `04${(0x5a_0000_0000 + i).toString(16).padStart(12, "0")}`.toUpperCase(),
  );
}
