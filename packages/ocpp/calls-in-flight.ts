/**
 * The outbound half of the RPC layer: our CALLs to one peer, one at a time (OCPP-J 1.6 §4.1.1; 2.0.1 Part 4 §4.1.1).
 *
 * Always true: at most one CALL is unanswered; the others wait in the order of their asking, at most `queuedCallsMax`
 * of them; every call settles exactly once; an answer is matched by its message id alone and only while its call is
 * in flight, so a late one is logged and reaches nobody. It does not retry: a caller knows whether that is safe.
 */
import type { Cancel, Clock, JsonObject, Log, MessageId } from "@wattward/kernel";
import { shown } from "@wattward/kernel";
import { callError, type ErrorCode, foldedCode } from "./error-code.ts";
import { type Call, type CallError, type CallResult, type FrameFault, writeFrame } from "./frame.ts";
import { repairedResult } from "./repairs/mend.ts";
import type { Deviation } from "./repairs/repair.ts";
import { validateCall, validateResult } from "./validation.ts";
import type { OcppVersion, Side } from "./version.ts";

export type CallOutcome =
  /** The peer's answer, valid by its schema; `raw` is its text as received. */
  | {
      readonly kind: "result";
      readonly payload: JsonObject;
      readonly raw: string;
      /** What was repaired in it; absent where nothing was. */
      readonly deviations?: readonly Deviation[];
    }
  /** The peer's CALLERROR. `code` in our spelling where we know the word. */
  | {
      readonly kind: "error";
      readonly code: string;
      readonly description: string;
      readonly details: JsonObject;
      readonly raw: string;
      readonly deviations?: readonly Deviation[];
    }
  /** The peer answered what its schema forbids; or, with an empty `raw`, our own payload was invalid and was not sent. */
  | { readonly kind: "invalid"; readonly reason: string; readonly raw: string }
  | { readonly kind: "timeout" }
  /** The connection ended first. The peer may have acted on the call all the same. */
  | { readonly kind: "closed" }
  /** Too many calls wait already; nothing was sent. */
  | { readonly kind: "busy" };

export type CallsLimits = {
  /** Calls that wait behind the one in flight. */
  readonly queuedCallsMax: number;
  /** Ids of timed-out calls that are remembered, to tell a late answer from a foreign one. */
  readonly lateIdsMax: number;
  /** Characters of a peer's invalid answer that are kept for its report. */
  readonly keptAnswerCharsMax: number;
};
export const callsLimits: CallsLimits = { queuedCallsMax: 64, lateIdsMax: 64, keptAnswerCharsMax: 2048 };

export type CallsPorts = {
  readonly version: OcppVersion;
  /** Whom we call. */
  readonly peer: Side;
  send(text: string): void;
  readonly clock: Clock;
  readonly log: Log;
  /** A new id for each call, unique among all that this station's sockets ever saw (Part 4 §4.1.4). */
  newId(): MessageId;
  /** Asked for each answer that breaks its schema: may it be repaired? Not, where absent. */
  tolerant?(): boolean;
  readonly limits?: Partial<CallsLimits>;
};

type Waiting = {
  /** The frame's text, made when its turn comes where we choose the id. */
  readonly text: () => { readonly id: MessageId; readonly text: string };
  readonly action: string;
  readonly timeoutMs: number;
  readonly settle: (outcome: CallOutcome) => void;
  /** Ours, and not one passed on: what is wrong with its answer is ours to tell. */
  readonly own: boolean;
};
type InFlight = Waiting & { readonly id: MessageId; readonly cancelTimeout: Cancel };

export class CallsInFlight {
  private readonly ports: CallsPorts;
  private readonly limits: CallsLimits;
  private readonly queue: Waiting[] = [];
  private readonly lateIds = new Set<MessageId>();
  private inFlight: InFlight | undefined;
  private state: "open" | "held" | "closed" = "open";

  constructor(ports: CallsPorts) {
    this.ports = ports;
    this.limits = { ...callsLimits, ...ports.limits };
  }

  /**
   * Calls the peer; `timeoutMs` counts from the sending, not from the asking. `first`: before every call that waits, and however
   * many wait: for what protects somebody, and is asked for one at a time. Never rejects.
   */
  call(
    action: string,
    payload: JsonObject,
    { timeoutMs, first = false }: { timeoutMs: number; first?: boolean },
  ): Promise<CallOutcome> {
    const { version, peer, log } = this.ports;
    const checked = validateCall(version, peer === "station" ? "csms" : "station", action, payload);
    if (checked.kind === "invalid") {
      log.error("own-call-invalid", { action: shown(action), code: checked.code, say: checked.reason });
      return Promise.resolve({ kind: "invalid", reason: `not sent: ${checked.reason}`, raw: "" });
    }
    const text = () => {
      const id = this.ports.newId();
      return { id, text: writeFrame({ kind: "call", id, action, payload }) };
    };
    return this.enqueue({ text, action, timeoutMs, own: true }, first);
  }

