/**
 * How long cars stay and what they take, learnt from those that left. For a car that has arrived each visit of the past says when
 * it would leave and what it would take, with a weight for how much alike the two are: the hour, the day, the driver's word, the
 * driver himself where he is known, the outlet, and how long ago. What has not come true by now (it is still here, it
 * has taken more) is left out, so the answer moves with the stay. Milliseconds, watt-hours.
 */
import type { Spread } from "../planner.ts";
import { isWorkday, type Local, type LocalTime } from "./local-time.ts";
import { MeanError } from "./mean-error.ts";
import { quantile, type Sample, spreadAbove } from "./spread.ts";
import type { Arrival, Visit } from "./visits.ts";

/** Visits kept; the oldest go. */
export const VISITS_MAX = 4_000;
/** What no vehicle takes was not taken: a register that leaps, a file that is spoilt. */
const TAKEN_WH_MAX = 1_000_000;
/** What no car stays, but a clock that was set did. */
const STAY_MS_MAX = 30 * 24 * 3_600_000;
/** From so much on what a driver said is something to compare with. */
const SAID_WH_MIN = 500;
/** Values of a spread. */
export const VALUES = 24;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Weight of the last visit's error in the mean. */
const ERROR_SHARE = 1 / 100;

export type StayState = {
  readonly visits: readonly Visit[];
  readonly errorMeanMs: number;
  readonly takenErrorMeanWh: number;
};

/** A visit with its place on the site's clock. */
type Kept = { readonly visit: Visit; readonly local: Local; readonly saidMs: number | undefined };
type Told = { readonly leaves: readonly Sample[]; readonly takes: readonly Sample[] };

export class Stays {
  private readonly time: LocalTime;
  private kept: Kept[] = [];
  private readonly told = new Map<string, Told>();
  /** Between the likely departure at plug-in and the true one. */
  private readonly leftError = new MeanError(ERROR_SHARE);
  /** Between the likely energy at plug-in and what the car took. */
  private readonly takenError = new MeanError(ERROR_SHARE);

  constructor(time: LocalTime) {
    this.time = time;
  }

  get errorMeanMs(): number {
    return this.leftError.mean;
  }

  get takenErrorMeanWh(): number {
    return this.takenError.mean;
  }

  /** What the past says of a car at its arrival; later questions start from it. */
  arrived(arrival: Arrival): void {
    this.told.set(arrival.id, this.ask(arrival));
  }

  departed(arrival: Arrival, left: Pick<Visit, "leftWallMs" | "takenWh">): void {
    const likelyLeftMs = quantile(this.leaves(arrival, arrival.arrivedWallMs), 0.5);
    const likelyWh = quantile(this.takes(arrival, 0), 0.5);
    this.told.delete(arrival.id);
    const { id: _, ...said } = arrival;
    const visit = { ...said, ...left };
    if (!canHaveBeen(visit)) return;
    if (likelyLeftMs !== undefined) this.leftError.saw(Math.abs(likelyLeftMs - left.leftWallMs));
    if (likelyWh !== undefined) this.takenError.saw(Math.abs(likelyWh - left.takenWh));
    this.learn(visit);
  }

  forget(id: string): void {
    this.told.delete(id);
  }

  /** A visit of the past. */
  learn(visit: Visit): void {
    this.kept.push({ visit, local: this.time.of(visit.arrivedWallMs), saidMs: saidStayMs(visit) });
    if (this.kept.length > VISITS_MAX) this.kept = this.kept.slice(-VISITS_MAX);
  }

  get count(): number {
    return this.kept.length;
  }

  get visits(): readonly Visit[] {
    return this.kept.map(({ visit }) => visit);
  }

  /** When it leaves, as seen now. */
  leaves(arrival: Arrival, nowWallMs: number): Spread {
    const known = spreadAbove(this.of(arrival).leaves, nowWallMs, VALUES);
    return known.length > 0 ? known : [nowWallMs + HOUR_MS / 4];
  }

