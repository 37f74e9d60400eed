/** MeterValues (OCPP 2.0.1 J01): values outside transactions, for an EVSE or (0) the station's own meter. */
import type { RequestOf, ResponseOf } from "@wattward/ocpp";
import { type Handler, result } from "../core/call.ts";
import { storeLooseMeter } from "../transactions/loose-meter.ts";
import { readMeter } from "../transactions/reading.ts";
import { digestOf } from "../transactions/record.ts";
import { sampledAt } from "./sampled.ts";

export const meterValues: Handler<RequestOf<"2.0.1", "MeterValues">> = async (tx, call) => {
  const { evseId, meterValue } = call.payload;
  await storeLooseMeter(tx, call, {
    // The values' own times are in the digest: the same digest is the same message.
    key: { dedupe: `meter|${evseId}|${digestOf(call)}`, kind: "meter" },
    evse: evseId,
    connector: evseId === 0 ? 0 : 1,
    reading: readMeter(meterValue.map(sampledAt), call),
  });
  return result<ResponseOf<"2.0.1", "MeterValues">>({});
};
