/**
 * The bound: the linear program of ENERGY with perfect foresight, by HiGHS. The period is solved in windows of three days of which the first
 * is kept (the days after it are foreseen, then solved again), since a whole summer in one program takes hours. Within a window
 * neighbouring steps with the same cars, price, load and sun are one variable: that changes no optimum, since the program is linear.
 *
 * The battery ends each window with no less than it began with, as in ENERGY.
 */
import { ProgramBuilder, type Solver } from "@wattward/energy";
import { type Car, type Fleet, STEP_HOURS } from "./cars.ts";

/** What a site has beside cars and cap; values per step of the fleet's grid, kW and cents. */
export type Surroundings = {
  readonly capKw: number;
  readonly priceCent: (step: number) => number;
  readonly feedInCent: number;
  readonly solarKw: (step: number) => number;
  readonly battery?: {
    readonly kwh: number;
    readonly kw: number;
    readonly lowKwh: number;
    readonly highKwh: number;
    readonly startKwh: number;
    readonly efficiency: number;
  };
  /** Steps between which prices, load and sun are the same. */
  readonly sameFor: number;
  /** The cap is a fuse, and the loss of the largest source must not overload it (bound (a) of ENERGY), as the loop has it. */
  readonly withoutLargest?: boolean;
  /** Currents below fuses: each row a limit in kW over weighted cars. */
  readonly rows: readonly { readonly limitKw: number; readonly weight: (car: Car) => number }[];
};

export type Optimum = {
  readonly gotKwh: readonly number[];
  readonly cent: number;
  readonly batteryEndKwh: number;
  /** Of each step: what was drawn from the grid, less what was fed in, and how much the battery gave. */
  readonly gridKw: readonly number[];
  readonly batteryKw: readonly number[];
};

const DAY_STEPS = 24 / STEP_HOURS;
const WINDOW_DAYS = 3;
const SHORT_CENT = 1_000;
const DEADLINE_MS = 120_000;

type Window = { readonly from: number; readonly keepTo: number; readonly to: number };
type State = {
  readonly leftKwh: number[];
  readonly got: number[];
  readonly gridKw: number[];
  readonly batteryKw: number[];
  cent: number;
  charge: number;
};

export async function offline(fleet: Fleet, around: Surroundings, solver: Solver): Promise<Optimum> {
  const state: State = {
    leftKwh: fleet.cars.map(({ needKwh }) => needKwh),
    got: fleet.cars.map(() => 0),
    gridKw: Array.from({ length: fleet.steps }, () => 0),
    batteryKw: Array.from({ length: fleet.steps }, () => 0),
    cent: 0,
    charge: around.battery?.startKwh ?? 0,
  };
  for (let from = 0; from < fleet.steps; from += DAY_STEPS) {
    const to = Math.min(fleet.steps, from + WINDOW_DAYS * DAY_STEPS);
    await solveWindow(fleet, around, { solver, state, window: { from, keepTo: from + DAY_STEPS, to } });
  }
  const { got: gotKwh, cent, charge: batteryEndKwh, gridKw, batteryKw } = state;
  return { gotKwh, cent, batteryEndKwh, gridKw, batteryKw };
}

type Solving = { readonly solver: Solver; readonly state: State; readonly window: Window };

/** Boundaries where anything changes. */
function segmentsOf(
  { from, keepTo, to }: Window,
  cars: readonly Car[],
  sameFor: number,
): { from: number; to: number }[] {
  const edges = new Set([from, Math.min(keepTo, to), to]);
  for (let step = Math.ceil(from / sameFor) * sameFor; step < to; step += sameFor) edges.add(step);
  for (const car of cars) {
    if (car.from > from && car.from < to) edges.add(car.from);
    if (car.to > from && car.to < to) edges.add(car.to);
  }
  const sorted = [...edges].sort((a, b) => a - b);
  return sorted.slice(1).map((end, i) => ({ from: sorted[i]!, to: end }));
}

