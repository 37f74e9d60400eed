/**
 * Cars that give back into the site (V2X). A plan says who and how much; here it is clamped by what holds whatever the plan says:
 *
 *     car       its station and outlet may, it obeys, it was seen lately, its grant of nothing is in effect
 *     driver    he still gets what he asked for: it can spare `DISCHARGE_LAXITY_MS` beside what it needs until it leaves, and nothing that
 *               car and driver keep is touched, not even where nobody is there to end it before its grant does
 *     grid      only what the site itself draws, but for the backfeed that the connection is declared to take
 *     fuses     what is sent out of each, with every other source below it at its nameplate, stays within its backfeed
 *
 * Nobody relies on it: for whoever is granted something the car draws nothing and gives nothing (bound (a)), so one that stops, or all of
 * them, overload nothing. Without a plan, or without a trusted meter, no car gives anything.
 *
 * Meter and stations are read at different times. As with a battery, what the site draws without the cars lies in an interval: the least that
 * they gave and were told to give for as long as readings may be apart, and the most that they were told for as long as an order takes to show.
 * More is told only where that is right at its low end beside all that others may still give by what they were told lately, less where it is wrong
 * at its high end: an order that was wrong is seen to be so soon, and who is told too little loses money alone.
 */
import { type FuseTree, Room, rowOf } from "./fuse-tree.ts";
import type { Plan } from "./inputs.ts";
import {
  DISCHARGE_DWELL_MS,
  DISCHARGE_LAXITY_MS,
  DISCHARGE_SEEN_MS,
  DISCHARGE_SHOWS_MS,
  DISCHARGE_SPARES_W,
  DISCHARGE_STEP_MA,
  GIVES_WAY_MS,
  LAG_MS_MAX,
} from "./limits.ts";
import type { HeldOutlet, OutletClaim } from "./outlet-claim.ts";
import { everyWired, map2, NO_CURRENT, type PerPhase, sum } from "./phases.ts";
import { Extremes } from "./window.ts";

export type DischargeTurn = {
  readonly nowMs: number;
  /** Absent: none is followed. */
  readonly plan: Plan | undefined;
  /** By the trusted meter of the grid connection, import positive. */
  readonly gridW: number | undefined;
  /** What all other sources below each fuse can feed, by their nameplates. */
  readonly feedAtMostMa: (fuse: number) => PerPhase;
};

export type DischargeOrder = { readonly claim: OutletClaim; readonly dischargeMa: number };

const MS_PER_HOUR = 3_600_000;

export class CarDischarge {
  private readonly tree: FuseTree;
  private readonly held: readonly HeldOutlet[];
  private readonly given = new Extremes(LAG_MS_MAX);
  private readonly told = new Extremes(DISCHARGE_SHOWS_MS);

  constructor(tree: FuseTree, held: readonly HeldOutlet[]) {
    this.tree = tree;
    this.held = held.filter(({ claim }) => (claim.outlet.dischargeMaMax ?? 0) > 0);
  }

  /** Who is to be told something else than he was told last. */
  turn({ nowMs, plan, gridW, feedAtMostMa }: DischargeTurn): readonly DischargeOrder[] {
    if (this.held.length === 0) return [];
    const toldW = this.watts(({ claim }) => everyWired(claim.outlet.wiring, claim.dischargeMa));
    const seenW = this.watts(({ claim }) => fedMa(claim));
    this.told.add(nowMs, toldW);
    this.given.add(nowMs, toldW);
    this.given.add(nowMs, seenW);
    const { voltageV } = this.tree.site;
    const wanted = this.held.map((one) => ({ ...one, ma: wantedMa(one.claim, plan, { nowMs, voltageV }) }));
    const order = wanted.toSorted((a, b) => patience(b.claim, plan) - patience(a.claim, plan));
    const most = this.roomFor(this.siteW(gridW, this.told.high), feedAtMostMa);
    const least = this.roomFor(this.siteW(gridW, this.given.low), feedAtMostMa);
    const keeps = order.map((one) => {
      const mostMa = addWhole(most, one, one.ma);
      return Math.min(one.claim.dischargeMa, mostMa);
    });
    order.forEach(({ claim, place }, i) => {
      least.add(place, everyWired(claim.outlet.wiring, Math.max(keeps[i]!, claim.feedAtMostMa)));
    });
    return order.flatMap((one, i) => {
      const { claim, ma } = one;
      const now = claim.dischargeMa;
      if (now > keeps[i]!) return [{ claim, dischargeMa: keeps[i]! }];
      if (nowMs - claim.changedAtMs < DISCHARGE_DWELL_MS) return [];
      const moreMa = addWhole(least, one, ma - now);
      return moreMa > 0 ? [{ claim, dischargeMa: now + moreMa }] : [];
    });
  }