  /** What it takes in all, as seen now; empty where it has taken more than anybody before. */
  takes(arrival: Arrival, takenWh: number): Spread {
    return spreadAbove(this.of(arrival).takes, takenWh, VALUES);
  }

  state(): StayState {
    const { visits, errorMeanMs, takenErrorMeanWh } = this;
    return { visits, errorMeanMs, takenErrorMeanWh };
  }

  restore(state: unknown): void {
    const { visits, errorMeanMs, takenErrorMeanWh } = (state ?? {}) as Partial<StayState>;
    if (!Array.isArray(visits)) return;
    this.kept = [];
    for (const visit of visits.filter(isVisit).slice(-VISITS_MAX)) this.learn(visit);
    this.leftError.restore(errorMeanMs);
    this.takenError.restore(takenErrorMeanWh);
  }

  private of(arrival: Arrival): Told {
    const told = this.told.get(arrival.id) ?? this.ask(arrival);
    this.told.set(arrival.id, told);
    return told;
  }

  /**
   * Each visit speaks three times: it would stay as long, leave at the same hour, and miss its driver's word by as much. Sorted, so
   * that what is to come is the end of the list.
   */
  private ask(arrival: Arrival): Told {
    const here = { arrival, local: this.time.of(arrival.arrivedWallMs), saidMs: saidStayMs(arrival) };
    const { arrivedWallMs } = arrival;
    const leaves: Sample[] = [];
    const takes: Sample[] = [];
    const weights = this.kept.map((one) => alike(here, one));
    const least = LEAST_PART * weights.reduce((most, weight) => Math.max(most, weight), 0);
    for (const [i, one] of this.kept.entries()) {
      const weight = weights[i]!;
      if (weight < least) continue;
      const { visit, local, saidMs } = one;
      const stayedMs = visit.leftWallMs - visit.arrivedWallMs;
      leaves.push({ value: arrivedWallMs + stayedMs, weight: weight * BY_STAY });
      leaves.push({
        value: arrivedWallMs + stayedMs + local.msOfDay - here.local.msOfDay,
        weight: weight * BY_CLOCK,
      });
      if (here.saidMs !== undefined && saidMs !== undefined)
        leaves.push({ value: arrivedWallMs + here.saidMs + stayedMs - saidMs, weight: weight * BY_ERROR });
      takes.push({ value: visit.takenWh, weight });
      const part = partTaken(visit);
      if (arrival.energyWh !== undefined && part !== undefined)
        takes.push({ value: Math.min(TAKEN_WH_MAX, arrival.energyWh * part), weight });
    }
    leaves.push(...priorStay(arrival));
    if (arrival.energyWh !== undefined) takes.push({ value: arrival.energyWh, weight: PRIOR_WEIGHT });
    const sorted = (samples: Sample[]) => samples.sort((a, b) => a.value - b.value);
    return { leaves: sorted(leaves), takes: sorted(takes) };
  }
}

/** What says less than this part of what the most alike visit says is left out: thousands of strangers would say little, slowly. */
const LEAST_PART = 0.02;
const RECENCY_A_DAY = 0.985;
const HOURS_ALIKE = 2;
const OTHER_KIND_OF_DAY = 0.5;
const SAME_WEEKDAY = 1.5;
const SAME_OUTLET = 2;
const SAME_DRIVER = 50;
/** People tell the same figures again: who tells the same stay, or the same energy, is often the same person. */
const SAME_STAY = 3;
const SAME_ENERGY = 15;
const SAME_MS = 70_000;
const SAME_WH = 10;
const ONE_SAID_NOTHING = 0.1;
/** Words are as much alike as they differ by less than so long and such a part of the stay; any two a little. */
const SAID_ALIKE_MS = HOUR_MS / 2;
const SAID_ALIKE_PART = 0.3;
const SAID_OTHERWISE = 0.05;
/** Of one visit's weight: it stays as long, leaves at the same hour, misses the word by as much. */
const BY_STAY = 0.5;
const BY_CLOCK = 0.25;
const BY_ERROR = 1;

