/**
 * A network of phasors as fuses of a site, whose currents add as magnitudes on three phases. Each fuse stands for all constraints of one
 * thing (a panel, a transformer's two sides): constraints over the same EVSEs, and those that cross each other and differ only in the phase at the
 * end of their names. They nest by which EVSEs are below them.
 *
 * Always true: currents that overload no fuse overload no constraint. A fuse is rated so that no sums of magnitudes within it make any
 * sum of phasors exceed its limit: the largest lie at the corners of what the fuse allows, since a magnitude is convex. Where constraints
 * cross each other, so that no tree has both, the smaller is held in two parts, each with its share: less than the truth allows, never more.
 */
import type { Wiring } from "@wattward/energy";
import type { Network, Term } from "./network.ts";

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

/** Of the EVSEs that are there; the larger first. */
export function networkFuses(
  network: Network,
  there: ReadonlySet<string>,
): { readonly fuses: readonly NetworkFuse[]; readonly crossing: readonly string[] } {
  const fuses: NetworkFuse[] = [];
  const crossing: string[] = [];
  const groups = groupsOf(network, there).sort((a, b) => b.evses.size - a.evses.size);
  for (const group of groups) {
    const one = { name: group.name, evses: group.evses, ratedA: ratedA(network, group) };
    if (place(fuses, one)) crossing.push(group.name);
  }
  return { fuses, crossing };
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
function groupsOf({ rows, termsOf }: Network, there: ReadonlySet<string>): Group[] {
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

/** The highest rating with which no row of the group can be overloaded. */
function ratedA(network: Network, { rows, evses }: Group): number {
  const wiringOf = wiringsOf(network);
  const neutral = wiringOf([...evses][0]!).length === 1;
  return Math.min(
    ...rows.map((row) => {
      const limitA = (network.rows[row]!.limitKw * 1000) / network.voltage;
      return limitA / largest(choices(network, { row, evses, wiringOf }), neutral);
    }),
  );
}

type Choice = { readonly re: number; readonly im: number };
const NOTHING: Choice = { re: 0, im: 0 };

/** By wiring: what an ampere there may weigh on a row, depending on the EVSE that takes it. */
function choices(
  { termsOf }: Network,
  of: {
    readonly row: number;
    readonly evses: ReadonlySet<string>;
    readonly wiringOf: (evse: string) => Wiring;
  },
): readonly (readonly Choice[])[] {
  const byWiring = new Map<string, Map<string, Choice>>();
  for (const evse of of.evses) {
    const term: Term | undefined = termsOf.get(evse)?.find(({ row }) => row === of.row);
    const choice = term ?? NOTHING;
    const wiring = of.wiringOf(evse).join();
    const known = byWiring.get(wiring) ?? new Map<string, Choice>();
    byWiring.set(wiring, known.set(`${choice.re.toFixed(9)} ${choice.im.toFixed(9)}`, choice));
  }
  return [...byWiring.values()].map((known) => [...known.values()]);
}

/** The largest sum at a corner of what a fuse of one ampere allows. */
function largest(byWiring: readonly (readonly Choice[])[], neutral: boolean): number {
  const size = ({ re, im }: Choice) => Math.hypot(re, im);
  const sums = (of: readonly (readonly Choice[])[]): readonly Choice[] =>
    of.reduce<readonly Choice[]>(
      (all, some) => all.flatMap((a) => some.map((b) => ({ re: a.re + b.re, im: a.im + b.im }))),
      [NOTHING],
    );
  // To neutral: each phase has its ampere, or nothing. Line to line: one pair has it, or, where all three are there, each a half.
  const corners = neutral
    ? sums(byWiring.map((some) => [NOTHING, ...some])).map(size)
    : [
        ...byWiring.flat().map(size),
        ...(byWiring.length < 3 ? [] : sums(byWiring).map((sum) => size(sum) / 2)),
      ];
  return Math.max(...corners);
}
