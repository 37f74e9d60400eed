/**
 * From the solution of the program to a plan that the loop can follow, and to one that people can look at. A solution that is absurd
 * (no number, beyond what was asked for, a plan that moves more than there is) is refused, whoever solved it.
 */
import type { BatteryLeeway, Plan, SessionId, SessionPlan } from "../inputs.ts";
import type { PlannerInput } from "../planner.ts";
import type { Source, SourceId } from "../site.ts";
import type { PlanView } from "../snapshot.ts";
import { wantedMa } from "../steps.ts";
import { HORIZON_MS, meanOver } from "./horizon.ts";
import type { Model } from "./model.ts";
import { type Demand, laxityMs } from "./stays.ts";
import { STRATEGIES } from "./strategies.ts";

/** A plan is made again long before; after this it is out of date, and the loop goes on in *reactive*. */
const PLAN_LIVES_MS = 15 * 60_000;
const VIEW_STEP_MS = 15 * 60_000;
const VIEW_STEPS = HORIZON_MS / VIEW_STEP_MS;
/** Solvers keep bounds to a millionth; this is far beyond. */
const TOLERANCE = 1e-3;
/** Less is nothing. */
const SOME_KW = 0.01;

/** The sentence of what is absurd in it; `undefined`: nothing. */
export function faultOfSolution(x: Float64Array, { program }: Model): string | undefined {
  if (x.length !== program.cost.length) return "it has another size";
  for (let i = 0; i < x.length; i++) {
    const value = x[i]!;
    if (!Number.isFinite(value)) return "a value is no number";
    const slack = TOLERANCE * (1 + Math.abs(value));
    if (value < program.low[i]! - slack || value > program.high[i]! + slack)
      return "a value is out of its bounds";
  }
  const { starts, indices, values, rowLow, rowHigh } = program;
  for (let row = 0; row < rowLow.length; row++) {
    let sum = 0;
    let size = 1;
    for (let e = starts[row]!; e < starts[row + 1]!; e++) {
      sum += values[e]! * x[indices[e]!]!;
      size = Math.max(size, Math.abs(values[e]! * x[indices[e]!]!));
    }
    if (sum < rowLow[row]! - TOLERANCE * size || sum > rowHigh[row]! + TOLERANCE * size)
      return "a row does not hold";
  }
  return undefined;
}

/** What a demand takes and gives in a step. */
function flowOf(
  x: Float64Array,
  { power, giving }: Model,
  { demand, step }: { readonly demand: number; readonly step: number },
): { readonly takesKw: number; readonly givesKw: number } {
  const at = (column = -1) => (column < 0 ? 0 : x[column]!);
  const given = giving[demand];
  return { takesKw: at(power[demand]![step]) + at(given?.r[step]), givesKw: at(given?.d[step]) };
}

/** What the program gives a session now, beside what its car and its outlet can take. */
type PlannedCar = {
  readonly id: SessionId;
  /** Its fuse and phases: what one car there may have, another may have in its place. */
  readonly place: string;
  readonly kw: number;
  readonly kwPerMa: number;
  readonly minMa: number;
  readonly mostMa: number;
  readonly laxityMs: number;
  /** Above nothing: it is meant to give back. */
  readonly dischargeMa: number;
};

function planned(
  x: Float64Array,
  model: Model,
  { input, demand, i }: { readonly input: PlannerInput; readonly demand: Demand; readonly i: number },
): PlannedCar[] {
  const { session, outlet, phases, powerKw } = demand;
  if (session === undefined || outlet === undefined) return [];
  const { site, wallMs, strategy } = input;
  const { driversWord } = STRATEGIES[strategy].weights;
  const { takesKw, givesKw } = flowOf(x, model, { demand: i, step: 0 });
  const gives = givesKw - takesKw > SOME_KW;
  return [
    {
      ...{ id: session.id, minMa: outlet.minMa },
      place: `${outlet.fuse} ${outlet.wiring.toSorted().join(" ")}`,
      kw: Math.min(powerKw, Math.max(0, takesKw - givesKw)),
      kwPerMa: (site.voltageV * phases) / 1e6,
      mostMa: Math.min(wantedMa(outlet, session.wantsMa), outlet.ratedMa),
      laxityMs: laxityMs(session, { wallMs, powerKw, driversWord }),
      dischargeMa: gives ? ((givesKw - takesKw) * 1e6) / (site.voltageV * outlet.wiring.length) : 0,
    },
  ];
}

/**
 * When to buy, and how much for the cars of a place together, is the program's; who of them gets it first is not: it knows what is likely, and
 * nothing of what can still be mended when a car stays longer than that. Who can wait least is served first, as it is where nothing is bought ahead.
 */
function leastLaxFirst(cars: readonly PlannedCar[]): Map<SessionId, number> {
  const kwOf = new Map<SessionId, number>();
  for (const below of Map.groupBy(cars, ({ place }) => place).values()) {
    let leftKw = below.reduce((sum, { kw }) => sum + kw, 0);
    for (const { id, mostMa, kwPerMa, dischargeMa } of below.toSorted((a, b) => a.laxityMs - b.laxityMs)) {
      const kw = dischargeMa > 0 ? 0 : Math.min(leftKw, mostMa * kwPerMa);
      kwOf.set(id, kw);
      leftKw -= kw;
    }
  }
  return kwOf;
}