type Asked = { readonly arrival: Arrival; readonly local: Local; readonly saidMs: number | undefined };

/** How much a visit of the past says about an arrival. */
function alike({ arrival, local, saidMs }: Asked, past: Kept): number {
  const { visit } = past;
  const days = Math.max(0, local.day - past.local.day);
  const hours = apart(local.msOfDay, past.local.msOfDay, DAY_MS) / HOUR_MS;
  let weight = RECENCY_A_DAY ** days * (Math.exp(-((hours / HOURS_ALIKE) ** 2)) + 0.003);
  if (isWorkday(local) !== isWorkday(past.local)) weight *= OTHER_KIND_OF_DAY;
  else if (local.weekday === past.local.weekday) weight *= SAME_WEEKDAY;
  if (visit.outlet === arrival.outlet) weight *= SAME_OUTLET;
  if (arrival.driver !== undefined && arrival.driver === visit.driver) weight *= SAME_DRIVER;
  if (saidMs === undefined || past.saidMs === undefined)
    return saidMs === past.saidMs ? weight : weight * ONE_SAID_NOTHING;
  const byMs = Math.abs(saidMs - past.saidMs);
  weight *= SAID_OTHERWISE + Math.exp(-byMs / (SAID_ALIKE_MS + SAID_ALIKE_PART * saidMs));
  if (byMs < SAME_MS) weight *= SAME_STAY;
  const { energyWh } = arrival;
  if (energyWh !== undefined && visit.energyWh !== undefined && Math.abs(energyWh - visit.energyWh) < SAME_WH)
    weight *= SAME_ENERGY;
  return weight;
}

/** What is believed of a car before anything was learnt, as so many visits: about what its driver said, rather longer; else hours. */
const PRIOR_WEIGHT = 5;
const PRIOR_PARTS = [0.5, 0.8, 0.95, 1, 1.05, 1.2, 1.5, 2.2];
const PRIOR_HOURS = [0.5, 1, 2, 3, 5, 8, 10, 14];

function priorStay({ arrivedWallMs, departureWallMs }: Arrival): Sample[] {
  const stays =
    departureWallMs === undefined
      ? PRIOR_HOURS.map((hours) => hours * HOUR_MS)
      : PRIOR_PARTS.map((part) => part * (departureWallMs - arrivedWallMs));
  return stays.map((ms) => ({ value: arrivedWallMs + ms, weight: PRIOR_WEIGHT / stays.length }));
}

const saidStayMs = ({
  arrivedWallMs,
  departureWallMs,
}: Pick<Arrival, "arrivedWallMs" | "departureWallMs">): number | undefined =>
  departureWallMs === undefined ? undefined : departureWallMs - arrivedWallMs;

const apart = (a: number, b: number, round: number): number => {
  const d = Math.abs(a - b) % round;
  return Math.min(d, round - d);
};

const canHaveBeen = ({ arrivedWallMs, leftWallMs, takenWh }: Visit): boolean =>
  leftWallMs > arrivedWallMs &&
  leftWallMs - arrivedWallMs <= STAY_MS_MAX &&
  takenWh >= 0 &&
  takenWh <= TAKEN_WH_MAX;

/** Of what was said; who said next to nothing says nothing of others who say more. */
const partTaken = ({ energyWh, takenWh }: Visit): number | undefined =>
  energyWh === undefined || energyWh < SAID_WH_MIN ? undefined : takenWh / energyWh;

const isVisit = (x: unknown): x is Visit => {
  const visit = (x ?? {}) as Partial<Visit>;
  const { arrivedWallMs, leftWallMs, takenWh, outlet, energyWh = 0, departureWallMs = 0 } = visit;
  return (
    [arrivedWallMs, leftWallMs, takenWh, energyWh, departureWallMs].every(Number.isFinite) &&
    energyWh >= 0 &&
    typeof outlet === "string" &&
    canHaveBeen(visit as Visit)
  );
};
