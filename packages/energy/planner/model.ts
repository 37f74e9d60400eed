/**
 * The linear program of a plan (ENERGY, "The physical limit"), in expectation: a car that may have left takes power only as likely as it
 * is still there, so what it is worth to wait is weighed against the chance that it leaves short. Kilowatts, kilowatt-hours, cents.
 *
 *     min Σ (price·g − feedIn·x)·h + demand·peak + wear·(c + d)·h + beyond·over·h − Σ value·there·p·h − endValue·q_T
 *     Σ there·p + load + c + x = g + over + d + (solar − curtailed)          balance, each step
 *     Σ p·h ≤ what the car takes                                             in two halves, the first may be worth more
 *     q_t = q_t−1 + η·c·h − d·h/η,   reserve ≤ q ≤ full                      each battery
 *     g ≤ grid,   g ≤ peak,   Σ currents at each fuse and phase ≤ its rating, Σ (there·p + c) ≤ external limit
 *     Σ there·p + load + c ≤ fuse + over + sources without the largest       as the loop will have it (bound (a))
 *
 * Never infeasible: cars are wishes (they are worth something), `over` is allowed at a price no wish reaches, `x` takes what nobody could
 * hold back, and a battery that stands outside its bounds begins at the nearest of them.
 */
import { fuseTree } from "../fuse-tree.ts";
import { sum } from "../phases.ts";
import type { PlannerInput } from "../planner.ts";
import type { Battery, Load } from "../site.ts";
import { type Giving, givingOf, withinSite } from "./giving-back.ts";
import { dayBeforeGoesOn, HORIZON_MS, horizon, meanOver, type Step } from "./horizon.ts";
import { type LinearProgram, ProgramBuilder } from "./linear-program.ts";
import { type Demand, demandOf, expectedDemand } from "./stays.ts";
import { type Weights, weightsOf } from "./strategies.ts";

/** Each way; BESS of the size of a site lose a tenth in all. */
const BATTERY_EFFICIENCY = 0.95;
/** Above all that a kWh can be worth: more than there is, is never planned with. */
const BEYOND_CENT = 1_000;
/** For a kWh an hour earlier: decides only among equals. */
const EARLIER_CENT = 0.005;
/** For a kWh in the first step of a car that charges already: what it saves to stop must be worth two writes. */
const GOES_ON_CENT = 0.3;
/** Prices that differ by less are the same. */
const SAME_PRICE_CENT = 0.05;
/**
 * Part of the forecast's spread, towards the high load and the low sun, that plans leave room for at the grid connection. What is meant to
 * happen is planned with what is likely: a pessimist's battery is full before the sun is up.
 */
const ROBUST = 0.5;
/** Rows of fuses beyond this many are left to the loop: the plan stays quick. */
const FUSE_ROWS_MAX = 3_000;

type Entries = readonly (readonly [column: number, value: number])[];

export type Model = {
  readonly program: LinearProgram;
  readonly steps: readonly Step[];
  readonly demands: readonly Demand[];
  readonly batteries: readonly Battery[];
  readonly loadKw: readonly number[];
  readonly solarKw: readonly number[];
  /** Column of a demand's power in a step; -1: none. */
  readonly power: readonly (readonly number[])[];
  /** Of a demand whose car gives back. */
  readonly giving: readonly (Giving | undefined)[];
  /** Energy does not cost the same at all times: who is not planned to charge now is meant to wait. */
  readonly waits: boolean;
  readonly grid: readonly { readonly g: number; readonly x: number; readonly u: number }[];
  readonly battery: readonly (readonly { readonly c: number; readonly d: number; readonly q: number }[])[];
};

export function modelOf(input: PlannerInput): Model {
  const steps = horizon(input.wallMs);
  const weights = weightsOf(input);
  const demands = [
    ...input.sessions.map((session) =>
      demandOf(session, { site: input.site, steps, driversWord: weights.driversWord }),
    ),
    ...(input.expected ?? [])
      .filter(({ arriveWallMs }) => arriveWallMs < input.wallMs + HORIZON_MS)
      .map((one) => expectedDemand(one, steps)),
  ];
  return new ModelBuilder(input, { steps, weights, demands }).model();
}

class ModelBuilder {
  private readonly input: PlannerInput;
  private readonly steps: readonly Step[];
  private readonly weights: Weights;
  private readonly demands: readonly Demand[];
  private readonly program = new ProgramBuilder();
  private readonly loadKw: readonly number[];
  private readonly solarKw: readonly number[];
  /** Room at the grid connection for load and sun that turn out worse than likely. */
  private readonly marginKw: readonly number[];
  private readonly priceCent: readonly number[];

