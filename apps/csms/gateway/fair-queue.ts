/**
 * A bounded queue per key, emptied in turns: a key with a thousand entries delays another key's one by one entry.
 * Within a key first in is first out.
 */
export class FairQueue<Key, Entry> {
  /** In order of turns: the first key is the next served. */
  private readonly waiting = new Map<Key, Entry[]>();
  private readonly perKeyMax: number;
  private count = 0;

  constructor(perKeyMax: number) {
    this.perKeyMax = perKeyMax;
  }

  get size(): number {
    return this.count;
  }

  /** False where the key's queue is full: nothing was added. */
  add(key: Key, entry: Entry): boolean {
    const queue = this.waiting.get(key);
    if (queue === undefined) this.waiting.set(key, [entry]);
    else if (queue.length >= this.perKeyMax) return false;
    else queue.push(entry);
    this.count++;
    return true;
  }

  /** The next entry, whose key then goes to the end of the line. */
  take(): Entry | undefined {
    for (const [key, queue] of this.waiting) {
      this.waiting.delete(key);
      const entry = queue.shift();
      if (queue.length > 0) this.waiting.set(key, queue);
      if (entry === undefined) continue;
      this.count--;
      return entry;
    }
    return undefined;
  }
}
