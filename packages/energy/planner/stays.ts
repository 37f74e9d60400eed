/** How a plan sees a session: the power it can take, what it still takes, and how likely it is still there, step by step. */
import { mean, quantile, shareAbove } from "../forecast/spread.ts";
import type { ExpectedSessions, PlannedSession } from "../planner.ts";
import type { Outlet, Site } from "../site.ts";
import type { Step } from "./horizon.ts";

/** One session, or `count` alike that are still to come. */
export type Demand = {
  readonly session: PlannedSession | undefined;
  readonly outlet: Outlet | undefined;
  readonly count: number;
  readonly powerKw: number;
  readonly takesKwh: number;
  /** How likely it is there in each step (the mean over the step), 0 to 1. */
  readonly there: readonly number[];
  readonly phases: number;
};

/** What a driver who asked for nothing, and of whom nothing is known, is taken to want. */
const UNKNOWN_STAY_MS = 2 * 3_600_000;
const UNKNOWN_TAKES_WH = 10_000;
/** Less likely than this is not planned for. */
const THERE_MIN = 0.02;

export function demandOf(
  session: PlannedSession,
  {
    site,
    steps,
    driversWord,
  }: { readonly site: Site; readonly steps: readonly Step[]; readonly driversWord: number },
): Demand {
  const outlet = site.outlets.find(({ id }) => id === session.outlet);
  const phases = outlet?.wiring.length ?? 3;
  const mostMa = Math.max(0, Math.min(session.wantsMa, outlet?.ratedMa ?? 0));
  const fromMs = steps[0]!.fromMs;
  const saidMs =
    session.departureWallMs !== undefined && session.departureWallMs > fromMs
      ? session.departureWallMs
      : undefined;
  const leaves = session.leavesWallMs ?? [saidMs ?? fromMs + UNKNOWN_STAY_MS];
  const there = steps.map((step) => {
    const forecast = stillThere(leaves, step);
    return saidMs === undefined
      ? forecast
      : Math.min(forecast, 1 - driversWord * (1 - stillThere([saidMs], step)));
  });
  return {
    session,
    outlet,
    count: 1,
    powerKw: (mostMa * phases * site.voltageV) / 1e6,
    takesKwh: session.idle === true ? 0 : takesKwh(session, driversWord),
    there: there.map((share) => (share < THERE_MIN ? 0 : share)),
    phases,
  };
}

/** Of the likely stays the one that four in five reach: a car that leaves early costs more than one that waits. */
const EARLY = 0.2;
/** So many visits learnt from weigh as much as the driver's word: at a new site the word is all there is, later it has had its say in what was learnt. */
const WORD_VISITS = 100;
/** Who is full, as far as is known, waits behind everybody. */
const FULL_LAXITY_MS = 7 * 24 * 3_600_000;

/**
 * How long a session can still wait, ms: the time it stays less the time it needs at full power, of which the driver's word says the less the
 * more was learnt. `driversWord` 1: the word alone, as far as it was given.
 */
export function laxityMs(
  { departureWallMs, energyWh, leavesWallMs, takesWh, learntVisits = 0, deliveredWh, idle }: PlannedSession,
  { wallMs, powerKw, driversWord }: { wallMs: number; powerKw: number; driversWord: number },
): number {
  if (idle === true) return FULL_LAXITY_MS;
  const part = driversWord >= 1 ? 1 : WORD_VISITS / (WORD_VISITS + learntVisits);
  const learntMs = quantile(leavesWallMs ?? [], EARLY);
  const leavesMs = between(departureWallMs, learntMs, part) ?? wallMs + UNKNOWN_STAY_MS;
  const left = (wh: number | undefined) =>
    wh === undefined ? undefined : Math.max(LEAST_KWH, (wh - deliveredWh) / 1000);
  const learntWh = takesWh === undefined || takesWh.length === 0 ? undefined : mean(takesWh);
  const needKwh = between(left(energyWh), left(learntWh), part) ?? UNKNOWN_TAKES_WH / 1000;
  return leavesMs - wallMs - (powerKw > 0 ? (needKwh / powerKw) * 3_600_000 : 0);
}

/** The part that is `said`; where one of the two is unknown, the other. */
const between = (said: number | undefined, learnt: number | undefined, part: number): number | undefined =>
  said === undefined ? learnt : learnt === undefined ? said : part * said + (1 - part) * learnt;

function takesKwh({ takesWh, energyWh, deliveredWh }: PlannedSession, driversWord: number): number {
  const forecastWh =
    takesWh !== undefined && takesWh.length > 0 ? mean(takesWh) : (energyWh ?? UNKNOWN_TAKES_WH);
  const saidWh =
    energyWh === undefined ? forecastWh : driversWord * energyWh + (1 - driversWord) * forecastWh;
  // A car that draws beyond every word draws on: a little is always asked for.
  return Math.max(LEAST_KWH, (saidWh - deliveredWh) / 1000);
}
const LEAST_KWH = 0.5;

export function expectedDemand(one: ExpectedSessions, steps: readonly Step[]): Demand {
  const leaves = one.staysMs.map((ms) => one.arriveWallMs + ms);
  const there = steps.map((step) => {
    const came = Math.min(1, Math.max(0, (step.toMs - one.arriveWallMs) / (step.toMs - step.fromMs)));
    return came * stillThere(leaves, step);
  });
  return {
    session: undefined,
    outlet: undefined,
    count: one.count,
    powerKw: one.powerW / 1000,
    takesKwh: one.takesWh / 1000,
    there,
    phases: 3,
  };
}

/** The mean over the step of the part that has not left; one that leaves within it is there for a part of it. */
function stillThere(leaves: readonly number[], { fromMs, toMs }: Step): number {
  if (shareAbove(leaves, fromMs) === 0) return 0;
  let sum = 0;
  for (const ms of leaves) sum += Math.min(1, Math.max(0, (ms - fromMs) / (toMs - fromMs)));
  return sum / leaves.length;
}
