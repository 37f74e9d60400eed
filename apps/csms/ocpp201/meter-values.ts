/** MeterValues (OCPP 2.0.1 J01): values outside transactions, for an EVSE or (0) the station's own meter. */
import type { RequestOf, ResponseOf } from "@wattward/ocpp";
import { type Handler, result } from "../core/call.ts";
import { takeMeterValues } from "../transactions/loose-meter.ts";

export const meterValues: Handler<RequestOf<"2.0.1", "MeterValues">> = async (tx, call) => {
  await takeMeterValues(tx, call);
  return result<ResponseOf<"2.0.1", "MeterValues">>({});
};
