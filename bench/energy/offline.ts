/**
 * The bound: the linear program of ENERGY with perfect foresight, by HiGHS. The period is solved in windows of three days of which the first
 * is kept (the days after it are foreseen, then solved again), since a whole summer in one program takes hours. A window reaches on until
 * all cars of its first day have left, two weeks at most. Within a window neighbouring steps with the same cars, price, load and sun are
 * one variable: that changes no optimum, since the program is linear.
 *
 * A kWh is worth a trifle more earlier, and to a car that leaves within the window: else power of the day that is kept could stand idle
 * while a car waits, or go to one whose time is yet to come, since within the window either way is as good.
 *
 * Days on which nobody is there, and three days before anybody comes, are left out ({@link nobodyFor}), here as in the replay.
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
  /** Steps over which prices are the same, and of whose sun the mean is taken. */
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

/** The solver found none in its time. */
export class NoOptimum extends Error {
  override readonly name = "NoOptimum";
}

const DAY_STEPS = 24 / STEP_HOURS;
const WINDOW_DAYS = 3;
const WINDOW_DAYS_MAX = 14;
const SHORT_CENT = 1_000;
/** What a missing kWh costs less a day later, and if its car stays beyond the window: nothing beside a price. */
const LATER_CENT_PER_DAY = 0.01;
const BEYOND_CENT = 0.05;
const DEADLINE_MS = 120_000;

type Segment = { readonly from: number; readonly to: number };
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
    if (nobodyFor(fleet, from)) continue;
    const window = windowFrom(fleet, from);
    const shorter = { ...window, to: Math.min(window.to, from + WINDOW_DAYS * DAY_STEPS) };
    const solved =
      (await solveWindow(fleet, around, { solver, state, window })) ||
      (window.to > shorter.to && (await solveWindow(fleet, around, { solver, state, window: shorter })));
    if (!solved) throw new NoOptimum(`the bound finds no optimum for the days from step ${from} on`);
  }
  const { got: gotKwh, cent, charge: batteryEndKwh, gridKw, batteryKw } = state;
  return { gotKwh, cent, batteryEndKwh, gridKw, batteryKw };
}

/** Whether nobody is there on the day that begins with a step, nor comes within a window from then on. */
export function nobodyFor({ cars }: Fleet, dayFrom: number): boolean {
  return !cars.some(({ from, to }) => to > dayFrom && from < dayFrom + WINDOW_DAYS * DAY_STEPS);
}

function windowFrom({ cars, steps }: Fleet, from: number): Window {
  const keepTo = from + DAY_STEPS;
  const last = cars.reduce((to, car) => (car.from < keepTo ? Math.max(to, car.to) : to), 0);
  const wanted = Math.max(from + WINDOW_DAYS * DAY_STEPS, last);
  return { from, keepTo, to: Math.min(steps, wanted, from + WINDOW_DAYS_MAX * DAY_STEPS) };
}

type Solving = { readonly solver: Solver; readonly state: State; readonly window: Window };

/** Boundaries where anything changes. */
function segmentsOf({ from, keepTo, to }: Window, cars: readonly Car[], sameFor: number): Segment[] {
  const edges = new Set([from, Math.min(keepTo, to), to]);
  for (let step = Math.ceil(from / sameFor) * sameFor; step < to; step += sameFor) edges.add(step);
  for (const car of cars) {
    if (car.from > from && car.from < to) edges.add(car.from);
    if (car.to > from && car.to < to) edges.add(car.to);
  }
  const sorted = [...edges].sort((a, b) => a - b);
  return sorted.slice(1).map((end, i) => ({ from: sorted[i]!, to: end }));
}

type Entry = readonly [column: number, value: number];

/** A car that still wants something, and the columns of its power: one a segment, none where it is not there. */
type WantingCar = {
  readonly car: Car;
  /** Its place in the fleet. */
  readonly i: number;
  readonly columns: readonly (number | undefined)[];
};

