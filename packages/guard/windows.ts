/** At most so many in any minute: exact, with as much memory as that many instants. */
import { MINUTE_MS } from "./limits.ts";

export class MinuteWindow {
  private readonly most: number;
  private readonly atMs: number[];
  private next: number;

  /** Goes on from what was used of `before`. */
  constructor(most: number, before?: MinuteWindow) {
    this.most = most;
    const used = before?.atMs.toSorted((a, b) => a - b).slice(-most) ?? [];
    this.atMs = most === 0 ? [] : used;
    this.next = most === 0 ? 0 : used.length % most;
  }

  hasRoom(nowMs: number): boolean {
    const oldest = this.atMs[this.next];
    return this.most > 0 && (oldest === undefined || nowMs - oldest >= MINUTE_MS);
  }

  /** Only where there is room. */
  add(nowMs: number): void {
    this.atMs[this.next] = nowMs;
    this.next = (this.next + 1) % this.most;
  }
}
