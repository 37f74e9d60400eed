/**
 * A WebSocket (RFC 6455) as the kernel's Wire: text only, pings answered within a rate; where it is compressed, within
 * a ratio.
 *
 * Always true: what arrives before `listen`, or after `pause`, is kept in order and delivered later, none lost: the
 * socket is not read meanwhile, so the peer's own transport slows it down. `closed` is told exactly once, last.
 */
import assert from "node:assert/strict";
import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { type Log, type Peer, TokenBucket, type Wire, type WireHandlers } from "@wattward/kernel";
import type { WebSocket } from "ws";
import { COMPRESSED_UNASKED } from "../frame.ts";
import type { WireLimits } from "./limits.ts";

/** RFC 6455 §7.4.1: a kind of data that this end does not take. OCPP is text. */
const UNSUPPORTED_DATA = 1003;
const PROTOCOL_ERROR = 1002;
const TOO_BIG = 1009;
/** A close frame carries 125 bytes, two of them the code (§5.5). */
const REASON_BYTES_MAX = 123;

export class SocketWire implements Wire {
  readonly peer: Peer;
  readonly protocol: string;
  private readonly socket: WebSocket;
  /** What the WebSocket runs on: TLS or TCP. */
  private readonly stream: Duplex;
  private readonly limits: WireLimits;
  private readonly log: Log;
  private readonly pings: TokenBucket;
  private readonly held: string[] = [];
  private heldChars = 0;
  /** Messages may be compressed: what they have inflated to so far is watched. */
  private readonly inflates: boolean;
  private inflatedChars = 0;
  private handlers: WireHandlers | undefined;
  /** A frame had the reserved bit of permessage-deflate, which was not agreed (RFC 7692 §6; QUIRKS 26). */
  private compressed = false;
  private paused = true;
  private endTold = false;
  private end: { readonly code: number; readonly reason: string } | undefined;

  /** `socket` is open and nobody has listened to it yet. */
  constructor(socket: WebSocket, from: { peer: Peer; stream: Duplex }, limits: WireLimits, log: Log) {
    const { peer, stream } = from;
    this.socket = socket;
    this.stream = stream;
    this.peer = peer;
    this.protocol = socket.protocol;
    this.inflates = socket.extensions.includes("permessage-deflate");
    this.limits = limits;
    this.log = log;
    const { pingsBurst: burst, pingsPerSecond: perSecond } = limits;
    this.pings = new TokenBucket({ burst, perSecond }, performance.now());
    socket.pause();
    socket.on("message", (data, isBinary) => {
      if (isBinary) this.close(UNSUPPORTED_DATA, "text only");
      else this.arrived(data.toString());
    });
    socket.on("ping", (data) => this.pinged(data));
    socket.on("pong", () => this.handlers?.pong?.());
    // The library closes by itself after a fault (1002, 1007, 1009), so here it is only told.
    socket.on("error", (error) => {
      this.compressed ||= codeOf(error) === "WS_ERR_UNEXPECTED_RSV_1";
      log.debug("wire-fault", { address: peer.address, fault: codeOf(error) });
    });
    socket.on("close", (code, reason) => this.ended(code, reason.toString()));
  }

  get bufferedBytes(): number {
    return this.socket.bufferedAmount;
  }

  get receivedBytes(): number {
    return this.stream instanceof Socket ? this.stream.bytesRead : 0;
  }

  listen(handlers: WireHandlers): void {
    assert(this.handlers === undefined, "a wire has one listener");
    this.handlers = handlers;
    this.paused = false;
    // Not at once: whoever listens may still be in its constructor.
    queueMicrotask(() => {
      if (this.end !== undefined) this.tellEnd();
      else if (!this.paused) this.resume();
    });
  }

  send(text: string): void {
    if (this.socket.readyState === this.socket.OPEN) this.socket.send(text);
  }

  pause(): void {
    this.paused = true;
    this.socket.pause();
  }

  resume(): void {
    this.paused = false;
    while (!this.paused && this.held.length > 0) {
      const text = this.held.shift() as string;
      this.heldChars -= text.length;
      this.deliver(text);
    }
    if (!this.paused) this.socket.resume();
  }

  ping(): void {
    if (this.socket.readyState === this.socket.OPEN) this.socket.ping();
  }

  close(code: number, reason: string): void {
    if (this.socket.readyState !== this.socket.OPEN) return;
    this.socket.close(code, bounded(reason));
    // The peer's close frame must be read even where its messages are no longer wanted.
    this.paused = true;
    this.socket.resume();
  }

  terminate(): void {
    this.socket.terminate();
    // A socket that is not read does not notice its own end.
    this.socket.resume();
  }

  private arrived(text: string): void {
    if (this.socket.readyState !== this.socket.OPEN) return;
    if (this.inflates && !this.inflatesWithin(text)) this.close(TOO_BIG, "compressed too well");
    else if (this.paused) this.hold(text);
    else this.deliver(text);
  }

  /** `pause` stops the socket, but what one read brought is parsed to its end. */
  private hold(text: string): void {
    this.held.push(text);
    this.heldChars += text.length;
    if (this.heldChars > this.limits.heldCharsMax) this.close(TOO_BIG, "too much at once");
  }

  /** A few bytes that become a megabyte, again and again, cost the peer nothing and us a parser's time each. */
  private inflatesWithin(text: string): boolean {
    const { inflatedBytesMax, inflationMax } = this.limits;
    this.inflatedChars += text.length;
    return this.inflatedChars <= inflatedBytesMax + inflationMax * this.receivedBytes;
  }

  /** A listener that throws is our own fault; it costs this wire, not the process and everyone in it. */
  private deliver(text: string): void {
    try {
      this.handlers?.message(text);
    } catch (error) {
      const where = error instanceof Error ? (error.stack ?? error.name) : typeof error;
      this.log.error("wire-listener-failed", { address: this.peer.address, error: where });
      this.terminate();
    }
  }

  private pinged(data: Buffer): void {
    const tooMany = !this.pings.take(performance.now());
    if (tooMany || this.bufferedBytes > this.limits.pongBufferedBytesMax) {
      this.log.warn("peer-floods-pings", { address: this.peer.address });
      this.terminate();
    } else if (this.socket.readyState === this.socket.OPEN) {
      this.socket.pong(data);
    }
  }

  private ended(code: number, reason: string): void {
    // What we closed for is what was wrong; the peer's own code, if it sends one, only says that it heard.
    this.end = this.compressed ? { code: PROTOCOL_ERROR, reason: COMPRESSED_UNASKED } : { code, reason };
    this.held.length = 0;
    this.heldChars = 0;
    this.tellEnd();
  }

  private tellEnd(): void {
    const { handlers, end } = this;
    if (handlers === undefined || end === undefined || this.endTold) return;
    this.endTold = true;
    handlers.closed(end.code, end.reason);
  }
}

/** Cut at 123 bytes of UTF-8, between characters. */
function bounded(reason: string): string {
  const bytes = Buffer.from(reason);
  if (bytes.length <= REASON_BYTES_MAX) return reason;
  return new TextDecoder("utf-8", { ignoreBOM: true })
    .decode(bytes.subarray(0, REASON_BYTES_MAX - 3))
    .replace(/�+$/, "");
}

const codeOf = (error: Error): string => ("code" in error ? String(error.code) : error.name);
