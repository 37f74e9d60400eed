/**
 * One connection's conversation with the central system, over a wire: calls go out one at a time (Part 4 §4.1.1),
 * calls that come in are answered in order, every frame is written down before it is sent.
 *
 * Honest both ways: what we send must pass its schema, or this simulator is broken and says so; what the central
 * system sends is checked against its schema, and a failure goes to the notebook as a complaint.
 */
import assert from "node:assert/strict";
import { type JsonObject, type Log, type MessageId, shown, type Wire } from "@wattward/kernel";
import {
  type Call,
  type CallError,
  type CallOutcome,
  type CallResult,
  CallsInFlight,
  callError,
  type ErrorCode,
  type FrameFault,
  faultReply,
  type OcppVersion,
  parseFrame,
  validateCall,
  validateResult,
  validateSend,
  writeFrame,
} from "@wattward/ocpp";
import type { Notebook } from "../truth/notebook.ts";
import type { Conduct } from "./conduct.ts";
import type { OutCall } from "./dialect.ts";
import { InTurn, type Life } from "./life.ts";
import type { Recorder } from "./recorder.ts";

/** Calls of the central system that wait for their turn; above it we stop reading. */
const BACKLOG_MAX = 50;
/** Ids under which a message may be repeated that are remembered: each sending of it earns an answer. */
const REPEATED_MAX = 64;

/** What is written down about a frame besides its text. */
export type FrameFacts = {
  readonly attempt: number;
  readonly offline: boolean;
  readonly key?: string;
  readonly transaction?: string;
};
const ordinary: FrameFacts = { attempt: 1, offline: false };

export type LinkReply =
  | { readonly kind: "result"; readonly payload: JsonObject; after?(): void }
  | { readonly kind: "error"; readonly code: ErrorCode; readonly description: string }
  /** No answer at all: the central system will wait in vain. */
  | { readonly kind: "silence" };

export type LinkParts = {
  readonly wire: Wire;
  readonly version: OcppVersion;
  readonly life: Life;
  readonly recorder: Recorder;
  readonly notebook: Notebook;
  readonly conduct: Conduct;
  readonly log: Log;
  readonly newId: () => MessageId;
  onCall(action: string, payload: JsonObject): Promise<LinkReply>;
  onClosed(code: number, reason: string): void;
};

export class Link {
  private readonly parts: LinkParts;
  private readonly calls: CallsInFlight;
  private readonly callTurn = new InTurn();
  private readonly sendTurn = new InTurn();
  private readonly answerTurn = new InTurn();
  private readonly repeated = new Set<MessageId>();
  private next: { id: MessageId; facts: FrameFacts } | undefined;
  private backlog = 0;
  private closed = false;
  /** Monotonic ms of the last sign of life from the other end. */
  heardAtMs: number;

  constructor(parts: LinkParts) {
    this.parts = parts;
    const { life, log, newId, version, wire } = parts;
    this.heardAtMs = life.now().monotonicMs;
    this.calls = new CallsInFlight({
      version,
      peer: "csms",
      send: (text) => this.transmit(text, this.next?.facts ?? ordinary),
      clock: life,
      log,
      newId: () => this.next?.id ?? newId(),
    });
    wire.listen({
      message: (text) => this.receive(text),
      pong: () => this.hear(),
      closed: (code, reason) => this.over(code, reason),
    });
  }

  /** Sends a call when its turn comes and gives what came of it. `id`: to repeat an earlier message under its own id. */
  call(
    call: OutCall,
    timeoutMs: number,
    options: { readonly id?: MessageId; facts?(): FrameFacts } = {},
  ): Promise<CallOutcome> {
    const { newId, notebook } = this.parts;
    return this.callTurn.do(async () => {
      if (this.closed) return { kind: "closed" } as const;
      this.next = { id: options.id ?? newId(), facts: options.facts?.() ?? ordinary };
      if (options.id !== undefined) this.remember(options.id);
      const outcome = await this.calls.call(call.action, call.payload, { timeoutMs });
      assert(
        outcome.kind !== "invalid" || outcome.raw !== "",
        `our own ${call.action} is ${saidOf(outcome)}`,
      );
      if (outcome.kind === "invalid") this.complain("bad reply", `${call.action}: ${outcome.reason}`);
      if (outcome.kind === "error") {
        this.complain("CALLERROR", `${call.action}: ${outcome.code} ${outcome.description}`);
      }
      if (outcome.kind === "timeout") notebook.timeouts++;
      return outcome;
    });
  }

  /** A message that nobody answers (2.1 Part 4 §4.2.4). */
  tell({ action, payload }: OutCall): void {
    const { newId, version } = this.parts;
    const checked = validateSend(version, "station", action, payload);
    assert(
      checked.kind === "valid",
      `our own ${action} is ${checked.kind === "valid" ? "" : checked.reason}`,
    );
    void this.transmit(writeFrame({ kind: "send", id: newId(), action, payload }), ordinary);
  }

