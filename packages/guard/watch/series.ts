/** Values over time: a setpoint that goes to and fro, answers that were all given before. */
import { OSCILLATION, REPLAY } from "./limits.ts";
import { CountWindow, type Frame } from "./windows.ts";

/** The values written to one register. */
export class WrittenSeries {
  private last: number | undefined;
  private direction = 0;
  private readonly reversals = new CountWindow(OSCILLATION.reversals, OSCILLATION.withinMs);

  add(value: number, frame: Frame): readonly Frame[] | undefined {
    const direction = Math.sign(value - (this.last ?? value));
    this.last = value;
    if (direction === 0) return undefined;
    const reverses = this.direction !== 0 && direction !== this.direction;
    this.direction = direction;
    return reverses ? this.reversals.add(frame) : undefined;
  }
}

/**
 * The answers to one request, as hashes in a ring. For each distance it counts how many in a row equal the one that far before: a
 * recording that is played again makes one of these counts grow without end.
 */
export class AnswerSeries {
  private readonly ring = new Uint32Array(REPLAY.distanceMax);
  private readonly equal = new Uint16Array(REPLAY.distanceMax + 1);
  private count = 0;

  /** True while the answers are those of before. */
  add(words: readonly number[]): boolean {
    const hash = hashOf(words);
    const reach = Math.min(this.count, REPLAY.distanceMax);
    let repeats = false;
    for (let distance = 1; distance <= reach; distance++) {
      const same = this.ring[(this.count - distance) % REPLAY.distanceMax] === hash;
      const inRow = same ? Math.min(0xffff, (this.equal[distance] ?? 0) + 1) : 0;
      this.equal[distance] = inRow;
      if (inRow >= REPLAY.row) repeats = true;
    }
    this.ring[this.count % REPLAY.distanceMax] = hash;
    this.count++;
    return repeats && this.distinct() >= REPLAY.distinct;
  }

  /** Of the last row. */
  private distinct(): number {
    const seen = new Set<number>();
    for (let back = 1; back <= REPLAY.row; back++)
      seen.add(this.ring[(this.count - back) % REPLAY.distanceMax] ?? 0);
    return seen.size;
  }
}

/** FNV-1a, 32 bits. */
function hashOf(words: readonly number[]): number {
  let hash = 0x811c9dc5;
  for (const word of words)
    hash = Math.imul(Math.imul(hash ^ (word & 0xff), 0x01000193) ^ (word >>> 8), 0x01000193);
  return hash >>> 0;
}
