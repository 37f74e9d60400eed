/**
 * One captured TCP connection: its two directions put together, cut into ADUs, and each answer laid to its request.
 *
 * Always true: an answer belongs to the oldest request of its connection with its transaction id and unit that has none and is not too
 * old; after a malformed frame a direction is not read on until its connection begins anew, as in a live one. A gap in the capture is the
 * capture's fault: reading goes on with the next segment where a frame begins, and so it does where the beginning was not captured.
 */
import { type Adu, AduStream, cutAdu, type Malformed } from "../mbap.ts";
import { readReply, readRequest } from "../pdu.ts";
import type { CapturedExchange, CapturedOddity, CapturedStep, Side } from "./captured.ts";
import type { CaptureReading } from "./reading.ts";
import { type Piece, Reassembly } from "./reassembly.ts";
import type { Endpoint, Segment } from "./segment.ts";

/** Requests of one connection that wait for an answer; the oldest is taken as unanswered beyond it. */
const UNANSWERED_MAX = 256;
/** No policy of the guard lets an answer take longer: what comes later is a late answer, and none. */
export const LATE_MS = 60_000;
/** Attempts to find the first frame where a stream is entered in its middle, two for each segment; beyond it, it is none. */
const ATTEMPTS_MAX = 128;

type Place = { readonly atMs: number; readonly packet: number };
type Direction = {
  bytes: Reassembly;
  stream: AduStream;
  /** A frame ends where the stream stands: it was read from its beginning, or a frame was found in it. */
  aligned: boolean;
  broken: boolean;
  /** Of its first byte, where its SYN was captured. */
  start: number | undefined;
  /** It has carried bytes. */
  spoke: boolean;
  /** What was let go while the first frame was looked for. */
  searched: { readonly reason: Malformed["reason"]; readonly place: Place; attempts: number } | undefined;
};

export class Connection {
  private readonly master: Endpoint;
  private readonly device: Endpoint;
  private readonly reading: CaptureReading;
  private readonly tell: (step: CapturedStep) => void;
  private readonly directions: { readonly [S in Side]: Direction } = {
    master: direction(),
    device: direction(),
  };
  private readonly unanswered: CapturedExchange[] = [];
  private place: Place = { atMs: 0, packet: 0 };

  constructor(
    ends: { readonly master: Endpoint; readonly device: Endpoint },
    reading: CaptureReading,
    tell: (step: CapturedStep) => void,
  ) {
    this.master = ends.master;
    this.device = ends.device;
    this.reading = reading;
    this.tell = tell;
  }

  /** A SYN of `by` begins another connection of the same ports, and is not sent again for this one. */
  isOver({ sequence, syn }: Segment, by: Side): boolean {
    const { master, device } = this.directions;
    const { start, spoke } = this.directions[by];
    if (!syn) return false;
    return (master.spoke && device.spoke) || (start === undefined ? spoke : start !== follows(sequence));
  }

  push(segment: Segment, by: Side, packet: number): void {
    const { atMs, sequence, acknowledged, payload, missing, syn } = segment;
    this.place = { atMs, packet };
    const side = this.directions[by];
    const first = syn ? follows(sequence) : sequence;
    if (syn && !side.spoke) {
      side.start = first;
      side.aligned = true;
      side.bytes = new Reassembly(first);
    }
    const asker = by === "master" ? "device" : "master";
    if (acknowledged !== undefined)
      for (const piece of this.directions[asker].bytes.acknowledged(acknowledged)) this.take(piece, asker);
    if (payload.length + missing > 0) side.spoke = true;
    for (const piece of side.bytes.push(first, payload, missing)) this.take(piece, by);
  }

  end(): void {
    for (const by of ["master", "device"] as const) {
      for (const piece of this.directions[by].bytes.end()) this.take(piece, by);
      const { aligned, searched } = this.directions[by];
      if (!aligned && searched !== undefined && searched.attempts > 0) this.malformed(by, searched);
    }
  }

