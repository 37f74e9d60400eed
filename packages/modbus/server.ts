/**
 * A device's side of one link: reads requests, has them answered, and writes the answers.
 *
 * Always true: requests are handed over in the order they came, at most `outstandingMax` at a time, beyond that the link
 * is not read; each is answered once, under its own transaction id, or with the silence that was asked for; what is
 * malformed as a request gets its exception and never reaches the handler; what is malformed as a stream ends the link.
 */
import assert from "node:assert/strict";
import { type Cancel, type Clock, every } from "@wattward/kernel";
import { exceptions } from "./exception.ts";
import type { PduFault } from "./fault.ts";
import type { ByteLink, LinkPeer } from "./link.ts";
import { type Adu, AduStream, joinAdu, type Malformed } from "./mbap.ts";
import { functionCode, type Reply, type Request, readRequest, writeException, writeResponse } from "./pdu.ts";

export type Asked = {
  readonly request: Request;
  readonly unit: number;
  readonly transaction: number;
  readonly peer: LinkPeer;
};
/** `silence` is for units that are not there: a gateway's choice, and the answer to a broadcast. */
export type Answer = Reply | { readonly kind: "silence" };

export type ServerEvent =
  /** Not a request that exists; the exception has gone out. */
  | {
      readonly kind: "refused-request";
      readonly unit: number;
      readonly transaction: number;
      readonly pdu: Uint8Array;
      readonly fault: PduFault;
    }
  /** The master uses an id again before its answer; it is answered all the same. */
  | { readonly kind: "reused-transaction"; readonly unit: number; readonly transaction: number }
  /** Our handler failed; the master got exception 04. */
  | { readonly kind: "failed-answer"; readonly unit: number; readonly error: unknown }
  /** Why we ended the link. */
  | { readonly kind: "ended"; readonly why: Malformed["reason"] | "idle" | "unfinished" | "not-reading" }
  /** The link is over, whoever ended it; told once, last. */
  | { readonly kind: "closed" };

export type ServerLimits = {
  readonly outstandingMax: number;
  /** A link without a request is ended. */
  readonly idleMsMax: number;
  /** A request that has begun has to be whole by then. */
  readonly unfinishedMsMax: number;
  /** Answers that the master does not take. */
  readonly unsentBytesMax: number;
};
export const serverLimits: ServerLimits = {
  outstandingMax: 16,
  idleMsMax: 120_000,
  unfinishedMsMax: 5_000,
  unsentBytesMax: 64 * 1024,
};

export type ServerPorts = {
  readonly clock: Clock;
  /** Called in the order of the requests; must settle, with a deadline of its own. */
  answer(asked: Asked): Answer | Promise<Answer>;
  observe?(event: ServerEvent): void;
  readonly limits?: Partial<ServerLimits>;
};

/** Serves a link until it ends. Returns how to end it. */
export function serve(link: ByteLink, ports: ServerPorts): () => void {
  const connection = new ServedLink(link, ports);
  return () => connection.close();
}

class ServedLink {
  private readonly link: ByteLink;
  private readonly ports: ServerPorts;
  private readonly limits: ServerLimits;
  private readonly stream = new AduStream();
  private readonly outstanding = new Map<number, number>();
  private readonly stopWatching: Cancel;
  private count = 0;
  private state: "reading" | "paused" | "closed" = "reading";
  private heardAtMs: number;
  private begunAtMs: number | undefined;

  constructor(link: ByteLink, ports: ServerPorts) {
    this.link = link;
    this.ports = ports;
    this.limits = { ...serverLimits, ...ports.limits };
    this.heardAtMs = this.nowMs();
    const checkMs = Math.max(1, Math.floor(Math.min(this.limits.unfinishedMsMax, this.limits.idleMsMax) / 4));
    this.stopWatching = every(ports.clock, checkMs, () => this.watch());
    link.listen({ bytes: (segment) => this.read(segment), closed: () => this.closed() });
  }

  close(): void {
    this.link.end();
  }

  private read(segment: Uint8Array): void {
    if (this.state === "closed") return;
    this.stream.push(segment);
    this.heardAtMs = this.nowMs();
    this.pump();
  }