  constructor(
    input: PlannerInput,
    { steps, weights, demands }: { steps: readonly Step[]; weights: Weights; demands: readonly Demand[] },
  ) {
    this.input = input;
    this.steps = steps;
    this.weights = weights;
    this.demands = demands;
    const { loadW, solarW, price } = input;
    const course = (f: typeof loadW, values: readonly number[]) =>
      steps.map((step) => meanOver({ ...f, values }, step) / 1000);
    this.loadKw = course(loadW, loadW.likely);
    this.solarKw = course(solarW, solarW.likely).map((kw) => Math.max(0, kw));
    const loadHighKw = course(loadW, loadW.high);
    const solarLowKw = course(solarW, solarW.low);
    this.marginKw = steps.map(
      (_, k) =>
        ROBUST *
        (Math.max(0, loadHighKw[k]! - this.loadKw[k]!) +
          Math.max(0, this.solarKw[k]! - Math.max(0, solarLowKw[k]!))),
    );
    const known = dayBeforeGoesOn(price, steps.at(-1)!.toMs);
    this.priceCent = steps.map((step) => (meanOver(known, step) / 1000) * weights.price + weights.gridCent);
  }

  model(): Model {
    const { site } = this.input;
    // Of one whose charge nobody knows nothing is planned, so that the loop goes on steering it by what it measures.
    const batteries = site.sources.filter(
      (source): source is Battery => source.kind === "battery" && this.canPlan(source),
    );
    const power = this.demands.map((demand) => this.powerOf(demand));
    const giving = this.demands.map((demand, i) =>
      givingOf(this.program, demand, { input: this.input, steps: this.steps, power: power[i]! }),
    );
    const battery = batteries.map((one) => this.batteryOf(one));
    // Each demand by what it takes, and by what it takes to have given.
    const taken = [...power, ...giving.map((one) => one?.r ?? [])];
    const grid = this.gridOf({ taken, giving, battery });
    this.fuses(taken);
    return {
      program: this.program.build(),
      steps: this.steps,
      demands: this.demands,
      batteries,
      loadKw: this.loadKw,
      solarKw: this.solarKw,
      power,
      giving,
      waits: this.waits,
      grid,
      battery,
    };
  }

  /** Each step has the power in two halves of the need; the column answered is their sum's. */
  private powerOf(demand: Demand): number[] {
    const { program, weights, steps } = this;
    const { takesKwh, powerKw, there, count } = demand;
    if (!(takesKwh > 0) || !(powerKw > 0)) return steps.map(() => -1);
    const bonus = weights.firstHalfCent - weights.secondHalfCent;
    const missedCent = weights.secondHalfCent + this.dearestCent;
    const ofAll: { readonly column: number; readonly hours: number; readonly share: number }[] = [];
    const columns = steps.map((step, k) => {
      const share = there[k]!;
      if (share === 0) return -1;
      const early = (EARLIER_CENT * (HORIZON_MS - (step.fromMs - this.input.wallMs))) / 3_600_000;
      const goesOn = k === 0 && demand.session?.charging === true ? GOES_ON_CENT : 0;
      const column = program.column(-(missedCent + early + goesOn) * share * count * step.hours, 0, powerKw);
      ofAll.push({ column, hours: step.hours, share });
      return column;
    });
    program.row(
      Number.NEGATIVE_INFINITY,
      takesKwh,
      ofAll.map(({ column, hours }) => [column, hours] as const),
    );
    if (bonus > 0) {
      // What it is expected to get by all steps, up to half of its need, is worth more.
      const half = program.column(-bonus * count, 0, takesKwh / 2);
      program.row(Number.NEGATIVE_INFINITY, 0, [
        [half, 1],
        ...ofAll.map(({ column, hours, share }) => [column, -hours * share] as const),
      ]);
    }
    return columns;
  }

  private canPlan({ id, revert }: Battery): boolean {
    return revert.kind === "proven" && Number.isFinite(this.input.chargePermille.get(id) ?? Number.NaN);
  }

  private batteryOf(battery: Battery) {
    const { program, input } = this;
    const kwh = battery.capacityWh / 1000;
    const low = (kwh * battery.reservePermille) / 1000;
    const high = (kwh * battery.fullPermille) / 1000;
    const told = input.chargePermille.get(battery.id) ?? 0;
    const start = Math.min(high, Math.max(low, (kwh * told) / 1000));
    const wear = input.tariff.batteryWearMilliCentPerKwh / 1000;
    let before: number | undefined;
    return this.steps.map(({ hours }, k) => {
      const last = k === this.steps.length - 1;
      const c = program.column(wear * hours, 0, battery.chargeWMax / 1000);
      const d = program.column(wear * hours, 0, battery.dischargeWMax / 1000);
      const q = program.column(last ? -this.endValueCent : 0, low, high);
      const change = [
        [c, -BATTERY_EFFICIENCY * hours],
        [d, hours / BATTERY_EFFICIENCY],
      ] as const;
      if (before === undefined) program.row(start, start, [[q, 1], ...change]);
      else program.row(0, 0, [[q, 1], [before, -1], ...change]);
      before = q;
      return { c, d, q };
    });
  }

