/** ClearedChargingLimit (OCPP 2.0.1 K13, K14): a limit of somebody else's is gone. */
import type { RequestOf, ResponseOf } from "@wattward/ocpp";
import { clearLimit } from "../charging/limits.ts";
import { type Handler, result } from "../core/call.ts";

export const clearedChargingLimit: Handler<RequestOf<"2.0.1", "ClearedChargingLimit">> = async (tx, call) =>
  (await clearLimit(tx, call)) ?? result<ResponseOf<"2.0.1", "ClearedChargingLimit">>({});
