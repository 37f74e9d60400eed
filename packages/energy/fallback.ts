/**
 * The fallback allocator: what the local controller does while no energy controller lives (mode *fallback*). No meter, no
 * solver, no forecast: a fixed total per fuse and phase that is safe whatever the building does, and minimum slots that rotate
 * among the connected cars. It knows one thing more: the grants that the dead controller left, which hold until they run out.
 *
 * Always true: Σ of what was left and what it lends, plus the declared highest base load and the full charge of every battery, with
 * no local source, is within every fuse. A limit from outside that stands on bounds what it lends, too.
 */
import { type FuseTree, fuseTree, Room, rowOf } from "./fuse-tree.ts";
import type { Grant, GrantOutcome, LoopState, SessionInput } from "./inputs.ts";
import { OBEYS_WITHIN_MA } from "./limits.ts";
import { type HeldOutlet, heldIn, type OutletClaim } from "./outlet-claim.ts";
import { everyWired, higher, minus, NO_CURRENT, type PerPhase, times } from "./phases.ts";
import { Queue } from "./queue.ts";
import type { OutletId, Site } from "./site.ts";
import { lowest } from "./steps.ts";

/** A grant of the energy controller that a station may still live on. */
export type LeftGrant = { readonly outlet: OutletId; readonly limitMa: number };

export type FallbackInput = {
  readonly nowMs: number;
  readonly sessions: readonly SessionInput[];
  readonly outcomes: readonly GrantOutcome[];
  /** Outlets that may still live on a grant; what was left to others has run out, or went with its session. Absent: all. */
  readonly live?: ReadonlySet<OutletId>;
  /** Watts for everything controlled, by a limit from outside that stands on; absent: none. */
  readonly externalW?: number;
};

/** As often as slots go round; what {@link Fallback.exceeded} says does not wait for it. */
export const FALLBACK_PERIOD_MS = 5_000;

export class Fallback {
  private readonly tree: FuseTree;
  private readonly held: readonly HeldOutlet[];
  private readonly queue = new Queue();
  private readonly capacity: number[];
  /** The first turn's; batteries that let go by themselves have not done so yet. */
  private sinceMs: number | undefined;
  private readonly left: Map<OutletId, number>;
  private seq: number;

  /** `seq`: the number of the last grant that any controller of this site sent; ours go on from there. */
  constructor(site: Site, left: readonly LeftGrant[], seq: number) {
    this.tree = fuseTree(site);
    this.capacity = safeTotals(this.tree);
    this.held = heldIn(this.tree);
    this.left = new Map(left.map(({ outlet, limitMa }) => [outlet, limitMa]));
    this.seq = seq;
  }

  /** Of each outlet, as of the last turn: what it was lent, what it may draw at most, how it takes its limits. */
  get outlets(): LoopState["outlets"] {
    return this.held.map(({ claim }) => ({
      id: claim.outlet.id,
      limitMa: claim.limitMa,
      mayMa: this.mayOf(claim),
      standing: claim.standing,
    }));
  }

  /**
   * Does a car draw more than its outlet may, as of the last turn? Then the next turn is due at once: there is no meter that would show
   * it, and an overload has to be over soon (bound (b)).
   */
  exceeded(sessions: readonly SessionInput[]): boolean {
    return sessions.some(({ observed, outlet }) => {
      const held = this.held.find(({ claim }) => claim.outlet.id === outlet);
      if (held === undefined || observed === undefined) return false;
      return Math.max(...observed.terminalsMa) > Math.max(...this.mayOf(held.claim)) + OBEYS_WITHIN_MA;
    });
  }

  turn({ nowMs, sessions, outcomes, externalW, live }: FallbackInput): Grant[] {
    this.sinceMs ??= nowMs;
    for (const outlet of this.left.keys()) if (live?.has(outlet) === false) this.left.delete(outlet);
    const heldMs = nowMs - this.sinceMs;
    this.capacity[this.tree.powerRow] =
      externalW === undefined ? Number.POSITIVE_INFINITY : externalW - storesW(this.tree, heldMs);
    const byOutlet = new Map(sessions.map((session) => [session.outlet, session]));
    for (const { claim } of this.held) {
      const session = byOutlet.get(claim.outlet.id);
      claim.update(
        session,
        outcomes.filter((outcome) => outcome.session === session?.id),
        nowMs,
      );
    }
    const aims = this.aims(nowMs);
    const lowered = this.send(aims, nowMs, (aimMa, limitMa) => aimMa < limitMa);
    const room = this.room();
    const raised = this.send(aims, nowMs, (aimMa, limitMa, { claim, place }) => {
      if (aimMa <= limitMa) return false;
      const more = higher(minus(claim.mayWith(aimMa), this.mayOf(claim)), NO_CURRENT);
      // Also what its safe default has it counted with is not lent while others may still draw what they were left.
      if (!room.fits(place, more) || room.overflowsAbove(place, claim.usesPhases)) return false;
      room.add(place, more);
      return true;
    });
    const refreshed = this.send(
      new Map(this.held.map(({ claim }) => [claim, claim.limitMa])),
      nowMs,
      (_aim, _limit, { claim }) =>
        claim.standing !== "unlimited" && nowMs - claim.sentAtMs >= claim.outlet.ttlMs / 2,
    );
    return [...lowered, ...raised, ...refreshed];
  }