  ping(): void {
    this.parts.wire.ping();
  }

  close(code: number, reason: string): void {
    this.parts.wire.close(code, reason);
  }

  terminate(): void {
    this.parts.wire.terminate();
  }

  private receive(text: string): void {
    const { life, notebook, recorder, version } = this.parts;
    if (life.over) return;
    this.hear();
    notebook.framesReceived++;
    const line = { atMs: life.now().wallMs, station: notebook.station, frame: text };
    life.run(() => recorder.received(line));
    const parsed = parseFrame(text, version);
    if (parsed.kind === "fault") this.refuse(parsed, text);
    else if (parsed.frame.kind === "call") this.queueCall(parsed.frame);
    else if (parsed.frame.kind === "result" || parsed.frame.kind === "error") this.settle(parsed.frame, text);
    else if (parsed.frame.kind === "result-error") this.complain("CALLRESULTERROR", shown(text));
    else this.complain("a message that no station gets", shown(text));
  }

  private settle(frame: CallResult | CallError, text: string): void {
    const settled = this.calls.settle(frame, text);
    if (settled === "matched") return;
    if (settled === "late" || this.repeated.has(frame.id)) this.parts.notebook.lateAnswers++;
    else this.complain("answer to nothing", shown(text));
  }

  private remember(id: MessageId): void {
    this.repeated.add(id);
    if (this.repeated.size > REPEATED_MAX) this.repeated.delete([...this.repeated][0]!);
  }

  private refuse(fault: FrameFault, text: string): void {
    this.complain("unreadable frame", `${fault.reason}: ${shown(text)}`);
    const reply = faultReply(fault, this.parts.version);
    if (reply !== undefined) this.transmit(writeFrame(reply), ordinary);
    // A damaged answer is an answer to the call it names: waiting for another would be in vain.
    if (fault.about === "reply") this.calls.settleFault(fault, text);
  }

  private queueCall(call: Call): void {
    if (this.parts.conduct.deaf) return;
    this.backlog++;
    if (this.backlog >= BACKLOG_MAX) this.parts.wire.pause();
    const { life } = this.parts;
    life.run(() => life.hold(this.answerTurn.do(() => this.answer(call))));
  }

  private async answer(call: Call): Promise<void> {
    const { life, onCall, version, wire } = this.parts;
    const checked = validateCall(version, "csms", call.action, call.payload);
    if (checked.kind === "invalid") {
      this.complain("bad request", `${call.action}: ${checked.reason}`);
      this.transmit(writeFrame(callError(call.id, checked.code, checked.reason, version)), ordinary);
    } else {
      const reply = await life.hold(onCall(call.action, call.payload));
      if (reply.kind !== "silence") await life.hold(this.transmit(this.replyText(call, reply), ordinary));
      if (reply.kind === "result") reply.after?.();
    }
    this.backlog--;
    if (this.backlog === BACKLOG_MAX - 1) wire.resume();
  }

  private replyText(call: Call, reply: Exclude<LinkReply, { kind: "silence" }>): string {
    const { version } = this.parts;
    if (reply.kind === "error") return writeFrame(callError(call.id, reply.code, reply.description, version));
    const checked = validateResult(version, "station", call.action, reply.payload);
    const fault = checked.kind === "valid" ? "" : `${checked.reason} at ${checked.path}`;
    assert(fault === "", `we would answer ${call.action} badly: ${fault}`);
    return writeFrame({ kind: "result", id: call.id, payload: reply.payload });
  }

  /** Writes it down, then sends it; frames keep their order. A dead life sends nothing. */
  private transmit(text: string, facts: FrameFacts): Promise<void> {
    const { life, notebook, recorder, version, wire } = this.parts;
    const sent = life.hold(
      this.sendTurn.do(async () => {
        if (life.over || this.closed) return;
        const atMs = life.now().wallMs;
        notebook.framesSent++;
        await recorder.sent({ atMs, station: notebook.station, version, frame: text, ...facts });
        if (!life.over) wire.send(text);
      }),
    );
    life.run(() => sent);
    return sent;
  }

  private hear(): void {
    this.heardAtMs = this.parts.life.now().monotonicMs;
  }

  private over(code: number, reason: string): void {
    if (this.closed) return;
    this.closed = true;
    this.calls.close();
    if (!this.parts.life.over) this.parts.onClosed(code, reason);
  }

  private complain(what: string, detail: string): void {
    this.parts.notebook.complain(this.parts.life.now().wallMs, what, detail);
    this.parts.log.warn("central-system-complaint", { what, detail });
  }
}

const saidOf = (outcome: CallOutcome): string => (outcome.kind === "invalid" ? outcome.reason : outcome.kind);
