/**
 * One direction of a captured TCP connection, put together again: repeated bytes once, early segments in their turn, and a
 * gap told where the capture has lost something. The first byte seen wins, as it does at the receiver.
 */

/** Early segments that are kept while one before them is missing, and their bytes. */
const EARLY_MAX = 64;
const EARLY_BYTES_MAX = 128 * 1024;
/** Nobody sends again what lies so far back: whatever comes there is another connection, whose beginning was not captured. */
const BEHIND_BYTES_MAX = 1024 ** 2;
const SEQUENCES = 2 ** 32;

export type Piece = { readonly kind: "bytes"; readonly bytes: Uint8Array } | { readonly kind: "gap" };

type Early = { readonly sequence: number; readonly bytes: Uint8Array; readonly missing: number };

export class Reassembly {
  private next: number | undefined;
  private early: Early[] = [];
  private earlyBytes = 0;

  /** `next`: of the first byte that is sent, where the beginning of the connection was captured. */
  constructor(next?: number) {
    this.next = next;
  }

  /** What the stream continues with, now that this segment is there; behind it `missing` bytes of it were not captured. */
  push(sequence: number, bytes: Uint8Array, missing = 0): Piece[] {
    if (bytes.length + missing === 0) return [];
    this.next ??= sequence;
    if (distance(sequence, this.next) < -BEHIND_BYTES_MAX) {
      const before = this.end();
      this.next = sequence;
      return [...before, { kind: "gap" }, ...this.push(sequence, bytes, missing)];
    }
    if (distance(sequence, this.next) <= 0) {
      const pieces = this.taken({ sequence, bytes, missing });
      return [...pieces, ...this.inTurn()];
    }
    // What it looks into may be large: it may have to wait.
    this.early.push({ sequence, bytes: bytes.slice(), missing });
    this.earlyBytes += bytes.length;
    const pieces: Piece[] = [];
    while (this.early.length > EARLY_MAX || this.earlyBytes > EARLY_BYTES_MAX) pieces.push(...this.skip());
    return pieces;
  }

  /** Its receiver has everything up to there: what is still missing before it the capture has lost. */
  acknowledged(upTo: number): Piece[] {
    const pieces: Piece[] = [];
    while (this.early.length > 0 && this.nearest() < distance(upTo, this.next ?? 0))
      pieces.push(...this.skip());
    return pieces;
  }

  /** The capture is over: what waited for something lost comes after a gap. */
  end(): Piece[] {
    const pieces: Piece[] = [];
    while (this.early.length > 0) pieces.push(...this.skip());
    return pieces;
  }

  private taken({ sequence, bytes, missing }: Early): Piece[] {
    const next = this.next ?? 0;
    const fresh = bytes.subarray(Math.min(bytes.length, distance(next, sequence)));
    const lost = Math.min(missing, distance(sequence + bytes.length + missing, next));
    const pieces: Piece[] = fresh.length > 0 ? [{ kind: "bytes", bytes: fresh }] : [];
    if (lost > 0) pieces.push({ kind: "gap" });
    this.next = (next + fresh.length + Math.max(0, lost)) % SEQUENCES;
    return pieces;
  }

  private inTurn(): Piece[] {
    const pieces: Piece[] = [];
    for (;;) {
      const at = this.early.findIndex(({ sequence }) => distance(sequence, this.next ?? 0) <= 0);
      const [early] = at < 0 ? [] : this.early.splice(at, 1);
      if (early === undefined) return pieces;
      this.earlyBytes -= early.bytes.length;
      pieces.push(...this.taken(early));
    }
  }

  private nearest(): number {
    return Math.min(...this.early.map(({ sequence }) => distance(sequence, this.next ?? 0)));
  }

  private skip(): Piece[] {
    this.next = ((this.next ?? 0) + this.nearest()) % SEQUENCES;
    return [{ kind: "gap" }, ...this.inTurn()];
  }
}

/** How far `a` is ahead of `b` on the circle of sequence numbers; negative for behind. */
const distance = (a: number, b: number) => {
  const d = (a - b + 2 * SEQUENCES) % SEQUENCES;
  return d >= SEQUENCES / 2 ? d - SEQUENCES : d;
};
