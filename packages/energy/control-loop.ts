/**
 * The control loop: no solver, no input or output, one turn every `CONTROL_PERIOD_MS`. All outlets are judged anew in each turn.
 *
 *   1. Readings are judged; what is not trusted is absent.
 *   2. Each outlet says what it may draw; each fuse and phase gets the capacity that base load, local sources and batteries leave.
 *   3. Shares are worked out for the outlets that obey; the others cost what they may draw, and stall nobody.
 *   4. Lower at once, where a row overflows, where slots change, and where sharing anew is worth it (`granting.ts`).
 *   5. Raise gently, in the queue's order, only into room that is free by what everybody may still draw.
 *   6. Batteries charge with what is left, and discharge as their wish has it.
 *   7. Cars give back what a plan has, as far as the site itself draws it; nobody is granted anything that rests on it.
 *
 * Always true (bound (a)): a turn never makes the sum of a row, as far as it can be drawn until the grants have run out, exceed its
 * capacity. Never sent: a limit between 0 and the minimum, above the rating, or unknown to the station's model.
 */
import { claimOf, faultOf, laxityOf } from "./advice.ts";
import { type Base, BaseLoads } from "./base-load.ts";
import { BatteryControl } from "./battery.ts";
import { partOf, wishOf } from "./battery-wish.ts";
import { type Capacities, capacities } from "./capacity.ts";
import { CarDischarge } from "./car-discharge.ts";
import { type FuseTree, fuseTree, Room, rowsOf, TOLERANCE } from "./fuse-tree.ts";
import { Granting, type Shared } from "./granting.ts";
import type { BatteryInput, LoopInput, LoopOutput, Plan, SessionId } from "./inputs.ts";
import { MeterReadings } from "./meter-readings.ts";
import { firstMode, type ModeState, nextMode } from "./modes.ts";
import { type HeldOutlet, heldIn, type OutletClaim, weighsOn } from "./outlet-claim.ts";
import { PeakBudget } from "./peak-budget.ts";
import { everyWired, minus, NO_CURRENT, type PerPhase, plus, sum, times } from "./phases.ts";
import { Queue } from "./queue.ts";
import { share } from "./share.ts";
import type { Battery, Site } from "./site.ts";
import { SourceFeeds } from "./source-feeds.ts";

export type ControlLoop = {
  turn(input: LoopInput): LoopOutput;
  /** Grants are numbered on from here, where that is further than they are: another controller of this site sent that many. */
  numberFrom(seq: number): void;
  /** What was said last may not have been heard: every limit is said again in the next turn. */
  sayAgain(): void;
};

/** A building may draw so many times what was declared, before a meter that shows more is taken for one whose sign is turned. */
const TIMES_DECLARED = 2;

/** `site` has passed `checkSite`. */
export function createControlLoop(site: Site): ControlLoop {
  const tree = fuseTree(site);
  return new Loop(tree, heldIn(tree));
}

type Shares = {
  /** Of those who obey, in the queue's order. */
  readonly shared: readonly Shared[];
  /** What each would have if no battery charged. */
  readonly carsAlone: ReadonlyMap<OutletClaim, number>;
};
type Storing = {
  readonly plan: Plan | undefined;
  readonly gridW: number | undefined;
  readonly rooms: Capacities;
  readonly carsAlone: Shares["carsAlone"];
  readonly power: Power;
};
type Power = {
  /** What all outlets together may take. */
  readonly carsW: number;
  /** What outlets and charging batteries together may take. */
  readonly withStoresW: number;
  /** What the site may import from now on to meet its peak. */
  readonly importMaxW: number;
};

class Loop implements ControlLoop {
  private readonly tree: FuseTree;
  private readonly held: readonly HeldOutlet[];
  private readonly base: BaseLoads;
  private readonly feeds: SourceFeeds;
  private readonly meters: MeterReadings;
  private readonly batteries: readonly BatteryControl[];
  private readonly queue = new Queue();
  private readonly granting: Granting;
  private readonly peak: PeakBudget | undefined;
  private readonly discharge: CarDischarge;
  private mode: ModeState | undefined;
  /** The grid's meter has been trusted at least once. */
  private believed = false;

  constructor(tree: FuseTree, held: readonly HeldOutlet[]) {
    const { site } = tree;
    this.tree = tree;
    this.held = held;
    this.base = new BaseLoads(tree);
    this.feeds = new SourceFeeds(tree);
    this.meters = new MeterReadings(tree);
    this.batteries = site.sources
      .filter((source): source is Battery => source.kind === "battery")
      .map((battery) => new BatteryControl(battery));
    this.granting = new Granting(tree, held);
    this.discharge = new CarDischarge(tree, held);
    this.peak = site.peakW === undefined ? undefined : new PeakBudget(site.peakW);
  }