  /** Takes requests while there is room for them; then the link waits, and with it the master. */
  private pump(): void {
    while (this.state !== "closed") {
      if (this.count >= this.limits.outstandingMax) {
        this.pause();
        return;
      }
      const next = this.stream.next();
      if (next.kind === "adu") this.take(next.adu);
      else if (next.kind === "malformed") {
        this.endFor(next.reason);
        return;
      } else break;
    }
    this.begunAtMs = this.stream.pendingBytes === 0 ? undefined : (this.begunAtMs ?? this.nowMs());
    if (this.state !== "paused") return;
    this.state = "reading";
    this.link.resume();
  }

  private pause(): void {
    this.begunAtMs = undefined;
    if (this.state !== "reading") return;
    this.state = "paused";
    this.link.pause();
  }

  private take({ transaction, unit, pdu }: Adu): void {
    this.begunAtMs = undefined;
    const read = readRequest(pdu);
    if (!read.ok) {
      this.reply(transaction, unit, writeException(pdu[0]!, read.fault.exception));
      this.tell({ kind: "refused-request", unit, transaction, pdu: pdu.slice(), fault: read.fault });
      return;
    }
    const asked = { request: read.value, unit, transaction, peer: this.link.peer };
    this.begin(transaction, unit);
    let answer: Answer | Promise<Answer>;
    try {
      answer = this.ports.answer(asked);
    } catch (error) {
      this.failedAnswer(asked, error);
      return;
    }
    if (!(answer instanceof Promise)) {
      this.finish(asked, answer);
      return;
    }
    answer.then(
      (reply) => this.finishLater(() => this.finish(asked, reply)),
      (error: unknown) => this.finishLater(() => this.failedAnswer(asked, error)),
    );
  }

  private finishLater(finish: () => void): void {
    finish();
    this.pump();
  }

  private begin(transaction: number, unit: number): void {
    const same = this.outstanding.get(transaction) ?? 0;
    if (same > 0) this.tell({ kind: "reused-transaction", unit, transaction });
    this.outstanding.set(transaction, same + 1);
    this.count++;
  }

  private finish({ transaction, unit, request }: Asked, answer: Answer): void {
    const same = this.outstanding.get(transaction) ?? 0;
    if (same > 1) this.outstanding.set(transaction, same - 1);
    else this.outstanding.delete(transaction);
    this.count--;
    if (answer.kind === "silence") return;
    assert(answer.kind === "exception" || answer.kind === request.kind, `${answer.kind} for ${request.kind}`);
    const pdu =
      answer.kind === "exception"
        ? writeException(functionCode(request.kind), answer.code)
        : writeResponse(answer);
    this.reply(transaction, unit, pdu);
  }

  private failedAnswer(asked: Asked, error: unknown): void {
    this.tell({ kind: "failed-answer", unit: asked.unit, error });
    this.finish(asked, { kind: "exception", code: exceptions.serverDeviceFailure });
  }

  private reply(transaction: number, unit: number, pdu: Uint8Array): void {
    if (this.state === "closed") return;
    this.link.send(joinAdu({ transaction, unit, pdu }));
    if (this.link.bufferedBytes > this.limits.unsentBytesMax) this.endFor("not-reading");
  }

  private watch(): void {
    const nowMs = this.nowMs();
    if (this.begunAtMs !== undefined && nowMs - this.begunAtMs >= this.limits.unfinishedMsMax) {
      this.endFor("unfinished");
      return;
    }
    if (this.count === 0 && nowMs - this.heardAtMs >= this.limits.idleMsMax) this.endFor("idle");
  }

  private endFor(why: Extract<ServerEvent, { kind: "ended" }>["why"]): void {
    if (this.state === "closed") return;
    this.state = "closed";
    this.tell({ kind: "ended", why });
    this.link.destroy();
  }

  private closed(): void {
    this.state = "closed";
    this.stopWatching();
    this.tell({ kind: "closed" });
  }

  private tell(event: ServerEvent): void {
    this.ports.observe?.(event);
  }

  private nowMs(): number {
    return this.ports.clock.now().monotonicMs;
  }
}
