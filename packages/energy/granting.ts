/**
 * The grants of a turn: who obeys is lowered at once where a row overflows, where slots change, and where sharing anew is worth it; raised
 * gently, in the queue's order, only into room that is free by what everybody may still draw; and told the same again before it runs out.
 *
 * Each grant has the next number, and what it may cost is in its claim from then on: what comes later in the turn counts with it.
 */
import type { Capacities } from "./capacity.ts";
import type { DischargeOrder } from "./car-discharge.ts";
import { type FuseTree, Room } from "./fuse-tree.ts";
import type { Grant, GrantReason, Reading } from "./inputs.ts";
import { type HeldOutlet, type OutletClaim, weighsOn } from "./outlet-claim.ts";
import { minus, type PerPhase, plus, times } from "./phases.ts";
import { givingWay, proving } from "./proving.ts";
import { raised, worthLowering } from "./ramp.ts";
import { Shedding } from "./shedding.ts";
import { lowest } from "./steps.ts";

/** An outlet whose grants mean something, with its share, mA. */
export type Shared = HeldOutlet & { readonly shareMa: number };

/** What a grant says to its session. */
type Word = { readonly limitMa: number; readonly dischargeMa?: number; readonly reason: GrantReason };

export class Granting {
  private readonly tree: FuseTree;
  private readonly held: readonly HeldOutlet[];
  private readonly shedding: Shedding;
  private seq = 0;

  constructor(tree: FuseTree, held: readonly HeldOutlet[]) {
    this.tree = tree;
    this.held = held;
    this.shedding = new Shedding(tree, held);
  }

  /** As {@link ControlLoop.numberFrom}. */
  numberFrom(seq: number): void {
    this.seq = Math.max(this.seq, seq);
  }

  /** `shared`: in the queue's order; `readings` by index of fuse. */
  charge(
    shared: readonly Shared[],
    rooms: Capacities,
    { nowMs, readings }: { readonly nowMs: number; readonly readings: readonly (Reading | undefined)[] },
  ): Grant[] {
    return [
      ...this.tame(rooms, nowMs),
      ...this.lowerAll(shared, rooms.forLowering, nowMs),
      ...this.shed(readings, nowMs),
      ...this.raiseAll(shared, rooms.forGranting, nowMs),
    ];
  }

  discharge(orders: readonly DischargeOrder[], nowMs: number): Grant[] {
    return orders.map(({ claim, dischargeMa }) => {
      const reason = dischargeMa > 0 ? "gives-back" : "gives-back-no-more";
      return this.grant(claim, { limitMa: 0, dischargeMa, reason }, nowMs);
    });
  }

  /** The same limit again before half its life has gone; what the session has is then in force for a whole life again. */
  refresh(nowMs: number): Grant[] {
    const due = this.held.filter(
      ({ claim }) =>
        claim.session !== undefined &&
        claim.standing !== "unlimited" &&
        nowMs - claim.sentAtMs >= claim.outlet.ttlMs / 2,
    );
    return due.map(({ claim }) => {
      const { limitMa, dischargeMa } = claim;
      return this.grant(claim, { limitMa, dischargeMa, reason: "refreshed" }, nowMs);
    });
  }

  private tame({ forGranting, forLowering }: Capacities, nowMs: number): Grant[] {
    const told = (claims: readonly OutletClaim[], limitOf: (claim: OutletClaim) => number) =>
      claims.map((claim) => this.grant(claim, { limitMa: limitOf(claim), reason: "not-obeying" }, nowMs));
    return [
      ...told(givingWay(this.tree, this.held, forLowering), () => 0),
      ...told(proving(this.tree, this.held, { capacity: forGranting, nowMs }), ({ outlet }) =>
        lowest(outlet),
      ),
    ];
  }

  private shed(readings: readonly (Reading | undefined)[], nowMs: number): Grant[] {
    return this.shedding
      .turn(readings, nowMs)
      .map(({ claim, limitMa }) => this.grant(claim, { limitMa, reason: "lowered-for-limit" }, nowMs));
  }

  private lowerAll(shared: readonly Shared[], capacity: readonly number[], nowMs: number): Grant[] {
    const room = new Room(this.tree, capacity);
    for (const held of this.held) room.add(weighsOn(this.tree, held, "lowering"), limitsOf(held.claim));
    const short = shared.some(({ claim, shareMa }) => claim.limitMa === 0 && shareMa > 0);
    return shared.flatMap(({ claim, place, shareMa }) => {
      if (shareMa >= claim.limitMa) return [];
      const overflows = room.overflowsAbove(place, claim.usesPhases);
      const anew = worthLowering(claim.limitMa, shareMa, { short, sinceChangeMs: nowMs - claim.changedAtMs });
      if (!overflows && !anew) return [];
      const reason = shareMa === 0 ? "waits-in-queue" : overflows ? "lowered-for-limit" : "shared-anew";
      return [this.grant(claim, { limitMa: shareMa, reason }, nowMs)];
    });
  }

  private raiseAll(shared: readonly Shared[], capacity: readonly number[], nowMs: number): Grant[] {
    const room = new Room(this.tree, capacity);
    for (const held of this.held) room.add(weighsOn(this.tree, held, "raising"), held.claim.mayMa);
    return shared.flatMap(({ claim, place, shareMa }) => {
      const limitMa = raised(claim, shareMa, {
        nowMs,
        // Also what its safe default, or an older grant, has it counted with is not given while too much may be drawn.
        spareMa: (ma) =>
          Math.min(room.spare(place, more(claim, ma)), room.spareAbove(place, claim.usesPhases)),
      });
      if (limitMa === undefined) return [];
      room.add(place, more(claim, limitMa));
      return [this.grant(claim, { limitMa, reason: "raised" }, nowMs)];
    });
  }

  private grant(claim: OutletClaim, { limitMa, dischargeMa = 0, reason }: Word, nowMs: number): Grant {
    const { id: outlet, ttlMs } = claim.outlet;
    const seq = ++this.seq;
    claim.send({ seq, limitMa, dischargeMa }, nowMs);
    const grant = { session: claim.session!.id, outlet, seq, limitMa, ttlMs, reason };
    return dischargeMa > 0 ? { ...grant, dischargeMa } : grant;
  }
}

/** What a session's limit stands for on each phase; for those whose limit says nothing, what they may draw. */
const limitsOf = (claim: OutletClaim): PerPhase =>
  claim.heeds ? plus(times(claim.usesPhases, claim.limitMa), claim.beyondLimitMa) : claim.mayMa;

/** By how much a claim grows with this limit. */
const more = (claim: OutletClaim, limitMa: number): PerPhase => minus(claim.mayWith(limitMa), claim.mayMa);
