/**
 * A cursor over the outbox as server-sent events (HTML Living Standard §9.2):
 *
 *     id: 4711
 *     event: transaction.started
 *     data: {"seq":4711,…}
 *
 * Always true: entries leave in order of sequence, each once, none after `after` is left out, however often the
 * reader comes back with the last id it saw. The reader pulls: what it does not take stays in the database, not in
 * memory. A reader that takes nothing for {@link apiLimits.streamStalledMs} is dropped, as is one whose session ended.
 */
import { Readable } from "node:stream";
import { type Cancel, type Clock, every, type Log, type SiteId } from "@wattward/kernel";
import type { Core, OutboxEntry } from "../../core/port.ts";
import { apiLimits } from "../limits.ts";

export type StreamPorts = { readonly core: Core; readonly clock: Clock; readonly log: Log };
export type StreamWish = {
  /** Entries after this sequence. */
  readonly after: number;
  /** Of this site alone; undefined: of all, and what is of none. */
  readonly site: SiteId | undefined;
  /** Of these kinds alone. */
  readonly kinds?: readonly string[] | undefined;
  /** Asked at every heartbeat: false ends the stream. */
  readonly allowed: () => Promise<boolean>;
};

/** How long a browser waits before it comes back, milliseconds. */
const RETRY_MS = 2_000;
/** Tells a reader that is ahead of the outbox to take a new snapshot; entries after its `seq` follow. */
export const RESET_EVENT = "stream.reset";

export class EventStream extends Readable {
  private readonly ports: StreamPorts;
  private readonly wish: StreamWish;
  private readonly stops: Cancel[] = [];
  /** Everything up to here was given to the reader. */
  private cursor: number;
  /** Highest sequence known to be committed. */
  private head: number;
  /** The reader asked for more than it got. */
  private wanted = false;
  private reading = false;
  private wantedAtMs: number;

  constructor(ports: StreamPorts, wish: StreamWish, head: number) {
    super({ encoding: "utf8", highWaterMark: 64 * 1024 });
    this.ports = ports;
    this.wish = wish;
    this.cursor = Math.min(wish.after, head);
    this.head = head;
    this.wantedAtMs = ports.clock.now().monotonicMs;
    this.push(`retry: ${RETRY_MS}\n\n`);
    // Only a restored database knows less than its reader: what the reader holds is of another history.
    if (wish.after > head) this.push(asEvent(resetAt(head, ports.clock.now().wallMs)));
    this.stops.push(
      ports.core.onCommitted((seq) => {
        this.head = Math.max(this.head, seq);
        void this.pump();
      }),
      every(ports.clock, apiLimits.streamHeartbeatMs, () => this.beat()),
    );
    void this.catchUp();
  }

  /** What was committed between the question for `head` and the listening for commits: nobody tells it again. */
  private async catchUp(): Promise<void> {
    try {
      this.head = Math.max(this.head, await this.ports.core.query("outbox.head", undefined));
    } catch (error) {
      // The next commit or beat tells as much.
      this.ports.log.warn("event-stream-unchecked", { why: String(error) });
    }
    void this.pump();
  }

  override _read(): void {
    this.wanted = true;
    this.wantedAtMs = this.ports.clock.now().monotonicMs;
    void this.pump();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    for (const stop of this.stops) stop();
    done(error);
  }

  /** Reads and gives entries while the reader wants them and there are some. */
  private async pump(): Promise<void> {
    if (this.reading) return;
    this.reading = true;
    try {
      while (this.wanted && !this.destroyed && this.cursor < this.head) await this.give();
    } catch (error) {
      this.ports.log.error("event-stream-failed", { why: String(error) });
      this.destroy();
    } finally {
      this.reading = false;
    }
  }

  private async give(): Promise<void> {
    const head = this.head;
    const entries = await this.ports.core.query("outbox.after", {
      seq: this.cursor,
      most: apiLimits.streamBatch,
      ...(this.wish.site === undefined ? {} : { site: this.wish.site }),
      ...(this.wish.kinds === undefined ? {} : { kinds: this.wish.kinds }),
    });
    if (this.destroyed) return;
    const last = entries.at(-1)?.seq ?? this.cursor;
    // A short answer has seen everything up to the head of before, of other sites and kinds too: no need to look there again.
    this.cursor = entries.length < apiLimits.streamBatch ? Math.max(last, head) : last;
    if (entries.length > 0) this.wanted = this.push(entries.map(asEvent).join(""));
  }

  private async beat(): Promise<void> {
    const { clock, log } = this.ports;
    if (!this.wanted && clock.now().monotonicMs - this.wantedAtMs > apiLimits.streamStalledMs) {
      log.info("event-stream-stalled", { cursor: this.cursor });
      this.destroy();
      return;
    }
    if (!(await this.allowed())) {
      this.push(null);
      return;
    }
    if (this.wanted && !this.destroyed) this.wanted = this.push(": alive\n\n");
    await this.catchUp();
  }

  /** A core that cannot answer is no reason to throw anyone out. */
  private async allowed(): Promise<boolean> {
    try {
      return await this.wish.allowed();
    } catch (error) {
      this.ports.log.warn("event-stream-unchecked", { why: String(error) });
      return true;
    }
  }
}

/** In the shape of an entry, though no row of the outbox says it. */
const resetAt = (seq: number, atMs: number): OutboxEntry => ({
  seq,
  atMs,
  source: "csms",
  kind: RESET_EVENT,
  live: true,
  data: {},
});

/** JSON has no line breaks of its own, so data is always one line. */
function asEvent(entry: OutboxEntry): string {
  return `id: ${entry.seq}\nevent: ${entry.kind.replace(/[\r\n]/g, " ")}\ndata: ${JSON.stringify(entry)}\n\n`;
}
