/** Heartbeat (OCPP 2.1 G02.FR.02): a sign of life, answered with the time. */
import { rfc3339 } from "@wattward/kernel";
import type { RequestOf, ResponseOf } from "@wattward/ocpp";
import { type Handler, result } from "../core/call.ts";

export const heartbeat: Handler<RequestOf<"2.1", "Heartbeat">> = async (_tx, call) =>
  result<ResponseOf<"2.1", "Heartbeat">>({ currentTime: rfc3339(call.receivedAtMs) });
