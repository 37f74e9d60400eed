/**
 * Which stations answer our calls. One that lets {@link DEAF_AFTER_TIMEOUTS} of them in a row time out is deaf, however
 * often its heartbeats come (QUIRKS 22): from then on one call is tried every {@link DEAF_TRY_EVERY_MS}, until one is
 * answered, whatever the answer.
 */
import type { StationId } from "@wattward/kernel";
import type { CallOutcome } from "@wattward/ocpp";
import { DEAF_AFTER_TIMEOUTS, DEAF_TRY_EVERY_MS } from "./limits.ts";

type Silence = { timeouts: number; nextMs: number };

export class Hearing {
  /** Only those that did not answer last time. */
  private readonly silent = new Map<StationId, Silence>();

  /** What a call came to; says where that changed what is known of the station. `nowMs`: monotonic. */
  heard(station: StationId, outcome: CallOutcome["kind"], nowMs: number): "deaf" | "hears" | undefined {
    if (outcome === "result" || outcome === "error" || outcome === "invalid") {
      const wasDeaf = this.isDeaf(station);
      this.silent.delete(station);
      return wasDeaf ? "hears" : undefined;
    }
    if (outcome !== "timeout") return undefined;
    const silence = this.silent.get(station) ?? { timeouts: 0, nextMs: 0 };
    silence.timeouts += 1;
    silence.nextMs = nowMs + DEAF_TRY_EVERY_MS;
    this.silent.set(station, silence);
    return silence.timeouts === DEAF_AFTER_TIMEOUTS ? "deaf" : undefined;
  }

  /** A new connection may hear better: the next call is tried at once. */
  connected(station: StationId): void {
    const silence = this.silent.get(station);
    if (silence !== undefined) silence.nextMs = 0;
  }

  isDeaf(station: StationId): boolean {
    return (this.silent.get(station)?.timeouts ?? 0) >= DEAF_AFTER_TIMEOUTS;
  }

  /** How long the next call waits, 0 for one that may go now. */
  waitMs(station: StationId, nowMs: number): number {
    return this.isDeaf(station) ? Math.max(0, (this.silent.get(station)?.nextMs ?? 0) - nowMs) : 0;
  }
}
