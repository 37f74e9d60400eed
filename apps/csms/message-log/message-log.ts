/**
 * The message log on its way to the store: every frame of every station, both ways, redacted, in batches.
 *
 *     a frame is seen ─▶ queue (bounded) ─▶ a second later: redacted, written with others ─▶ table `messages`
 *
 * Off the path of every answer: {@link MessageLog.seen} keeps a reference and returns. It is a log: what comes beyond a
 * limit is counted (`wattward_message_log_dropped_total`) and gone, and nobody waits for it. A station that floods uses
 * up its own share of the day, not the others'.
 */
import type { Cancel, Clock, Log, MessageId, StationId, TraceId } from "@wattward/kernel";
import { type OcppVersion, redactedFrame } from "@wattward/ocpp";
import type { Core, LoggedMessage } from "../core/port.ts";
import type { Metrics } from "../metrics/metrics.ts";
import {
  KEPT_CHARS_MAX,
  PAUSE_MS,
  READ_CHARS_MAX,
  SETTLED_MS,
  WAITING_CHARS_MAX,
  WAITING_FRAMES_MAX,
  WRITE_EVERY_MS,
  WRITTEN_AT_ONCE,
} from "./limits.ts";
import { OpenCalls } from "./open-calls.ts";
import { Shares } from "./shares.ts";

export type SeenFrame = {
  readonly station: StationId;
  readonly version: OcppVersion;
  readonly sender: "station" | "csms";
  /** `direct`, or `site` and its name. */
  readonly route: string;
  readonly text: string;
  readonly receivedAtMs: number;
  /** Of the CALL that this answers, where it is known. */
  readonly action?: string;
};
/** What became of it: told later, as long as it is not written. */
export type Fate = {
  readonly trace?: TraceId;
  readonly verdict?: LoggedMessage["verdict"];
};
export type Seen = { become(fate: Fate): void };

type Waiting = SeenFrame & { readonly sinceMs: number; fate: Fate };
type Ports = {
  readonly core: Pick<Core, "decide">;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
};

const nowhere: Seen = { become() {} };

export class MessageLog {
  private readonly ports: Ports;
  private readonly waiting: Waiting[] = [];
  private readonly calls = new OpenCalls();
  private readonly shares = new Shares();
  private waitingChars = 0;
  private offUntilMs = Number.NEGATIVE_INFINITY;
  private timer: Cancel | undefined;
  private stopped = false;

  constructor(ports: Ports) {
    this.ports = ports;
  }

  /** Returns at once, and keeps nothing that is beyond a limit. */
  seen(frame: SeenFrame): Seen {
    const nowMs = this.ports.clock.now().monotonicMs;
    const left = this.leftOut(frame, nowMs);
    if (left !== undefined) {
      this.ports.metrics.count("wattward_message_log_dropped_total", { reason: left });
      return nowhere;
    }
    const waiting: Waiting = { ...frame, sinceMs: nowMs, fate: {} };
    this.waiting.push(waiting);
    this.waitingChars += frame.text.length;
    this.timer ??= this.ports.clock.after(SETTLED_MS, () => this.write());
    return { become: (fate) => (waiting.fate = { ...waiting.fate, ...fate }) };
  }

  /** Writes what waits, as far as the store takes it. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.timer?.();
    while (this.waiting.length > 0 && !this.isOff()) await this.writeSome(this.waiting.length);
  }

  private leftOut({ station, text }: SeenFrame, nowMs: number): DropReason | undefined {
    if (this.stopped || nowMs < this.offUntilMs) return "off";
    const full =
      this.waiting.length >= WAITING_FRAMES_MAX || this.waitingChars + text.length > WAITING_CHARS_MAX;
    if (full) return "behind";
    const { wallMs } = this.ports.clock.now();
    return this.shares.take(station, Math.min(text.length, KEPT_CHARS_MAX), wallMs) ? undefined : "share";
  }

  private isOff(): boolean {
    return this.ports.clock.now().monotonicMs < this.offUntilMs;
  }

  private write(): void {
    const nowMs = this.ports.clock.now().monotonicMs;
    const unsettled = this.waiting.findIndex(({ sinceMs }) => nowMs - sinceMs < SETTLED_MS);
    const settled = unsettled < 0 ? this.waiting.length : unsettled;
    void this.writeSome(settled).then(() => {
      const next = this.waiting[0];
      const waitMs =
        next === undefined ? undefined : SETTLED_MS - (this.ports.clock.now().monotonicMs - next.sinceMs);
      this.timer = undefined;
      if (waitMs !== undefined && !this.stopped)
        this.timer = this.ports.clock.after(Math.max(WRITE_EVERY_MS, waitMs), () => this.write());
    });
  }

  private async writeSome(most: number): Promise<void> {
    const batch = this.waiting.splice(0, Math.min(most, WRITTEN_AT_ONCE));
    if (batch.length === 0) return;
    for (const { text } of batch) this.waitingChars -= text.length;
    const { core, clock, log, metrics } = this.ports;
    const drop = (reason: DropReason) =>
      metrics.count("wattward_message_log_dropped_total", { reason }, batch.length);
    try {
      const messages = batch.map((frame) => this.logged(frame));
      const done = await core.decide("messages.write", { messages, atMs: clock.now().wallMs });
      if (done.kind === "written") return this.shares.allow(done.perStationAndDay);
      this.pause();
      drop("off");
    } catch (error) {
      // Whatever the store's trouble is: messages that stations wait for need it more.
      this.pause();
      drop("store");
      log.debug("messages-not-logged", { messages: batch.length, error: String(error) });
    }
  }

  private pause(): void {
    this.offUntilMs = this.ports.clock.now().monotonicMs + PAUSE_MS;
  }

  private logged(frame: Waiting): LoggedMessage {
    const { station, version, sender, route, text, receivedAtMs, fate } = frame;
    const head = { station, version, sender, route, receivedAtMs, chars: text.length };
    const usual = sender === "csms" ? "sent" : "valid";
    const rest = { trace: fate.trace ?? null };
    if (text.length > READ_CHARS_MAX) {
      const action = frame.action ?? null;
      const cut = {
        kind: "unreadable",
        action,
        messageId: null,
        frame: `(${text.length} characters)`,
      } as const;
      return { ...head, ...rest, ...cut, verdict: fate.verdict ?? usual };
    }
    const told = redactedFrame(text, {
      version,
      from: sender,
      actionOf: (id) => frame.action ?? this.calls.answered(station, sender, id as MessageId),
      charsMax: KEPT_CHARS_MAX,
    });
    if (told.kind === "call" && told.id !== undefined && told.action !== undefined)
      this.calls.asked(station, sender, told.id as MessageId, told.action);
    const verdict = fate.verdict ?? (told.kind === "unreadable" && sender === "station" ? "refused" : usual);
    const what = {
      kind: told.kind,
      action: told.action ?? null,
      messageId: told.id ?? null,
      frame: told.text,
    };
    return { ...head, ...rest, ...what, verdict };
  }
}

/** `behind`: faster than it can be written. `share`: the station's of this day is used up. `off`: switched off. */
type DropReason = "behind" | "share" | "off" | "store";
