/**
 * The way to one device: one request outstanding, transaction ids of our own, a deadline, and never the wrong answer.
 *
 *     waiting (fair) ──judge──▶ current ──dial if needed──▶ sent ──answer in its form──▶ master
 *                       └deny▶ exception        └▶ 0A              └late, none: 0B, connection reset
 *
 * Always true: a request is judged at the moment when it would be sent, so that verdicts stand in the order in which the device hears
 * of them; what is denied never reaches it; an answer is taken under its id, from its unit, in the form that was asked for,
 * and anything else resets the connection (ENERGY 12); every request that was judged is settled once.
 *
 * A connection on which an answer is overdue is never asked on again (`late-answers.ts`).
 */
import {
  type Allowed,
  type Denied,
  type GuardedDevice,
  type Settled,
  settledBy,
  type Verdict,
  writeSpan,
} from "@wattward/guard";
import { backoffMs, type Cancel, type Chance, type Clock, type Instant } from "@wattward/kernel";
import {
  type Adu,
  type ByteLink,
  type Dial,
  exceptions,
  joinAdu,
  readReply,
  writeRequest,
} from "@wattward/modbus";
import { Cutter } from "./cutter.ts";
import { FairQueue } from "./fair-queue.ts";
import { LateAnswers } from "./late-answers.ts";
import { REDIAL_MS, WAITED_MS_MAX } from "./limits.ts";
import { type Asked, isOver } from "./master.ts";
import { Silences } from "./silences.ts";

export type DevicePorts = {
  readonly clock: Clock;
  readonly chance: Chance;
  dial(device: GuardedDevice): Dial;
  judge(asked: Asked, now: Instant): Verdict;
  denied(asked: Asked, verdict: Denied): void;
  /** It is not asked, for its client or the device has no room for it; it is to be answered 06. */
  busy(asked: Asked, device: DeviceLink, why: Busy): void;
  /** The device answers again, or no longer. */
  changed(device: DeviceLink, state: "lost" | "back", why: string): void;
  /** What became of what was let through: told once, after its ticket. */
  settled(asked: Asked, settled: Settled, nowMs: number): void;
  /** What came was no answer that anybody waits for; its connection is reset. */
  disbelieved(device: DeviceLink, what: Disbelief, why: string): void;
  /** Nothing is outstanding any more on a device that was retired. */
  over(device: DeviceLink): void;
};

/**
 * `full`: too much of its client's waits here. `silences`: too much of its client's was not answered. `waited`: its turn did not come in
 * time, whosever fault that is.
 */
export type Busy = "full" | "silences" | "waited";

/** `late`: to a request whose time is over. `unasked`: to none. `malformed`: to the one that was asked, but it is none. */
export type Disbelief = "late" | "unasked" | "malformed";

type Waiting = { readonly asked: Asked; readonly frame: Uint8Array };
type Current = {
  readonly asked: Asked;
  readonly ticket: Allowed["ticket"];
  readonly frame: Uint8Array;
  readonly deadlineMs: number;
  readonly beganAtMs: number;
  /** Ours; undefined until it was sent. */
  transaction: number | undefined;
  /** It was sent on a connection that ended instead of answering. */
  again?: true;
};
type Open = { readonly kind: "open"; readonly link: ByteLink; readonly cutter: Cutter; answered: boolean };
type State = { readonly kind: "idle" } | { readonly kind: "dialling" } | Open;

const IDS = 0x10000;
const CERTIFICATE_OVER = "its certificate is over";

export class DeviceLink {
  device: GuardedDevice;
  private readonly ports: DevicePorts;
  private readonly dial: Dial;
  private readonly waiting = new FairQueue<Waiting>();
  private readonly silences: Silences;
  private current: Current | undefined;
  private state: State = { kind: "idle" };
  private readonly late: LateAnswers;
  private nextId: number;
  private timer: Cancel | undefined;
  private failures = 0;
  private redialAtMs = 0;
  private answers: "yes" | "no" | "unknown" = "unknown";
  private retired = false;
  private choosing = false;

  constructor(device: GuardedDevice, ports: DevicePorts) {
    this.device = device;
    this.ports = ports;
    this.dial = ports.dial(device);
    this.silences = new Silences(ports.chance);
    this.nextId = ports.chance.int(0, IDS - 1);
    this.late = new LateAnswers(ports.clock, (what, why) => ports.disbelieved(this, what, why));
  }

  /** Whether `device` is at the same place, so that this way to it may stay. */
  leadsTo({ host, port, tls, deviceUnit }: GuardedDevice): boolean {
    const ours = this.device;
    return ours.host === host && ours.port === port && ours.tls === tls && ours.deviceUnit === deviceUnit;
  }

  get answering(): "unknown" | "yes" | "no" {
    return this.answers;
  }

  ask(asked: Asked, pdu: Uint8Array): void {
    const waiting = { asked, frame: this.frameOf(asked, pdu) };
    this.silences.asked(asked.client, asked.atMs);
    if (this.mustWait(asked)) this.ports.busy(asked, this, "silences");
    else if (this.current === undefined && this.waiting.isEmpty) {
      this.waiting.served(asked.client);
      this.begin(waiting);
    } else if (!this.waiting.push(asked.client, waiting)) this.ports.busy(asked, this, "full");
  }

