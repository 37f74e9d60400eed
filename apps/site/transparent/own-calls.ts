/**
 * Our own CALLs to a station whose CSMS is another's (OCPP 2.0.1 and 2.1 Part 4 §6.4), beside those that we pass on.
 *
 *     CSMS ──CALL──▶ held while the station has one of ours ──▶ station
 *     us   ──call()▶ queue, while the station has one of theirs ─▶ station ──answer──▶ us, and nobody else
 *
 * Always true: the station never has a CALL of ours and one of the CSMS's at a time (§4.1.1: to the station both are its
 * CSMS); after each of ours those of the CSMS go first; an answer to us never reaches the CSMS, however late it comes or
 * on whichever socket, for ids tell whose it is; answers and SEND of the CSMS wait for nothing. Frames are not edited.
 */
import {
  type Cancel,
  type Chance,
  type Clock,
  hex,
  type JsonObject,
  type Log,
  type MessageId,
} from "@wattward/kernel";
import { type CallOutcome, CallsInFlight, type OcppVersion, parseFrame } from "@wattward/ocpp";
import { type Envelope, envelopeOf } from "./envelope.ts";
import { HELD_CALLS_MAX, OWN_CALLS_MAX, QUIET_MS_MAX, THEIR_CALL_MS_MAX, THEIR_CALLS_MAX } from "./limits.ts";

/** How every id of ours begins; 108 bits of chance follow, so that none is ever a CSMS's (§6.4, 1). */
export const OWN_ID_PREFIX = "wattward-";

export type OwnCallsPorts = {
  readonly version: OcppVersion;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly log: Log;
  toStation(text: string): void;
  /** The CSMS has sent more CALLs than may wait: it is not to be read (true), or again (false). */
  full(full: boolean): void;
};

export class OwnCalls {
  private readonly ports: OwnCallsPorts;
  private readonly calls: CallsInFlight;
  private readonly queue: (() => Promise<void>)[] = [];
  private held: { readonly id: MessageId; readonly text: string }[] = [];
  /** Unanswered CALLs of the CSMS, each with its end. */
  private readonly theirs = new Map<MessageId, Cancel>();
  /** The station has a CALL of ours. */
  private ours = false;
  private quiet: Cancel | undefined;
  private closed = false;

  constructor(ports: OwnCallsPorts) {
    const { version, clock, chance, log } = ports;
    this.ports = ports;
    this.calls = new CallsInFlight({
      ...{ version, peer: "station", clock, log },
      send: (text) => ports.toStation(text),
      newId: () => `${OWN_ID_PREFIX}${hex(chance, 14).slice(1)}` as MessageId,
      tolerant: () => true,
    });
    this.quiet = clock.after(QUIET_MS_MAX, () => this.endQuiet());
  }

  /** Calls the station; `timeoutMs` counts from the sending. Never rejects. */
  call(action: string, payload: JsonObject, options: { timeoutMs: number }): Promise<CallOutcome> {
    if (this.closed) return Promise.resolve({ kind: "closed" });
    if (this.queue.length >= OWN_CALLS_MAX) return Promise.resolve({ kind: "busy" });
    return new Promise((resolve) => {
      this.queue.push(() => this.calls.call(action, payload, options).then(resolve));
      this.next();
    });
  }

  /** A frame of the CSMS: goes to the station, now or in its turn. */
  fromCsms(text: string): void {
    const envelope = envelopeOf(text, this.ports.version);
    if (envelope?.kind !== "call") {
      this.ports.toStation(text);
      if (envelope?.kind === "answer") this.endQuiet();
      return;
    }
    if (!this.ours) {
      this.pass(envelope.id, text);
      return;
    }
    this.held.push({ id: envelope.id, text });
    if (this.held.length >= HELD_CALLS_MAX) this.ports.full(true);
  }

  /** A frame of the station: is it an answer to us, which goes no further? */
  fromStation(text: string): boolean {
    const envelope = envelopeOf(text, this.ports.version);
    if (envelope?.kind !== "answer") return false;
    if (!this.isOurs(envelope)) {
      this.answered(envelope.id);
      return false;
    }
    const parsed = parseFrame(text, this.ports.version);
    if (parsed.kind === "fault") this.calls.settleFault(parsed, text);
    else if (parsed.frame.kind === "result" || parsed.frame.kind === "error")
      this.calls.settle(parsed.frame, text, parsed.deviations);
    return true;
  }

  /** The station is gone: whoever waits for it hears so. */
  close(): void {
    this.closed = true;
    this.quiet?.();
    for (const cancel of this.theirs.values()) cancel();
    this.theirs.clear();
    this.held = [];
    this.calls.close();
    // What was never begun ends like what was: the calls above are closed.
    for (const begin of this.queue.splice(0)) void begin();
  }

  /** A CSMS behind us may be another site with the same prefix: what it has asked is not ours. */
  private isOurs({ id }: Envelope): boolean {
    return id.startsWith(OWN_ID_PREFIX) && !this.theirs.has(id);
  }

  private pass(id: MessageId, text: string): void {
    this.theirs.get(id)?.();
    this.theirs.set(
      id,
      this.ports.clock.after(THEIR_CALL_MS_MAX, () => this.answered(id)),
    );
    const oldest = this.theirs.keys().next().value;
    if (this.theirs.size > THEIR_CALLS_MAX && oldest !== undefined) this.answered(oldest);
    this.ports.toStation(text);
  }

  private answered(id: MessageId): void {
    this.theirs.get(id)?.();
    if (this.theirs.delete(id)) this.next();
  }

  private endQuiet(): void {
    this.quiet?.();
    this.quiet = undefined;
    this.next();
  }

  private next(): void {
    if (this.ours || this.closed) return;
    if (this.held.length > 0) {
      for (const { id, text } of this.held.splice(0)) this.pass(id, text);
      this.ports.full(false);
    }
    if (this.theirs.size > 0 || this.quiet !== undefined) return;
    const begin = this.queue.shift();
    if (begin === undefined) return;
    this.ours = true;
    void begin().then(() => {
      this.ours = false;
      this.next();
    });
  }
}
