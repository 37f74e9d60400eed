/**
 * `bench energy`: real sessions through the production code on simulated time, against the offline bound with perfect foresight and
 * against the simple rules (docs/performance.md says what each of them knows).
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { Forecasts, LocalTime, type OutletId, type Solver } from "@wattward/energy";
import { inProcessSolver } from "@wattward/energy/highs";
import type { Say } from "../plant.ts";
import { type Fleet, readFleet, STEP_HOURS, STEP_MS } from "./cars.ts";
import { linearRows, type Network, readNetwork } from "./network.ts";
import { type Optimum, offline, type Surroundings } from "./offline.ts";
import { type Replayed, replay, type World } from "./replay.ts";
import { byRule, laxities, rules, uncontrolledPeakKw } from "./rules.ts";
import { CAR_KW, networkSite, plainSite } from "./site-of.ts";
import { noPrices, prices, solarOf } from "./world.ts";

export type EnergyOptions = {
  readonly sessions: string;
  readonly capKw: number;
  readonly days?: number | undefined;
  readonly weekdays: boolean;
  readonly prices?: string | undefined;
  readonly bess?: { readonly kwh: number; readonly kw: number } | undefined;
  readonly pv?: string | undefined;
  readonly network?: string | undefined;
  readonly history?: string | undefined;
  readonly claimedOnly: boolean;
  /** Two of the rules through loop and stations as well: as long again, each. */
  readonly sameStations: boolean;
  readonly timeZone: string;
  readonly out: string;
};

const DAY_MS = 86_400_000;
const EFFICIENCY = 0.95;
const START_PERMILLE = 500;
const LOW_PERMILLE = 100;
/** A session is complete with this part of what it needs: whole amperes and the last minute are no shortfall. */
const COMPLETE = 0.99;

export async function energy(options: EnergyOptions, say: Say) {
  const fleet = await readFleet({
    file: options.sessions,
    ...(options.days === undefined ? {} : { days: options.days }),
    weekdays: options.weekdays,
    timeZone: options.timeZone,
    powerKw: CAR_KW,
    claimedOnly: options.claimedOnly,
  });
  say(
    `${fleet.cars.length} sessions on ${fleet.days} days; nobody held back, they peak at ${uncontrolledPeakKw(fleet).toFixed(1)} kW`,
  );
  const { world, around, notes } = worldOf(fleet, options);
  for (const note of notes) say(note);
  const solver = await inProcessSolver();
  say("the offline bound");
  const optimum = await offline(fleet, around, solver);
  // As the loop has it, for whoever compares costs: the loss of the largest source must not overload what the bound takes for a limit of the meter.
  // In a network the cap is no fuse for the loop either.
  const robust =
    options.prices === undefined || world.site.sources.length === 0 || world.network !== undefined
      ? undefined
      : await offline(fleet, { ...around, withoutLargest: true }, solver);
  say(`the bound: ${sum(optimum.gotKwh).toFixed(0)} kWh; now the replay`);
  const history = options.history === undefined ? undefined : await historyOf(options.history, options);
  const replayed = await replay(fleet, world, { solver, say, history });
  const sameStations = options.sameStations
    ? await throughTheLoop(fleet, world, { solver, lpKWh: sum(optimum.gotKwh) })
    : undefined;
  await solver.close();
  const figures = figuresOf(fleet, { optimum, replayed, around, options, network: world.network });
  write(options.out, fleet, {
    optimum,
    replayed,
    figures: {
      ...figures,
      ...(sameStations !== undefined && { sameStations }),
      ...(robust !== undefined && {
        lpWithoutLargest: { kWh: round(sum(robust.gotKwh)), eur: round(robust.cent / 100) },
      }),
    },
  });
  const { plans, noPlans, turns, errors, overloads, worstLoad, stepsAboveCap } = replayed;
  say(
    `${plans} plans (${noPlans} without an answer), ${turns} turns, departures ± ${errors.departureMin.toFixed(0)} min, fullest fuse ${worstLoad.toFixed(3)}, overloads ${overloads}${stepsAboveCap > 0 ? `, 5-minute means above the cap ${stepsAboveCap}` : ""}`,
  );
  return figures;
}

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
    out[name] = round4(sum(gotKwh) / lpKWh);
  }
  return out;
}

