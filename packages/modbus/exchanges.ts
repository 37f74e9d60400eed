/**
 * A master's side of one link: transaction ids, the requests that wait for their answer, and whether an answer is one.
 *
 * Always true: an id in use, or once given up on, is not given again on the same link; an answer is taken only for the
 * request with its id, from the unit asked, of the form asked for. Anything else means that the stream, or the device,
 * is off by one or worse: the link ends. A late answer alone is let go by, for it is what giving up was about.
 */
import type { Chance } from "@wattward/kernel";
import type { PduFault } from "./fault.ts";
import type { ByteLink } from "./link.ts";
import { type Adu, AduStream, joinAdu, type Malformed } from "./mbap.ts";
import { type Reply, type Request, readReply } from "./pdu.ts";

/** Answers given up on that a link may still owe; beyond it the link is given up too. */
const OWED_MAX = 64;
const IDS = 0x10000;

/** Why a link was ended by us: told to whoever observes. */
export type MasterEvent =
  | { readonly kind: "late-answer"; readonly unit: number; readonly transaction: number }
  | { readonly kind: "unasked-answer"; readonly unit: number; readonly transaction: number }
  | { readonly kind: "unbelievable-answer"; readonly unit: number; readonly fault: PduFault }
  | { readonly kind: "malformed-stream"; readonly reason: Malformed["reason"] };

/** One request on its way; settled exactly once, unless it is given up on before. */
export type Exchange = {
  readonly unit: number;
  readonly request: Request;
  /** The request as written. */
  readonly pdu: Uint8Array;
  readonly settle: (end: ExchangeEnd) => void;
};
export type ExchangeEnd =
  | { readonly kind: "reply"; readonly reply: Reply }
  | { readonly kind: "unbelievable"; readonly fault: PduFault }
  | { readonly kind: "closed" };

export class Exchanges {
  private readonly link: ByteLink;
  private readonly stream = new AduStream();
  private readonly waiting = new Map<number, Exchange>();
  private readonly owed = new Set<number>();
  private readonly told: { observe(event: MasterEvent): void; over(): void };
  private nextId: number;
  private state: "open" | "closed" = "open";
  /** Whether the peer has answered anything on this link: a connection alone proves nothing. */
  answered = false;

  /** `over` is told once, after every exchange has been settled. */
  constructor(link: ByteLink, chance: Chance, told: { observe(event: MasterEvent): void; over(): void }) {
    this.link = link;
    this.told = told;
    this.nextId = chance.int(0, IDS - 1);
    link.listen({
      bytes: (segment) => this.read(segment),
      closed: () => this.over(),
    });
  }

  begin(exchange: Exchange): void {
    if (this.state === "closed") {
      exchange.settle({ kind: "closed" });
      return;
    }
    const transaction = this.freeId();
    this.waiting.set(transaction, exchange);
    this.link.send(joinAdu({ transaction, unit: exchange.unit, pdu: exchange.pdu }));
  }

  /** Its time is over: the answer is owed from now on, and will reach nobody. */
  giveUp(exchange: Exchange): void {
    for (const [transaction, other] of this.waiting) {
      if (other !== exchange) continue;
      this.waiting.delete(transaction);
      this.owed.add(transaction);
    }
    if (this.owed.size > OWED_MAX) this.close();
  }

  /** Ends the link; what waits is settled as closed. */
  close(): void {
    this.over();
    this.link.destroy();
  }

  /** At once, and not when the transport has said so: nothing may be begun on a link that is ending. */
  private over(): void {
    if (this.state === "closed") return;
    this.state = "closed";
    const exchanges = [...this.waiting.values()];
    this.waiting.clear();
    for (const exchange of exchanges) exchange.settle({ kind: "closed" });
    this.told.over();
  }

  private freeId(): number {
    // Ends: OWED_MAX and the exchanges in flight are far fewer than there are ids.
    while (this.waiting.has(this.nextId) || this.owed.has(this.nextId)) this.nextId = (this.nextId + 1) % IDS;
    const id = this.nextId;
    this.nextId = (id + 1) % IDS;
    return id;
  }

  private read(segment: Uint8Array): void {
    this.stream.push(segment);
    while (this.state === "open") {
      const next = this.stream.next();
      if (next.kind === "incomplete") return;
      if (next.kind === "adu") this.take(next.adu);
      else {
        this.told.observe({ kind: "malformed-stream", reason: next.reason });
        this.close();
      }
    }
  }

  private take({ transaction, unit, pdu }: Adu): void {
    const exchange = this.waiting.get(transaction);
    if (exchange === undefined || exchange.unit !== unit) {
      const late = exchange === undefined && this.owed.delete(transaction);
      this.told.observe({ kind: late ? "late-answer" : "unasked-answer", unit, transaction });
      if (!late) this.close();
      return;
    }
    this.waiting.delete(transaction);
    const reply = readReply(pdu, exchange.request);
    if (reply.ok) {
      this.answered = true;
      exchange.settle({ kind: "reply", reply: reply.value });
      return;
    }
    this.told.observe({ kind: "unbelievable-answer", unit, fault: reply.fault });
    this.close();
    exchange.settle({ kind: "unbelievable", fault: reply.fault });
  }
}
