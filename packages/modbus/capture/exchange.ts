/**
 * What was asked and answered in a capture: each request with its answer, and everything that was neither.
 *
 * Always true: an answer belongs to the oldest request of its connection with its transaction id and unit that has none;
 * after a malformed frame a direction is not read on until its connection begins anew, as in a live one. A gap in the capture is the
 * capture's fault: reading goes on with the next segment.
 */
import { type Fault, ok, type Result } from "@wattward/kernel";
import type { PduFault } from "../fault.ts";
import { type Adu, AduStream, type Malformed } from "../mbap.ts";
import { type Reply, type Request, readReply, readRequest } from "../pdu.ts";
import { readPcap } from "./pcap.ts";
import { type Piece, Reassembly } from "./reassembly.ts";
import { type Endpoint, type Segment, segmentOf } from "./segment.ts";

/** Requests of one connection that wait for an answer; the oldest is taken as unanswered beyond it. */
const UNANSWERED_MAX = 256;

export type CapturedExchange = {
  readonly kind: "exchange";
  readonly atMs: number;
  /** Number of the packet that made the request whole, from 1. */
  readonly packet: number;
  readonly master: Endpoint;
  readonly device: Endpoint;
  readonly transaction: number;
  readonly unit: number;
  /** The request's bytes from the function code on. */
  readonly pdu: Uint8Array;
  readonly request: Result<Request, PduFault>;
  /** Absent where the capture has none. `reply` is absent where the request could not be read. */
  answer?: {
    readonly atMs: number;
    readonly packet: number;
    readonly pdu: Uint8Array;
    readonly reply?: Result<Reply, PduFault>;
  };
};

export type CapturedOddity = {
  readonly atMs: number;
  readonly packet: number;
  readonly master: Endpoint;
  readonly device: Endpoint;
} & (
  | { readonly kind: "malformed"; readonly by: "master" | "device"; readonly reason: Malformed["reason"] }
  | {
      readonly kind: "unasked-answer";
      readonly transaction: number;
      readonly unit: number;
      readonly pdu: Uint8Array;
    }
  | { readonly kind: "gap"; readonly by: "master" | "device" }
);

/** In the order of their first byte. */
export type CapturedEvent = CapturedExchange | CapturedOddity;

/** Reads a capture's Modbus: TCP to and from `ports`, 502 by default. */
export function readCapture(
  file: Uint8Array,
  { ports = [502] }: { ports?: readonly number[] } = {},
): Result<readonly CapturedEvent[], Fault<"no-pcap">> {
  const capture = readPcap(file);
  if (!capture.ok) return capture;
  const events: CapturedEvent[] = [];
  const connections = new Map<string, Connection>();
  for (const [i, packet] of capture.value.packets.entries()) {
    const segment = segmentOf(packet, capture.value.linkType);
    if (segment === undefined) continue;
    const byMaster = ports.includes(segment.to.port);
    if (!byMaster && !ports.includes(segment.from.port)) continue;
    const [master, device] = byMaster ? [segment.from, segment.to] : [segment.to, segment.from];
    const name = `${master.address} ${master.port} ${device.address} ${device.port}`;
    let connection = connections.get(name);
    // The master's SYN begins a connection; ports are used again.
    if (connection === undefined || (segment.syn && byMaster)) {
      connection?.end();
      connection = new Connection(master, device, events);
      connections.set(name, connection);
    }
    connection.push(segment, byMaster ? "master" : "device", i + 1);
  }
  for (const connection of connections.values()) connection.end();
  return ok(events);
}

type Side = "master" | "device";
type Direction = { readonly bytes: Reassembly; stream: AduStream; broken: boolean };

class Connection {
  private readonly master: Endpoint;
  private readonly device: Endpoint;
  private readonly events: CapturedEvent[];
  private readonly directions: { readonly [S in Side]: Direction } = {
    master: direction(),
    device: direction(),
  };
  private readonly unanswered: CapturedExchange[] = [];
  private atMs = 0;
  private packet = 0;

  constructor(master: Endpoint, device: Endpoint, events: CapturedEvent[]) {
    this.master = master;
    this.device = device;
    this.events = events;
  }

  push({ atMs, sequence, payload, syn }: Segment, by: Side, packet: number): void {
    this.atMs = atMs;
    this.packet = packet;
    // A SYN takes a number of its own.
    for (const piece of this.directions[by].bytes.push(syn ? sequence + 1 : sequence, payload))
      this.take(piece, by);
  }

  end(): void {
    for (const by of ["master", "device"] as const) {
      for (const piece of this.directions[by].bytes.end()) this.take(piece, by);
    }
  }

  private take(piece: Piece, by: Side): void {
    const side = this.directions[by];
    if (piece.kind === "gap") {
      side.stream = new AduStream();
      this.events.push({ kind: "gap", by, ...this.here() });
      return;
    }
    if (side.broken) return;
    side.stream.push(piece.bytes);
    for (;;) {
      const next = side.stream.next();
      if (next.kind === "incomplete") return;
      if (next.kind === "malformed") {
        side.broken = true;
        this.events.push({ kind: "malformed", by, reason: next.reason, ...this.here() });
        return;
      }
      if (by === "master") this.asked(next.adu);
      else this.answered(next.adu);
    }
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
    this.events.push(exchange);
    this.unanswered.push(exchange);
    if (this.unanswered.length > UNANSWERED_MAX) this.unanswered.shift();
  }

  private answered({ transaction, unit, pdu }: Adu): void {
    const at = this.unanswered.findIndex((one) => one.transaction === transaction && one.unit === unit);
    const [exchange] = at < 0 ? [] : this.unanswered.splice(at, 1);
    if (exchange === undefined) {
      this.events.push({ kind: "unasked-answer", transaction, unit, pdu: pdu.slice(), ...this.here() });
      return;
    }
    const reply = exchange.request.ok ? readReply(pdu, exchange.request.value) : undefined;
    exchange.answer = { atMs: this.atMs, packet: this.packet, pdu: pdu.slice(), ...(reply && { reply }) };
  }

  private here() {
    return { atMs: this.atMs, packet: this.packet, master: this.master, device: this.device };
  }
}

const direction = (): Direction => ({ bytes: new Reassembly(), stream: new AduStream(), broken: false });
