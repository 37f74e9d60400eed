/**
 * Shares what is free among those who charge. Pure: the same claims and room give the same shares.
 *
 *   1. Those to whom a plan promises something go first: in the order given, each gets its minimum if that still fits on every fuse and
 *      phase above it, and they rise together to what was promised. A plan that is worth following is not undone by minimums.
 *   2. In the order given, each of the others gets its minimum if that still fits; who does not fit gets 0. One that is served in turn
 *      rises at once to what the car is likely to take, before those behind it get anything; if what is left over is less than the
 *      minimum of the next, the one before it gives so much back.
 *   3. All who have one rise together (max-min fair) to what the car is likely to take, then to what it may take. Who meets a
 *      full row stops there; the others go on.
 *   4. Each falls to a limit its station knows; in the order given, what is left over lifts whom it can by one step.
 *
 * Always true: no row is above its capacity through us; a share is 0 or at least the minimum.
 */
import { type FuseTree, type Place, Room, TOLERANCE } from "./fuse-tree.ts";
import { DEADBAND_MA } from "./limits.ts";
import { type PerPhase, sum, times } from "./phases.ts";
import type { Outlet } from "./site.ts";
import { lowest, stepDown, stepUp } from "./steps.ts";

export type Claim = {
  readonly outlet: Pick<Outlet, "steps" | "minMa" | "ratedMa">;
  readonly place: Place;
  /** 1 on each phase that the car uses. */
  readonly uses: PerPhase;
  /** Rising levels, per phase; the last is the most it may have. */
  readonly levelsMa: readonly number[];
  /** Has nothing yet: it gets its minimum only where that can really be granted, by the stricter room for raises. */
  readonly starts: boolean;
  /** It starts, and could not be granted its share for long: nobody behind it keeps what does not fit the stricter room beside it. */
  readonly insists?: boolean;
  /** Those behind it in the order wait until it has what it is likely to take. */
  readonly inTurn?: boolean;
  /** What is taken from it is counted on by nobody: for all others it takes so much, whatever its own share is. */
  readonly doubtedMa?: PerPhase;
};

/**
 * Answers a share (milliamperes per phase) for each claim. `room` and `forStarts` hold what others than the claims take;
 * they are not changed.
 */
export function share(tree: FuseTree, claims: readonly Claim[], room: Room, forStarts = room): number[] {
  const shares = shareAll(tree, claims, room, forStarts);
  const doubted = claims.filter(({ doubtedMa }) => doubtedMa !== undefined);
  if (doubted.length === 0) return shares;
  const beside = ({ capacity, used }: Room) => {
    const less = new Room(tree, capacity, used);
    for (const { doubtedMa, place } of doubted) less.add(place, doubtedMa!);
    return less;
  };
  const others = claims.filter(({ doubtedMa }) => doubtedMa === undefined);
  const theirs = shareAll(tree, others, beside(room), beside(forStarts));
  let next = 0;
  return claims.map(({ doubtedMa }, i) =>
    doubtedMa === undefined ? Math.min(shares[i]!, theirs[next++]!) : shares[i]!,
  );
}

function shareAll(tree: FuseTree, claims: readonly Claim[], room: Room, forStarts: Room): number[] {
  let left = new Room(tree, room.capacity, room.used);
  const strict = new Room(tree, forStarts.capacity, forStarts.used);
  const shares = claims.map(() => 0);
  let insists = false;
  const giveLeast = (i: number) => {
    const claim = claims[i]!;
    const leastMa = lowest(claim.outlet);
    const least = times(claim.uses, leastMa);
    const fits = !claim.starts || strict.fits(claim.place, least);
    if (!fits || leastMa > mostOf(claim) || !left.fits(claim.place, least)) return;
    left.add(claim.place, least);
    strict.add(claim.place, least);
    shares[i] = leastMa;
    if (claim.insists !== true || insists) return;
    // From here on nobody rises into what it will be refused for, either.
    insists = true;
    left = new Room(tree, forStarts.capacity, left.used);
  };
  const promised = (i: number) => (claims[i]!.levelsMa[0] ?? 0) > 0;
  const order = claims.map((_, i) => i);
  for (const i of order.filter(promised)) giveLeast(i);
  const rows = claims.map((claim) => weights(tree, claim));
  const upTo = (level: number, only?: number) =>
    rise(tree, { claims, shares, left, rows, level, ...(only !== undefined && { only }) });
  upTo(0);
  let before: number | undefined;
  for (const i of order.filter((i) => !promised(i))) {
    giveLeast(i);
    if (claims[i]!.inTurn !== true) continue;
    if (shares[i] === 0 && before !== undefined) {
      giveBack({ claims, shares, left, from: before, to: i });
      giveLeast(i);
    }
    if (shares[i] === 0) continue;
    upTo(1, i);
    before = i;
  }
  const levels = Math.max(0, ...claims.map(({ levelsMa }) => levelsMa.length));
  for (let level = 1; level < levels; level++) upTo(level);
  quantise(claims, shares, left);
  return shares;
}

