/** A connected station as commands and takeover see it, whichever way it is connected. */
import type { JsonObject, StationId } from "@wattward/kernel";
import type { CallOutcome, OcppVersion } from "@wattward/ocpp";
import type { Route } from "../core/port.ts";
import type { Connection } from "./registry.ts";

export interface StationLink extends Connection {
  readonly station: StationId;
  readonly version: OcppVersion;
  readonly route: Route;
  /** False: what it gets wrong is not repaired, and nothing is retried in another form. */
  readonly tolerant: boolean;
  /** True: an operator wants its socket closed when it answers no call, so that it connects anew (QUIRKS 22). */
  readonly closeDeaf: boolean;
  /** False once it has ended: whatever is sent now will not arrive. */
  readonly open: boolean;
  /** Resolves when a CALL may be sent: the boot-quiet time is over (QUIRKS 18), or the link has ended. */
  readonly ready: Promise<void>;
  call(action: string, payload: JsonObject, options: { timeoutMs: number }): Promise<CallOutcome>;
}
