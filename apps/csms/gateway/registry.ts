/**
 * Who is connected: at most one live socket per identity, each with a generation number of its own.
 *
 * Invariant: whatever a socket does late (its cleanup, its last message) touches only its own generation, so a dead
 * connection can never take its successor's place down (QUIRKS 30).
 *
 * A newcomer is decided on when it asks (`decide`, which may take the time of a ping) and seated when its socket is
 * open (`seat`). If another was seated in between, it is not seated: it comes again and is decided on anew.
 */
import { type Clock, sleep } from "@wattward/kernel";
import { type Claim, REPLACEMENT_WINDOW_MS, REPLACEMENTS_MAX, type Takeover, takeover } from "@wattward/ocpp";

/** A connection as the registry needs it. */
export interface Connection {
  readonly claim: Claim;
  readonly generation: number;
  /** Milliseconds since its last pong; undefined where it never sent one. */
  pongAgoMs(): number | undefined;
  ping(): void;
  /** Ends it; it will say that it is closed later, under its own generation. */
  end(code: number, reason: string): void;
}

export type Decided =
  /** `against`: the generation that will be replaced, undefined where the seat is free. */
  | { readonly kind: "welcome"; readonly against: number | undefined; readonly why?: string }
  | Extract<Takeover, { kind: "hold" | "refuse" }>
  /** Another node has it, and it is not known yet whether that lives: come again. */
  | { readonly kind: "later"; readonly why: string };

/** WebSocket close code of a replaced socket: policy, not fault (RFC 6455 §7.4.1). */
const REPLACED = 1008;

export class Registry<Id extends string, Live extends Connection> {
  private readonly seats = new Map<Id, Live>();
  private readonly replacedAtMs = new Map<Id, readonly number[]>();
  private readonly clock: Clock;
  private lastGeneration: number;

  /** @param firstGeneration above all that an earlier process gave to the store */
  constructor(clock: Clock, firstGeneration: number) {
    this.clock = clock;
    this.lastGeneration = firstGeneration;
  }

  get size(): number {
    return this.seats.size;
  }

  get(id: Id): Live | undefined {
    return this.seats.get(id);
  }

  /** The live ones at this moment, safe to change the registry while walking through. */
  all(): readonly (readonly [Id, Live])[] {
    return [...this.seats];
  }

  nextGeneration(): number {
    this.lastGeneration += 1;
    return this.lastGeneration;
  }

  /** Takes at most the time of one ping and its deadline. */
  async decide(id: Id, newcomer: Claim): Promise<Decided> {
    const first = this.decideNow(id, newcomer, undefined);
    if (first.kind !== "probe") return first;
    const asked = this.seats.get(id);
    const askedAtMs = this.clock.now().monotonicMs;
    asked?.ping();
    await sleep(this.clock, first.withinMs);
    const second = this.decideNow(id, newcomer, this.seats.get(id) === asked ? askedAtMs : undefined);
    // The old one was replaced by yet another while it was asked: two claim to be the same station at once.
    return second.kind === "probe" ? { kind: "hold", why: "alive-elsewhere" } : second;
  }

  /** Puts an open connection into the seat it was promised; false where another came first: end the newcomer. */
  seat(id: Id, live: Live, against: number | undefined): boolean {
    const old = this.seats.get(id);
    if (old?.generation !== against) return false;
    this.seats.set(id, live);
    if (old === undefined) return true;
    if (old.claim.key !== undefined && old.claim.key === live.claim.key) this.remember(id);
    old.end(REPLACED, "replaced by a newer connection of the same identity");
    return true;
  }

  /**
   * Ends the connection of this generation, because its identity goes to another node: that one counts as a replacement
   * too, so that a clone is suspected wherever it knocks. Gives what was ended.
   */
  giveAway(id: Id, newcomer: Claim, against: number): Live | undefined {
    const old = this.seats.get(id);
    if (old?.generation !== against) return undefined;
    if (old.claim.key === newcomer.key) this.remember(id);
    old.end(REPLACED, "replaced by a newer connection of the same identity");
    return old;
  }

  /**
   * Seats a station that its site has let in: the site decided between sockets of its own, so only another route
   * stands against it. False: the station is live elsewhere, and stays so.
   */
  place(id: Id, live: Live): boolean {
    const old = this.seats.get(id);
    if (old !== undefined && old.claim.route !== live.claim.route) return false;
    this.seats.set(id, live);
    old?.end(REPLACED, "the site has a newer connection of this station");
    return true;
  }

  /** Frees the seat if this generation still has it; says whether it had. */
  leave(id: Id, generation: number): boolean {
    if (this.seats.get(id)?.generation !== generation) return false;
    return this.seats.delete(id);
  }

  private decideNow(
    id: Id,
    newcomer: Claim,
    askedAtMs: number | undefined,
  ): Decided | Extract<Takeover, { kind: "probe" }> {
    const old = this.seats.get(id);
    if (old === undefined) return { kind: "welcome", against: undefined };
    const nowMs = this.clock.now().monotonicMs;
    const askedAgoMs = askedAtMs === undefined ? undefined : nowMs - askedAtMs;
    const incumbent = { ...old.claim, pongAgoMs: old.pongAgoMs(), askedAgoMs };
    const decided = takeover(incumbent, newcomer, this.replacedAtMs.get(id) ?? [], nowMs);
    if (decided.kind !== "replace") return decided;
    return { kind: "welcome", against: old.generation, why: decided.why };
  }

  /** Keeps the last few only: as many as decide, bounded by the identities that were ever let in. */
  private remember(id: Id): void {
    const nowMs = this.clock.now().monotonicMs;
    const recent = (this.replacedAtMs.get(id) ?? []).filter((atMs) => nowMs - atMs < REPLACEMENT_WINDOW_MS);
    this.replacedAtMs.set(id, [...recent, nowMs].slice(-REPLACEMENTS_MAX));
  }
}