  /** Takes no more; what is outstanding ends in its own time. What waits is given back, to be asked elsewhere. */
  retire(): Asked[] {
    this.retired = true;
    const back = this.waiting.drain().map(({ asked }) => asked);
    if (this.current === undefined) this.close();
    return back;
  }

  /** At once: the guard stops. */
  close(): void {
    this.retired = true;
    this.timer?.();
    const { current, state } = this;
    this.state = { kind: "idle" };
    if (state.kind === "open") state.link.destroy();
    this.late.forget();
    if (current !== undefined) this.fail(current);
    this.ports.over(this);
  }

  /** A device whose certificate is over is none any more. */
  sweep({ wallMs }: Instant): void {
    if (this.state.kind !== "open" || !isOver(this.state.link.peer, wallMs)) return;
    this.disconnect();
    this.lost(CERTIFICATE_OVER);
    this.ended(CERTIFICATE_OVER);
  }

  /** The request as the device will get it; padding bits of coils, which carry nothing, are not handed on. */
  private frameOf({ request }: Asked, pdu: Uint8Array): Uint8Array {
    const clean = request.kind === "write-multiple-coils" ? writeRequest(request) : pdu;
    return joinAdu({ transaction: 0, unit: this.device.deviceUnit, pdu: clean });
  }

  /** Judges what is next until one may go. */
  private next(): void {
    // What fails at once asks for the next again: one loop is enough.
    if (this.choosing) return;
    this.choosing = true;
    this.choose();
    this.choosing = false;
    if (this.retired && this.current === undefined) this.close();
  }

  private choose(): void {
    while (this.current === undefined && !this.waiting.isEmpty) {
      const waiting = this.waiting.next();
      if (waiting === undefined) return;
      const { asked } = waiting;
      if (!asked.master.isOpen) continue;
      if (this.ports.clock.now().monotonicMs - asked.atMs > WAITED_MS_MAX)
        this.ports.busy(asked, this, "waited");
      else if (this.mustWait(asked)) this.ports.busy(asked, this, "silences");
      else this.begin(waiting);
    }
  }

  private mustWait({ client }: Asked): boolean {
    return this.silences.waits(client, this.device.answerMsMax, this.ports.clock.now().monotonicMs);
  }

  private begin({ asked, frame }: Waiting): void {
    const now = this.ports.clock.now();
    const nowMs = now.monotonicMs;
    const verdict = this.ports.judge(asked, now);
    if (verdict.kind === "deny") {
      this.ports.denied(asked, verdict);
      return;
    }
    const deadlineMs = nowMs + this.device.answerMsMax;
    const { ticket } = verdict;
    const current: Current = { asked, ticket, frame, deadlineMs, beganAtMs: nowMs, transaction: undefined };
    this.current = current;
    if (this.state.kind === "open") this.send(current, this.state.link);
    else if (this.state.kind === "idle") this.connect(nowMs);
    this.watch(deadlineMs - nowMs);
  }

  private send(current: Current, link: ByteLink): void {
    const { frame } = current;
    current.transaction = this.nextId;
    frame[0] = this.nextId >> 8;
    frame[1] = this.nextId;
    this.nextId = (this.nextId + 1) % IDS;
    link.send(frame);
  }

  /** One timer for all deadlines to come: it looks again when it fires too early. */
  private watch(ms: number): void {
    if (this.timer !== undefined) return;
    this.timer = this.ports.clock.after(Math.max(1, Math.ceil(ms)), () => {
      this.timer = undefined;
      const { current } = this;
      if (current === undefined) return;
      const leftMs = current.deadlineMs - this.ports.clock.now().monotonicMs;
      if (leftMs > 0) this.watch(leftMs);
      else this.expired(current);
    });
  }

  private expired(current: Current): void {
    const { answerMsMax } = this.device;
    const sent = current.transaction !== undefined;
    this.unanswered(current);
    this.lost(sent ? `no answer within ${answerMsMax} ms` : `no connection within ${answerMsMax} ms`);
    // Its answer may still come; on this connection nobody would be able to tell whose it is.
    const { state } = this;
    if (state.kind === "open" && current.transaction !== undefined) {
      this.state = { kind: "idle" };
      const { link, cutter } = state;
      const { transaction } = current;
      this.late.listenOn({ link, cutter, transaction, unit: this.device.deviceUnit, answerMsMax });
    }
    if (this.current === current) this.fail(current);
  }

