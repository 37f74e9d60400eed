/**
 * A master: asks the units behind one address, each one request at a time, and never believes the wrong answer.
 *
 * Always true: a unit has at most one request outstanding; every request settles exactly once, at its deadline at the
 * latest, which counts from the asking; a connection is made when something is asked, never in the background. After a
 * timeout the connection is reset (ENERGY 12: a late answer is not to be taken for the next), or, where several units share
 * a gateway and one dead unit must not cut off the others, kept with the id retired.
 *
 * It does not retry: whether a request that may have been heard can be repeated is the caller's knowledge. `sent` says it.
 */
import { backoffMs, type Cancel, type Chance, type Clock } from "@wattward/kernel";
import { type Exchange, type ExchangeEnd, Exchanges, type MasterEvent } from "./exchanges.ts";
import { field } from "./function-codec.ts";
import type { Dial } from "./link.ts";
import { type FunctionName, type Request, type Response, type ResponseTo, writeRequest } from "./pdu.ts";

export type Outcome<Kind extends FunctionName = FunctionName> =
  | { readonly kind: "response"; readonly response: ResponseTo<Kind> }
  /** The device refuses; `exceptionName` says it in words. */
  | { readonly kind: "exception"; readonly code: number }
  | Failure;

export type Failure = {
  readonly kind: "failed";
  readonly why: /** No answer in time. */
    | "timeout"
    /** The connection ended before the answer, or this client was closed. */
    | "closed"
    | "unreachable"
    /** Too many requests of this unit wait already. */
    | "busy"
    /** The device answered something else than was asked. */
    | "unbelievable";
  /** The request may have reached the device, which may have acted on it. */
  readonly sent: boolean;
  readonly sentence: string;
};

export type ClientLimits = {
  /** Requests of one unit that wait behind the one outstanding. */
  readonly queuedMax: number;
  /** Outstanding requests of all units together; a device need not take more than 16 (Messaging Guide §4.2). */
  readonly outstandingMax: number;
  readonly timeoutMs: number;
  /** Time between attempts to connect, after the first that failed and at most. */
  readonly redialMs: { readonly firstMs: number; readonly maxMs: number };
};
const clientLimits: ClientLimits = {
  queuedMax: 32,
  outstandingMax: 16,
  timeoutMs: 1_000,
  redialMs: { firstMs: 200, maxMs: 5_000 },
};

export type ClientPorts = {
  readonly dial: Dial;
  readonly clock: Clock;
  readonly chance: Chance;
  /** `keep` only for gateways that serve several units over one connection. Default `reset`. */
  readonly afterTimeout?: "reset" | "keep";
  observe?(event: MasterEvent): void;
  readonly limits?: Partial<ClientLimits>;
};

type Pending = {
  readonly unit: number;
  readonly request: Request;
  readonly pdu: Uint8Array;
  readonly settle: (outcome: Outcome) => void;
  readonly deadline: Cancel;
};
type InFlight = Pending & { readonly exchange: Exchange };

type State =
  | { readonly kind: "idle" }
  | { readonly kind: "dialling" }
  | { readonly kind: "open"; readonly exchanges: Exchanges }
  | { readonly kind: "closed" };

export class ModbusClient {
  private readonly ports: ClientPorts;
  private readonly limits: ClientLimits;
  /** In the order of their asking. */
  private waiting: Pending[] = [];
  private readonly inFlight = new Map<number, InFlight>();
  private state: State = { kind: "idle" };
  private failures = 0;
  private redialAtMs = 0;

  constructor(ports: ClientPorts) {
    this.ports = ports;
    this.limits = { ...clientLimits, ...ports.limits };
  }

  /** Asks `unit` (0…255). Rejects only for what does not fit its form, which is the caller's fault: an AssertionError. */
  request<R extends Request>(
    unit: number,
    request: R,
    { timeoutMs = this.limits.timeoutMs }: { timeoutMs?: number } = {},
  ): Promise<Outcome<R["kind"]>> {
    return new Promise((resolve) => {
      // An answer has the kind of its request: `readReply` saw to it.
      this.enqueue(unit, request, { timeoutMs, settle: (outcome) => resolve(outcome as Outcome<R["kind"]>) });
    });
  }

  /** Everything that waits or is outstanding ends as closed, and so does every later request. */
  close(): void {
    if (this.state.kind === "closed") return;
    const { state } = this;
    this.state = { kind: "closed" };
    if (state.kind === "open") state.exchanges.close();
    this.failWaiting("closed", "this client was closed");
  }

