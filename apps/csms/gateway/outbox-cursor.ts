/**
 * Follows the outbox for the gateway: whoever subscribed sees each entry of the kinds it named once, in order, soon
 * after its commit, whichever process made it. Commits gather for {@link CURSOR_GATHER_MS}, so that a busy store is
 * looked at a few dozen times a second and not once per commit.
 *
 * At least once would do: all that hangs on it is a wake-up (look at the denials, compile a bundle, take commands).
 */
import type { Cancel, Clock, Log } from "@wattward/kernel";
import type { Core, OutboxEntry } from "../core/port.ts";
import { CURSOR_BATCH, CURSOR_GATHER_MS, CURSOR_RETRY_MS } from "./limits.ts";

export class OutboxCursor {
  private readonly listeners: ((entry: OutboxEntry) => void)[] = [];
  private readonly ports: { core: Core; clock: Clock; log: Log };
  private readonly kinds: readonly string[];
  private seenSeq = 0;
  private committedSeq = 0;
  private armed: Cancel | undefined;
  private looking = false;
  private unsubscribe: () => void = () => {};

  /** @param kinds the only kinds of entries fetched */
  constructor(ports: { core: Core; clock: Clock; log: Log }, kinds: readonly string[]) {
    this.ports = ports;
    this.kinds = kinds;
  }

  /** To be called before {@link start}. */
  subscribe(listener: (entry: OutboxEntry) => void): void {
    this.listeners.push(listener);
  }

  /** From the outbox's end of this moment on: what is older, the subscribers must have read by themselves afterwards. */
  async start(): Promise<void> {
    const { core } = this.ports;
    this.unsubscribe = core.onCommitted((seq) => {
      this.committedSeq = Math.max(this.committedSeq, seq);
      this.arm(CURSOR_GATHER_MS);
    });
    this.seenSeq = await core.query("outbox.head", undefined);
    this.committedSeq = Math.max(this.committedSeq, this.seenSeq);
  }

  stop(): void {
    this.unsubscribe();
    this.armed?.();
  }

  private arm(ms: number): void {
    if (this.armed !== undefined || this.looking) return;
    this.armed = this.ports.clock.after(ms, () => {
      this.armed = undefined;
      void this.look();
    });
  }

  private async look(): Promise<void> {
    this.looking = true;
    let waitMs = CURSOR_GATHER_MS;
    try {
      const headSeq = this.committedSeq;
      const query = { seq: this.seenSeq, most: CURSOR_BATCH, kinds: this.kinds };
      const entries = await this.ports.core.query("outbox.after", query);
      // A full batch may have left some behind; otherwise all up to the head that was known before asking is seen.
      const lastSeq = entries.at(-1)?.seq ?? 0;
      this.seenSeq = Math.max(this.seenSeq, lastSeq, entries.length < CURSOR_BATCH ? headSeq : 0);
      for (const entry of entries) {
        if (this.kinds.includes(entry.kind)) for (const listener of this.listeners) listener(entry);
      }
    } catch (error) {
      this.ports.log.error("outbox-not-read", { error: String(error) });
      waitMs = CURSOR_RETRY_MS;
    } finally {
      this.looking = false;
    }
    if (this.committedSeq > this.seenSeq) this.arm(waitMs);
  }
}