  /** A minimum, or nothing, for each outlet that can be limited. */
  private aims(nowMs: number): Map<OutletClaim, number> {
    const room = new Room(this.tree, this.capacity);
    const waiting: { id: SessionInput["id"]; held: HeldOutlet }[] = [];
    for (const held of this.held) {
      if (held.claim.session === undefined || !held.claim.heeds) room.add(held.place, this.mayOf(held.claim));
      else waiting.push({ id: held.claim.session.id, held });
    }
    const ordered = this.queue.order(
      waiting.map(({ id, held: { claim, place } }) => ({
        id,
        claim,
        place,
        connectedAtMs: claim.session!.connectedAtMs,
        charging: claim.limitMa > 0,
        drawing: claim.drawing,
        idle: claim.idle(nowMs),
      })),
      nowMs,
    );
    const aims = new Map<OutletClaim, number>();
    for (const { claim, place } of ordered) {
      const leastMa = lowest(claim.outlet);
      const slot = times(claim.usesPhases, leastMa);
      const fits = leastMa <= claim.wantsMa && room.fits(place, slot);
      if (fits) room.add(place, slot);
      aims.set(claim, fits ? leastMa : 0);
    }
    return aims;
  }

  private room(): Room {
    const room = new Room(this.tree, this.capacity);
    for (const { claim, place } of this.held) room.add(place, this.mayOf(claim));
    return room;
  }

  /** What was left counts until the station took a grant of ours, or it can be in force no more. */
  private mayOf(claim: OutletClaim): PerPhase {
    const leftMa = this.left.get(claim.outlet.id);
    if (leftMa === undefined || claim.confirmed) return claim.mayMa;
    return claim.mayWith(leftMa);
  }

  private send(
    aims: ReadonlyMap<OutletClaim, number>,
    nowMs: number,
    goes: (aimMa: number, limitMa: number, held: HeldOutlet) => boolean,
  ): Grant[] {
    return this.held.flatMap((held) => {
      const { claim } = held;
      const aimMa = aims.get(claim);
      if (aimMa === undefined || claim.session === undefined) return [];
      const fromMa = claim.limitMa;
      if (!goes(aimMa, fromMa, held)) return [];
      const seq = ++this.seq;
      claim.send({ seq, limitMa: aimMa }, nowMs);
      const reason = aimMa > fromMa ? "raised" : aimMa === fromMa ? "refreshed" : "waits-in-queue";
      const { id: outlet, ttlMs } = claim.outlet;
      return [{ session: claim.session.id, outlet, seq, limitMa: aimMa, ttlMs, reason }];
    });
  }
}

/** What is left of each fuse and phase when everything else is at its worst; never below nothing. */
export function safeTotals(tree: FuseTree): number[] {
  const { site } = tree;
  // Nothing is spared here: that an energy controller is gone, and then the whole site, and a station disobeys, is one thing more than two.
  const totals = Array.from({ length: tree.rowCount }, () => Number.POSITIVE_INFINITY);
  for (const [fuse, { ratedMa }] of site.fuses.entries())
    totals.fill(ratedMa, rowOf(fuse, 0), rowOf(fuse + 1, 0));
  const take = (fuse: number, ma: PerPhase) => {
    for (const node of tree.pathOf(fuse)) {
      for (let phase = 0; phase < 3; phase++) totals[rowOf(node, phase)]! -= ma[phase]!;
    }
  };
  for (const load of site.loads) take(tree.indexOf(load.fuse), load.highestMa);
  for (const source of site.sources) {
    if (source.kind !== "battery") continue;
    const ma = (source.chargeWMax * 1000) / (site.voltageV * source.wiring.length);
    take(tree.indexOf(source.fuse), everyWired(source.wiring, ma));
  }
  return totals;
}

/** What batteries may still charge with under a limit from outside: until they let go of their last setpoint, or for ever. */
const storesW = ({ site }: FuseTree, heldMs: number): number =>
  site.sources.reduce((sumW, source) => {
    if (source.kind !== "battery") return sumW;
    const letsGo = source.revert.kind === "proven" && heldMs > source.revert.afterMs;
    return sumW + (letsGo ? 0 : source.chargeWMax);
  }, 0);
