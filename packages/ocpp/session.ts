/**
 * One OCPP-J peer on one wire: reads frames, answers CALLs in their order, matches answers to our own calls, and keeps
 * the peer within its limits.
 *
 *     wire ─▶ rate ─▶ size ─▶ frame ─┬─ CALL ─▶ backlog ─▶ schema ─▶ onCall ─▶ answer ─▶ wire
 *                                    ├─ SEND ─▶ backlog ─▶ schema ─▶ onSend
 *                                    └─ CALLRESULT, CALLERROR ─▶ calls in flight
 *
 * Always true: a CALL gets at most one answer, in the order of arrival; `onCall` is never entered twice at a time;
 * nothing is delivered after `closed`. A peer that sends too fast is slowed by not being read, never by losing what
 * it sent; only one that ignores even that, or does not read our answers, is cut. A bad frame gets its CALLERROR and the
 * socket stays open (QUIRKS, principle 3). Whether a station may send anything before its boot is accepted is the
 * caller's decision.
 */
import type { Cancel, JsonObject } from "@wattward/kernel";
import { shown } from "@wattward/kernel";
import { type CallOutcome, CallsInFlight } from "./calls-in-flight.ts";
import { callError } from "./error-code.ts";
import {
  type Call,
  type CallError,
  type CallResultError,
  type FrameFault,
  faultReply,
  parseFrame,
  type Send,
  writeFrame,
} from "./frame.ts";
import { Intake } from "./intake.ts";
import { repairedCall } from "./repairs/mend.ts";
import {
  type CallAnswer,
  type KeepAlive,
  type SessionLimits,
  type SessionOptions,
  sessionLimits,
} from "./session-options.ts";
import { validateCall, validateResult, validateSend } from "./validation.ts";
import type { OcppVersion, Side } from "./version.ts";

type Backlogged = { readonly call: Call | Send; readonly raw: string };

export class OcppSession {
  /** Resolves once, when the wire has ended, with its WebSocket code. */
  readonly closed: Promise<{ code: number; reason: string }>;
  private readonly options: SessionOptions;
  private readonly limits: SessionLimits;
  private readonly calls: CallsInFlight;
  private readonly intake: Intake;
  private readonly backlog: Backlogged[] = [];
  private serving = false;
  private open = true;
  private accepted: boolean;
  private faults = 0;
  private hasPonged = false;
  private heardMs: number;
  private readonly timers = new Set<Cancel>();

  constructor(options: SessionOptions) {
    const { wire, clock, role, version } = options;
    this.options = options;
    this.limits = { ...sessionLimits, ...options.limits };
    this.accepted = role === "station";
    this.heardMs = clock.now().monotonicMs;
    this.intake = new Intake({
      wire,
      clock,
      limits: this.limits,
      read: (text) => this.read(text),
      flooded: () => this.cut("peer-floods"),
    });
    this.calls = new CallsInFlight({
      version,
      peer: role === "station" ? "csms" : "station",
      send: (text) => this.send(text),
      clock,
      log: options.log,
      newId: () => options.newId(),
      tolerant: () => options.tolerant?.() ?? false,
      ...(options.limits && { limits: options.limits }),
    });
    if (options.quietUntilFirstCall) this.keepQuiet();
    if (options.keepAlive) this.keepAlive(options.keepAlive);
    this.closed = new Promise((resolve) => {
      wire.listen({
        message: (text) => this.arrived(text),
        pong: () => this.ponged(),
        closed: (code, reason) => this.ended(() => resolve({ code, reason })),
      });
    });
  }

  /** Calls the peer; see {@link CallsInFlight.call}. */
  call(
    action: string,
    payload: JsonObject,
    options: { timeoutMs: number; first?: boolean },
  ): Promise<CallOutcome> {
    return this.calls.call(action, payload, options);
  }

  /** Passes another's CALL on as it stands; see {@link CallsInFlight.callVerbatim}. */
  callVerbatim(call: Call, text: string, options: { timeoutMs: number }): Promise<CallOutcome> {
    return this.calls.callVerbatim(call, text, options);
  }

  /** Passes another's frame on that nobody answers, a SEND or a CALLRESULTERROR (2.1), as it stands. */
  passOn(text: string): void {
    this.send(text);
  }

