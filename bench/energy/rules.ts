/**
 * The simple rules that everybody could have written, on the same steps, with one cap. All of them know what a car still needs; what they
 * know of its departure is in their names. In a network each car, in the rule's own order, gets no more than what its constraints still
 * bear beside those before it, so that all they give could truly flow.
 */
import { type Car, type Fleet, STEP_HOURS } from "./cars.ts";
import { type Network, NetworkLoad } from "./network.ts";

export type Present = { readonly car: Car; leftKwh: number };
/** Power of each, in kW, for one step. */
type Rule = (present: readonly Present[], room: Room, step: number) => number[];
type Limits = { readonly capKw: number; readonly network?: Network | undefined };

/** What cap and network leave in one step. */
class Room {
  readonly capKw: number;
  leftKw: number;
  private readonly load: NetworkLoad | undefined;

  constructor({ capKw, network }: Limits) {
    this.capKw = this.leftKw = capKw;
    this.load = network && new NetworkLoad(network);
  }

  /** What a car gets of the power that it is given. */
  take({ car: { session } }: Present, givenKw: number): number {
    const { station } = session;
    const kw = Math.min(givenKw, this.leftKw, this.load?.roomKw(station) ?? Number.POSITIVE_INFINITY);
    this.leftKw -= kw;
    this.load?.add(station, kw);
    return kw;
  }
}

const mostKw = ({ car, leftKwh }: Present): number => Math.min(car.powerKw, leftKwh / STEP_HOURS);

const equalShare: Rule = (present, room) =>
  present.map((one) => room.take(one, Math.min(mostKw(one), room.capKw / present.length)));

const maxMin: Rule = (present, room) => {
  const kw = present.map(() => 0);
  const rising = present.map((one, i) => ({ i, most: mostKw(one) })).sort((a, b) => a.most - b.most);
  rising.forEach(({ i, most }, n) => {
    kw[i] = room.take(present[i]!, Math.min(most, room.leftKw / (rising.length - n)));
  });
  return kw;
};

/** Who has the least of something gets all it can take, then the next. */
const first =
  (of: (one: Present, step: number) => number): Rule =>
  (present, room, step) => {
    const kw = present.map(() => 0);
    const order = present
      .map((one, i) => ({ i, of: of(one, step) }))
      .sort((a, b) => a.of - b.of || a.i - b.i);
    for (const { i } of order) kw[i] = room.take(present[i]!, mostKw(present[i]!));
    return kw;
  };

/** Steps that a car can still wait, by what a rule knows. */
export type RuleLaxity = (one: Present, step: number) => number;

const laxity = (to: number, { car, leftKwh }: Present, step: number): number =>
  to - step - leftKwh / (car.powerKw * STEP_HOURS);

/** The rules that can be run through loop and stations too, by order. */
export const laxities = {
  leastLaxitySaid: (one, step) => laxity(one.car.saidTo, one, step),
  leastLaxityTrue: (one, step) => laxity(one.car.to, one, step),
} as const satisfies Record<string, RuleLaxity>;

export const rules = {
  equalShare,
  maxMin,
  firstCome: first(({ car }) => car.from),
  earliestDepartureSaid: first(({ car }) => car.saidTo),
  leastLaxitySaid: first((one, step) => laxities.leastLaxitySaid(one, step)),
  leastLaxityTrue: first((one, step) => laxities.leastLaxityTrue(one, step)),
} as const satisfies Record<string, Rule>;

/** What each car of the fleet got by the rule, kWh. */
export function byRule(rule: Rule, { cars, steps }: Fleet, limits: Limits): number[] {
  const got = cars.map(() => 0);
  const arriving = cars.map((car, i) => ({ car, i })).sort((a, b) => a.car.from - b.car.from);
  let next = 0;
  let present: (Present & { readonly i: number })[] = [];
  for (let step = 0; step < steps; step++) {
    for (; next < arriving.length && arriving[next]!.car.from <= step; next++) {
      const { car, i } = arriving[next]!;
      present.push({ car, i, leftKwh: car.needKwh });
    }
    present = present.filter(({ car }) => car.to > step);
    if (present.length === 0) continue;
    rule(present, new Room(limits), step).forEach((kw, n) => {
      present[n]!.leftKwh -= kw * STEP_HOURS;
      got[present[n]!.i]! += kw * STEP_HOURS;
    });
  }
  return got;
}

/** The highest power of a step if nobody held anybody back. */
export function uncontrolledPeakKw(fleet: Fleet): number {
  const kw = new Float64Array(fleet.steps + 1);
  for (const { from, needKwh, powerKw } of fleet.cars) {
    let leftKwh = needKwh;
    for (let step = from; leftKwh > 1e-9; step++) {
      const now = Math.min(powerKw, leftKwh / STEP_HOURS);
      kw[step] = kw[step]! + now;
      leftKwh -= now * STEP_HOURS;
    }
  }
  return kw.reduce((most, one) => Math.max(most, one), 0);
}