  private take(piece: Piece, by: Side): void {
    const side = this.directions[by];
    if (piece.kind === "gap") {
      side.stream = new AduStream();
      side.aligned = false;
      this.gap(by);
      return;
    }
    if (side.broken) {
      this.reading.behindMalformed++;
      return;
    }
    // Half a frame that was never one is not completed by a segment that has frames of its own.
    if (!side.aligned && side.stream.pendingBytes > 0 && isWhole(piece.bytes)) this.letGo(by, "length");
    side.stream.push(piece.bytes);
    for (let again = true; ; ) {
      const next = side.stream.next();
      if (next.kind === "incomplete") return;
      if (next.kind === "adu") {
        this.found(by);
        if (by === "master") this.asked(next.adu);
        else this.answered(next.adu);
      } else if (side.aligned) {
        this.malformed(by, { reason: next.reason, place: this.place });
        return;
      } else {
        this.letGo(by, next.reason);
        // Once more, from the beginning of this segment.
        if (again) side.stream.push(piece.bytes);
        else return;
        again = false;
      }
    }
  }

  /** A frame was found: what was let go before it is a gap, but for the one byte that keeps a connection alive. */
  private found(by: Side): void {
    const side = this.directions[by];
    if (!side.aligned && side.searched !== undefined && side.searched.attempts > 0) this.gap(by);
    side.aligned = true;
    side.searched = undefined;
  }

  private letGo(by: Side, reason: Malformed["reason"]): void {
    const side = this.directions[by];
    side.searched ??= { reason, place: this.place, attempts: 0 };
    if (side.stream.pendingBytes !== 1) side.searched.attempts++;
    side.stream = new AduStream();
    if (side.searched.attempts > ATTEMPTS_MAX) this.malformed(by, side.searched);
  }

  private malformed(
    by: Side,
    { reason, place }: { readonly reason: Malformed["reason"]; readonly place: Place },
  ): void {
    const side = this.directions[by];
    if (side.broken) return;
    side.broken = true;
    this.odd({ kind: "malformed", by, reason, ...this.here(), ...place });
  }

  private gap(by: Side): void {
    this.reading.gaps++;
    this.odd({ kind: "gap", by, ...this.here() });
  }

  private asked({ transaction, unit, pdu }: Adu): void {
    const exchange: CapturedExchange = {
      kind: "exchange",
      ...this.here(),
      transaction,
      unit,
      pdu: pdu.slice(),
      request: readRequest(pdu),
    };
    this.unanswered.push(exchange);
    if (this.unanswered.length > UNANSWERED_MAX) this.unanswered.shift();
    this.tell({ what: "request", exchange });
  }

  private answered({ transaction, unit, pdu }: Adu): void {
    const fits = (one: CapturedExchange) => one.transaction === transaction && one.unit === unit;
    const inTime = this.unanswered.findIndex((one) => fits(one) && this.place.atMs - one.atMs <= LATE_MS);
    const at = inTime < 0 ? this.unanswered.findIndex(fits) : inTime;
    const [exchange] = at < 0 ? [] : this.unanswered.splice(at, 1);
    if (exchange === undefined || inTime < 0) {
      const kind = exchange === undefined ? "unasked-answer" : "late-answer";
      this.odd({ kind, transaction, unit, pdu: pdu.slice(), ...this.here() });
      return;
    }
    const reply = exchange.request.ok ? readReply(pdu, exchange.request.value) : undefined;
    exchange.answer = { ...this.place, pdu: pdu.slice(), ...(reply && { reply }) };
    this.tell({ what: "answer", exchange });
  }

  private odd(oddity: CapturedOddity): void {
    this.tell({ what: "odd", oddity });
  }

  private here() {
    return { ...this.place, master: this.master, device: this.device };
  }
}

const direction = (): Direction => ({
  ...{ bytes: new Reassembly(), stream: new AduStream(), aligned: false, broken: false },
  ...{ start: undefined, spoke: false, searched: undefined },
});

/** A SYN takes a number of its own. */
const follows = (sequence: number) => (sequence + 1) % 2 ** 32;

/** One frame after the other, and nothing else. */
function isWhole(bytes: Uint8Array): boolean {
  for (let rest = bytes; ; ) {
    const cut = cutAdu(rest);
    if (cut.kind !== "adu") return false;
    if (cut.rest.length === 0) return true;
    rest = cut.rest;
  }
}
