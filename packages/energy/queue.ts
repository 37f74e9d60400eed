/**
 * Who gets a minimum first where power is not enough for all. Where it is known how long they can wait (laxity: the time they stay, less the
 * time they still need at full power), whoever can wait least; who charges is left at it unless another can spare less by `GIVES_WAY_MS`.
 * Else in slots: a slot lasts `SLOT_MS`; who has one keeps it that long, then
 * goes behind those who wait; who has waited for too long goes before those with a slot (a car on three phases would else never
 * find all three free at once); a car that draws nothing stands behind everybody until it is tried again.
 */
import type { SessionId } from "./inputs.ts";
import {
  GIVES_WAY_MS,
  IDLE_RETRY_MS,
  IDLE_RETRY_MS_MAX,
  SLOT_MS,
  STARVES_AFTER_MS,
  UNKNOWN_LAXITY_MS,
} from "./limits.ts";

type Place = { since: number; charging: boolean; idleUntilMs: number; retryMs: number };

export type Queuing = {
  readonly id: SessionId;
  readonly connectedAtMs: number;
  /** Has a grant above nothing. */
  readonly charging: boolean;
  readonly drawing: boolean;
  /** Had a grant for long, and drew nothing. */
  readonly idle: boolean;
  readonly laxityMs?: number | undefined;
};

export class Queue {
  private readonly places = new Map<SessionId, Place>();

  /** The sessions in the order in which minimums are given. */
  order<S extends Queuing>(sessions: readonly S[], nowMs: number): S[] {
    const present = new Set(sessions.map(({ id }) => id));
    for (const id of this.places.keys()) if (!present.has(id)) this.places.delete(id);
    const ranked = sessions.map((session) => ({ session, place: this.place(session, nowMs) }));
    const inTurn = sessions.some(({ laxityMs }) => laxityMs !== undefined);
    return ranked
      .map(({ session, place }) => ({
        session,
        place,
        rank: inTurn && nowMs >= place.idleUntilMs ? 0 : rank(place, nowMs),
        laxityMs: inTurn ? laxityOf(session) : 0,
      }))
      .sort(
        (a, b) =>
          a.rank - b.rank ||
          a.laxityMs - b.laxityMs ||
          a.place.since - b.place.since ||
          (a.session.id < b.session.id ? -1 : 1),
      )
      .map(({ session }) => session);
  }

  private place({ id, connectedAtMs, charging, drawing, idle }: Queuing, nowMs: number): Place {
    const place = this.places.get(id) ?? {
      since: connectedAtMs,
      charging: false,
      idleUntilMs: -Infinity,
      retryMs: IDLE_RETRY_MS,
    };
    this.places.set(id, place);
    if (place.charging !== charging) {
      place.charging = charging;
      place.since = nowMs;
    }
    if (idle && nowMs >= place.idleUntilMs) {
      place.idleUntilMs = nowMs + place.retryMs;
      place.retryMs = Math.min(2 * place.retryMs, IDLE_RETRY_MS_MAX);
    }
    if (drawing) {
      place.idleUntilMs = -Infinity;
      place.retryMs = IDLE_RETRY_MS;
    }
    return place;
  }
}

const laxityOf = ({ laxityMs = UNKNOWN_LAXITY_MS, charging }: Queuing): number =>
  (Number.isNaN(laxityMs) ? UNKNOWN_LAXITY_MS : laxityMs) - (charging ? GIVES_WAY_MS : 0);

/** Less comes first. */
function rank({ charging, since, idleUntilMs }: Place, nowMs: number): number {
  const forMs = nowMs - since;
  if (nowMs < idleUntilMs) return 4;
  if (!charging) return forMs > STARVES_AFTER_MS ? 0 : 2;
  return forMs < SLOT_MS ? 1 : 3;
}