  private connect(nowMs: number): void {
    const { current } = this;
    const waits = current !== undefined && !this.silences.mayTry(current.asked.client, nowMs);
    if (waits || nowMs < this.redialAtMs) {
      if (current !== undefined) this.fail(current);
      return;
    }
    this.late.forget();
    this.state = { kind: "dialling" };
    void this.dial().then((dialled) => {
      if (this.retired && this.current === undefined) {
        if (dialled.ok) dialled.value.destroy();
        return;
      }
      const over = dialled.ok && isOver(dialled.value.peer, this.ports.clock.now().wallMs);
      if (dialled.ok && !over) {
        this.connected(dialled.value);
        return;
      }
      if (dialled.ok) dialled.value.destroy();
      this.state = { kind: "idle" };
      this.failedOnce();
      this.lost(dialled.ok ? CERTIFICATE_OVER : dialled.fault.sentence);
      if (this.current !== undefined) this.fail(this.current);
    });
  }

  private connected(link: ByteLink): void {
    const open: Open = { kind: "open", link, cutter: new Cutter(), answered: false };
    this.state = open;
    link.listen({
      bytes: (segment) => {
        this.late.bytes(link, segment);
        if (this.state !== open) return;
        const malformed = open.cutter.push(segment, this.take);
        if (malformed !== undefined && this.state === open)
          this.disbelieve("malformed", `no Modbus: ${malformed.reason}`);
      },
      closed: () => {
        this.late.closed(link);
        if (this.state !== open) return;
        this.state = { kind: "idle" };
        if (!this.asksAgain(open)) this.ended("the device closed the connection");
      },
    });
    if (this.current !== undefined) this.send(this.current, link);
  }

  /** Some devices end the connection with each answer: what is read, and met that, is sent once more on another. */
  private asksAgain({ answered, cutter }: Open): boolean {
    const { current } = this;
    if (current === undefined || current.again || !answered || cutter.pendingBytes > 0) return false;
    if (writeSpan(current.asked.request) !== undefined) return false;
    current.again = true;
    current.transaction = undefined;
    this.connect(this.ports.clock.now().monotonicMs);
    return true;
  }

  private readonly take = ({ transaction, unit, pdu }: Adu): boolean => {
    const { current } = this;
    if (current === undefined || current.transaction !== transaction || unit !== this.device.deviceUnit) {
      this.disbelieve(
        "unasked",
        current === undefined
          ? `an answer that nobody asked for (transaction ${transaction}, unit ${unit})`
          : `an answer to transaction ${transaction} of unit ${unit} where ${current.transaction} of unit ${this.device.deviceUnit} was asked`,
      );
      return false;
    }
    const reply = readReply(pdu, current.asked.request);
    if (!reply.ok) {
      this.disbelieve("malformed", `${current.asked.request.kind}: ${reply.fault.sentence}`);
      return false;
    }
    if (this.state.kind === "open") this.state.answered = true;
    this.settle(current, settledBy(reply.value));
    current.asked.master.answer(current.asked, pdu);
    this.next();
    return this.state.kind === "open";
  };

  private disbelieve(what: Disbelief, why: string): void {
    this.ports.disbelieved(this, what, why);
    this.disconnect();
    this.ended(why);
  }

  private disconnect(): void {
    const { state } = this;
    if (state.kind !== "open") return;
    this.state = { kind: "idle" };
    state.link.destroy();
  }

  /** The connection is over: whatever was outstanding on it has no answer any more. */
  private ended(why: string): void {
    const { current } = this;
    this.unanswered(current);
    if (current === undefined) return;
    this.lost(why);
    this.fail(current);
  }

  /** 0A: never sent. 0B: sent, and what became of it is not known. */
  private fail(current: Current): void {
    const sent = current.transaction !== undefined;
    this.settle(current, { kind: "failed", sent });
    const { asked } = current;
    asked.master.except(
      asked,
      sent ? exceptions.gatewayTargetFailedToRespond : exceptions.gatewayPathUnavailable,
    );
    this.next();
  }

  private settle(current: Current, settled: Settled): void {
    this.current = undefined;
    const nowMs = this.ports.clock.now().monotonicMs;
    current.ticket.settle(settled, nowMs);
    this.ports.settled(current.asked, settled, nowMs);
    if (settled.kind === "failed") return;
    this.failures = 0;
    this.silences.answered(current.asked.client, this.device.answerMsMax);
    if (this.answers !== "yes") {
      const wasLost = this.answers === "no";
      this.answers = "yes";
      if (wasLost) this.ports.changed(this, "back", "it answers");
    }
  }

  private lost(why: string): void {
    if (this.answers === "no") return;
    this.answers = "no";
    this.ports.changed(this, "lost", why);
  }

  /** It is the account of who met the silence first; a device that was silent already may be off. */
  private unanswered(current: Current | undefined): void {
    if (current?.transaction === undefined) {
      if (this.answers !== "yes") this.failedOnce();
      return;
    }
    const nowMs = this.ports.clock.now().monotonicMs;
    const ms = Math.max(REDIAL_MS.firstMs, nowMs - current.beganAtMs);
    this.silences.silent(current.asked.client, { ms, begins: this.answers !== "no", nowMs });
  }

  private failedOnce(): void {
    const waitMs = backoffMs(this.ports.chance, this.failures++, REDIAL_MS);
    this.redialAtMs = this.ports.clock.now().monotonicMs + waitMs;
  }
}
