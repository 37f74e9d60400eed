/**
 * StopTransaction (OCPP 1.6 §4.10): answered in every case, so that the station stops asking; it ends only what is
 * this station's own.
 *
 *   - an id that is another station's or nobody's: nothing is closed, a security observation (QUIRKS 12);
 *   - an id of 0 or less: the one open transaction that fits by tag and register, if exactly one does (QUIRKS 11);
 *   - told twice: the same again is acknowledged, something else is kept as an event, and the first stands (QUIRKS 14).
 */
import type { RequestOf, ResponseOf } from "@wattward/ocpp";
import { authorise, tokenKey } from "../authorisation/tokens.ts";
import { type Call, type Handler, result } from "../core/call.ts";
import type { World } from "../core/decision.ts";
import { observe } from "../core/observations.ts";
import { believable } from "../core/timestamp.ts";
import type { Tx } from "../store/writer.ts";
import { readMeter, wholeReading } from "../transactions/reading.ts";
import { digestOf, headOf, observeForeign, record, review, storeEvent } from "../transactions/record.ts";
import { findEvent, findOpenOfStation, findTransaction } from "../transactions/rows.ts";
import { isAssumed, type Transaction } from "../transactions/transaction.ts";
import { tagInfo } from "./tag-info.ts";

type Payload = RequestOf<"1.6", "StopTransaction">;
/** IdToken of 1.6 (§7.28): a longer one here is ignored, because the tag of a stop is optional (QUIRKS 20). */
const TAG_CHARS_MAX = 20;

export const stopTransaction: Handler<Payload> = async (tx, call, world) => {
  // Asked before all else: what an unnumbered stop ended is no longer open when it comes again.
  if (!(await cameBefore(tx, call))) {
    const transaction = await meant(tx, call);
    if (transaction === undefined) await keepUnmatched(tx, call);
    else await end(tx, call, world, transaction);
  }
  const { idTag } = call.payload;
  if (idTag === undefined || idTag.length > TAG_CHARS_MAX) {
    return result<ResponseOf<"1.6", "StopTransaction">>({});
  }
  const verdict = await authorise(tx, idTag, { atMs: call.arrivedAtMs });
  return result<ResponseOf<"1.6", "StopTransaction">>({ idTagInfo: tagInfo(verdict) });
};

const unnumbered = (call: Call<Payload>) => `stop|unnumbered|${digestOf(call)}`;

async function cameBefore(tx: Tx, call: Call<Payload>): Promise<boolean> {
  if (call.payload.transactionId > 0) return false;
  const seen = { station: call.station.id, dedupe: unnumbered(call) };
  return (await tx.first(findEvent, seen)) !== undefined;
}

async function meant(tx: Tx, call: Call<Payload>): Promise<Transaction | undefined> {
  const { transactionId } = call.payload;
  if (transactionId > 0) {
    const own = { station: call.station.id, version: "1.6", wireId: String(transactionId) };
    return tx.first(findTransaction, own);
  }
  const open = await tx.all(findOpenOfStation, { station: call.station.id });
  const fitting = open.filter((transaction) => fits(transaction, call.payload));
  return fitting.length === 1 ? fitting[0] : undefined;
}

function fits(transaction: Transaction, { idTag, meterStop }: Payload): boolean {
  if (transaction.meter_start_wh !== null && meterStop < transaction.meter_start_wh) return false;
  return idTag === undefined || transaction.token === null || tokenKey(idTag) === tokenKey(transaction.token);
}

async function end(tx: Tx, call: Call<Payload>, world: World, before: Transaction): Promise<void> {
  const { timestamp, meterStop, reason, transactionData } = call.payload;
  const time = believable(timestamp, call);
  const dedupe = call.payload.transactionId > 0 ? `stop|${before.wire_id}` : unnumbered(call);
  if (before.ended_at_ms !== null && !isAssumed(before.stop_reason)) {
    const earlier = await tx.first(findEvent, { station: call.station.id, dedupe });
    if (earlier?.digest === digestOf(call)) return;
    const key = { dedupe: `${dedupe}|${digestOf(call)}`, kind: "ended-again" };
    const facts = { transaction_id: before.id, at_ms: time.atMs, meter_wh: meterStop };
    if (await storeEvent(tx, call, key, facts)) await review(tx, call, before, ["stop-differs"]);
    return;
  }
  const reading = wholeReading(time, { endWh: meterStop }, readMeter(transactionData ?? [], call));
  await record(tx, call, world, {
    key: { dedupe, kind: "ended" },
    wireId: before.wire_id,
    before,
    fact: {
      kind: "ended",
      atMs: time.atMs,
      changedAtMs: call.arrivedAtMs,
      seqNo: null,
      evse: null,
      connector: null,
      token: null,
      // What the station sampled last on the way is no register: meterStop is.
      reading,
      // §7.36: where no reason is given, it is Local.
      stopReason: reason ?? "Local",
      offline: call.journal?.localAnswer !== undefined,
      live: call.live,
      review: [],
    },
  });
}

async function keepUnmatched(tx: Tx, call: Call<Payload>): Promise<void> {
  const { transactionId, timestamp, meterStop } = call.payload;
  const dedupe = transactionId > 0 ? `stop|unmatched|${digestOf(call)}` : unnumbered(call);
  const facts = { transaction_id: "", at_ms: believable(timestamp, call).atMs, meter_wh: meterStop };
  const fresh = await storeEvent(tx, call, { dedupe, kind: "unmatched-stop" }, facts);
  if (!fresh) return;
  if (transactionId > 0) await observeForeign(tx, call, String(transactionId));
  else observe(tx, { ...headOf(call), kind: "transaction.unmatched-stop", data: { meterWh: meterStop } });
}
