/** A station's own security event, of either version (2.0.1 A04; 1.6 Improved security, A04). */
import type { Call } from "../core/call.ts";
import { clipped, observe } from "../core/observations.ts";
import { believable } from "../core/timestamp.ts";
import type { Tx } from "../store/writer.ts";
import { headOf } from "../transactions/record.ts";

type SecurityEvent = {
  readonly type: string;
  readonly timestamp: string;
  readonly techInfo?: string | undefined;
};

export function observeSecurityEvent(tx: Tx, call: Call<object>, event: SecurityEvent): void {
  const data = {
    type: clipped(event.type),
    atMs: believable(event.timestamp, call).atMs,
    info: event.techInfo === undefined ? null : clipped(event.techInfo),
  };
  observe(tx, { ...headOf(call), kind: "security.event", data });
}
