/**
 * The journal's bytes: how one record lies in a segment file, and how a torn tail is told from a damaged middle.
 *
 *     segment   +----------+-------+-------+-------+ …
 *               | WWJRNL01 | head  | frame | frame |
 *               +----------+-------+-------+-------+
 *     frame     0        4        8       12        12+length
 *               +--------+--------+-------+---------+
 *               | length | synced | crc32 | payload |   big-endian
 *               +--------+--------+-------+---------+
 *
 * `length` counts the payload: UTF-8 JSON, in the first frame a {@link SegmentHead}, in every other a JournalRecord.
 * `synced` is how many bytes of this segment were durable when the frame was written, so a readable frame is the
 * witness of all that lies below its `synced`: damage there is damage, damage above the last witness is a torn tail
 * that no station was ever answered for. `crc32` (zlib's) covers length, synced and payload.
 *
 * Pure: no file. Refuses to repair anything.
 */
import assert from "node:assert/strict";
import { crc32 } from "node:zlib";

export const MAGIC = new TextEncoder().encode("WWJRNL01");
export const FRAME_HEAD_BYTES = 12;
/** A station's frame is at most 1 MiB and may double when its quotes are escaped; the rest of a record is small. */
export const PAYLOAD_BYTES_MAX = 4 * 1024 * 1024;

/** The first frame of each segment: which journal it belongs to and the sequence of the frame after it. */
export type SegmentHead = {
  readonly journal: 1;
  /** Counts the journal's epochs on this disk, from 1. */
  readonly generation: number;
  readonly epoch: string;
  readonly firstSeq: number;
};

/** Appends one frame to `parts`; returns how many bytes it takes. A payload over the limit is our own fault. */
export function writeFrame(parts: Uint8Array[], payload: string, synced: number): number {
  const body = new TextEncoder().encode(payload);
  assert(body.length <= PAYLOAD_BYTES_MAX, `a journal record of ${body.length} bytes`);
  const head = new Uint8Array(FRAME_HEAD_BYTES);
  const view = new DataView(head.buffer);
  view.setUint32(0, body.length);
  view.setUint32(4, synced);
  view.setUint32(8, crc32(body, crc32(head.subarray(0, 8))));
  parts.push(head, body);
  return head.length + body.length;
}

export type Scan = {
  /** Payloads of the whole frames from the start, the segment's head first. Views into the input. */
  readonly payloads: readonly Uint8Array[];
  /** Bytes up to the end of the last whole frame. */
  readonly wholeBytes: number;
  /** What follows: nothing, an unsynced write cut by a crash, or something that was durable and no longer reads. */
  readonly rest: "none" | "torn" | "damaged";
};

/** Reads a segment as far as it is whole and says what the rest is. */
export function scan(bytes: Uint8Array): Scan {
  const payloads: Uint8Array[] = [];
  let at = 0;
  if (startsWithMagic(bytes)) {
    at = MAGIC.length;
    for (;;) {
      const frame = frameAt(bytes, at);
      if (frame === undefined) break;
      payloads.push(frame.payload);
      at = frame.end;
    }
  }
  if (at === bytes.length) return { payloads, wholeBytes: at, rest: "none" };
  return { payloads, wholeBytes: at, rest: witnessAfter(bytes, at) ? "damaged" : "torn" };
}

/** Is there a whole frame later on that says bytes beyond `damagedAt` were durable? */
function witnessAfter(bytes: Uint8Array, damagedAt: number): boolean {
  for (let at = damagedAt + 1; at + FRAME_HEAD_BYTES < bytes.length; at++) {
    const frame = frameAt(bytes, at);
    if (frame !== undefined && frame.synced > damagedAt) return true;
  }
  return false;
}

function frameAt(
  bytes: Uint8Array,
  at: number,
): { payload: Uint8Array; synced: number; end: number } | undefined {
  if (at + FRAME_HEAD_BYTES > bytes.length) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset + at);
  const length = view.getUint32(0);
  const synced = view.getUint32(4);
  const end = at + FRAME_HEAD_BYTES + length;
  if (length < 2 || length > PAYLOAD_BYTES_MAX || end > bytes.length || synced > at) return undefined;
  const payload = bytes.subarray(at + FRAME_HEAD_BYTES, end);
  if (crc32(payload, crc32(bytes.subarray(at, at + 8))) !== view.getUint32(8)) return undefined;
  return { payload, synced, end };
}

const startsWithMagic = (bytes: Uint8Array): boolean => MAGIC.every((byte, i) => bytes[i] === byte);