  /** What a car goes without is worth more than the dearest energy, whatever energy costs at this site: an hour of a new peak and all. */
  private get dearestCent(): number {
    return Math.max(0, ...this.priceCent) + this.demandCent;
  }

  /** For a kW of this plan's peak. */
  private get demandCent(): number {
    const { input, weights } = this;
    if (weights.price === 0) return 0;
    return (input.tariff.demandMilliCentPerKw / 1000) * partOfMonth(input.wallMs);
  }

  /** For a kWh more than connection and sources have. */
  private get beyondCent(): number {
    return BEYOND_CENT + this.weights.firstHalfCent + this.dearestCent;
  }

  private get waits(): boolean {
    const { priceCent, weights, input } = this;
    const demand = weights.price > 0 && input.tariff.demandMilliCentPerKw > 0;
    return (
      demand || weights.gridCent > 0 || Math.max(...priceCent) - Math.min(...priceCent) > SAME_PRICE_CENT
    );
  }

  /** A kWh that is still in the battery at the end saves one bought at a middling price later. */
  private get endValueCent(): number {
    const sorted = [...this.priceCent].sort((a, b) => a - b);
    return Math.max(0, sorted[Math.floor(sorted.length / 2)]! * BATTERY_EFFICIENCY);
  }

  private gridOf({
    taken,
    giving,
    battery,
  }: Pick<Model, "giving" | "battery"> & { readonly taken: readonly (readonly number[])[] }) {
    const { program, input, weights, steps } = this;
    const root = input.site.fuses.find(({ parent }) => parent === undefined);
    const fuseKw = ((root?.ratedMa ?? 0) * 3 * input.site.voltageV) / 1e6;
    const gridKw = Math.min(fuseKw, (input.site.peakW ?? Number.POSITIVE_INFINITY) / 1000);
    const feedIn = (input.tariff.feedInMilliCentPerKwh / 1000) * weights.price - weights.gridCent;
    const { demandCent, beyondCent } = this;
    const peak = program.column(demandCent, (input.peakSoFarW ?? 0) / 1000, Number.POSITIVE_INFINITY);
    return steps.map((step, k) => {
      const price = this.priceCent[k]!;
      const g = program.column(price * step.hours, 0, Math.max(0, gridKw - this.marginKw[k]!));
      // Feeding in for more than buying costs would be a pump of money without end; a load that feeds has no switch.
      const fedMax = Math.max(fuseKw, -this.loadKw[k]!);
      const x = program.column(-Math.min(feedIn, price) * step.hours, 0, fedMax);
      const u = program.column(0, 0, this.solarKw[k]!);
      const over = program.column(beyondCent * step.hours, 0, Number.POSITIVE_INFINITY);
      const cars = taken.flatMap((columns, i) =>
        (columns[k] ?? -1) < 0 ? [] : [[columns[k]!, this.weightOf(i, k)] as const],
      );
      const given = giving.flatMap((one, i) =>
        one?.d[k] === undefined ? [] : [[one.d[k]!, this.weightOf(i, k)] as const],
      );
      const minus = (entries: Entries): Entries => entries.map(([column, value]) => [column, -value]);
      if (given.length > 0)
        withinSite(program, [...given, ...minus(cars)], {
          ...{ input, loadKw: this.loadKw[k]!, solarKw: this.solarKw[k]! },
        });
      const stored = battery.map((one) => one[k]!);
      program.row(this.solarKw[k]! - this.loadKw[k]!, this.solarKw[k]! - this.loadKw[k]!, [
        ...cars,
        ...minus(given),
        ...stored.flatMap(({ c, d }) => [[c, 1] as const, [d, -1] as const]),
        [x, 1],
        [u, 1],
        [g, -1],
        [over, -1],
      ]);
      const drawn = [...cars, ...stored.map(({ c }) => [c, 1] as const)];
      this.withoutLargest(k, { drawn, stored, u, over, fuseKw });
      if (demandCent > 0)
        program.row(Number.NEGATIVE_INFINITY, 0, [
          [g, 1],
          [peak, -1],
        ]);
      if (input.externalW !== undefined)
        program.row(Number.NEGATIVE_INFINITY, Math.max(0, input.externalW / 1000), drawn);
      return { g, x, u };
    });
  }