const mostOf = ({ levelsMa }: Claim): number => levelsMa.at(-1) ?? 0;

type Rising = {
  claims: readonly Claim[];
  shares: number[];
  left: Room;
  /** Of each claim: its {@link weights}. */
  rows: readonly (readonly Weight[])[];
  level: number;
  only?: number;
};
/** What one milliampere per phase of a claim takes of a row. */
type Weight = readonly [row: number, weight: number];
type GivingBack = { claims: readonly Claim[]; shares: number[]; left: Room; from: number; to: number };

/** Makes room for the minimum of `to` where some, but less than that, is left. */
function giveBack({ claims, shares, left, from, to }: GivingBack): void {
  const giver = claims[from]!;
  const taker = claims[to]!;
  const least = times(taker.uses, lowest(taker.outlet));
  const missingMa = -left.spare(taker.place, least);
  const restMa = stepDown(giver.outlet, shares[from]! - missingMa);
  const worth = missingMa > 0 && missingMa <= lowest(taker.outlet) - DEADBAND_MA;
  if (!worth || restMa < lowest(giver.outlet) || lowest(taker.outlet) > mostOf(taker)) return;
  const back = times(giver.uses, shares[from]! - restMa);
  left.add(giver.place, times(back, -1));
  if (left.fits(taker.place, least)) shares[from] = restMa;
  else left.add(giver.place, back);
}

function rise(tree: FuseTree, { claims, shares, left, level, only, rows }: Rising): void {
  const aim = (i: number) => Math.min(claims[i]!.levelsMa[level] ?? mostOf(claims[i]!), mostOf(claims[i]!));
  let rising = (only === undefined ? claims.map((_, i) => i) : [only]).filter(
    (i) => shares[i]! > 0 && aim(i) > shares[i]! + TOLERANCE,
  );
  // Each round stops at least one claim or fills at least one row.
  for (let round = 0; rising.length > 0 && round <= claims.length + tree.rowCount; round++) {
    const weight = new Map<number, number>();
    for (const i of rising) for (const [row, w] of rows[i]!) weight.set(row, (weight.get(row) ?? 0) + w);
    let stepMa = Math.min(...rising.map((i) => aim(i) - shares[i]!));
    for (const [row, w] of weight) stepMa = Math.min(stepMa, left.free(row) / w);
    stepMa = Math.max(0, stepMa);
    for (const i of rising) {
      shares[i]! += stepMa;
      left.add(claims[i]!.place, times(claims[i]!.uses, stepMa));
    }
    rising = rising.filter(
      (i) => aim(i) > shares[i]! + TOLERANCE && rows[i]!.every(([row]) => left.free(row) > TOLERANCE),
    );
  }
}

/** Of every row above it, and of the whole site's power. */
function weights(tree: FuseTree, { place, uses }: Claim): Weight[] {
  const out: Weight[] = [[tree.powerRow, (sum(uses) * tree.site.voltageV) / 1000]];
  for (let phase = 0; phase < 3; phase++)
    if (uses[phase]! > 0) for (const row of place[phase]!) out.push([row, uses[phase]!]);
  return out;
}

function quantise(claims: readonly Claim[], shares: number[], left: Room): void {
  claims.forEach((claim, i) => {
    const steppedMa = stepDown(claim.outlet, shares[i]!);
    left.add(claim.place, times(claim.uses, steppedMa - shares[i]!));
    shares[i] = steppedMa;
  });
  claims.forEach((claim, i) => {
    const nextMa = shares[i]! === 0 ? undefined : stepUp(claim.outlet, shares[i]!);
    if (nextMa === undefined || nextMa > mostOf(claim)) return;
    const more = times(claim.uses, nextMa - shares[i]!);
    if (!left.fits(claim.place, more)) return;
    left.add(claim.place, more);
    shares[i] = nextMa;
  });
}
