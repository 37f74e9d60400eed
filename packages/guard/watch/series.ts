/** Values over time: a setpoint that goes to and fro, answers that were all given before. */
import assert from "node:assert/strict";
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

const RING_MASK = 127;
assert(RING_MASK >= REPLAY.distanceMax && (RING_MASK & (RING_MASK + 1)) === 0, "a power of two, with room");

/**
 * The answers to one request, as hashes in a ring. For each distance it counts how many in a row equal the one that far before: a
 * recording that is played again makes one of these counts grow without end.
 */
export class AnswerSeries {
  private readonly ring = new Uint32Array(RING_MASK + 1);
  private readonly equal = new Uint16Array(REPLAY.distanceMax + 1);
  private count = 0;

  /** True while the answers are those of before. */
  add(words: readonly number[]): boolean {
    const hash = hashOf(words);
    const { ring, equal, count } = this;
    const reach = Math.min(count, REPLAY.distanceMax);
    let repeats = false;
    for (let distance = 1; distance <= reach; distance++) {
      if (ring[(count - distance) & RING_MASK] !== hash) equal[distance] = 0;
      else if (equal[distance]! < REPLAY.row) equal[distance]!++;
      if (equal[distance] === REPLAY.row) repeats = true;
    }
    ring[count & RING_MASK] = hash;
    this.count = count + 1;
    return repeats && this.distinct() >= REPLAY.distinct;
  }

  /** Of the last row. */
  private distinct(): number {
    const seen = new Set<number>();
    for (let back = 1; back <= REPLAY.row; back++) seen.add(this.ring[(this.count - back) & RING_MASK]!);
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
