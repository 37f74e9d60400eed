/**
 * `bench energy`: real sessions through the production code on simulated time, against the offline bound with perfect foresight and
 * against the simple rules (docs/performance.md says what each of them knows).
 */
import { Forecasts, type OutletId, type Solver } from "@wattward/energy";
import { inProcessSolver } from "@wattward/energy/highs";
import type { Say } from "../plant.ts";
import { type Fleet, type ReadFleet, readFleet, STEP_MS } from "./cars.ts";
import { Clock } from "./clock.ts";
import type { Span } from "./course.ts";
import { figuresOf, noCost, partOf, round, sum } from "./figures.ts";
import { linearRows, readNetwork } from "./network.ts";
import { NoOptimum, type Optimum, offline, type Surroundings } from "./offline.ts";
import { type Replayed, replay, type World } from "./replay.ts";
import { writeResults } from "./results.ts";
import { laxities, rules, uncontrolledPeakKw } from "./rules.ts";
import { CAR_KW, networkSite, plainSite } from "./site-of.ts";
import { sunOf } from "./sun.ts";
import { noPrices, prices } from "./world.ts";

export type EnergyOptions = {
  readonly sessions: string;
  readonly capKw: number;
  readonly days?: number | undefined;
  readonly weekdays: boolean;
  readonly prices?: string | undefined;
  /** What is lost with a kWh missed, above the dearest: `missedMilliCentPerKwh` of a tariff, in cents. */
  readonly missedCent?: number | undefined;
  readonly bess?: { readonly kwh: number; readonly kw: number } | undefined;
  readonly pv?: string | undefined;
  readonly network?: string | undefined;
  readonly history?: string | undefined;
  readonly claimedOnly: boolean;
  /** Two of the rules through loop and stations as well: as long again, each. */
  readonly sameStations: boolean;
  readonly timeZone: string;
  /** A folder that is there. */
  readonly out: string;
};

const EFFICIENCY = 0.95;
const START_PERMILLE = 500;
const LOW_PERMILLE = 100;
/** Quarters of an hour, as the bound knows the sun. */
const SUN_STEPS = 3;

export async function energy(options: EnergyOptions, say: Say) {
  const clock = new Clock(options.timeZone);
  const fleet = await fleetOf(options, clock);
  for (const remark of fleet.remarks) say(remark);
  if (fleet.cars.length === 0) return nothing(fleet, options, say);
  say(
    `${fleet.cars.length} sessions on ${fleet.days} days; nobody held back, they peak at ${uncontrolledPeakKw(fleet).toFixed(1)} kW`,
  );
  const { world, around, remarks } = worldOf(fleet, options, clock);
  for (const remark of remarks) say(remark);
  const history = options.history === undefined ? undefined : await historyOf(options, clock, say);
  const solver = await inProcessSolver();
  say("the offline bound");
  const optimum = await offline(fleet, around, solver);
  // As the loop has it, for whoever compares costs: the loss of the largest source must not overload what the bound takes for a limit of the meter.
  // In a network the cap is no fuse for the loop either.
  const robust =
    options.prices === undefined || world.site.sources.length === 0 || world.network !== undefined
      ? undefined
      : await unless(offline(fleet, { ...around, withoutLargest: true }, solver), say);
  say(`the bound: ${sum(optimum.gotKwh).toFixed(0)} kWh; now the replay`);
  const replayed = await replay(fleet, world, { solver, say, history });
  const sameEnergy =
    options.prices === undefined
      ? undefined
      : await unless(offline(asDelivered(fleet, replayed), around, solver), say);
  const sameStations = options.sameStations
    ? await throughTheLoop(fleet, world, { solver, lpKWh: sum(optimum.gotKwh) })
    : undefined;
  await solver.close();
  const figures = figuresOf(fleet, {
    ...{ optimum, replayed, around, sameEnergy },
    ...{ priced: options.prices !== undefined, network: world.network },
  });
  const { plans, noPlans, turns, errors, overloads, worstLoad, instantPeakKw, stepsAboveCap } = replayed;
  const result = {
    ...figures,
    skipped: fleet.skipped,
    ...(sameStations !== undefined && { sameStations }),
    ...(robust !== undefined && {
      lpWithoutLargest: { kWh: round(sum(robust.gotKwh)), eur: round(robust.cent / 100) },
    }),
    ...{ plans, plansWithoutAnswer: noPlans, turns, errors, overloads, worstLoad },
    ...{ instantPeakKw: round(instantPeakKw), stepsAboveCap },
  };
  const { cost } = figures;
  if (cost.lpEur !== null && cost.ratio === null)
    say(`the bound pays ${cost.lpEur.toFixed(2)} EUR: the costs have no ratio`);
  say(
    `${plans} plans (${noPlans} without an answer), ${turns} turns, departures ± ${errors.departureMin.toFixed(0)} min, fullest fuse ${worstLoad.toFixed(3)}, overloads ${overloads}${stepsAboveCap > 0 ? `, 5-minute means above the cap ${stepsAboveCap}` : ""}`,
  );
  keep(options.out, { fleet, optimum, replayed, result }, say);
  return figures;
}

/** A bound that only stands beside the others: without it they are told all the same. */
async function unless(bound: Promise<Optimum>, say: Say): Promise<Optimum | undefined> {
  try {
    return await bound;
  } catch (error) {
    if (!(error instanceof NoOptimum)) throw error;
    say(error.message);
    return undefined;
  }
}

/** The figures are told even where they cannot be written. */
function keep(out: string, results: Parameters<typeof writeResults>[1], say: Say): void {
  try {
    writeResults(out, results);
  } catch (error) {
    say(`${out} could not be written: ${(error as Error).message}`);
    process.exitCode = 1;
  }
}

