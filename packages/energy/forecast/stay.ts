/**
 * How long cars stay and what they take, learnt from those that left. For a car that has arrived each visit of the past says when
 * it would leave and what it would take, with a weight for how much alike the two are: the hour, the day, the driver's word, the
 * driver himself where he is known, the outlet, and how long ago. What has not come true by now (it is still here, it
 * has taken more) is left out, so the answer moves with the stay. Milliseconds, watt-hours.
 */
import type { Spread } from "../planner.ts";
import { isWorkday, type Local, type LocalTime } from "./local-time.ts";
import { quantile, type Sample, spreadOf } from "./spread.ts";
import type { Arrival, Visit } from "./visits.ts";

/** Visits kept; the oldest go. */
export const VISITS_MAX = 4_000;
/** Values of a spread. */
export const VALUES = 24;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Weight of the last visit's error in the mean. */
const ERROR_SHARE = 1 / 100;

export type StayState = { readonly visits: readonly Visit[]; readonly errorMeanMs: number };

type Told = { readonly leaves: readonly Sample[]; readonly takes: readonly Sample[] };

export class Stays {
  private readonly time: LocalTime;
  private visits: Visit[] = [];
  private readonly told = new Map<string, Told>();
  /** Between the likely departure at plug-in and the true one. */
  errorMeanMs = 0;

  constructor(time: LocalTime) {
    this.time = time;
  }

  /** What the past says of a car at its arrival; later questions start from it. */
  arrived(arrival: Arrival): void {
    this.told.set(arrival.id, this.ask(arrival));
  }

  departed(arrival: Arrival, left: Pick<Visit, "leftWallMs" | "takenWh" | "full">): void {
    const likely = quantile(this.leaves(arrival, arrival.arrivedWallMs), 0.5);
    this.told.delete(arrival.id);
    if (!(left.leftWallMs > arrival.arrivedWallMs) || !(left.takenWh >= 0)) return;
    if (likely !== undefined) {
      const errorMs = Math.abs(likely - left.leftWallMs);
      this.errorMeanMs += (errorMs - this.errorMeanMs) * (this.errorMeanMs === 0 ? 1 : ERROR_SHARE);
    }
    const { id: _, ...said } = arrival;
    this.learn({ ...said, ...left });
  }

  /** A visit of the past. */
  learn(visit: Visit): void {
    this.visits.push(visit);
    if (this.visits.length > VISITS_MAX) this.visits = this.visits.slice(-VISITS_MAX);
  }

  /** When it leaves, as seen now. */
  leaves(arrival: Arrival, nowWallMs: number): Spread {
    const samples = this.of(arrival).leaves.filter(({ value }) => value > nowWallMs);
    const known = spreadOf(samples, VALUES);
    return known.length > 0 ? known : [nowWallMs + HOUR_MS / 4];
  }

  /** What it takes in all, as seen now. */
  takes(arrival: Arrival, takenWh: number): Spread {
    const samples = this.of(arrival).takes.filter(({ value }) => value > takenWh);
    return spreadOf(samples, VALUES);
  }

  state(): StayState {
    return { visits: this.visits, errorMeanMs: this.errorMeanMs };
  }

  restore(state: unknown): void {
    const { visits, errorMeanMs } = (state ?? {}) as Partial<StayState>;
    if (!Array.isArray(visits)) return;
    this.visits = visits.filter(isVisit).slice(-VISITS_MAX);
    this.errorMeanMs = typeof errorMeanMs === "number" && errorMeanMs >= 0 ? errorMeanMs : 0;
  }

  private of(arrival: Arrival): Told {
    const told = this.told.get(arrival.id) ?? this.ask(arrival);
    this.told.set(arrival.id, told);
    return told;
  }

  private ask(arrival: Arrival): Told {
    const here = this.time.of(arrival.arrivedWallMs);
    const leaves: Sample[] = [];
    const takes: Sample[] = [];
    for (const visit of this.visits) {
      const weight = this.alike(arrival, here, visit);
      leaves.push({ value: arrival.arrivedWallMs + visit.leftWallMs - visit.arrivedWallMs, weight });
      takes.push({ value: visit.takenWh, weight });
    }
    const saidMs = arrival.departureWallMs;
    if (saidMs !== undefined) leaves.push({ value: saidMs, weight: PRIOR_WEIGHT });
    for (const hours of PRIOR_HOURS)
      leaves.push({
        value: arrival.arrivedWallMs + hours * HOUR_MS,
        weight: PRIOR_WEIGHT / PRIOR_HOURS.length,
      });
    if (arrival.energyWh !== undefined) takes.push({ value: arrival.energyWh, weight: PRIOR_WEIGHT });
    return { leaves, takes };
  }

  private alike(arrival: Arrival, here: Local, visit: Visit): number {
    const there = this.time.of(visit.arrivedWallMs);
    const days = Math.max(0, here.day - there.day);
    const hoursApart = apart(here.msOfDay, there.msOfDay, DAY_MS) / HOUR_MS;
    let weight = 0.98 ** days * Math.exp(-((hoursApart / 1.5) ** 2));
    if (isWorkday(here) !== isWorkday(there)) weight *= 0.2;
    const [mine, theirs] = [saidStayMs(arrival), saidStayMs(visit)];
    if (mine !== undefined && theirs !== undefined)
      weight *= 0.05 + Math.exp(-Math.abs(mine - theirs) / HOUR_MS);
    if (arrival.driver !== undefined && arrival.driver === visit.driver) weight *= 50;
    if (arrival.energyWh !== undefined && arrival.energyWh === visit.energyWh) weight *= 3;
    return weight;
  }
}

/** What is believed of a car before anything was learnt, as so many visits. */
const PRIOR_WEIGHT = 1;
const PRIOR_HOURS = [0.5, 1, 2, 3, 5, 8, 10, 14];

const saidStayMs = ({
  arrivedWallMs,
  departureWallMs,
}: Pick<Arrival, "arrivedWallMs" | "departureWallMs">) =>
  departureWallMs === undefined ? undefined : departureWallMs - arrivedWallMs;

const apart = (a: number, b: number, round: number): number => {
  const d = Math.abs(a - b) % round;
  return Math.min(d, round - d);
};

const isVisit = (x: unknown): x is Visit => {
  const { arrivedWallMs, leftWallMs, takenWh, outlet } = (x ?? {}) as Partial<Visit>;
  return (
    Number.isFinite(arrivedWallMs) &&
    Number.isFinite(leftWallMs) &&
    Number.isFinite(takenWh) &&
    typeof outlet === "string"
  );
};
