/**
 * The socket of one site link: strict reading, flow control, beats, and an end that is told why. What the messages
 * mean is site-link.ts's.
 */
import { type Cancel, every, type Log, TokenBucket, type Wire } from "@wattward/kernel";
import {
  BEAT_INTERVAL_MS,
  type CsmsMessage,
  Hearing,
  parseSiteMessage,
  type SiteMessage,
} from "@wattward/sitelink";
import { LINK_MESSAGES_PER_SECOND, LINK_RATE_CHARS } from "./limits.ts";
import { type Watched, watched } from "./liveness.ts";
import type { ConnectionPorts } from "./ports.ts";

/** Why a link ends. `peer`: the site broke the protocol. `ours`: nothing wrong with it, it shall come again. */
export type LinkFailure = {
  readonly whose: "peer" | "ours";
  readonly code: string;
  readonly sentence: string;
};

/** Reasons for which a link is not read for a while. */
type Hold = "records" | "rate" | "energy";

export type LinkWireHandlers = {
  message(message: SiteMessage): void;
  /** The site sent what is no message of the protocol; end the link. */
  unreadable(failure: LinkFailure): void;
  /** Last, once: the wire has ended. */
  closed(code: number, reason: string): void;
};

const POLICY = 1008;
const TRY_AGAIN = 1013;

export class LinkWire {
  private readonly clock: ConnectionPorts["clock"];
  private readonly log: Log;
  private readonly watched: Watched;
  private readonly handlers: LinkWireHandlers;
  private readonly rate: TokenBucket;
  private readonly messagesPerSecond: number;
  private readonly holds = new Set<Hold>();
  private readonly stopBeating: Cancel;
  private cancelRate: Cancel = () => {};
  private open = true;
  private readonly hearing: Hearing;

  constructor(
    wire: Wire,
    handlers: LinkWireHandlers,
    { clock, log, rates }: Pick<ConnectionPorts, "clock" | "log" | "rates">,
  ) {
    this.clock = clock;
    this.log = log;
    this.handlers = handlers;
    const nowMs = clock.now().monotonicMs;
    this.hearing = new Hearing(nowMs);
    this.messagesPerSecond = rates?.siteMessagesPerSecond ?? LINK_MESSAGES_PER_SECOND;
    this.rate = new TokenBucket({ burst: this.messagesPerSecond, perSecond: this.messagesPerSecond }, nowMs);
    this.stopBeating = every(clock, BEAT_INTERVAL_MS, () => this.beat());
    this.watched = watched(wire, clock, log);
    this.watched.wire.listen({
      message: (text) => this.arrived(text),
      closed: (code, reason) => {
        this.stop();
        handlers.closed(code, reason);
      },
    });
  }

  get bufferedBytes(): number {
    return this.watched.wire.bufferedBytes;
  }

  send(message: CsmsMessage): void {
    if (!this.open) return;
    this.watched.wire.send(JSON.stringify(message));
  }

  /** Says why and closes. */
  refuse({ whose, code, sentence }: LinkFailure): void {
    this.send({ t: "refused", code, sentence });
    this.end(whose === "peer" ? POLICY : TRY_AGAIN, code);
  }

  /** Nothing is delivered any more but `closed`. */
  end(code: number, reason: string): void {
    this.stop();
    this.watched.wire.close(code, reason);
  }

  /** Stops reading for this reason; reading goes on when no reason is left. */
  hold(reason: Hold): void {
    if (this.holds.size === 0) this.watched.wire.pause();
    this.holds.add(reason);
  }

  release(reason: Hold): void {
    if (!this.holds.delete(reason) || this.holds.size > 0) return;
    this.hearing.heard(this.clock.now().monotonicMs);
    this.watched.wire.resume();
  }

  pongAgoMs(): number | undefined {
    return this.watched.pongAgoMs();
  }

  ping(): void {
    this.watched.wire.ping();
  }

  /** Takes so much of the site's rate; where it is used up, the site is read more slowly. */
  charge(cost: number): void {
    const nowMs = this.clock.now().monotonicMs;
    if (this.rate.take(nowMs, cost) || this.holds.has("rate")) return;
    this.hold("rate");
    this.cancelRate = this.clock.after(this.rate.waitMs(nowMs, cost + this.messagesPerSecond / 10), () => {
      this.rate.take(this.clock.now().monotonicMs, cost);
      this.release("rate");
    });
  }

  private stop(): void {
    this.open = false;
    this.stopBeating();
    this.cancelRate();
  }

  private arrived(text: string): void {
    if (!this.open) return;
    const nowMs = this.clock.now().monotonicMs;
    this.hearing.heard(nowMs);
    // Long messages count for many: what costs is reading them.
    this.charge(1 + Math.floor(text.length / LINK_RATE_CHARS));
    const message = parseSiteMessage(text);
    if (message.ok) this.handlers.message(message.value);
    else this.handlers.unreadable({ whose: "peer", ...message.fault });
  }

  private beat(): void {
    const { wallMs, monotonicMs } = this.clock.now();
    // While we do not read, silence is of our own making.
    if (this.holds.size === 0 && this.hearing.isSilent(monotonicMs, this.watched.wire.receivedBytes)) {
      this.log.warn("site-silent", {});
      this.watched.wire.terminate();
    } else {
      // However much else is said: a beat is also how the site learns the time.
      this.send({ t: "beat", wallMs });
    }
  }
}
