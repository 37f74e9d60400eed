/**
 * A network of phasors as fuses of a site, whose currents add as magnitudes on three phases. Each fuse stands for all constraints of one
 * thing (a panel, a transformer's two sides): constraints over the same EVSEs, and those that cross each other and differ only in the phase at the
 * end of their names. They nest by which EVSEs are below them.
 *
 * Always true: currents that overload no fuse, of EVSEs that take what they can at the most, overload no constraint. A fuse is rated so that
 * no sums of magnitudes within it make any sum of phasors exceed its limit: the largest lie at the corners of what the fuse allows, since
 * a magnitude is convex. Where constraints
 * cross each other, so that no tree has both, the smaller is held in two parts, each with its share: less than the truth allows, never more.
 */
import type { Wiring } from "@wattward/energy";
import type { Network } from "./network.ts";

export type NetworkFuse = {
  readonly name: string;
  readonly ratedA: number;
  readonly evses: ReadonlySet<string>;
};
type Group = { readonly name: string; readonly rows: readonly number[]; readonly evses: ReadonlySet<string> };

/** `Secondary A`, `Panel I_a`, `Feeder phase b`, `Main L1`, `Bus AB`. */
const PHASE_AT_END = /[\s_-]+(?:(?:I_|phase[\s_-]*)?(?:ab|bc|ca|[abc])|L[123])$/i;

const TO_NEUTRAL: readonly Wiring[] = [["L1"], ["L2"], ["L3"]];
const LINE_TO_LINE: readonly Wiring[] = [
  ["L1", "L2"],
  ["L2", "L3"],
  ["L3", "L1"],
];

/**
 * How EVSEs hang on three phases: to neutral, where all their angles are the ones of phases (0°, ± 120°), else line to line (30° from A to
 * B, −90° from B to C, 150° from C to A; both lines carry the whole current). Another angle, or one turned about, counts as the nearest.
 */
export function wiringsOf({ angleOf }: Network): (evse: string) => Wiring {
  const aside = (angle: number) => Math.abs(angle - 60 * Math.round(angle / 60));
  const neutral = [...angleOf.values()].every((angle) => aside(angle) < 15);
  const [wirings, firstAngle] = neutral ? [TO_NEUTRAL, 0] : [LINE_TO_LINE, 30];
  return (evse) => {
    const sixth = Math.round(((angleOf.get(evse) ?? firstAngle) - firstAngle) / 60) + 6;
    return wirings[sixth % 3]!;
  };
}

/** Of the EVSEs that are there, with the amperes that each may take at the most; each fuse stands behind the ones above it. */
export function networkFuses(
  network: Network,
  mostA: ReadonlyMap<string, number>,
): { readonly fuses: readonly NetworkFuse[]; readonly crossing: readonly string[] } {
  const fuses: NetworkFuse[] = [];
  const crossing: string[] = [];
  const groups = groupsOf(network, [...mostA.keys()]).sort((a, b) => b.evses.size - a.evses.size);
  for (const group of groups) {
    const one = { name: group.name, evses: group.evses, ratedA: ratedA(network, group, mostA) };
    if (place(fuses, one)) crossing.push(group.name);
  }
  return { fuses: fuses.sort((a, b) => b.evses.size - a.evses.size), crossing };
}

/** The smallest of the fuses above another. */
export function parentOf(fuses: readonly NetworkFuse[], { evses }: NetworkFuse): NetworkFuse | undefined {
  return fuses
    .filter((one) => one.evses.size > evses.size && evses.isSubsetOf(one.evses))
    .sort((a, b) => a.evses.size - b.evses.size)[0];
}

/** The smallest of the fuses above an EVSE. */
export const fuseOf = (fuses: readonly NetworkFuse[], evse: string): NetworkFuse | undefined =>
  fuses.filter(({ evses }) => evses.has(evse)).sort((a, b) => a.evses.size - b.evses.size)[0];

const cross = (a: ReadonlySet<string>, b: ReadonlySet<string>): boolean =>
  !a.isSubsetOf(b) && !b.isSubsetOf(a) && !a.isDisjointFrom(b);

/** Among what was placed before; answers whether it had to be taken apart. */
function place(fuses: NetworkFuse[], one: NetworkFuse): boolean {
  const { evses, name } = one;
  const same = fuses.findIndex((other) => other.evses.size === evses.size && evses.isSubsetOf(other.evses));
  if (same >= 0) {
    if (one.ratedA < fuses[same]!.ratedA) fuses[same] = one;
    return false;
  }
  const crossed = fuses.find((other) => cross(evses, other.evses));
  if (crossed === undefined) {
    fuses.push(one);
    return false;
  }
  for (const part of [evses.intersection(crossed.evses), evses.difference(crossed.evses)])
    place(fuses, { name, evses: part, ratedA: (one.ratedA * part.size) / evses.size });
  return true;
}