  turn(input: LoopInput): LoopOutput {
    const { nowMs } = input;
    this.updateClaims(input);
    this.feeds.update(input, this.setpoints());
    const { readings, refused } = this.readMeters(input);
    const planFault = input.plan === undefined ? undefined : faultOf(input.plan);
    const mode = (this.mode = this.judgeMode(input, refused, planFault));
    const plan = mode.mode === "planned" ? input.plan : undefined;

    const own = this.own(nowMs);
    const base = this.base.estimate(readings, own, nowMs);
    const gridW = this.watts(readings[this.root]?.currentMa);
    const power = this.powerOf(input, gridW, base[this.root]!);
    const declared = this.base.declaredHighest;
    const rooms = capacities(this.tree, {
      ...{ base, declared, feeds: this.feeds },
      powerW: power.carsW,
    });

    const { shared, carsAlone } = this.shares(plan, rooms, nowMs);
    const grants = [
      ...this.granting.charge(shared, rooms, { nowMs, readings }),
      ...this.granting.discharge(this.discharging(plan, gridW, nowMs), nowMs),
      ...this.granting.refresh(nowMs),
    ];
    this.turnBatteries(input, { plan, gridW, rooms, carsAlone, power });
    const mayBelow = this.below((claim) => claim.mayMa);
    return {
      mode: mode.mode as LoopOutput["mode"],
      reason: mode.reason,
      grants,
      setpoints: this.batteries.map(({ battery, refused, setpointW, why }) => ({
        source: battery.id,
        feedW: setpointW,
        why,
        ...(refused !== undefined && { refused }),
      })),
      solarLimits: this.feeds.limits(plan, nowMs),
      state: {
        fuses: this.tree.site.fuses.map((fuse, i) => ({
          id: fuse.id,
          baseMa: base[i]!.forRaising,
          mayMa: mayBelow[i]!,
          capacityMa: rowsOf(rooms.forRaising, i),
          known: base[i]!.known,
          beyondDeclaration: base[i]!.beyondDeclaration,
          ...(readings[i] !== undefined && { measuredMa: readings[i].currentMa }),
        })),
        outlets: this.held.map(({ claim }) => ({
          id: claim.outlet.id,
          limitMa: claim.limitMa,
          mayMa: claim.mayMa,
          standing: claim.standing,
          ...(claim.dischargeMa > 0 && { dischargeMa: claim.dischargeMa }),
        })),
        meters: this.tree.site.meters.map((meter, i) =>
          refused[i] === undefined ? { id: meter.id } : { id: meter.id, refused: refused[i] },
        ),
      },
    };
  }

  numberFrom(seq: number): void {
    this.granting.numberFrom(seq);
  }

  sayAgain(): void {
    for (const { claim } of this.held) claim.sayAgain();
  }

  private get root(): number {
    return this.tree.upwards.at(-1)!;
  }

  private setpoints() {
    return this.batteries.map(({ battery, reliableW, setpointW }) => ({
      id: battery.id,
      feedW: setpointW,
      reliableW,
    }));
  }

  private updateClaims({ sessions, outcomes, unlimited = [], nowMs }: LoopInput): void {
    const byOutlet = new Map(sessions.map((session) => [session.outlet, session]));
    const nothingLimits = new Set(unlimited);
    for (const { claim } of this.held) {
      claim.nothingLimits = nothingLimits.has(claim.outlet.id);
      const session = byOutlet.get(claim.outlet.id);
      claim.update(
        session,
        outcomes.filter((outcome) => outcome.session === session?.id),
        nowMs,
      );
    }
  }

  private readMeters(input: LoopInput) {
    const { nowMs } = input;
    const { feedAtLeastMa, feedMa } = this.feeds;
    const given = this.below((claim) => everyWired(claim.outlet.wiring, claim.feedAtMostMa));
    const drawAtMostMa = this.below((claim) => plus(claim.drawAtMostMa(nowMs), claim.unseenMa(nowMs)));
    const loadMa = this.base.declaredHighest.map((ma) => times(ma, TIMES_DECLARED));
    return this.meters.turn(input, {
      drawMa: this.below((claim) => claim.surelyDrawnMa(nowMs)),
      feedMa,
      mostMa: drawAtMostMa.map((ma, node) => minus(plus(ma, loadMa[node]!), feedAtLeastMa[node]!)),
      feedAtMostMa: given.map((ma, node) => plus(ma, this.feeds.feedAtMostMa(node))),
    });
  }

