/**
 * MeterValues (OCPP 1.6 §4.7). With the id of a transaction of this station they belong to it, also after its end
 * (QUIRKS 16); an id of 0 or less is no id (QUIRKS 11); an id that is not this station's is observed, and the values
 * are kept for the connector alone. The answer never says which it was.
 */
import type { RequestOf, ResponseOf } from "@wattward/ocpp";
import { type Call, type Handler, result } from "../core/call.ts";
import type { Tx } from "../store/writer.ts";
import { storeLooseMeter } from "../transactions/loose-meter.ts";
import { readMeter } from "../transactions/reading.ts";
import { digestOf, observeForeign, record } from "../transactions/record.ts";
import { findTransaction } from "../transactions/rows.ts";

type Payload = RequestOf<"1.6", "MeterValues">;

export const meterValues: Handler<Payload> = async (tx, call, world) => {
  const { connectorId, meterValue } = call.payload;
  const reading = readMeter(meterValue, call);
  // The values' own times are in the digest: the same digest is the same message.
  const key = { dedupe: `meter|${connectorId}|${digestOf(call)}`, kind: "meter" };
  const transaction = await named(tx, call);
  if (transaction === undefined) {
    await storeLooseMeter(tx, call, {
      key,
      evse: connectorId,
      connector: connectorId === 0 ? 0 : 1,
      reading,
    });
  } else {
    await record(tx, call, world, {
      key,
      wireId: transaction.wire_id,
      before: transaction,
      fact: {
        kind: "updated",
        atMs: reading.samples.at(-1)?.atMs ?? call.receivedAtMs,
        changedAtMs: call.arrivedAtMs,
        seqNo: null,
        evse: connectorId,
        connector: 1,
        token: null,
        reading,
        stopReason: null,
        offline: call.journal?.localAnswer !== undefined,
        live: call.live,
        review: [],
      },
    });
  }
  return result<ResponseOf<"1.6", "MeterValues">>({});
};

async function named(tx: Tx, call: Call<Payload>) {
  const { transactionId } = call.payload;
  if (transactionId === undefined || transactionId <= 0) return undefined;
  const wireId = String(transactionId);
  const own = await tx.first(findTransaction, { station: call.station.id, version: "1.6", wireId });
  if (own === undefined) await observeForeign(tx, call, wireId);
  return own;
}
