/**
 * Which stations answer our calls. One that lets {@link DEAF_AFTER_TIMEOUTS} of them in a row time out is deaf, however
 * often its heartbeats come (QUIRKS 22), until one is answered, whatever the answer. A new connection changes nothing of that:
 * it is asked first.
 */
import type { StationId } from "@wattward/kernel";
import type { CallOutcome } from "@wattward/ocpp";
import { DEAF_AFTER_TIMEOUTS } from "./limits.ts";

export class Hearing {
  /** Calls in a row without an answer; only of those that did not answer last time. */
  private readonly timeouts = new Map<StationId, number>();

  /** What a call came to; says where that changed what is known of the station. */
  heard(station: StationId, outcome: CallOutcome["kind"]): "deaf" | "hears" | undefined {
    if (outcome === "result" || outcome === "error" || outcome === "invalid") {
      const wasDeaf = this.isDeaf(station);
      this.timeouts.delete(station);
      return wasDeaf ? "hears" : undefined;
    }
    if (outcome !== "timeout") return undefined;
    const inRow = (this.timeouts.get(station) ?? 0) + 1;
    this.timeouts.set(station, inRow);
    return inRow === DEAF_AFTER_TIMEOUTS ? "deaf" : undefined;
  }

  isDeaf(station: StationId): boolean {
    return (this.timeouts.get(station) ?? 0) >= DEAF_AFTER_TIMEOUTS;
  }
}
