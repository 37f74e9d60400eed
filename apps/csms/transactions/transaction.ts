/**
 * One transaction, for both versions: what a fact about it changes. Pure.
 *
 * Always true:
 *   - begin and end are each told once; what came first stands (except an end that we only assumed);
 *   - the order in which facts arrive leaves no trace in begin, end and register: they depend on the facts alone;
 *   - nothing reopens it, and no register value is ever clamped: what is odd is kept and marked for review
 *     (QUIRKS 15, 16, 38, 39).
 */
import type { Row } from "../store/schema.ts";
import type { Reading } from "./reading.ts";
import { type ReviewCode, withoutReview, withReview } from "./review.ts";
import { arrived } from "./sequence.ts";

export type Transaction = Row<"transactions">;

export type Fact = {
  readonly kind: "started" | "updated" | "ended";
  readonly atMs: number;
  /** Arrived in our own order of things: when this row changed. */
  readonly changedAtMs: number;
  /** 2.0.1; null in 1.6, whose messages carry no number. */
  readonly seqNo: number | null;
  readonly evse: number | null;
  readonly connector: number | null;
  readonly token: string | null;
  readonly reading: Reading;
  readonly stopReason: string | null;
  /** Answered by the site, or sent with `offline: true`. */
  readonly offline: boolean;
  /** It tells of now: power may be shown as the present one. */
  readonly live: boolean;
  readonly review: readonly ReviewCode[];
};

export type Identity = Pick<Transaction, "id" | "station_id" | "wire_id" | "ocpp_version">;

/** A transaction that nothing is known of yet: `partial` until its start is. */
export const unseen = (identity: Identity, changedAtMs: number): Transaction => ({
  ...identity,
  evse_id: 0,
  connector_id: 0,
  token: null,
  state: "partial",
  started_at_ms: null,
  ended_at_ms: null,
  meter_start_wh: null,
  meter_last_wh: null,
  meter_stop_wh: null,
  energy_wh: null,
  power_w: null,
  power_at_ms: null,
  stop_reason: null,
  first_seq_no: null,
  seq_no: null,
  missing_seq: "",
  offline: 0,
  review: null,
  changed_at_ms: changedAtMs,
});

/** The reason that we give to an end which nobody told us. */
export const SUPERSEDED = "Superseded";
/** The station restarted, and never said how it ended. */
export const NOT_TOLD = "NotTold";

/** More than the megawatt charging system for lorries gives (3,000 A at 1,250 V), and a tenth for meters that err. */
const CHARGER_W_MAX = 4_000_000;
const MARGIN = 1.1;
/** Stations tell times by the minute, or of the message instead of the meter. */
const COARSE_MS = 60_000;

/** Ends that only we assumed: a real one that still comes takes their place. */
export const isAssumed = (stopReason: string | null): boolean =>
  stopReason === SUPERSEDED || stopReason === NOT_TOLD;

/** @param newestMeter the fact has the newest register so far, though a later event may have come without any */
export function withFact(before: Transaction, fact: Fact, newestMeter = false): Transaction {
  const newest = fact.seqNo === null ? before.ended_at_ms === null : fact.seqNo >= (before.seq_no ?? -1);
  const seen =
    fact.seqNo === null
      ? undefined
      : arrived({ first: before.first_seq_no, last: before.seq_no, missing: before.missing_seq }, fact.seqNo);
  const after: Transaction = {
    ...before,
    ...(seen && { first_seq_no: seen.first, seq_no: seen.last, missing_seq: seen.missing }),
    evse_id: before.evse_id || (fact.evse ?? 0),
    connector_id: before.connector_id || (fact.connector ?? 0),
    token: fact.kind === "started" ? (fact.token ?? before.token) : (before.token ?? fact.token),
    meter_start_wh: before.meter_start_wh ?? fact.reading.beginWh,
    meter_last_wh:
      newest || newestMeter ? (fact.reading.lastWh ?? before.meter_last_wh) : before.meter_last_wh,
    offline: before.offline || (fact.offline ? 1 : 0),
    review: withReview(before.review, reviewOf(before, fact)),
    changed_at_ms: fact.changedAtMs,
  };
  if (newest && fact.live && fact.reading.powerW !== null) {
    after.power_w = fact.reading.powerW;
    after.power_at_ms = fact.reading.powerAtMs;
  }
  if (fact.kind === "started") begin(after, fact);
  if (fact.kind === "ended") end(after, fact);
  return settle(after);
}