export function planFrom(x: Float64Array, model: Model, input: PlannerInput): Plan {
  const sessions = new Map<SessionId, SessionPlan>();
  const inTurn = input.strategy !== "fairness";
  const cars = model.demands.flatMap((demand, i) => planned(x, model, { input, demand, i }));
  const kwOf = inTurn && model.waits ? leastLaxFirst(cars) : new Map(cars.map(({ id, kw }) => [id, kw]));
  for (const car of cars) {
    const { id, minMa, mostMa, laxityMs, dischargeMa } = car;
    const ma = kwOf.get(id)! / car.kwPerMa;
    // Less than a car can charge with is rounded to that, or to nothing.
    const startsMa = ma > 0 && ma < minMa ? (ma >= minMa / 2 ? minMa : 0) : ma;
    // Where energy costs the same at all times nothing is gained by a schedule: who can wait least goes first, with all it can take.
    const atLeastMa = inTurn && !model.waits ? 0 : Math.min(ma, mostMa);
    const atMostMa = model.waits ? Math.max(startsMa, atLeastMa) : mostMa;
    sessions.set(id, {
      ...(dischargeMa > 0 ? { atLeastMa: 0, atMostMa: 0, dischargeMa } : { atLeastMa, atMostMa }),
      ...(inTurn && { laxityMs }),
    });
  }
  const batteries = new Map<SourceId, number>();
  const leeway = new Map<SourceId, BatteryLeeway>();
  model.batteries.forEach((battery, b) => {
    const { c, d } = model.battery[b]![0]!;
    batteries.set(battery.id, Math.round((x[d]! - x[c]!) * 1000));
    leeway.set(battery.id, leewayOf(x, model, b));
  });
  const solar = solarOf(x, model, input);
  return {
    ...{ madeAtMs: input.nowMs, validUntilMs: input.nowMs + PLAN_LIVES_MS },
    ...{ sessions, batteries, leeway },
    ...(solar.size > 0 && { solar }),
  };
}

/**
 * The sun is held back where that is worth money: buying is paid for, or feeding in costs. Then all that the plan does not use, also what was
 * not forecast; each source its part by power.
 */
function solarOf(x: Float64Array, { grid, solarKw }: Model, { site, price, tariff, wallMs }: PlannerInput) {
  const sources = site.sources.filter(({ kind }) => kind === "solar");
  const now = meanOver(
    { ...price, values: price.milliCentPerKwh },
    { fromMs: wallMs, toMs: wallMs + 1, hours: 0 },
  );
  const limits = new Map<SourceId, number>();
  if (now >= 0 && tariff.feedInMilliCentPerKwh >= 0) return limits;
  const usedKw = Math.max(0, solarKw[0]! - x[grid[0]!.u]!);
  // Something is fed in and nothing is curtailed: it is worth it.
  if (x[grid[0]!.u]! <= SOME_KW && usedKw > 0) return limits;
  const all = sources.reduce((w, source) => w + feedMaxW(source), 0);
  for (const source of sources)
    limits.set(source.id, all > 0 ? Math.round((usedKw * 1000 * feedMaxW(source)) / all) : 0);
  return limits;
}

const feedMaxW = (source: Source): number => (source.kind === "solar" ? source.feedWMax : 0);

/**
 * What the plan says of energy in the battery beyond the figure itself. It gives although more could be bought: a kWh bought now is dearer
 * than one kept, so whatever the site draws is covered. It gives, and something is bought all the same: only so much was worth it. Nothing
 * is meant to be fed in: what there is to spare is stored.
 */
function leewayOf(x: Float64Array, { battery, grid }: Model, b: number): BatteryLeeway {
  const { c, d } = battery[b]![0]!;
  const gives = x[d]! > SOME_KW && x[c]! <= SOME_KW;
  const buys = x[grid[0]!.g]! > SOME_KW;
  const feeds = x[grid[0]!.x]! > SOME_KW;
  return { covers: gives && !buys, absorbs: !feeds || x[c]! > SOME_KW, exports: gives && feeds };
}

export function viewOf(x: Float64Array, model: Model, input: PlannerInput): PlanView {
  const { steps } = model;
  const carsKw = steps.map((_, k) =>
    model.demands.reduce((sum, { there, count }, demand) => {
      const { takesKw, givesKw } = flowOf(x, model, { demand, step: k });
      return sum + (takesKw - givesKw) * there[k]! * count;
    }, 0),
  );
  const batteryKw = steps.map((_, k) =>
    model.battery.reduce((sum, one) => sum + x[one[k]!.d]! - x[one[k]!.c]!, 0),
  );
  const solarKw = steps.map((_, k) => model.solarKw[k]! - x[model.grid[k]!.u]!);
  const gridKw = steps.map((_, k) => x[model.grid[k]!.g]! - x[model.grid[k]!.x]!);
  const kwh = model.batteries.reduce((sum, { capacityWh }) => sum + capacityWh / 1000, 0);
  const charge = steps.map((_, k) =>
    kwh === 0 ? 0 : (1000 * model.battery.reduce((sum, one) => sum + x[one[k]!.q]!, 0)) / kwh,
  );
  const at = (values: readonly number[], scale: number) =>
    Array.from({ length: VIEW_STEPS }, (_, i) => {
      const fromMs = input.wallMs + i * VIEW_STEP_MS;
      const toMs = fromMs + VIEW_STEP_MS;
      let sum = 0;
      let ms = 0;
      steps.forEach((step, k) => {
        const overlapMs = Math.min(toMs, step.toMs) - Math.max(fromMs, step.fromMs);
        if (overlapMs <= 0) return;
        sum += values[k]! * overlapMs;
        ms += overlapMs;
      });
      return ms === 0 ? 0 : Math.round((scale * sum) / ms);
    });
  return {
    madeAtWallMs: input.wallMs,
    fromWallMs: input.wallMs,
    stepMs: VIEW_STEP_MS,
    gridW: at(gridKw, 1000),
    carsW: at(carsKw, 1000),
    batteryW: at(batteryKw, 1000),
    solarW: at(solarKw, 1000),
    buildingW: at(model.loadKw, 1000),
    chargePermille: at(charge, 1),
  };
}
