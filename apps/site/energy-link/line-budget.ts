/**
 * How much the energy controller may say to the local controller, over all connections that it ever makes: lines, characters and
 * connections by the second. A process that is broken, or broken into, costs no more of the one that holds the stations than this.
 */
import { TokenBucket } from "@wattward/kernel";
import { CONNECTIONS_MAX, TURN_CHARS_MAX, TURNS_MAX } from "./messages.ts";

export class LineBudget {
  private readonly lines: TokenBucket;
  private readonly chars: TokenBucket;
  private readonly connections: TokenBucket;

  constructor(nowMs: number) {
    this.lines = new TokenBucket(TURNS_MAX, nowMs);
    this.chars = new TokenBucket(TURN_CHARS_MAX, nowMs);
    this.connections = new TokenBucket(CONNECTIONS_MAX, nowMs);
  }

  /** May it connect once more? */
  connects(nowMs: number): boolean {
    return this.connections.take(nowMs);
  }

  /** What this line is too much of, as a sentence; to be asked before it is read. */
  exceeded({ length }: { readonly length: number }, nowMs: number): string | undefined {
    if (!this.lines.take(nowMs)) return `more than ${TURNS_MAX.perSecond} turns a second`;
    if (!this.chars.take(nowMs, length)) return `more than ${TURN_CHARS_MAX.perSecond} characters a second`;
    return undefined;
  }
}