function worldOf(
  fleet: Fleet,
  options: EnergyOptions,
): { readonly world: World; readonly around: Surroundings; readonly notes: readonly string[] } {
  const offsetMs = zoneOffsetMs(options.timeZone, fleet.startMs);
  const course = options.prices === undefined ? noPrices : prices(options.prices, fleet.startMs, offsetMs);
  const sun = options.pv === undefined ? undefined : solarOf(options.pv, offsetMs);
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
  return {
    world: {
      ...{ site, capKw, network, outletOf },
      timeZone: options.timeZone,
      solarW,
      pricesAt: course.known,
      priceCent: course.cent,
      feedInCent: 0,
      priced: options.prices !== undefined,
      startPermille: START_PERMILLE,
      efficiency: EFFICIENCY,
    },
    around: {
      capKw: options.capKw,
      priceCent: (step) => course.cent(wallOf(step)),
      feedInCent: 0,
      solarKw: (step) => solarW(wallOf(step)) / 1000,
      sameFor: sun !== undefined ? 3 : options.prices !== undefined ? 12 : fleet.steps + 1,
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
    notes,
  };
}

/** What the forecasts would know if they had seen the sessions of a file: their state. */
async function historyOf(
  file: string,
  { timeZone, claimedOnly }: Pick<EnergyOptions, "timeZone" | "claimedOnly">,
): Promise<object> {
  const forecasts = new Forecasts(timeZone);
  const { cars } = await readFleet({ file, weekdays: false, timeZone, powerKw: CAR_KW, claimedOnly });
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

type Outcome = {
  readonly optimum: Optimum;
  readonly replayed: Replayed;
  readonly around: Surroundings;
  readonly options: EnergyOptions;
  readonly network: Network | undefined;
};

function figuresOf(fleet: Fleet, { optimum, replayed, around, options, network }: Outcome) {
  const lpKWh = sum(optimum.gotKwh);
  const kWh = sum(replayed.gotKwh);
  const parts = fleet.cars.map(({ needKwh }, i) =>
    needKwh > 0 ? Math.min(1, replayed.gotKwh[i]! / needKwh) : 1,
  );
  // What the battery holds less at the end than the bound's was bought before, at the mean price.
  const lessKwh = optimum.batteryEndKwh - replayed.batteryEndKwh;
  const meanCent =
    fleet.steps === 0
      ? 0
      : sum(Array.from({ length: fleet.steps }, (_, step) => around.priceCent(step))) / fleet.steps;
  const eur = (replayed.cent + lessKwh * meanCent) / 100;
  const lpEur = optimum.cent / 100;
  return {
    energy: { kWh: round(kWh), lpKWh: round(lpKWh), ratio: round4(kWh / lpKWh) },
    cost:
      options.prices === undefined
        ? null
        : { eur: round(eur), lpEur: round(lpEur), ratio: round4(eur / lpEur) },
    sessionsCompleted: round4(parts.filter((part) => part >= COMPLETE).length / parts.length),
    jain: round4(sum(parts) ** 2 / (parts.length * sum(parts.map((part) => part * part)))),
    peakKw: round(replayed.peakKw),
    rules: Object.fromEntries(
      Object.entries(rules).map(([name, rule]) => [
        name,
        round4(sum(byRule(rule, fleet, { capKw: options.capKw, network })) / lpKWh),
      ]),
    ),
  };
}

function write(
  out: string,
  { cars, startMs }: Fleet,
  { optimum, replayed, figures }: { optimum: Optimum; replayed: Replayed; figures: object },
): void {
  mkdirSync(resolve(out), { recursive: true });
  const lines = cars.map(({ session, from, to, needKwh }, i) =>
    [
      session.id,
      session.station,
      new Date(startMs + from * STEP_MS).toISOString(),
      ((to - from) * STEP_HOURS).toFixed(3),
      needKwh.toFixed(3),
      replayed.gotKwh[i]!.toFixed(3),
      optimum.gotKwh[i]!.toFixed(3),
    ].join(","),
  );
  writeFileSync(
    join(out, "sessions.csv"),
    `session,station,arrival,hours,need_kwh,got_kwh,lp_kwh\n${lines.join("\n")}\n`,
  );
  writeFileSync(
    join(out, "result.json"),
    `${JSON.stringify({ ...figures, plans: replayed.plans, plansWithoutAnswer: replayed.noPlans, turns: replayed.turns, errors: replayed.errors, instantPeakKw: round(replayed.instantPeakKw), overloads: replayed.overloads, stepsAboveCap: replayed.stepsAboveCap, worstLoad: replayed.worstLoad }, null, 2)}\n`,
  );
}

/** The site's clock less UTC at an instant. */
function zoneOffsetMs(timeZone: string, atMs: number): number {
  const { day, msOfDay } = new LocalTime(timeZone).of(atMs);
  return day * DAY_MS + msOfDay - atMs;
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
const round = (x: number): number => Math.round(x * 100) / 100;
const round4 = (x: number): number => Math.round(x * 10_000) / 10_000;
