/**
 * TransactionEvent (OCPP 2.0.1, 2.1 E01 to E15): the whole life of a transaction, in numbered events.
 *
 *   - Identity is (station, transactionId, seqNo): all are stored, a repetition is acknowledged (QUIRKS 38). Something
 *     else under a number that was there is stored too, and marked: some stations do not count.
 *   - They may arrive in any order: seqNo says which value is the newest, what is missing is listed.
 *   - `offline: true` tells of the past (E04, E12.FR.02): it changes the record, never what is shown as present.
 *   - An event without its start opens a `partial` transaction, which its start completes (E04).
 *   - A token is always answered (E01.FR.11, E01.FR.12); ConcurrentTx only where it begins to charge (§3.3).
 */
import type { RequestOf } from "@wattward/ocpp";
import { authoriseIdToken, type IdTokenInfo, isAnonymous, tokenInfo } from "../authorisation/id-token.ts";
import type { Call, Version2 } from "../core/call.ts";
import type { World } from "../core/decision.ts";
import { believable } from "../core/timestamp.ts";
import { takeReservationEnd } from "../stations/reservation-end.ts";
import type { Row } from "../store/schema.ts";
import type { Tx } from "../store/writer.ts";
import { keepDetails } from "./details.ts";
import { judgeLocalAnswer } from "./local-answer.ts";
import { readMeter } from "./reading.ts";
import { type EventKey, type Recorded, record } from "./record.ts";
import { findEvent, findTransaction } from "./rows.ts";
import { sampledAt } from "./sampled.ts";
import type { Fact, Transaction } from "./transaction.ts";

type Payload = RequestOf<Version2, "TransactionEvent">;
const kinds = { Started: "started", Updated: "updated", Ended: "ended" } as const;

/** The body of the answer, in either version: no cost is reckoned here, and no limit set (E16 and I belong to tariffs). */
export async function takeEvent(
  tx: Tx,
  call: Call<Payload>,
  world: World,
): Promise<{ readonly idTokenInfo?: IdTokenInfo }> {
  const { transactionInfo, idToken, eventType, seqNo, reservationId } = call.payload;
  const wireId = transactionInfo.transactionId;
  const asked = { station: call.station.id, version: call.version, wireId };
  const { transaction, fresh } = await store(tx, call, world, await tx.first(findTransaction, asked));
  if (fresh) {
    await keepDetails(tx, transaction.id, { seqNo, details: call.payload });
    if (reservationId !== undefined) await takeReservationEnd(tx, call, { id: reservationId, state: "used" });
  }
  if (idToken === undefined) return {};
  const verdict = await authoriseIdToken(tx, idToken, {
    atMs: call.arrivedAtMs,
    ...(eventType === "Started" && { transaction: transaction.id }),
  });
  await judgeLocalAnswer(tx, call, transaction, verdict);
  return { idTokenInfo: tokenInfo(verdict) };
}

async function store(
  tx: Tx,
  call: Call<Payload>,
  world: World,
  before: Transaction | undefined,
): Promise<Recorded> {
  const wireId = call.payload.transactionInfo.transactionId;
  const fact = factOf(call);
  const key = keyOf(call);
  const recorded = await record(tx, call, world, { key, wireId, before, fact });
  if (recorded.fresh) return recorded;
  const earlier = await tx.first(findEvent, { station: call.station.id, dedupe: key.dedupe });
  if (earlier === undefined || repeats(earlier, fact, key)) return recorded;
  // A station that does not count: no end may be lost to a start with the same number, and no value to another.
  const content = `${key.kind}|${call.payload.timestamp}|${fact.reading.lastWh}`;
  return record(tx, call, world, {
    key: { ...key, dedupe: `${key.dedupe}|${content}` },
    wireId,
    before: recorded.transaction,
    fact: { ...fact, review: [...fact.review, "sequence"] },
  });
}

/** `offline` says how it was sent, not what happened: stations set it when they send again. */
function repeats(earlier: Row<"transaction_events">, fact: Fact, { kind }: EventKey): boolean {
  // A time that was not believed is that of reception, another each time.
  const timeless = fact.review.includes("clock") || earlier.at_ms === earlier.received_at_ms;
  const { atMs, reading } = fact;
  return earlier.kind === kind && earlier.meter_wh === reading.lastWh && (timeless || earlier.at_ms === atMs);
}

const keyOf = ({ payload }: Call<Payload>): EventKey => ({
  dedupe: `seq|${payload.transactionInfo.transactionId}|${payload.seqNo}`,
  kind: kinds[payload.eventType],
});

function factOf(call: Call<Payload>): Fact {
  const { payload } = call;
  const time = believable(payload.timestamp, call);
  const offline = payload.offline === true;
  const { idToken } = payload;
  return {
    kind: kinds[payload.eventType],
    atMs: time.atMs,
    changedAtMs: call.arrivedAtMs,
    seqNo: payload.seqNo,
    evse: payload.evse?.id ?? null,
    connector: payload.evse?.connectorId ?? null,
    token: idToken === undefined || isAnonymous(idToken) ? null : idToken.idToken,
    reading: readMeter((payload.meterValue ?? []).map(sampledAt), call),
    // E06: where no reason is given, it is Local (StoppedReason of TransactionType).
    stopReason: payload.eventType === "Ended" ? (payload.transactionInfo.stoppedReason ?? "Local") : null,
    offline: offline || call.journal?.localAnswer !== undefined,
    live: call.live && !offline,
    review: time.doubted ? ["clock"] : [],
  };
}