  /**
   * The loop relies on all sources but the largest (N-1). The largest is another at every hour, so each of them is left out in a row of its
   * own. All solar counts as one: that is never more than what the loop relies on.
   */
  private withoutLargest(
    k: number,
    {
      drawn,
      stored,
      u,
      over,
      fuseKw,
    }: {
      readonly drawn: Entries;
      readonly stored: readonly { readonly d: number }[];
      readonly u: number;
      readonly over: number;
      readonly fuseKw: number;
    },
  ): void {
    const solarKw = this.solarKw[k]!;
    if (solarKw === 0 && stored.length === 0) return;
    const roomKw = fuseKw - this.loadKw[k]!;
    // Room for what may be worse is left of what there is: it is no load that would have to be borne.
    const leftKw = Math.max(roomKw - this.marginKw[k]!, Math.min(0, roomKw));
    const feeding = stored.map(({ d }) => [d, -1] as const);
    const lost = [undefined, ...stored.map(({ d }) => d)];
    for (const one of lost) {
      const relied = feeding.filter(([d]) => d !== one);
      // `undefined`: the sun is what is lost.
      const sun = one === undefined ? [] : [[u, 1] as const];
      const most = one === undefined ? leftKw : leftKw + solarKw;
      this.program.row(Number.NEGATIVE_INFINITY, most, [...drawn, ...relied, ...sun, [over, -1]]);
    }
  }

  /** `i`: of what is taken; demands come twice there. */
  private weightOf(i: number, k: number): number {
    const { there, count } = this.demands[i % this.demands.length]!;
    return there[k]! * count;
  }

  /** Cars at fuses below the grid connection, phase by phase, where they could overload it together. */
  private fuses(taken: readonly (readonly number[])[]): void {
    const { site } = this.input;
    const tree = fuseTree(site);
    let rows = 0;
    site.fuses.forEach((fuse, f) => {
      for (const phase of ["L1", "L2", "L3"] as const) {
        const here = this.demands.flatMap(({ outlet, powerKw, phases }, i) => {
          if (outlet === undefined || !outlet.wiring.slice(0, phases).includes(phase)) return [];
          if (!tree.pathOf(tree.indexOf(outlet.fuse)).includes(f)) return [];
          return [
            {
              i,
              maPerKw: 1e6 / (site.voltageV * phases),
              mostMa: (powerKw * 1e6) / (site.voltageV * phases),
            },
          ];
        });
        const below = site.loads.filter((load) => tree.pathOf(tree.indexOf(load.fuse)).includes(f));
        const part = declaredMa(below) / Math.max(1, declaredMa(site.loads));
        const leftMa = this.loadKw.map((kw) => Math.max(0, fuse.ratedMa - part * this.baseMa(kw)));
        if (here.reduce((sum, { mostMa }) => sum + mostMa, 0) <= Math.min(...leftMa)) continue;
        // Cars on all three phases: one phase stands for all, and at the top the grid's own bound does.
        const balanced = here.every(({ i }) => this.demands[i]!.phases === 3);
        if (balanced && (phase !== "L1" || fuse.parent === undefined)) continue;
        for (let k = 0; k < this.steps.length && rows < FUSE_ROWS_MAX; k++) {
          const entries = here
            .flatMap(({ i, maPerKw }) => [i, i + this.demands.length].map((at) => ({ at, maPerKw })))
            .flatMap(({ at, maPerKw }) =>
              (taken[at]![k] ?? -1) < 0
                ? []
                : [[taken[at]![k]!, (maPerKw * this.weightOf(at, k)) / 1000] as const],
            );
          if (entries.length === 0) continue;
          this.program.row(Number.NEGATIVE_INFINITY, leftMa[k]! / 1000, entries);
          rows++;
        }
      }
    });
  }

  /** The building's mean current on each phase, for fuses above it. */
  private baseMa(loadKw: number): number {
    return (loadKw * 1e6) / (3 * this.input.site.voltageV);
  }
}

/** By which the one forecast of all loads is told apart. */
const declaredMa = (loads: readonly Load[]): number =>
  loads.reduce((ma, { highestMa }) => ma + sum(highestMa), 0);

/**
 * A peak is paid for once, and serves until the month ends: a plan bears its part. At the month's beginning a day would else be asked to
 * pay for all of it, and no car would be worth that.
 */
function partOfMonth(wallMs: number): number {
  const now = new Date(wallMs);
  const endMs = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1);
  return Math.min(1, HORIZON_MS / (endMs - wallMs));
}