/** Of one segment: columns of what the grid gives and takes, of the sun that nobody uses, and of the battery. */
type Flow = {
  readonly hours: number;
  readonly priceCent: number;
  readonly solarKw: number;
  readonly drawn: number;
  readonly fed: number;
  readonly unused: number;
  readonly stored: Stored | undefined;
};
type Stored = { readonly charging: number; readonly discharging: number; readonly charge: number };

/** Of a value per step. */
function meanOver({ from, to }: Segment, of: (step: number) => number): number {
  let sum = 0;
  for (let step = from; step < to; step++) sum += of(step);
  return sum / (to - from);
}

const hoursOf = ({ from, to }: Segment): number => (to - from) * STEP_HOURS;

/** Whether an optimum was found, and kept. */
async function solveWindow(
  fleet: Fleet,
  around: Surroundings,
  { solver, state, window }: Solving,
): Promise<boolean> {
  const here = fleet.cars
    .map((car, i) => ({ car, i }))
    .filter(({ car, i }) => car.from < window.to && car.to > window.from && state.leftKwh[i]! > 1e-6);
  if (here.length === 0 && around.battery === undefined) return true;
  const segments = segmentsOf(
    window,
    here.map(({ car }) => car),
    around.sameFor,
  );
  const program = new ProgramBuilder();
  const cars = here.map(({ car, i }) => {
    const columns = carColumns(program, { car, segments, window, leftKwh: state.leftKwh[i]! });
    return { car, i, columns };
  });
  const flows: Flow[] = [];
  for (const [s, segment] of segments.entries()) {
    const leastKwh = s === segments.length - 1 ? state.charge - 1e-6 : around.battery?.lowKwh;
    const flow = flowColumns(program, around, { segment, leastKwh });
    batteryRow(program, around, { flow, before: flows.at(-1), startKwh: state.charge });
    limitRows(program, around, { flow, cars, s });
    flows.push(flow);
  }
  const x = await solver.solve(program.build(), DEADLINE_MS);
  if (x === undefined) return false;
  for (const [s, segment] of segments.entries())
    if (segment.from < window.keepTo)
      keep(state, x, { segment, s, flow: flows[s]!, cars, feedInCent: around.feedInCent });
  return true;
}

/** A car's power while it is there, and the row that it gets no more than it needs. */
function carColumns(
  program: ProgramBuilder,
  of: {
    readonly car: Car;
    readonly segments: readonly Segment[];
    readonly window: Window;
    readonly leftKwh: number;
  },
): readonly (number | undefined)[] {
  const { car, segments, window, leftKwh } = of;
  const shortCent = SHORT_CENT - (car.to > window.to ? BEYOND_CENT : 0);
  const entries: Entry[] = [];
  const columns = segments.map((segment) => {
    if (car.from > segment.from || car.to < segment.to) return undefined;
    const hours = hoursOf(segment);
    const days = ((segment.from + segment.to) / 2 - window.from) / DAY_STEPS;
    const worthCent = shortCent - days * LATER_CENT_PER_DAY;
    const column = program.column(-worthCent * hours, 0, car.powerKw);
    entries.push([column, hours]);
    return column;
  });
  program.row(Number.NEGATIVE_INFINITY, leftKwh, entries);
  return columns;
}

/** `leastKwh`: what the battery holds at the segment's end, at the least. */
function flowColumns(
  program: ProgramBuilder,
  around: Surroundings,
  { segment, leastKwh = 0 }: { readonly segment: Segment; readonly leastKwh: number | undefined },
): Flow {
  const { battery, feedInCent } = around;
  const hours = hoursOf(segment);
  const priceCent = around.priceCent(segment.from);
  const solarKw = meanOver(segment, around.solarKw);
  const drawn = program.column(priceCent * hours, 0, around.capKw);
  // Where buying is cheaper than feeding in pays, both at once would be money for nothing.
  const fedKwMax = priceCent >= feedInCent ? Number.POSITIVE_INFINITY : 0;
  const fed = program.column(-feedInCent * hours, 0, fedKwMax);
  const unused = program.column(0, 0, solarKw);
  const stored = battery && {
    charging: program.column(0, 0, battery.kw),
    discharging: program.column(0, 0, battery.kw),
    charge: program.column(0, leastKwh, battery.highKwh),
  };
  return { hours, priceCent, solarKw, drawn, fed, unused, stored };
}

