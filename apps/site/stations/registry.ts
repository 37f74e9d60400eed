/**
 * Who is connected: at most one socket per station, each with a generation of its own, so that the end of an old socket
 * never removes a new one (QUIRKS 30). Who may replace whom is decided in `@wattward/ocpp` (takeover).
 */
import { type Clock, type StationId, sleep } from "@wattward/kernel";
import { type Claim, type Incumbent, REPLACEMENT_WINDOW_MS, type Takeover, takeover } from "@wattward/ocpp";
import { REMEMBERED_STATIONS_MAX } from "./limits.ts";

/** The later of the last pong and the last time at which one would not have been read; both monotonic. */
export const laterOf = (pongAtMs: number | undefined, unreadAtMs: number | undefined): number | undefined =>
  pongAtMs === undefined ? unreadAtMs : Math.max(pongAtMs, unreadAtMs ?? pongAtMs);

/** What the registry must know and do of a live socket. */
export type Live = {
  readonly generation: number;
  readonly claim: Claim;
  /** Monotonic: its last pong, or when one would last have gone unread. Undefined where there was neither. */
  readonly aliveAtMs: number | undefined;
  ping(): void;
  close(code: number, reason: string): void;
};

export type Admitted = { readonly kind: "admitted" } | Extract<Takeover, { kind: "hold" | "refuse" }>;

export class Registry<Socket extends Live> {
  private readonly clock: Clock;
  private readonly live = new Map<StationId, Socket>();
  private readonly replacedAtMs = new Map<StationId, number[]>();
  private generation = 0;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  get(station: StationId): Socket | undefined {
    return this.live.get(station);
  }
  all(): readonly (readonly [StationId, Socket])[] {
    return [...this.live];
  }
  nextGeneration(): number {
    return ++this.generation;
  }

  /** May this claim take the station's place? Asks the old socket for a sign of life where the table wants it. */
  async admit(station: StationId, claim: Claim): Promise<Admitted> {
    const first = this.decide(station, claim, undefined);
    if (first.kind !== "probe") return asAdmitted(first);
    const asked = this.live.get(station);
    const askedAtMs = this.clock.now().monotonicMs;
    asked?.ping();
    await sleep(this.clock, first.withinMs);
    const second = this.decide(station, claim, this.live.get(station) === asked ? askedAtMs : undefined);
    // The old one was replaced by yet another while it was asked: two claim to be the same station at once.
    return second.kind === "probe" ? { kind: "hold", why: "alive-elsewhere" } : asAdmitted(second);
  }

  /**
   * Seats an admitted socket and closes the one it replaces. Where another was seated since it was admitted, the table
   * is asked again, and false means that the newcomer must go.
   */
  seat(station: StationId, socket: Socket, against: number | undefined): boolean {
    const old = this.live.get(station);
    if (old !== undefined && old.generation !== against) {
      // A password proves too little for a seat that was taken meanwhile by somebody who was never asked.
      const settled = socket.claim.securityProfile === undefined ? this.clock.now().monotonicMs : undefined;
      const again = this.decide(station, socket.claim, settled);
      if (again.kind !== "replace") return false;
    }
    if (old?.claim.key !== undefined && old.claim.key === socket.claim.key) this.remember(station);
    this.live.set(station, socket);
    old?.close(1008, "replaced by a newer connection");
    return true;
  }

  /** True where it was this generation that was seated, and now nobody is. */
  leave(station: StationId, generation: number): boolean {
    if (this.live.get(station)?.generation !== generation) return false;
    return this.live.delete(station);
  }

  /** `askedAtMs`: when the old socket was pinged because of this claim, or is taken to have been. */
  private decide(station: StationId, claim: Claim, askedAtMs: number | undefined): Takeover {
    const old = this.live.get(station);
    if (old === undefined) return { kind: "replace", why: "same-key" };
    const nowMs = this.clock.now().monotonicMs;
    const pongAgoMs = old.aliveAtMs === undefined ? undefined : nowMs - old.aliveAtMs;
    const askedAgoMs = askedAtMs === undefined ? undefined : nowMs - askedAtMs;
    const incumbent: Incumbent = { ...old.claim, pongAgoMs, askedAgoMs };
    return takeover(incumbent, claim, this.replacedAtMs.get(station) ?? [], nowMs);
  }

  private remember(station: StationId): void {
    const nowMs = this.clock.now().monotonicMs;
    const recent = (this.replacedAtMs.get(station) ?? []).filter(
      (atMs) => nowMs - atMs < REPLACEMENT_WINDOW_MS,
    );
    this.replacedAtMs.delete(station);
    this.replacedAtMs.set(station, [...recent, nowMs]);
    if (this.replacedAtMs.size > REMEMBERED_STATIONS_MAX) {
      const oldest = this.replacedAtMs.keys().next().value;
      if (oldest !== undefined) this.replacedAtMs.delete(oldest);
    }
  }
}

const asAdmitted = (decided: Exclude<Takeover, { kind: "probe" }>): Admitted =>
  decided.kind === "replace" ? { kind: "admitted" } : decided;
