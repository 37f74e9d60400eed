/**
 * One direction of a captured TCP connection, put together again: repeated bytes once, early segments in their turn, and a
 * gap told where the capture has lost something. The first byte seen wins, as it does at the receiver.
 */

/** Early segments that are kept while one before them is missing. */
const EARLY_MAX = 64;
const SEQUENCES = 2 ** 32;

export type Piece = { readonly kind: "bytes"; readonly bytes: Uint8Array } | { readonly kind: "gap" };

export class Reassembly {
  private next: number | undefined;
  private early: { readonly sequence: number; readonly bytes: Uint8Array }[] = [];

  /** What the stream continues with, now that this segment is there. */
  push(sequence: number, bytes: Uint8Array): Piece[] {
    if (bytes.length === 0) return [];
    this.next ??= sequence;
    this.early.push({ sequence, bytes });
    const pieces = this.inTurn();
    if (this.early.length <= EARLY_MAX) return pieces;
    return [...pieces, ...this.skip()];
  }

  /** The capture is over: what waited for something lost comes after a gap. */
  end(): Piece[] {
    const pieces: Piece[] = [];
    while (this.early.length > 0) pieces.push(...this.skip());
    return pieces;
  }

  private inTurn(): Piece[] {
    const pieces: Piece[] = [];
    for (let progress = true; progress; ) {
      progress = false;
      for (const [i, { sequence, bytes }] of this.early.entries()) {
        const ahead = distance(sequence, this.next ?? 0);
        if (ahead > 0) continue;
        this.early.splice(i, 1);
        const fresh = bytes.subarray(Math.min(bytes.length, -ahead));
        this.next = ((this.next ?? 0) + fresh.length) % SEQUENCES;
        if (fresh.length > 0) pieces.push({ kind: "bytes", bytes: fresh });
        progress = true;
        break;
      }
    }
    return pieces;
  }

  private skip(): Piece[] {
    const from = this.next ?? 0;
    const nearest = Math.min(...this.early.map(({ sequence }) => distance(sequence, from)));
    this.next = (from + nearest) % SEQUENCES;
    return [{ kind: "gap" }, ...this.inTurn()];
  }
}

/** How far `a` is ahead of `b` on the circle of sequence numbers; negative for behind. */
const distance = (a: number, b: number) => {
  const d = (a - b + SEQUENCES) % SEQUENCES;
  return d >= SEQUENCES / 2 ? d - SEQUENCES : d;
};
