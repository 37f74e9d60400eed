/**
 * StartTransaction (OCPP 1.6 §4.8): always answered with a transaction id, whatever the tag, because the station may
 * be charging already and will end it by that id.
 *
 * The same start again gets the same id (QUIRKS 13): same connector, tag, time and register, whatever its message id.
 * Each distinct start gets an id of its own (QUIRKS 14), never 0 or less (QUIRKS 11): from the site's leased blocks
 * where a site wrote it down (ADR 11), from our counter otherwise.
 */
import type { RequestOf, ResponseOf } from "@wattward/ocpp";
import { authorise, type Verdict } from "../authorisation/tokens.ts";
import { type Call, type Handler, refusal, result } from "../core/call.ts";
import type { World } from "../core/decision.ts";
import { takeTransactionIds } from "../core/settings.ts";
import { believable } from "../core/timestamp.ts";
import { isLeased } from "../sites/rows.ts";
import { takeReservationEnd } from "../stations/reservation-end.ts";
import type { Tx } from "../store/writer.ts";
import { judgeLocalAnswer } from "../transactions/local-answer.ts";
import { wholeReading } from "../transactions/reading.ts";
import { type EventKey, record, review, storeEvent } from "../transactions/record.ts";
import type { ReviewCode } from "../transactions/review.ts";
import { findEvent, findTransaction, findTransactionById } from "../transactions/rows.ts";
import type { Transaction } from "../transactions/transaction.ts";
import { tagInfo } from "./tag-info.ts";

type Payload = RequestOf<"1.6", "StartTransaction">;

export const startTransaction: Handler<Payload> = async (tx, call, world) => {
  const { connectorId, idTag, timestamp, meterStart } = call.payload;
  if (connectorId < 0) return refusal("PropertyConstraintViolation", "connectorId is below 0");
  const dedupe = `start|${connectorId}|${idTag}|${timestamp}|${meterStart}`;
  const known = await tx.first(findEvent, { station: call.station.id, dedupe });
  const transaction =
    known === undefined
      ? await open(tx, call, world, { dedupe, kind: "started" })
      : await tx.first(findTransactionById, { id: known.transaction_id });
  const verdict = await authorise(tx, idTag, {
    atMs: call.arrivedAtMs,
    transaction: transaction?.id ?? "",
  });
  if (transaction !== undefined) await judgeLocalAnswer(tx, call, transaction, verdict);
  return answer(transaction?.wire_id ?? String(call.journal?.transactionId ?? 0), verdict);
};

const answer = (wireId: string, verdict: Verdict) =>
  result<ResponseOf<"1.6", "StartTransaction">>({
    transactionId: Number(wireId),
    idTagInfo: tagInfo(verdict),
  });

/** Undefined where the site gave an id that this station has used for another start: only the event is kept. */
async function open(
  tx: Tx,
  call: Call<Payload>,
  world: World,
  key: EventKey,
): Promise<Transaction | undefined> {
  const { connectorId, idTag, timestamp, meterStart, reservationId } = call.payload;
  const time = believable(timestamp, call);
  // 0 and less are what stations send for none.
  if (reservationId !== undefined && reservationId > 0) {
    await takeReservationEnd(tx, call, { id: reservationId, state: "used" });
  }
  const given = await numberOf(tx, call);
  const before = await tx.first(findTransaction, {
    station: call.station.id,
    version: "1.6",
    wireId: given.wireId,
  });
  if (before !== undefined) {
    await storeEvent(tx, call, key, { transaction_id: "", at_ms: time.atMs, meter_wh: meterStart });
    await review(tx, call, before, ["start-differs"]);
    return undefined;
  }
  const { transaction } = await record(tx, call, world, {
    key,
    wireId: given.wireId,
    before,
    fact: {
      kind: "started",
      atMs: time.atMs,
      changedAtMs: call.arrivedAtMs,
      seqNo: null,
      evse: connectorId,
      connector: 1,
      token: idTag === "" ? null : idTag,
      reading: wholeReading(time, { beginWh: meterStart }),
      stopReason: null,
      offline: call.journal?.localAnswer !== undefined,
      live: call.live,
      review: given.review,
    },
  });
  return transaction;
}

/** The site's number stands even if it is from no block of its own: the station already goes by it. */
async function numberOf(tx: Tx, call: Call<Payload>): Promise<{ wireId: string; review: ReviewCode[] }> {
  const assigned = call.journal?.transactionId;
  if (assigned === undefined || assigned <= 0) {
    const fromSite = call.journal !== undefined;
    return { wireId: String(await takeTransactionIds(tx, 1)), review: fromSite ? ["unleased-id"] : [] };
  }
  const site = call.station.site_id ?? "";
  const leased = await tx.first(isLeased, { site, id: assigned });
  return { wireId: String(assigned), review: leased === undefined ? ["unleased-id"] : [] };
}
