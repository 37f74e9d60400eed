/**
 * The one way a transaction changes: a fact arrives with the message that told it, both versions alike.
 *
 *     message → dedupe key → event row, once → fact applied (transaction.ts) → row, samples, observations
 *
 * A transaction is only ever looked up by (station, version, wire id): the station is the one that spoke, so another
 * station's transaction cannot be reached from here.
 */
import { hash } from "node:crypto";
import { notice } from "@wattward/ocpp";
import type { Call } from "../core/call.ts";
import { sortableId, type World } from "../core/decision.ts";
import { maskedToken, observe } from "../core/observations.ts";
import type { Row } from "../store/schema.ts";
import type { Tx } from "../store/writer.ts";
import { countOf } from "../tolerance/deviations.ts";
import { resolved } from "./doubts.ts";
import type { Sample } from "./reading.ts";
import { codesOf, type ReviewCode, withReview } from "./review.ts";
import {
  findNewestMeter,
  findOpenOnEvse,
  insertEvent,
  insertSample,
  insertTransaction,
  isAnothersTransaction,
  updateTransaction,
} from "./rows.ts";
import { type Fact, superseded, type Transaction, unseen, withFact } from "./transaction.ts";

/** SHA-256 of a payload's text: the same message has the same. */
export const digestOf = (call: Call<object>): string => hash("sha256", JSON.stringify(call.payload));

/** What makes a message the same one again; its event row carries it. */
export type EventKey = { readonly dedupe: string; readonly kind: string };

/** Stores the message's event unless it is there. False: the same message came before. */
export async function storeEvent(
  tx: Tx,
  call: Call<object>,
  { dedupe, kind }: EventKey,
  facts: Pick<Row<"transaction_events">, "transaction_id" | "at_ms"> &
    Partial<Pick<Row<"transaction_events">, "seq_no" | "meter_wh" | "power_w" | "signed_values">> & {
      readonly offline?: boolean;
    },
): Promise<boolean> {
  const changed = await tx.run(insertEvent, {
    station_id: call.station.id,
    transaction_id: facts.transaction_id,
    dedupe,
    kind,
    seq_no: facts.seq_no ?? null,
    at_ms: facts.at_ms,
    received_at_ms: call.receivedAtMs,
    clock_quality: call.clockQuality,
    meter_wh: facts.meter_wh ?? null,
    power_w: facts.power_w ?? null,
    path: facts.offline ? "offline" : call.live ? "live" : "replayed",
    answered_locally: call.journal?.localAnswer === undefined ? 0 : 1,
    message_id: call.id,
    trace: call.trace,
    digest: digestOf(call),
    journal_epoch: call.journal?.epoch ?? null,
    journal_seq: call.journal?.seq ?? null,
    signed_values: facts.signed_values ?? null,
  });
  return changed === 1;
}

export type Told = {
  readonly key: EventKey;
  readonly wireId: string;
  /** The transaction as it is stored, or undefined where this is the first that is heard of it. */
  readonly before: Transaction | undefined;
  readonly fact: Fact;
};

/** The transaction after the fact; `fresh` is false for a message that came before, which changes nothing. */
export type Recorded = { readonly transaction: Transaction; readonly fresh: boolean };

export async function record(tx: Tx, call: Call<object>, world: World, told: Told): Promise<Recorded> {
  const { fact, key } = told;
  const before = told.before ?? unseen(identify(call, world, told.wireId), fact.changedAtMs);
  const { reading } = fact;
  const fresh = await storeEvent(tx, call, key, {
    transaction_id: before.id,
    at_ms: fact.atMs,
    seq_no: fact.seqNo,
    meter_wh: reading.lastWh ?? reading.beginWh,
    power_w: reading.powerW,
    signed_values: reading.signed.length === 0 ? null : JSON.stringify(reading.signed),
    offline: fact.offline && call.journal?.localAnswer === undefined,
  });
  if (!fresh) return { transaction: before, fresh };
  const known = before.ended_at_ms === null ? await resolved(tx, before) : before;
  const after = withFact(known, fact, await isNewestMeter(tx, before, fact));
  await tx.run(told.before === undefined ? insertTransaction : updateTransaction, after);
  await storeSamples(tx, call.station.id, after, reading.samples);
  if (fact.kind === "started" && after.ended_at_ms === null) await supersedeOthers(tx, call, after);
  observeFact(tx, call, { before, after, fact });
  return { transaction: after, fresh };
}

/** Of an event that comes late; its own row is stored already. */
async function isNewestMeter(tx: Tx, before: Transaction, { seqNo, reading }: Fact): Promise<boolean> {
  const late = seqNo !== null && before.seq_no !== null && seqNo < before.seq_no;
  if (!late || reading.lastWh === null) return false;
  return (await tx.first(findNewestMeter, { transaction: before.id }))?.seq_no === seqNo;
}