  /** What the site draws without the cars that give back, if they give so much; what may be exported besides. */
  private siteW(gridW: number | undefined, givenW = 0): number {
    if (gridW === undefined) return 0;
    const root = this.tree.site.fuses[this.tree.upwards.at(-1)!]!;
    const backfeedW = (3 * (root.backfeedMa ?? 0) * this.tree.site.voltageV) / 1000;
    return Math.max(0, gridW + givenW + backfeedW - DISCHARGE_SPARES_W);
  }

  private roomFor(siteW: number, feedAtMostMa: DischargeTurn["feedAtMostMa"]): Room {
    // Nothing is spared for what is given back: whoever gives draws nothing.
    const capacity = Array.from({ length: this.tree.rowCount }, () => Number.POSITIVE_INFINITY);
    capacity[this.tree.powerRow] = siteW;
    this.tree.site.fuses.forEach((fuse, f) => {
      // What leaves the grid connection is measured; a phase that is exported on is paid for by one that is imported on.
      const others = fuse.parent === undefined ? NO_CURRENT : feedAtMostMa(f);
      const outMa = fuse.parent === undefined ? fuse.ratedMa : (fuse.backfeedMa ?? fuse.ratedMa);
      others.forEach((ma, phase) => {
        capacity[rowOf(f, phase)] = outMa - ma;
      });
    });
    return new Room(this.tree, capacity);
  }

  private watts(of: (one: HeldOutlet) => PerPhase): number {
    return this.held.reduce((w, one) => w + (sum(of(one)) * this.tree.site.voltageV) / 1000, 0);
  }
}

const fedMa = ({ drawMa }: OutletClaim): PerPhase => map2(drawMa, NO_CURRENT, (ma) => Math.max(0, -ma));

/** Takes as much of `ma` as fits, in whole steps; answers that. */
function addWhole(room: Room, { claim: { outlet }, place }: HeldOutlet, ma: number): number {
  const all = (each: number) => everyWired(outlet.wiring, each);
  let fitMa = Math.max(0, Math.floor(ma / DISCHARGE_STEP_MA) * DISCHARGE_STEP_MA);
  while (fitMa > 0 && !room.fits(place, all(fitMa))) fitMa -= DISCHARGE_STEP_MA;
  room.add(place, all(fitMa));
  return fitMa;
}

/** Who can wait longest gives first; who gives goes on, unless another can wait much longer: it has less time with all that it gives. */
const patience = (claim: OutletClaim, plan: Plan | undefined): number =>
  laxity(claim, plan) + (claim.dischargeMa > 0 ? GIVES_WAY_MS : 0);

const laxity = ({ session }: OutletClaim, plan: Plan | undefined): number => {
  const known = [session?.laxityMs, session && plan?.sessions.get(session.id)?.laxityMs].filter(
    (ms) => ms !== undefined,
  );
  return known.length === 0 ? Number.NEGATIVE_INFINITY : Math.min(...known);
};

/** By all that is not shared with others; 0: it is to give nothing. */
function wantedMa(
  claim: OutletClaim,
  plan: Plan | undefined,
  { nowMs, voltageV }: { readonly nowMs: number; readonly voltageV: number },
): number {
  const { outlet, session, seenAtMs } = claim;
  const planned = session && plan?.sessions.get(session.id)?.dischargeMa;
  if (session?.discharge === undefined || planned === undefined || !(planned > 0)) return 0;
  const gives = claim.dischargeMa > 0;
  const fit = claim.standing === "obeys" && claim.confirmed && claim.limitMa === 0 && !claim.refusesDischarge;
  if (!fit || claim.mayMa.some((ma) => ma > 0)) return 0;
  if (seenAtMs === undefined || nowMs - seenAtMs > DISCHARGE_SEEN_MS) return 0;
  if (!(laxity(claim, plan) >= DISCHARGE_LAXITY_MS * (gives ? 1 : 1.5))) return 0;
  const { wMax, leftWh } = session.discharge;
  // It goes on until its grant ends, if nobody ends it before, and has gone on since it was seen.
  const lastsMs = outlet.ttlMs + (nowMs - seenAtMs);
  const keepsW = (Math.max(0, leftWh) * MS_PER_HOUR) / lastsMs;
  const mostMa = (Math.min(wMax, keepsW) * 1000) / (outlet.wiring.length * voltageV);
  return Number.isFinite(mostMa) ? Math.min(planned, outlet.dischargeMaMax ?? 0, mostMa) : 0;
}