  /**
   * The peer's boot is accepted: it may send frames up to `frameCharsMax`. A session whose `onCall` accepts a
   * BootNotification knows by itself; this is for a station that was accepted on an earlier socket (QUIRKS 17).
   */
  markAccepted(): void {
    this.accepted = true;
  }

  /** Monotonic time of the last frame or pong: the station's presence (QUIRKS, takeover; 28). */
  get heardAtMs(): number {
    return this.heardMs;
  }

  /** See {@link Intake.unreadAtMs}. */
  get unreadAtMs(): number | undefined {
    return this.intake.unreadAtMs;
  }

  ping(): void {
    if (this.open) this.options.wire.ping();
  }

  /** Closes cleanly; nothing is delivered any more. */
  close(code: number, reason: string): void {
    if (!this.open) return;
    this.stop();
    this.options.wire.close(code, reason);
  }

  /** Ends the wire at once. */
  terminate(): void {
    this.stop();
    this.options.wire.terminate();
  }

  private arrived(text: string): void {
    if (!this.open) return;
    this.heardMs = this.options.clock.now().monotonicMs;
    this.intake.arrived(text);
  }

  private read(text: string): void {
    const { frameCharsMax, frameCharsMaxBeforeAcceptance } = this.limits;
    const charsMax = this.accepted ? frameCharsMax : Math.min(frameCharsMax, frameCharsMaxBeforeAcceptance);
    if (text.length > charsMax) {
      this.options.log.warn("frame-too-long", { chars: text.length, charsMax, accepted: this.accepted });
      this.close(1009, "message too long");
      return;
    }
    const parsed = parseFrame(text, this.options.version, charsMax);
    if (parsed.kind === "fault") this.faulted(parsed, text);
    else if (parsed.frame.kind === "call" || parsed.frame.kind === "send") this.enqueue(parsed.frame, text);
    else if (parsed.frame.kind === "result-error") this.disputed(parsed.frame, text);
    else this.calls.settle(parsed.frame, text, parsed.deviations);
  }

  private enqueue(call: Call | Send, raw: string): void {
    this.backlog.push({ call, raw });
    if (this.backlog.length >= this.limits.backlogMax) this.intake.block(true);
    if (!this.serving) void this.serve();
  }

  private faulted(fault: FrameFault, raw: string): void {
    this.complain("frame-fault", { about: fault.about, code: fault.code, say: fault.reason });
    if (fault.about === "reply") this.calls.settleFault(fault, raw);
    const reply = faultReply(fault, this.options.version);
    if (reply !== undefined) this.send(writeFrame(reply));
    this.options.onFault?.(fault, raw);
  }

  /** Answers the backlog one by one; ends when it is empty or the wire is gone. */
  private async serve(): Promise<void> {
    this.serving = true;
    for (let item = this.backlog[0]; item !== undefined && this.open; item = this.backlog[0]) {
      const { call, raw } = item;
      const text = call.kind === "call" ? await this.answer(call, raw) : await this.take(call, raw);
      if (text !== undefined) this.send(text);
      this.backlog.shift();
      this.calls.release();
      this.intake.block(false);
    }
    this.serving = false;
  }

  private async take(send: Send, raw: string): Promise<undefined> {
    const { version, role, onSend, log } = this.options;
    const checked = validateSend(version, otherSide(role), send.action, send.payload);
    if (checked.kind === "invalid") {
      this.complain("send-invalid", { action: shown(send.action), code: checked.code, say: checked.reason });
      return;
    }
    try {
      await onSend?.(send, raw);
    } catch (error) {
      log.error("send-handler-failed", { action: shown(send.action), id: send.id, ...traceOf(error) });
    }
  }

  private disputed(error: CallResultError, raw: string): void {
    this.complain("answer-disputed", { code: shown(error.code), say: shown(error.description) });
    this.options.onResultError?.(error, raw);
  }

  private async answer(call: Call, raw: string): Promise<string | undefined> {
    const { version, role, onInvalidCall, log } = this.options;
    const sender = otherSide(role);
    const checked = validateCall(version, sender, call.action, call.payload);
    try {
      if (checked.kind === "valid") return this.textOf(call, await this.options.onCall(call, raw, []));
      const tolerant = this.options.tolerant?.() ?? false;
      const mended = tolerant ? repairedCall(version, sender, call.action, call.payload) : undefined;
      if (mended !== undefined) {
        const { payload, deviations } = mended;
        return this.textOf(call, await this.options.onCall({ ...call, payload }, raw, deviations));
      }
      this.complain("call-invalid", { action: shown(call.action), code: checked.code, say: checked.reason });
      const answer = await onInvalidCall?.(call, raw, checked);
      return this.textOf(call, answer ?? { kind: "error", code: checked.code, description: checked.reason });
    } catch (error) {
      log.error("call-handler-failed", { action: shown(call.action), id: call.id, ...traceOf(error) });
      return writeFrame(internalError(call, version));
    }
  }

