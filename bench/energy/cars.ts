/**
 * The sessions of a file as cars on a grid of 5-minute steps: what every algorithm of this benchmark is given alike. A car is there from
 * the step in which it arrives to the one in which it leaves (the one before which it leaves is its last), takes at most `powerKw`, and needs what
 * the file says it was given, as far as its stay allows that at all.
 */
import type { Session } from "@wattward/energy/sessions";
import type { Clock } from "./clock.ts";
import { readSessionFile } from "./session-file.ts";

export const STEP_MS = 300_000;
export const STEP_HOURS = STEP_MS / 3_600_000;

export type Car = {
  readonly session: Session;
  /** First step in which it can charge, and the first in which it cannot any more. */
  readonly from: number;
  readonly to: number;
  readonly needKwh: number;
  readonly powerKw: number;
  /** What its driver told at plug-in, as the file has it: all algorithms and rules are told the same. */
  readonly told: Told;
  /** By the driver's estimate, in steps; the middle stay of all where he told none. */
  readonly saidTo: number;
};

export type Told = {
  readonly energyWh?: number;
  readonly departureWallMs?: number;
  readonly driver?: string;
};

export type Fleet = {
  readonly startMs: number;
  readonly cars: readonly Car[];
  readonly steps: number;
  readonly days: number;
};

/** A fleet as a file has it, the lines of the file that were left out, and what is to be said of it. */
export type ReadFleet = Fleet & { readonly skipped: number; readonly remarks: readonly string[] };

export type Wanted = {
  readonly file: string;
  readonly days?: number;
  readonly weekdays: boolean;
  readonly clock: Clock;
  readonly powerKw: number;
  /** Drivers of sessions that nobody claimed tell nothing; else what the file has in their place, which is the truth. */
  readonly claimedOnly?: boolean;
};

export async function readFleet({
  file,
  days,
  weekdays,
  clock,
  powerKw,
  claimedOnly = false,
}: Wanted): Promise<ReadFleet> {
  const read = await readSessionFile(file, clock);
  const dayOf = new Map(read.sessions.map((session) => [session, clock.dayOf(session.arriveAtMs)]));
  const workday = (day: number) => ![0, 6].includes((((day + 4) % 7) + 7) % 7);
  const all = [...new Set(dayOf.values())].filter((day) => !weekdays || workday(day)).sort((a, b) => a - b);
  const chosen = new Set(all.slice(0, days));
  const sessions = read.sessions.filter((session) => chosen.has(dayOf.get(session)!));
  const { skipped, remarks } = read;
  return { ...fleetOf(sessions, powerKw, claimedOnly), days: chosen.size, skipped, remarks };
}

export function fleetOf(
  sessions: readonly Session[],
  powerKw: number,
  claimedOnly = false,
): Omit<Fleet, "days"> {
  // An array's own `Math.min(...)` ends at some ten thousands.
  const firstMs = sessions.reduce((ms, { arriveAtMs }) => Math.min(ms, arriveAtMs), Number.POSITIVE_INFINITY);
  const startMs = sessions.length === 0 ? 0 : Math.floor(firstMs / 86_400_000) * 86_400_000;
  const step = (ms: number) => Math.floor((ms - startMs) / STEP_MS);
  const stays = sessions.map(({ arriveAtMs, leaveAtMs }) => leaveAtMs - arriveAtMs).sort((a, b) => a - b);
  const middleMs = stays[Math.floor(stays.length / 2)] ?? 0;
  const cars = sessions.map((session) => {
    const told = claimedOnly && session.unclaimed === true ? {} : toldBy(session);
    const from = step(session.arriveAtMs);
    const to = Math.max(from + 1, step(session.leaveAtMs));
    const possibleKwh = (to - from) * STEP_HOURS * powerKw;
    return {
      session,
      from,
      to,
      powerKw,
      needKwh: Math.min(session.energyWh / 1000, possibleKwh),
      told,
      saidTo: Math.max(from + 1, step(told.departureWallMs ?? session.arriveAtMs + middleMs)),
    };
  });
  const steps = cars.length === 0 ? 0 : cars.reduce((last, { to }) => Math.max(last, to), 0) + 1;
  return { startMs, cars, steps };
}

function toldBy({ requestedWh, estimatedLeaveAtMs, driver }: Session): Told {
  return {
    ...(requestedWh !== undefined && { energyWh: requestedWh }),
    ...(estimatedLeaveAtMs !== undefined && { departureWallMs: estimatedLeaveAtMs }),
    ...(driver !== undefined && { driver }),
  };
}
