/**
 * Payments at a station's own terminal (2.1 C18 to C22): what became of each, once, for who reckons it up. Whose VAT
 * number it was is personal, and kept nowhere; a receipt is the station's own unless we issue some (C21.FR.03).
 */
import type { RequestOf } from "@wattward/ocpp";
import type { Call } from "../core/call.ts";
import { observe } from "../core/observations.ts";
import { believable } from "../core/timestamp.ts";
import type { Schema } from "../store/schema.ts";
import { each, statement } from "../store/statement.ts";
import type { Tx } from "../store/writer.ts";
import { digestOf, headOf, observeForeign } from "../transactions/record.ts";
import { findTransaction } from "../transactions/rows.ts";

export async function takeSettlement(
  tx: Tx,
  call: Call<RequestOf<"2.1", "NotifySettlement">>,
): Promise<void> {
  const { transactionId: wireId, pspRef, status, settlementAmount, settlementTime, receiptId } = call.payload;
  const station = call.station.id;
  const asked = wireId === undefined ? undefined : { station, version: call.version, wireId };
  const own = asked === undefined ? undefined : await tx.first(findTransaction, asked);
  const fresh = await tx.run(insertSettlement, {
    station_id: station,
    dedupe: digestOf(call),
    psp_ref: pspRef,
    transaction_id: own?.id ?? null,
    wire_id: wireId ?? null,
    status,
    amount: String(settlementAmount),
    settled_at_ms: believable(settlementTime, call).atMs,
    receipt_id: receiptId ?? null,
    received_at_ms: call.receivedAtMs,
  });
  if (fresh === 0) return;
  if (wireId !== undefined && own === undefined) await observeForeign(tx, call, wireId);
  const data = {
    transaction: own?.id ?? null,
    status,
    amount: String(settlementAmount),
    receipt: receiptId !== undefined,
  };
  observe(tx, { ...headOf(call), kind: "payment.settled", data });
}

const columns = [
  "station_id",
  "dedupe",
  "psp_ref",
  "transaction_id",
  "wire_id",
  "status",
  "amount",
  "settled_at_ms",
  "receipt_id",
  "received_at_ms",
] as const;
/** Changes no row where the same message has been stored before. */
const insertSettlement = statement((db, p: Schema["settlements"]) =>
  db
    .insertInto("settlements")
    .values(each(p, columns))
    .onConflict((c) => c.columns(["station_id", "dedupe"]).doNothing()),
);