  /**
   * Sends another's CALL as it stands, under its own id (a site relays what its CSMS wrote, and never edits it). Whoever
   * wrote it judges the answer, and sends the CALLRESULTERROR where one is due.
   */
  callVerbatim(call: Call, text: string, { timeoutMs }: { timeoutMs: number }): Promise<CallOutcome> {
    const sent = () => ({ id: call.id, text });
    return this.enqueue({ text: sent, action: call.action, timeoutMs, own: false });
  }

  /** Gives the peer's answer to its call. `rawText` is passed on as it is; `deviations` are those of the frame itself. */
  settle(
    frame: CallResult | CallError,
    rawText: string,
    deviations?: readonly Deviation[],
  ): "matched" | "late" | "unknown" {
    const call = this.taken(frame.id);
    if (typeof call === "string") return call;
    const outcome = this.outcomeOf(call, frame, rawText);
    call.settle(outcome.kind === "error" && deviations !== undefined ? { ...outcome, deviations } : outcome);
    this.next();
    return "matched";
  }

  /** An answer that could not be read fails its call at once, rather than by timeout (QUIRKS 8). */
  settleFault(fault: FrameFault, rawText: string): "matched" | "late" | "unknown" {
    const call = fault.id === undefined ? "unknown" : this.taken(fault.id);
    if (typeof call === "string") return call;
    call.settle({ kind: "invalid", reason: fault.reason, raw: this.kept(rawText) });
    if (fault.result === true && call.own) this.tellSender(call.id, fault.code, fault.reason);
    this.next();
    return "matched";
  }

  /** Calls wait from now on; the one in flight goes on. */
  hold(): void {
    if (this.state === "open") this.state = "held";
  }

  release(): void {
    if (this.state !== "held") return;
    this.state = "open";
    this.next();
  }

  /** Every call that is unanswered or waiting ends as `closed`, and so does every later one. */
  close(): void {
    if (this.state === "closed") return;
    this.state = "closed";
    const ended = this.inFlight === undefined ? this.queue : [this.inFlight, ...this.queue];
    this.inFlight?.cancelTimeout();
    this.inFlight = undefined;
    for (const { settle } of ended.splice(0)) settle({ kind: "closed" });
    this.queue.length = 0;
  }

  private enqueue(call: Omit<Waiting, "settle">, first = false): Promise<CallOutcome> {
    if (this.state === "closed") return Promise.resolve({ kind: "closed" });
    if (!first && this.queue.length >= this.limits.queuedCallsMax) return Promise.resolve({ kind: "busy" });
    return new Promise((settle) => {
      if (first) this.queue.unshift({ ...call, settle });
      else this.queue.push({ ...call, settle });
      this.next();
    });
  }

  private next(): void {
    if (this.state !== "open" || this.inFlight !== undefined) return;
    const waiting = this.queue.shift();
    if (waiting === undefined) return;
    const { id, text } = waiting.text();
    const cancelTimeout = this.ports.clock.after(waiting.timeoutMs, () => this.timedOut(id));
    this.inFlight = { ...waiting, id, cancelTimeout };
    this.ports.send(text);
  }

  private timedOut(id: MessageId): void {
    const call = this.inFlight;
    if (call === undefined || call.id !== id) return;
    this.inFlight = undefined;
    this.lateIds.add(id);
    for (const oldest of this.lateIds) {
      if (this.lateIds.size <= this.limits.lateIdsMax) break;
      this.lateIds.delete(oldest);
    }
    this.ports.log.warn("call-timeout", { action: shown(call.action), id, timeoutMs: call.timeoutMs });
    call.settle({ kind: "timeout" });
    this.next();
  }

  /** The call that an answer belongs to, no longer in flight; or why there is none. */
  private taken(id: MessageId): InFlight | "late" | "unknown" {
    const call = this.inFlight;
    if (call?.id === id) {
      call.cancelTimeout();
      this.inFlight = undefined;
      return call;
    }
    const late = this.lateIds.delete(id);
    this.ports.log.warn(late ? "answer-late" : "answer-unknown", { id: shown(id, 36) });
    return late ? "late" : "unknown";
  }

  private outcomeOf({ action, own }: Waiting, frame: CallResult | CallError, raw: string): CallOutcome {
    if (frame.kind === "error") {
      const { code, description, details } = frame;
      return { kind: "error", code: foldedCode(code) ?? code, description, details, raw };
    }
    const checked = validateResult(this.ports.version, this.ports.peer, action, frame.payload);
    if (checked.kind === "valid") return { kind: "result", payload: frame.payload, raw };
    const mended = this.ports.tolerant?.()
      ? repairedResult(this.ports.version, this.ports.peer, action, frame.payload)
      : undefined;
    if (mended !== undefined) return { kind: "result", raw, ...mended };
    if (own) this.tellSender(frame.id, checked.code, checked.reason);
    return { kind: "invalid", reason: checked.reason, raw: this.kept(raw) };
  }

  /** 2.1 Part 4 §4.2.3: whoever sent a CALLRESULT that cannot be processed is told so; nobody answers that. */
  private tellSender(id: MessageId, code: ErrorCode, reason: string): void {
    if (this.ports.version !== "2.1") return;
    this.ports.send(writeFrame({ ...callError(id, code, reason, "2.1"), kind: "result-error" }));
  }

  private kept(raw: string): string {
    return raw.slice(0, this.limits.keptAnswerCharsMax);
  }
}
