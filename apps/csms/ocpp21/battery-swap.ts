/** BatterySwap (OCPP 2.1 S01 to S03): batteries put in and taken out. */
import type { RequestOf, ResponseOf } from "@wattward/ocpp";
import { type Handler, result } from "../core/call.ts";
import { takeSwap } from "../stations/batteries.ts";

export const batterySwap: Handler<RequestOf<"2.1", "BatterySwap">> = async (tx, call) => {
  await takeSwap(tx, call);
  return result<ResponseOf<"2.1", "BatterySwap">>({});
};