  private judgeMode(
    input: LoopInput,
    refused: readonly (string | undefined)[],
    planFault: string | undefined,
  ): ModeState {
    const { nowMs, plan } = input;
    // The grid connection's meter decides; a sub-fuse without one falls back to what is declared, by itself.
    const rootMeter = this.tree.site.meters.findIndex((meter) => this.tree.indexOf(meter.fuse) === this.root);
    const why = rootMeter < 0 ? undefined : refused[rootMeter];
    // Until the meter is trusted for the first time nothing was lost that would have to prove itself again.
    const start = { ...(this.mode ?? firstMode(nowMs)), betterSinceMs: Number.NEGATIVE_INFINITY };
    const state = this.believed ? (this.mode ?? start) : start;
    this.believed ||= why === undefined;
    return nextMode(
      state,
      {
        ...(plan === undefined ? {} : { planValidUntilMs: plan.validUntilMs }),
        ...(planFault === undefined ? {} : { planFault }),
        ...(why === undefined ? {} : { meterRefused: why }),
        energyAlive: true,
        linkUp: true,
      },
      nowMs,
    );
  }

  /** What our own devices draw and feed below each fuse. */
  private own(nowMs: number) {
    const drawMa = this.below((claim) => claim.drawMa);
    const drawAtMostMa = this.below((claim) => claim.drawAtMostMa(nowMs));
    const drawAtLeastMa = this.below((claim) => claim.drawAtLeastMa);
    const carsUntoldMa = this.below((claim) => claim.untoldFeedMa);
    const unseenDrawMa = this.below((claim) => claim.unseenMa(nowMs));
    const heeded = this.tree.site.fuses.map(() => true);
    const freed = this.tree.site.fuses.map(() => false);
    for (const { claim, fuse } of this.held)
      for (const node of this.tree.pathOf(fuse)) {
        if (claim.session !== undefined && !claim.heeds) heeded[node] = false;
        if (claim.freed(nowMs)) freed[node] = true;
      }
    for (const node of this.tree.upwards) if (this.feeds.lessens(node, nowMs)) freed[node] = true;
    const { feedMa, feedAtLeastMa, unseenFeedMa } = this.feeds;
    return {
      ...{ drawMa, drawAtMostMa, drawAtLeastMa, heeded, freed },
      ...{ feedMa, feedAtLeastMa, unseenFeedMa, unseenDrawMa, carsUntoldMa },
    };
  }

  private below(of: (claim: OutletClaim) => PerPhase): PerPhase[] {
    const out: PerPhase[] = this.tree.site.fuses.map(() => NO_CURRENT);
    for (const { claim, fuse } of this.held) {
      const ma = of(claim);
      for (const node of this.tree.pathOf(fuse)) out[node] = plus(out[node]!, ma);
    }
    return out;
  }

  private watts(ma: PerPhase | undefined): number | undefined {
    return ma === undefined ? undefined : (sum(ma) * this.tree.site.voltageV) / 1000;
  }

  /**
   * Peak budget less what the rest of the site imports, and the external limit. Batteries give before cars are held back for a peak, and
   * charge only beside what cars may take.
   */
  private powerOf(input: LoopInput, gridW: number | undefined, base: Base): Power {
    const allowedW = this.peak?.allowedW(input.wallMs, gridW, input.quarter) ?? Number.POSITIVE_INFINITY;
    const baseW = this.watts(base.forRaising)!;
    const each = this.batteries.map(({ battery, givesW }) => ({
      feedsW: this.feeds.feedAtLeastOfW(battery.id),
      // Without a trusted meter no battery follows.
      givesW: gridW === undefined ? 0 : givesW,
      unprovenW: battery.revert.kind === "proven" ? 0 : battery.chargeWMax,
    }));
    const sumOf = (of: (one: (typeof each)[number]) => number) => each.reduce((w, one) => w + of(one), 0);
    // A peak is a wish: what cars give back counts for it as long as they do.
    const carsW = this.watts(this.below((claim) => claim.feedAtLeastMa(input.nowMs))[this.root])!;
    const sunW = carsW + this.feeds.feedAtLeastW - sumOf(({ feedsW }) => feedsW);
    const givenW = sumOf(({ feedsW, givesW }) => Math.max(feedsW, givesW));
    const external = input.externalW;
    const externalW =
      external === undefined ? Number.POSITIVE_INFINITY : Number.isFinite(external) ? external : 0;
    const outsideW = externalW - sumOf(({ unprovenW }) => unprovenW);
    return {
      carsW: Math.max(0, Math.min(allowedW - baseW + sunW + givenW, outsideW)),
      withStoresW: Math.max(0, Math.min(allowedW - baseW + sunW, outsideW)),
      importMaxW: allowedW,
    };
  }

