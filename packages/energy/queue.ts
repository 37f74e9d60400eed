/**
 * Who gets a minimum first where power is not enough for all. A slot lasts `SLOT_MS`; who has one keeps it that long, then
 * goes behind those who wait; who has waited for too long goes before those with a slot (a car on three phases would else never
 * find all three free at once); a car that draws nothing stands behind everybody until it is tried again.
 */
import type { SessionId } from "./inputs.ts";
import { IDLE_RETRY_MS, SLOT_MS, STARVES_AFTER_MS } from "./limits.ts";

type Place = { since: number; charging: boolean; idleUntilMs: number };

export type Queuing = {
  readonly id: SessionId;
  readonly connectedAtMs: number;
  /** Has a grant above nothing. */
  readonly charging: boolean;
  readonly drawing: boolean;
  /** Had a grant for long, and drew nothing. */
  readonly idle: boolean;
};

export class Queue {
  private readonly places = new Map<SessionId, Place>();

  /** The sessions in the order in which minimums are given. */
  order<S extends Queuing>(sessions: readonly S[], nowMs: number): S[] {
    const present = new Set(sessions.map(({ id }) => id));
    for (const id of this.places.keys()) if (!present.has(id)) this.places.delete(id);
    const ranked = sessions.map((session) => ({ session, place: this.place(session, nowMs) }));
    return ranked
      .map(({ session, place }) => ({ session, place, rank: rank(place, nowMs) }))
      .sort(
        (a, b) => a.rank - b.rank || a.place.since - b.place.since || (a.session.id < b.session.id ? -1 : 1),
      )
      .map(({ session }) => session);
  }

  private place({ id, connectedAtMs, charging, drawing, idle }: Queuing, nowMs: number): Place {
    const place = this.places.get(id) ?? { since: connectedAtMs, charging: false, idleUntilMs: -Infinity };
    this.places.set(id, place);
    if (place.charging !== charging) {
      place.charging = charging;
      place.since = nowMs;
    }
    if (idle && nowMs >= place.idleUntilMs) place.idleUntilMs = nowMs + IDLE_RETRY_MS;
    if (drawing) place.idleUntilMs = -Infinity;
    return place;
  }
}

/** Less comes first. */
function rank({ charging, since, idleUntilMs }: Place, nowMs: number): number {
  const forMs = nowMs - since;
  if (nowMs < idleUntilMs) return 4;
  if (!charging) return forMs > STARVES_AFTER_MS ? 0 : 2;
  return forMs < SLOT_MS ? 1 : 3;
}
