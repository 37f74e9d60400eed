/** Limits of a site's journal, in one place. */

/** A segment takes no further batch once it has this many bytes. */
export const SEGMENT_BYTES = 1024 * 1024;
/** Records that share one fdatasync at most, so that one batch stays a fraction of a second on a slow card. */
export const BATCH_RECORDS_MAX = 512;
export const BATCH_BYTES_MAX = 1024 * 1024;
/** Acknowledged segments kept for audit, and for a CSMS that was restored from an older backup. */
export const RETAINED_BYTES = 64 * 1024 * 1024;
/** What may wait for the CSMS before samples, then statuses, are given up (local-controller.md, "Limits"). */
export const PENDING_BYTES_SOFT = 256 * 1024 * 1024;
/** Appends waiting for the disk; beyond it the disk is slower than the stations and counts as full. */
export const WAITING_RECORDS_MAX = 10_000;
/** `ackedSeq` is written to the head after so many acknowledged records: it may lag, never lead. */
export const ACK_SAVED_EVERY_RECORDS = 1_000;

export type JournalLimits = {
  readonly segmentBytes: number;
  readonly retainedBytes: number;
  readonly waitingRecordsMax: number;
};
export const journalLimits: JournalLimits = {
  segmentBytes: SEGMENT_BYTES,
  retainedBytes: RETAINED_BYTES,
  waitingRecordsMax: WAITING_RECORDS_MAX,
};