/** The same connector has begun another: its end is assumed now, from the last sample (QUIRKS 15). */
export function superseded(before: Transaction, atMs: number): Transaction {
  return settle({
    ...before,
    ended_at_ms: atMs,
    meter_stop_wh: before.meter_last_wh,
    stop_reason: SUPERSEDED,
    power_w: null,
    review: withReview(before.review, ["superseded"]),
    changed_at_ms: atMs,
  });
}

/** Nothing more is heard of it since its station restarted: its end is assumed, from the last sample (QUIRKS 42). */
export function notTold(before: Transaction, atMs: number): Transaction {
  return settle({
    ...before,
    ended_at_ms: atMs,
    meter_stop_wh: before.meter_last_wh,
    stop_reason: NOT_TOLD,
    power_w: null,
    review: withReview(before.review, ["uncertain"]),
    changed_at_ms: Math.max(atMs, before.changed_at_ms),
  });
}

function begin(after: Transaction, fact: Fact): void {
  if (after.started_at_ms !== null) return;
  after.started_at_ms = fact.atMs;
  after.meter_start_wh = fact.reading.beginWh ?? fact.reading.lastWh ?? after.meter_start_wh;
}

function end(after: Transaction, fact: Fact): void {
  const assumed = isAssumed(after.stop_reason);
  if (after.ended_at_ms !== null && !assumed) return;
  if (assumed) after.review = withoutReview(withoutReview(after.review, "superseded"), "uncertain");
  after.ended_at_ms = fact.atMs;
  after.meter_stop_wh = endOf(fact);
  after.stop_reason = fact.stopReason;
  after.power_w = null;
}

/** What follows from the rest: state, energy, and the doubts that the numbers themselves raise. */
function settle(transaction: Transaction): Transaction {
  const { started_at_ms, ended_at_ms, meter_start_wh: start, meter_last_wh: last } = transaction;
  const stop = transaction.meter_stop_wh;
  const state = started_at_ms === null ? "partial" : ended_at_ms === null ? "open" : "ended";
  const fell = start !== null && ((stop !== null && stop < start) || (last !== null && last < start));
  const unmetered = state === "ended" && (start === null || stop === null);
  const doubts: ReviewCode[] = [...(fell ? ["meter-below-start" as const] : [])];
  let review = withReview(transaction.review, doubts);
  review = unmetered ? withReview(review, ["no-meter"]) : withoutReview(review, "no-meter");
  const energyWh = start === null || stop === null ? null : stop - start;
  const jumped = energyWh !== null && energyWh > mostWh(started_at_ms, ended_at_ms);
  review = jumped ? withReview(review, ["meter-jump"]) : withoutReview(review, "meter-jump");
  // A station that was offline may drop events between begin and end, where it runs out of memory (E04.FR.07).
  const gap = state === "ended" && transaction.missing_seq !== "" && transaction.offline === 0;
  review = gap ? withReview(review, ["events-missing"]) : withoutReview(review, "events-missing");
  return { ...transaction, state, energy_wh: energyWh, review };
}

/** What the largest of chargers gives between two instants (AT-O15). Where one of them is not known, anything. */
function mostWh(startedMs: number | null, endedMs: number | null): number {
  if (startedMs === null || endedMs === null) return Number.POSITIVE_INFINITY;
  const tookMs = Math.max(0, endedMs - startedMs) + COARSE_MS;
  return (CHARGER_W_MAX * MARGIN * tookMs) / 3_600_000;
}

const endOf = ({ reading }: Fact): number | null => reading.endWh ?? reading.lastWh;
const endDiffers = (before: Transaction, fact: Fact): boolean =>
  endOf(fact) !== before.meter_stop_wh || fact.stopReason !== before.stop_reason;
const startDiffers = (before: Transaction, fact: Fact): boolean =>
  fact.atMs !== before.started_at_ms || (fact.token !== null && fact.token !== before.token);

function reviewOf(before: Transaction, fact: Fact): ReviewCode[] {
  const codes = [...fact.review];
  if (fact.reading.doubted) codes.push("clock");
  const over = before.ended_at_ms !== null && !isAssumed(before.stop_reason);
  if (over && fact.kind === "ended" && endDiffers(before, fact)) codes.push("stop-differs");
  if (before.started_at_ms !== null && fact.kind === "started" && startDiffers(before, fact)) {
    codes.push("start-differs");
  }
  if (over && fact.kind === "updated" && fact.seqNo !== null && fact.seqNo > (before.seq_no ?? 0)) {
    codes.push("after-end");
  }
  return codes;
}
