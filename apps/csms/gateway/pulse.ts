/**
 * When a heartbeat may be answered without the core: soon after the core has answered one of the same connection. It
 * says only that the station is there, and the store keeps that no more exactly than by some seconds; a station that
 * beats ten times a second costs the writer nothing (ADR 37; AT-O7).
 */
import { type Clock, rfc3339 } from "@wattward/kernel";
import type { CallAnswer } from "@wattward/ocpp";
import type { StationAnswer } from "../core/port.ts";

/** Half of what `seen_at_ms` may lag at the core (core/dispatch.ts): so much later it hears of the station again. */
const KNOWN_FOR_MS = 5_000;

export class Pulse {
  private knownUntilMs = Number.NEGATIVE_INFINITY;
  private readonly clock: Clock;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** The answer to a heartbeat that changes nothing; undefined for all that the core must hear of. */
  answerTo(action: string): CallAnswer | undefined {
    if (action !== "Heartbeat") return undefined;
    const { monotonicMs, wallMs } = this.clock.now();
    if (monotonicMs >= this.knownUntilMs) return undefined;
    return { kind: "result", payload: { currentTime: rfc3339(wallMs) } };
  }

  /** What the core answered: a heartbeat that it took is good for a while, anything that it refused ends that. */
  heard(action: string, answer: StationAnswer): void {
    if (answer.kind !== "result") this.knownUntilMs = Number.NEGATIVE_INFINITY;
    else if (action === "Heartbeat") this.knownUntilMs = this.clock.now().monotonicMs + KNOWN_FOR_MS;
  }
}
