/** At most so many in any minute: exact, with as much memory as that many instants. */
import { MINUTE_MS } from "./limits.ts";

export class MinuteWindow {
  private readonly most: number;
  private readonly atMs: number[] = [];
  private next = 0;

  constructor(most: number) {
    this.most = most;
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