/** What the battery holds is what it held, more by what charged it and less by what it gave. */
function batteryRow(
  program: ProgramBuilder,
  { battery }: Surroundings,
  of: { readonly flow: Flow; readonly before: Flow | undefined; readonly startKwh: number },
): void {
  const { hours, stored } = of.flow;
  if (battery === undefined || stored === undefined) return;
  const change: readonly Entry[] = [
    [stored.charge, 1],
    [stored.charging, -battery.efficiency * hours],
    [stored.discharging, hours / battery.efficiency],
  ];
  const held = of.before?.stored?.charge;
  if (held === undefined) program.row(of.startKwh, of.startKwh, change);
  else program.row(0, 0, [...change, [held, -1]]);
  // Where energy is paid for taking, both at once would burn it for money.
  if (of.flow.priceCent < 0)
    program.row(Number.NEGATIVE_INFINITY, battery.kw, [
      [stored.charging, 1],
      [stored.discharging, 1],
    ]);
}

/** Of segment `s`: its power adds up, and stays within the cap and the currents below fuses. */
function limitRows(
  program: ProgramBuilder,
  { capKw, rows, withoutLargest }: Surroundings,
  of: { readonly flow: Flow; readonly cars: readonly WantingCar[]; readonly s: number },
): void {
  const { drawn, fed, solarKw, stored, unused } = of.flow;
  const weighted = (weight: (car: Car) => number): Entry[] =>
    of.cars.flatMap(({ car, columns }) => {
      const column = columns[of.s];
      return column === undefined ? [] : [[column, weight(car)]];
    });
  const cars = weighted(() => 1);
  const charging: Entry[] = stored === undefined ? [] : [[stored.charging, 1]];
  const discharging: Entry[] = stored === undefined ? [] : [[stored.discharging, -1]];
  const balance: Entry[] = [...cars, ...charging, ...discharging, [fed, 1], [unused, 1], [drawn, -1]];
  program.row(solarKw, solarKw, balance);
  const atMost = (limitKw: number, entries: readonly Entry[]) =>
    program.row(Number.NEGATIVE_INFINITY, limitKw, entries);
  if (withoutLargest === true && stored !== undefined) {
    // The battery is lost, or the sun.
    atMost(capKw + solarKw, [...cars, ...charging, [unused, 1]]);
    atMost(capKw, [...cars, ...charging, ...discharging]);
  } else if (withoutLargest === true) atMost(capKw, cars);
  for (const { limitKw, weight } of rows) {
    const entries = weighted(weight).filter(([, value]) => value !== 0);
    if (entries.length > 0) atMost(limitKw, entries);
  }
}

/** What the solution says of segment `s`, as what has happened. */
function keep(
  state: State,
  x: Float64Array,
  of: {
    readonly segment: Segment;
    readonly s: number;
    readonly flow: Flow;
    readonly cars: readonly WantingCar[];
    readonly feedInCent: number;
  },
): void {
  const { from, to } = of.segment;
  const { drawn, fed, hours, priceCent, stored } = of.flow;
  state.cent += (x[drawn]! * priceCent - x[fed]! * of.feedInCent) * hours;
  state.gridKw.fill(x[drawn]! - x[fed]!, from, to);
  if (stored !== undefined) {
    state.charge = x[stored.charge]!;
    state.batteryKw.fill(x[stored.discharging]! - x[stored.charging]!, from, to);
  }
  for (const { columns, i } of of.cars) {
    const column = columns[of.s];
    if (column === undefined) continue;
    const kwh = x[column]! * hours;
    state.leftKwh[i]! -= kwh;
    state.got[i]! += kwh;
  }
}