  /** Our own answer is held to its schema too: what we sent wrong, a station may repeat for ever (QUIRKS 19). */
  private textOf(call: Call, answer: CallAnswer): string | undefined {
    const { version, role, log } = this.options;
    if (answer.kind === "silence") return undefined;
    if (answer.kind === "verbatim") return answer.text;
    if (answer.kind === "error") {
      return writeFrame(callError(call.id, answer.code, answer.description, version));
    }
    const checked = validateResult(version, role, call.action, answer.payload);
    if (checked.kind === "invalid") {
      log.error("own-answer-invalid", {
        action: shown(call.action),
        code: checked.code,
        say: checked.reason,
      });
      return writeFrame(internalError(call, version));
    }
    if (call.action === "BootNotification" && answer.payload.status === "Accepted") this.accepted = true;
    return writeFrame({ kind: "result", id: call.id, payload: answer.payload });
  }

  private send(text: string): void {
    if (!this.open) return;
    const { wire } = this.options;
    wire.send(text);
    if (wire.bufferedBytes > this.limits.bufferedBytesMax) this.cut("peer-does-not-read");
  }

  private cut(event: "peer-floods" | "peer-does-not-read"): void {
    this.options.log.warn(event, { bufferedBytes: this.options.wire.bufferedBytes });
    this.terminate();
  }

  private complain(event: string, fields: { readonly [key: string]: string }): void {
    this.faults++;
    if (this.faults > this.limits.faultLinesMax) return;
    const muted = this.faults === this.limits.faultLinesMax;
    this.options.log.warn(event, muted ? { ...fields, furtherFaults: "not logged" } : fields);
  }

  private keepQuiet(): void {
    this.calls.hold();
    this.after(this.limits.quietMsMax, () => this.calls.release());
  }

  private keepAlive(options: KeepAlive): void {
    this.after(options.pingEveryMs, () => {
      const pinged = options.pinged?.() ?? true;
      const unansweredMsMax = pinged && this.hasPonged ? 0 : (options.unansweredMsMax?.() ?? 0);
      const silentMsMax = Math.max(options.silentMsMax, unansweredMsMax);
      const silentMs = this.options.clock.now().monotonicMs - this.heardMs;
      // While we do not read, silence is of our own making.
      if (this.intake.reading && silentMs >= silentMsMax) {
        this.options.log.warn("peer-silent", { silentMs: Math.round(silentMs) });
        this.terminate();
        return;
      }
      if (pinged) this.options.wire.ping();
      this.keepAlive(options);
    });
  }

  private ponged(): void {
    if (!this.open) return;
    this.hasPonged = true;
    this.heardMs = this.options.clock.now().monotonicMs;
    this.options.onPong?.();
  }

  /** A timer that the end of the session cancels. */
  private after(ms: number, run: () => void): void {
    const cancel = this.options.clock.after(ms, () => {
      this.timers.delete(cancel);
      run();
    });
    this.timers.add(cancel);
  }

  private stop(): void {
    if (!this.open) return;
    this.open = false;
    for (const cancel of this.timers) cancel();
    this.timers.clear();
    this.intake.stop();
    this.backlog.length = 0;
    this.calls.close();
  }

  private ended(tell: () => void): void {
    this.stop();
    tell();
  }
}

const otherSide = (side: Side): Side => (side === "station" ? "csms" : "station");

const internalError = (call: Call, version: OcppVersion): CallError =>
  callError(call.id, "InternalError", "the message could not be processed; try again later", version);

/** Where it failed, without what it said: a message may quote the payload. */
function traceOf(error: unknown): { readonly [key: string]: string } {
  if (!(error instanceof Error)) return { error: typeof error };
  const frames = (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  return {
    error: error.name,
    at: frames
      .slice(0, 4)
      .map((line) => line.trim())
      .join(" | "),
  };
}
