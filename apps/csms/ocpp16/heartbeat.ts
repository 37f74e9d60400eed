/** Heartbeat (OCPP 1.6 §4.6): a sign of life, answered with the time. */
import { rfc3339 } from "@wattward/kernel";
import type { RequestOf, ResponseOf } from "@wattward/ocpp";
import { type Handler, result } from "../core/call.ts";

export const heartbeat: Handler<RequestOf<"1.6", "Heartbeat">> = async (_tx, call) =>
  result<ResponseOf<"1.6", "Heartbeat">>({ currentTime: rfc3339(call.receivedAtMs) });
