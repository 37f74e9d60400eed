/**
 * A journal record: what a site wrote down, durably, before it answered a station (ARCHITECTURE, the life of a message).
 * The same object is a line of the site's journal and the body of a `record` message.
 *
 * Identity is (site, epoch, seq): the CSMS applies each at most once, in order. `seq` counts from 1 without gaps.
 */
import type { ClockQuality, StationId, TraceId } from "@wattward/kernel";
import type { OcppVersion } from "@wattward/ocpp";

type RecordHead = {
  readonly epoch: string;
  readonly seq: number;
  readonly station: StationId;
  readonly receivedAtMs: number;
  readonly clockQuality: ClockQuality;
  readonly trace: TraceId;
};

/** A station's CALL, verbatim. */
export type FrameRecord = RecordHead & {
  readonly kind: "frame";
  readonly version: OcppVersion;
  readonly frame: string;
  /** The 1.6 transaction id that the site assigned to this StartTransaction, from a leased block. */
  readonly transactionId?: number;
  /** The site answered by itself, with this frame, because the link was down when the CALL arrived. */
  readonly localAnswer?: string;
};

/** The site answered record `ofSeq` by itself after all: the link died before the CSMS's answer came. */
export type AnswerRecord = RecordHead & {
  readonly kind: "answer";
  readonly ofSeq: number;
  readonly localAnswer: string;
};

/** The queue limit was reached and these were given up: never the start or end of a transaction. */
export type GapRecord = RecordHead & {
  readonly kind: "gap";
  readonly action: string;
  readonly count: number;
};

export type JournalRecord = FrameRecord | AnswerRecord | GapRecord;