const identify = (call: Call<object>, world: World, wireId: string) => ({
  id: sortableId(world.chance, call.arrivedAtMs),
  station_id: call.station.id,
  wire_id: wireId,
  ocpp_version: call.version,
});

export async function storeSamples(
  tx: Tx,
  station: string,
  of: { readonly id: string; readonly evse_id: number } | { readonly id: null; readonly evse_id: number },
  samples: readonly Sample[],
): Promise<void> {
  for (const sample of samples) {
    await tx.run(insertSample, {
      station_id: station,
      evse_id: of.evse_id,
      transaction_id: of.id,
      at_ms: sample.atMs,
      meter_wh: sample.meterWh,
      power_w: sample.powerW,
      soc_percent: sample.socPercent,
    });
  }
}

/**
 * A connector charges one car: what was open there and began earlier is over, though nobody said so (QUIRKS 15). What
 * began later is left alone: then this start is the one that comes late.
 */
async function supersedeOthers(tx: Tx, call: Call<object>, started: Transaction): Promise<void> {
  if (started.evse_id === 0) return;
  const open = await tx.all(findOpenOnEvse, { station: call.station.id, evse: started.evse_id });
  for (const other of open) {
    if (other.id === started.id) continue;
    if ((other.started_at_ms ?? 0) > (started.started_at_ms ?? 0)) continue;
    await countOf(tx, call, [notice("start-while-open", `transaction ${other.wire_id}`)]);
    const over = superseded(await resolved(tx, other), started.started_at_ms ?? started.changed_at_ms);
    await tx.run(updateTransaction, over);
    const head = headOf(call);
    observe(tx, { ...head, kind: "transaction.ended", data: { ...factsOf(over), reason: over.stop_reason } });
    observeReview(tx, call, other.review, over);
  }
}

/** Marks a stored transaction for review, apart from any fact. */
export async function review(
  tx: Tx,
  call: Call<object>,
  transaction: Transaction,
  codes: readonly ReviewCode[],
): Promise<Transaction> {
  const after = { ...transaction, review: withReview(transaction.review, codes) };
  if (after.review === transaction.review) return transaction;
  await tx.run(updateTransaction, after);
  observeReview(tx, call, transaction.review, after);
  return after;
}

/** A message named a transaction that its station does not have (QUIRKS 12): said, and nothing else. */
export async function observeForeign(tx: Tx, call: Call<object>, wireId: string): Promise<void> {
  const asked = { station: call.station.id, version: call.version, wireId };
  await countOf(tx, call, [notice("foreign-transaction", wireId, call.action)]);
  const anothers = (await tx.first(isAnothersTransaction, asked)) !== undefined;
  observe(tx, {
    ...headOf(call),
    kind: "security.foreign-transaction",
    data: { action: call.action, wireId, of: anothers ? "other-station" : "nobody" },
  });
}

/** The part of an observation that follows from the call that caused it. */
export const headOf = (call: Call<object>) =>
  ({
    source: "station",
    atMs: call.arrivedAtMs,
    station: call.station.id,
    site: call.station.site_id,
    cause: call.id,
    trace: call.trace,
    live: call.live,
  }) as const;

function observeFact(
  tx: Tx,
  call: Call<object>,
  { before, after, fact }: { before: Transaction; after: Transaction; fact: Fact },
): void {
  const head = { ...headOf(call), live: fact.live };
  const facts = factsOf(after);
  if (fact.kind === "started") {
    const token = after.token === null ? null : maskedToken(after.token);
    observe(tx, { ...head, kind: "transaction.started", data: { ...facts, token } });
  } else if (fact.kind === "ended") {
    observe(tx, { ...head, kind: "transaction.ended", data: { ...facts, reason: after.stop_reason } });
  } else {
    observe(tx, { ...head, kind: "transaction.updated", data: facts });
  }
  observeReview(tx, call, before.review, after);
}

function observeReview(tx: Tx, call: Call<object>, before: string | null, after: Transaction): void {
  const known = codesOf(before);
  const codes = codesOf(after.review).filter((code) => !known.includes(code));
  if (codes.length === 0) return;
  const data = { transaction: after.id, wireId: after.wire_id, codes };
  observe(tx, { ...headOf(call), kind: "transaction.review", data });
}

const factsOf = (transaction: Transaction) => {
  const { meter_start_wh: start, meter_last_wh: last } = transaction;
  return {
    transaction: transaction.id,
    wireId: transaction.wire_id,
    evse: transaction.evse_id,
    state: transaction.state,
    meterWh: transaction.meter_stop_wh ?? last,
    energyWh: transaction.energy_wh ?? (start === null || last === null ? null : last - start),
    powerW: transaction.power_w,
  };
};