/** Rows of one name, but for its phase, as far as they cross each other: those that nest may be fuses of their own. */
function groupsOf({ rows, termsOf }: Network, there: readonly string[]): Group[] {
  const below = rows.map(() => new Set<string>());
  for (const evse of there) for (const { row } of termsOf.get(evse) ?? []) below[row]!.add(evse);
  let groups: Group[] = [];
  rows.forEach((row, i) => {
    const here = below[i]!;
    if (here.size === 0) return;
    const name = row.name.replace(PHASE_AT_END, "");
    const joins = (one: Group) => one.name === name && one.rows.some((other) => cross(below[other]!, here));
    const joined = groups.filter(joins);
    groups = groups.filter((one) => !joined.includes(one));
    const evses = joined.reduce((all: ReadonlySet<string>, one) => all.union(one.evses), here);
    groups.push({ name, rows: [...joined.flatMap((one) => one.rows), i], evses });
  });
  return groups;
}

type Choice = { readonly re: number; readonly im: number };
/** EVSEs of one wiring: what they take together at the most, and what an ampere may weigh on a row, depending on which of them takes it. */
type Leg = { readonly mostA: number; readonly choices: readonly Choice[] };

/** The highest rating with which no row of the group can be overloaded. */
function ratedA(network: Network, { rows, evses }: Group, mostA: ReadonlyMap<string, number>): number {
  const wiringOf = wiringsOf(network);
  const neutral = wiringOf("").length === 1;
  return Math.min(
    ...rows.map((row) => {
      const limitA = (network.rows[row]!.limitKw * 1000) / network.voltage;
      const legs = legsOf(
        network,
        row,
        [...evses].map((evse) => [evse, wiringOf(evse), mostA.get(evse)!]),
      );
      let [least, most] = [0, legs.reduce((sum, leg) => sum + leg.mostA, 0)];
      if (largestA(legs, most, neutral) <= limitA) return most;
      for (let halving = 0; halving < HALVINGS; halving++) {
        const middle = (least + most) / 2;
        if (largestA(legs, middle, neutral) <= limitA) least = middle;
        else most = middle;
      }
      return least;
    }),
  );
}

/** To a millionth of a milliampere, however large a site is. */
const HALVINGS = 45;

function legsOf(
  { termsOf }: Network,
  row: number,
  evses: readonly (readonly [evse: string, wiring: Wiring, mostA: number])[],
): readonly Leg[] {
  const legs = new Map<string, { mostA: number; readonly choices: Map<string, Choice> }>();
  for (const [evse, wiring, mostA] of evses) {
    const { re, im } = termsOf.get(evse)?.find((term) => term.row === row) ?? { re: 0, im: 0 };
    const leg = legs.get(wiring.join()) ?? { mostA: 0, choices: new Map<string, Choice>() };
    legs.set(wiring.join(), leg);
    leg.mostA += mostA;
    leg.choices.set(`${re.toFixed(9)} ${im.toFixed(9)}`, { re, im });
  }
  return [...legs.values()].map(({ mostA, choices }) => ({ mostA, choices: [...choices.values()] }));
}

/** The largest magnitude of a row while no phase of the fuse has more than its rating: at one of the corners. */
function largestA(legs: readonly Leg[], ratedA: number, neutral: boolean): number {
  let largest = 0;
  for (const corner of corners(legs, ratedA, neutral)) {
    const sums = legs.reduce<readonly Choice[]>(
      (all, { choices }, i) =>
        all.flatMap(({ re, im }) =>
          choices.map((one) => ({ re: re + one.re * corner[i]!, im: im + one.im * corner[i]! })),
        ),
      [{ re: 0, im: 0 }],
    );
    for (const { re, im } of sums) largest = Math.max(largest, Math.hypot(re, im));
  }
  return largest;
}

/**
 * Amperes of each leg at all corners of what a rating allows, and some points between them. To neutral each leg has a phase of its own; line to
 * line any two of them share one, so at a corner a leg has nothing, all it takes, what another leaves it, or half.
 */
function corners(legs: readonly Leg[], ratedA: number, neutral: boolean): readonly (readonly number[])[] {
  const mostOf = legs.map(({ mostA }) => Math.min(mostA, ratedA));
  const shared = [...mostOf, ratedA / 2, ...mostOf.map((mostA) => ratedA - mostA)];
  const values = mostOf.map((mostA) => (neutral ? [0, mostA] : [0, ...shared.filter((a) => a <= mostA)]));
  const all = values.reduce<readonly (readonly number[])[]>(
    (before, some) => before.flatMap((amperes) => [...new Set(some)].map((a) => [...amperes, a])),
    [[]],
  );
  const fits = (a: number, b: number) => a + b <= ratedA * (1 + 1e-12);
  return neutral
    ? all
    : all.filter((amperes) => amperes.every((a, i) => amperes.slice(i + 1).every((b) => fits(a, b))));
}