async function solveWindow(
  fleet: Fleet,
  around: Surroundings,
  { solver, state, window }: Solving,
): Promise<void> {
  const here = fleet.cars
    .map((car, i) => ({ car, i }))
    .filter(({ car, i }) => car.from < window.to && car.to > window.from && state.leftKwh[i]! > 1e-6);
  const stored = around.battery !== undefined;
  if (here.length === 0 && !stored) return;
  const segments = segmentsOf(
    window,
    here.map(({ car }) => car),
    around.sameFor,
  );
  const program = new ProgramBuilder();
  const power = here.map(({ car, i }) => {
    const entries: [number, number][] = [];
    const columns = segments.map((segment) => {
      if (car.from > segment.from || car.to < segment.to) return -1;
      const hours = (segment.to - segment.from) * STEP_HOURS;
      const column = program.column(-SHORT_CENT * hours, 0, car.powerKw);
      entries.push([column, hours]);
      return column;
    });
    program.row(Number.NEGATIVE_INFINITY, state.leftKwh[i]!, entries);
    return columns;
  });
  let before: number | undefined;
  const flows = segments.map((segment, s) => {
    const hours = (segment.to - segment.from) * STEP_HOURS;
    const price = around.priceCent(segment.from);
    const solarKw = around.solarKw(segment.from);
    const g = program.column(price * hours, 0, around.capKw);
    // Where buying is cheaper than feeding in pays, both at once would be money for nothing.
    const x = program.column(
      -around.feedInCent * hours,
      0,
      price >= around.feedInCent ? Number.POSITIVE_INFINITY : 0,
    );
    const u = program.column(0, 0, solarKw);
    const cars = power.flatMap((columns) => (columns[s]! < 0 ? [] : [[columns[s]!, 1] as const]));
    const flow = { g, x, c: -1, d: -1, q: -1, hours, price };
    const { battery } = around;
    if (battery !== undefined) {
      const last = s === segments.length - 1;
      flow.c = program.column(0, 0, battery.kw);
      flow.d = program.column(0, 0, battery.kw);
      flow.q = program.column(0, last ? state.charge - 1e-6 : battery.lowKwh, battery.highKwh);
      const change = [
        [flow.q, 1],
        [flow.c, -battery.efficiency * hours],
        [flow.d, hours / battery.efficiency],
      ] as const;
      if (before === undefined) program.row(state.charge, state.charge, change);
      else program.row(0, 0, [...change, [before, -1]]);
      before = flow.q;
    }
    program.row(solarKw, solarKw, [
      ...cars,
      ...(flow.c < 0
        ? []
        : ([
            [flow.c, 1],
            [flow.d, -1],
          ] as const)),
      [x, 1],
      [u, 1],
      [g, -1],
    ]);
    if (around.withoutLargest === true && battery !== undefined) {
      const drawn = [...cars, [flow.c, 1]] as const;
      // The battery is lost, or the sun.
      program.row(Number.NEGATIVE_INFINITY, around.capKw + solarKw, [...drawn, [u, 1]]);
      program.row(Number.NEGATIVE_INFINITY, around.capKw, [...drawn, [flow.d, -1]]);
    } else if (around.withoutLargest === true) program.row(Number.NEGATIVE_INFINITY, around.capKw, cars);
    for (const { limitKw, weight } of around.rows) {
      const entries = power
        .flatMap((columns, n) => (columns[s]! < 0 ? [] : [[columns[s]!, weight(here[n]!.car)] as const]))
        .filter(([, w]) => w !== 0);
      if (entries.length > 0) program.row(Number.NEGATIVE_INFINITY, limitKw, entries);
    }
    return flow;
  });
  const x = await solver.solve(program.build(), DEADLINE_MS);
  if (x === undefined) throw new Error(`no optimum for the window from step ${window.from}`);
  segments.forEach((segment, s) => {
    if (segment.from >= window.keepTo) return;
    const flow = flows[s]!;
    state.cent += (x[flow.g]! * flow.price - x[flow.x]! * around.feedInCent) * flow.hours;
    state.gridKw.fill(x[flow.g]! - x[flow.x]!, segment.from, segment.to);
    if (flow.q >= 0) {
      state.charge = x[flow.q]!;
      state.batteryKw.fill(x[flow.d]! - x[flow.c]!, segment.from, segment.to);
    }
    power.forEach((columns, n) => {
      if (columns[s]! < 0) return;
      const kwh = x[columns[s]!]! * flow.hours;
      state.leftKwh[here[n]!.i]! -= kwh;
      state.got[here[n]!.i]! += kwh;
    });
  });
}