  private enqueue(
    unit: number,
    request: Request,
    { timeoutMs, settle }: { timeoutMs: number; settle(outcome: Outcome): void },
  ): void {
    // Written at once, so that what does not fit fails where it was asked, and not when its turn comes.
    const pdu = writeRequest(request);
    field(unit, 255, "unit");
    if (this.state.kind === "closed") {
      settle(failure("closed", false, "this client was closed"));
      return;
    }
    if (this.waiting.filter((pending) => pending.unit === unit).length >= this.limits.queuedMax) {
      settle(failure("busy", false, `${this.limits.queuedMax} requests of unit ${unit} wait already`));
      return;
    }
    const deadline = this.ports.clock.after(timeoutMs, () => this.expired(pending, timeoutMs));
    const pending: Pending = { unit, request, pdu, settle, deadline };
    this.waiting.push(pending);
    this.pump();
  }

  private pump(): void {
    if (this.waiting.length === 0) return;
    if (this.state.kind === "idle") {
      void this.connect();
      return;
    }
    if (this.state.kind !== "open") return;
    const { exchanges } = this.state;
    for (let at = 0; at < this.waiting.length && this.inFlight.size < this.limits.outstandingMax; ) {
      const pending = this.waiting[at]!;
      if (this.inFlight.has(pending.unit)) at++;
      else {
        this.waiting.splice(at, 1);
        this.send(pending, exchanges);
      }
    }
  }

  private send(pending: Pending, exchanges: Exchanges): void {
    const exchange: Exchange = {
      unit: pending.unit,
      request: pending.request,
      pdu: pending.pdu,
      settle: (end) => this.end(flying, outcomeOf(end)),
    };
    const flying: InFlight = { ...pending, exchange };
    this.inFlight.set(pending.unit, flying);
    exchanges.begin(exchange);
  }

  private end(pending: InFlight, outcome: Outcome): void {
    if (this.inFlight.get(pending.unit) !== pending) return;
    this.inFlight.delete(pending.unit);
    pending.deadline();
    pending.settle(outcome);
    this.pump();
  }

  private expired(pending: Pending, timeoutMs: number): void {
    const at = this.waiting.indexOf(pending);
    if (at >= 0) {
      this.waiting.splice(at, 1);
      const say =
        this.state.kind === "dialling"
          ? `no connection within ${timeoutMs} ms`
          : `not sent within ${timeoutMs} ms: others came first`;
      pending.settle(failure("timeout", false, say));
      return;
    }
    const flying = this.inFlight.get(pending.unit);
    if (flying?.settle !== pending.settle) return;
    if (this.state.kind === "open") {
      this.state.exchanges.giveUp(flying.exchange);
      if (this.ports.afterTimeout !== "keep") this.state.exchanges.close();
    }
    this.end(flying, failure("timeout", true, `unit ${pending.unit} did not answer within ${timeoutMs} ms`));
  }

  private async connect(): Promise<void> {
    const waitMs = this.redialAtMs - this.ports.clock.now().monotonicMs;
    if (waitMs > 0) {
      this.failWaiting("unreachable", `the next attempt to connect is in ${waitMs} ms`);
      return;
    }
    this.state = { kind: "dialling" };
    const dialled = await this.ports.dial();
    if (this.state.kind !== "dialling") {
      if (dialled.ok) dialled.value.destroy();
      return;
    }
    if (!dialled.ok) {
      this.state = { kind: "idle" };
      this.failedOnce();
      this.failWaiting("unreachable", dialled.fault.sentence);
      return;
    }
    const exchanges: Exchanges = new Exchanges(dialled.value, this.ports.chance, {
      observe: (event) => this.ports.observe?.(event),
      over: () => this.disconnected(exchanges),
    });
    this.state = { kind: "open", exchanges };
    this.pump();
  }

  private disconnected(exchanges: Exchanges): void {
    if (this.state.kind !== "open" || this.state.exchanges !== exchanges) return;
    this.state = { kind: "idle" };
    if (exchanges.answered) this.failures = 0;
    else this.failedOnce();
    this.pump();
  }

  private failedOnce(): void {
    const waitMs = backoffMs(this.ports.chance, this.failures++, this.limits.redialMs);
    this.redialAtMs = this.ports.clock.now().monotonicMs + waitMs;
  }

  private failWaiting(why: Failure["why"], sentence: string): void {
    const { waiting } = this;
    this.waiting = [];
    for (const { deadline, settle } of waiting) {
      deadline();
      settle(failure(why, false, sentence));
    }
  }
}

const failure = (why: Failure["why"], sent: boolean, sentence: string): Failure => ({
  kind: "failed",
  why,
  sent,
  sentence,
});
const closedFailure = failure("closed", true, "the connection ended before the answer");

function outcomeOf(end: ExchangeEnd): Outcome {
  switch (end.kind) {
    case "closed":
      return closedFailure;
    case "unbelievable":
      return failure("unbelievable", true, end.fault.sentence);
    case "reply":
      return end.reply.kind === "exception"
        ? { kind: "exception", code: end.reply.code }
        : { kind: "response", response: end.reply as Response };
  }
}
