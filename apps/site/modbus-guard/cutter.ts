/**
 * Cuts a connection's segments into ADUs with no copy where a segment holds whole ones, which nearly all do. The rules are
 * those of `cutAdu`; what it gives is a view, valid during the call only.
 */
import { type Adu, BACKLOG_BYTES_MAX, cutAdu, type Malformed } from "@wattward/modbus";

const NONE = new Uint8Array(0);

export class Cutter {
  private waiting: Uint8Array = NONE;

  /** Bytes that came and are not cut yet. */
  get pendingBytes(): number {
    return this.waiting.length;
  }

  /**
   * Hands over each whole ADU of what waits and of `segment`, for as long as `take` says true; none at all unless `begin`.
   * Malformed: the connection is to end.
   */
  push(segment: Uint8Array, take: (adu: Adu) => boolean, begin = true): Malformed | undefined {
    let bytes = this.waiting.length === 0 ? segment : joined(this.waiting, segment);
    if (bytes.length > BACKLOG_BYTES_MAX) return { kind: "malformed", reason: "backlog" };
    for (let more = begin; more && bytes.length > 0; ) {
      const cut = cutAdu(bytes);
      if (cut.kind === "malformed") return cut;
      if (cut.kind === "incomplete") break;
      bytes = cut.rest;
      more = take(cut.adu);
    }
    this.waiting = bytes.length === 0 ? NONE : bytes.slice();
    return undefined;
  }
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(a.length + b.length);
  bytes.set(a);
  bytes.set(b, a.length);
  return bytes;
}