  /** Shares of those who obey; everybody else's claim takes its room first. */
  private shares(plan: Plan | undefined, rooms: Capacities, nowMs: number): Shares {
    const room = new Room(this.tree, rooms.forLowering);
    const controlled: (HeldOutlet & { readonly id: SessionId })[] = [];
    for (const held of this.held) {
      const { claim } = held;
      if (claim.session === undefined || !claim.heeds)
        room.add(weighsOn(this.tree, held, "lowering"), claim.mayMa);
      else {
        room.add(held.place, claim.beyondLimitMa);
        controlled.push({ ...held, id: claim.session.id });
      }
    }
    const ordered = this.queue.order(
      controlled.map((one) => ({
        ...one,
        connectedAtMs: one.claim.session!.connectedAtMs,
        charging: one.claim.limitMa > 0,
        drawing: one.claim.drawing,
        idle: one.claim.idle(nowMs),
        laxityMs: laxityOf(one.claim, plan),
      })),
      nowMs,
    );
    // A station that strays at one of its outlets may well stray at this one, too.
    const strayers = new Set(this.held.flatMap(({ claim }) => (claim.strays ? [claim.outlet.station] : [])));
    const wishes = ordered.map((one) => ({
      ...claimOf(one, plan),
      ...(strayers.has(one.claim.outlet.station) && { doubtedMa: one.claim.mayMa }),
    }));
    const used = (capacity: readonly number[]) => new Room(this.tree, capacity, room.used);
    const shares = share(this.tree, wishes, room, used(rooms.forGranting));
    const carsAlone = share(this.tree, wishes, used(rooms.forStoring));
    ordered.forEach(({ claim }, i) => {
      claim.offered(shares[i]!, nowMs);
    });
    return {
      shared: ordered.map(({ claim, fuse, place }, i) => ({ claim, fuse, place, shareMa: shares[i]! })),
      carsAlone: new Map(ordered.map(({ claim }, i) => [claim, carsAlone[i]!])),
    };
  }

  private discharging(plan: Plan | undefined, gridW: number | undefined, nowMs: number) {
    const feedAtMostMa = (fuse: number) => this.feeds.feedAtMostMa(fuse);
    return this.discharge.turn({ nowMs, plan, gridW, feedAtMostMa });
  }

  private spread(battery: Battery, w: number): PerPhase {
    return everyWired(battery.wiring, (w * 1000) / (this.tree.site.voltageV * battery.wiring.length));
  }

  /** Cars first: a battery charges beside what they would have if it did not. */
  private turnBatteries(input: LoopInput, { plan, gridW, rooms, carsAlone, power }: Storing): void {
    const room = new Room(this.tree, rooms.forStoring);
    for (const held of this.held)
      room.add(weighsOn(this.tree, held, "raising"), held.claim.mayWith(carsAlone.get(held.claim) ?? 0));
    room.capacity[this.tree.powerRow] = power.withStoresW;
    const all = this.batteries.map(({ battery }) => battery);
    // By what grants were given on: what a car that stops hides for a while is no room.
    const drawn = new Room(this.tree, rooms.forRaising);
    for (const held of this.held) drawn.add(weighsOn(this.tree, held, "lowering"), held.claim.mayMa);
    const over = (row: number) => drawn.free(row) < -TOLERANCE;
    for (const control of this.batteries) {
      const { battery } = control;
      const one = this.spread(battery, 1);
      const fuse = this.tree.indexOf(battery.fuse);
      const at = this.tree.sparingPlaceOf(fuse);
      const chargeRoomW = room.spare(at, one) / Math.max(...one);
      const reading: BatteryInput | undefined = input.batteries.find(({ id }) => id === battery.id);
      const part = partOf(battery, all);
      const seen = {
        gridW: gridW === undefined ? undefined : gridW * part,
        importMaxW: power.importMaxW * part,
      };
      const reliedOn = at.some((rows) => rows.some(over));
      control.turn(reading, wishOf(battery, plan, seen), { nowMs: input.nowMs, chargeRoomW, reliedOn });
      const mayW = battery.revert.kind === "proven" ? Math.max(0, -control.setpointW) : battery.chargeWMax;
      room.add(at, this.spread(battery, mayW));
    }
  }
}
