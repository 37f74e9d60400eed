/**
 * What was asked and answered in a capture, step by step in the order in which it happened: each request, its answer, and everything that
 * was neither. A capture is read in pieces and never held: memory is bounded whatever its size.
 */
import { type Fault, failed, ok, type Result } from "@wattward/kernel";
import type { CapturedEvent, CapturedStep, Side } from "./captured.ts";
import { Connection } from "./connection.ts";
import { type Packet, PcapReader } from "./pcap.ts";
import { CaptureReading } from "./reading.ts";
import { type Segment, segmentOf } from "./segment.ts";

/** Connections that are followed at once; the one that was silent the longest is ended, and entered anew where it goes on. */
const CONNECTIONS_MAX = 4_096;

/** A capture that is read from its beginning as often as it is asked for its steps. */
export type OpenCapture = {
  /** `reading` is told how much was understood, and is complete when the steps are over. */
  readonly steps: (reading?: CaptureReading) => Iterable<CapturedStep>;
};

export type CaptureOptions = {
  /** TCP to and from them; 502 by default. */
  readonly ports?: readonly number[];
};

/** `pieces` gives the file in pieces of any size, each time from its beginning; a piece is not used again. */
export const openCapture = (
  pieces: () => Iterable<Uint8Array>,
  { ports = [502] }: CaptureOptions = {},
): OpenCapture => ({
  steps: (reading = new CaptureReading()) => stepsOf(pieces(), new Set(ports), reading),
});

/** A whole capture in memory: every exchange with its answer, and everything that was neither. */
export function readCapture(
  file: Uint8Array,
  options: CaptureOptions = {},
): Result<readonly CapturedEvent[], Fault<"no-pcap">> {
  const reading = new CaptureReading();
  const events: CapturedEvent[] = [];
  for (const step of openCapture(() => [file], options).steps(reading)) {
    if (step.what === "request") events.push(step.exchange);
    else if (step.what === "odd") events.push(step.oddity);
  }
  return reading.broken === undefined ? ok(events) : failed({ code: "no-pcap", sentence: reading.broken });
}

function* stepsOf(
  pieces: Iterable<Uint8Array>,
  ports: ReadonlySet<number>,
  reading: CaptureReading,
): Generator<CapturedStep> {
  const pcap = new PcapReader();
  const wire = new Wire(ports, reading);
  for (const piece of pieces) {
    for (const packet of pcap.push(piece)) {
      wire.push(packet, pcap.linkType ?? 0);
      yield* wire.taken();
    }
    if (pcap.fault !== undefined) break;
  }
  const fault = pcap.end();
  if (fault !== undefined) reading.broken = fault.sentence;
  reading.cut = fault === undefined && pcap.pendingBytes > 0;
  wire.end();
  yield* wire.taken();
}

/** All connections of a capture. */
class Wire {
  private readonly ports: ReadonlySet<number>;
  private readonly reading: CaptureReading;
  /** The one that was silent the longest first. */
  private readonly connections = new Map<string, Connection>();
  private steps: CapturedStep[] = [];

  constructor(ports: ReadonlySet<number>, reading: CaptureReading) {
    this.ports = ports;
    this.reading = reading;
  }

  /** Steps since it was asked last. */
  taken(): readonly CapturedStep[] {
    const { steps } = this;
    if (steps.length > 0) this.steps = [];
    return steps;
  }

  push(packet: Packet, linkType: number): void {
    const { reading, ports } = this;
    reading.packets++;
    const segment = segmentOf(packet, linkType);
    if (segment.kind === "unread") reading.missed(segment.why);
    else if (segment.kind === "other") reading.others++;
    else if (ports.has(segment.to.port)) this.take(segment, "master");
    else if (ports.has(segment.from.port)) this.take(segment, "device");
    else reading.others++;
  }

  end(): void {
    for (const connection of this.connections.values()) connection.end();
    this.connections.clear();
  }

  private take(segment: Segment, by: Side): void {
    const { reading, connections } = this;
    if (segment.missing > 0) reading.missed("cut short (snapshot length)");
    else reading.segments++;
    const [master, device] = by === "master" ? [segment.from, segment.to] : [segment.to, segment.from];
    const name = `${master.address} ${master.port} ${device.address} ${device.port}`;
    let connection = connections.get(name);
    // Ports are used again.
    if (connection?.isOver(segment, by)) {
      connection.end();
      connection = undefined;
    }
    connection ??= new Connection({ master, device }, reading, (step) => this.steps.push(step));
    connections.delete(name);
    connections.set(name, connection);
    for (const [oldest, silent] of connections) {
      if (connections.size <= CONNECTIONS_MAX) break;
      silent.end();
      connections.delete(oldest);
    }
    connection.push(segment, by, reading.packets);
  }
}