/** Of no sessions: all of nothing. */
function nothing(fleet: ReadFleet, options: EnergyOptions, say: Say) {
  say(`no session of ${options.sessions} is wanted: there is nothing to replay`);
  const figures = {
    energy: { kWh: 0, lpKWh: 0, ratio: 1 },
    cost: options.prices === undefined ? noCost : { ...noCost, eur: 0, lpEur: 0, lpEurSameKWh: 0 },
    ...{ sessionsCompleted: 1, jain: 1, peakKw: 0 },
    rules: Object.fromEntries(Object.keys(rules).map((name) => [name, 1])),
  };
  const none = { gotKwh: [] };
  const result = { ...figures, skipped: fleet.skipped };
  keep(options.out, { fleet, optimum: none, replayed: none, result }, say);
  return figures;
}

const fleetOf = (options: EnergyOptions, clock: Clock): Promise<ReadFleet> =>
  readFleet({
    file: options.sessions,
    ...(options.days === undefined ? {} : { days: options.days }),
    weekdays: options.weekdays,
    clock,
    powerKw: CAR_KW,
    claimedOnly: options.claimedOnly,
  });

/** The same cars, each of which needs what it was given. */
const asDelivered = (fleet: Fleet, { gotKwh }: Replayed): Fleet => ({
  ...fleet,
  cars: fleet.cars.map((car, i) => ({ ...car, needKwh: gotKwh[i]! })),
});

/** What two rules come to with the stations, amperes and seconds that our own code has. */
async function throughTheLoop(
  fleet: Fleet,
  world: World,
  { solver, lpKWh }: { readonly solver: Solver; readonly lpKWh: number },
): Promise<Record<string, number>> {
  const out: Record<string, number> = {};
  if (world.site.sources.length > 0 || world.priced) return out;
  for (const [name, laxity] of Object.entries(laxities)) {
    const { gotKwh } = await replay(fleet, world, { solver, say: () => {}, laxity });
    out[name] = partOf(sum(gotKwh), lpKWh);
  }
  return out;
}

function worldOf(
  fleet: Fleet,
  options: EnergyOptions,
  clock: Clock,
): { readonly world: World; readonly around: Surroundings; readonly remarks: readonly string[] } {
  const { startMs, steps } = fleet;
  const span: Span = { startMs, endMs: startMs + steps * STEP_MS, clock };
  const course = options.prices === undefined ? noPrices : prices(options.prices, span);
  const sun = options.pv === undefined ? undefined : sunOf(options.pv, span);
  const { bess } = options;
  const sources = {
    ...(bess === undefined ? {} : { bess }),
    ...(sun === undefined ? {} : { solarPeakW: sun.peakW }),
  };
  const { capKw } = options;
  const network = options.network === undefined ? undefined : readNetwork(options.network);
  const { site, outletOf, notes } =
    network === undefined
      ? plainSite(fleet, capKw, sources)
      : networkSite(network, fleet, { capKw, sources });
  const wallOf = (step: number) => fleet.startMs + step * STEP_MS;
  const solarW = sun?.w ?? (() => 0);
  const priceCent = (step: number) => course.cent(wallOf(step));
  const alike = commonPart(sun === undefined ? 0 : SUN_STEPS, alikeFor(priceCent, steps));
  const noSun = options.pv !== undefined && sun === undefined ? ["sun: the file has none"] : [];
  return {
    remarks: [...course.remarks, ...(sun?.remarks ?? noSun), ...notes],
    world: {
      ...{ site, capKw, network, outletOf },
      timeZone: options.timeZone,
      solarW,
      pricesAt: course.known,
      priceCent: course.cent,
      feedInCent: 0,
      missedCent: options.missedCent,
      priced: options.prices !== undefined,
      startPermille: START_PERMILLE,
      efficiency: EFFICIENCY,
    },
    around: {
      capKw: options.capKw,
      priceCent,
      feedInCent: 0,
      solarKw: (step) => solarW(wallOf(step)) / 1000,
      sameFor: alike === 0 ? steps + 1 : alike,
      rows: network === undefined ? [] : linearRows(network),
      ...(bess === undefined
        ? {}
        : {
            battery: {
              kwh: bess.kwh,
              kw: bess.kw,
              lowKwh: (bess.kwh * LOW_PERMILLE) / 1000,
              highKwh: bess.kwh,
              startKwh: (bess.kwh * START_PERMILLE) / 1000,
              efficiency: EFFICIENCY,
            },
          }),
    },
  };
}

/** So many steps from the first on, and again and again, it stays the same; 0: all of them. */
function alikeFor(of: (step: number) => number, steps: number): number {
  let part = 0;
  for (let step = 1; step < steps; step++) if (of(step) !== of(step - 1)) part = commonPart(part, step);
  return part;
}

const commonPart = (a: number, b: number): number => (b === 0 ? a : commonPart(b, a % b));

/** What the forecasts would know if they had seen the sessions of a file: their state. */
async function historyOf(options: EnergyOptions, clock: Clock, say: Say): Promise<object> {
  const forecasts = new Forecasts(options.timeZone);
  const wanted = { ...options, sessions: options.history!, days: undefined, weekdays: false };
  const { cars, remarks } = await fleetOf(wanted, clock);
  for (const remark of remarks) say(`history: ${remark}`);
  for (const { session, needKwh, told } of cars) {
    forecasts.learn({
      outlet: `${session.station}.1` as OutletId,
      arrivedWallMs: session.arriveAtMs,
      leftWallMs: session.leaveAtMs,
      takenWh: needKwh * 1000,
      ...told,
    });
  }
  return forecasts.state();
}
