/** Named limits of the socket adapter. Milliseconds of real time, bytes on the wire. */
import { FRAME_CHARS_MAX } from "../frame.ts";

/** What any open wire keeps to. */
export type WireLimits = {
  /** A larger message closes with 1009 before it is assembled. */
  readonly frameBytesMax: number;
  /** How long the peer may take for its half of a clean close. */
  readonly closeMsMax: number;
  /** Pings of the peer that are answered, a second in the long run and at once; a peer with more is cut. */
  readonly pingsPerSecond: number;
  readonly pingsBurst: number;
  /** Unsent bytes at which even a pong is too much: the peer pings and does not read. */
  readonly pongBufferedBytesMax: number;
};
export const wireLimits: WireLimits = {
  frameBytesMax: FRAME_CHARS_MAX,
  closeMsMax: 5_000,
  pingsPerSecond: 10,
  pingsBurst: 50,
  pongBufferedBytesMax: 1024 * 1024,
};

export type ServerLimits = WireLimits & {
  /** TCP connections at once; the next are closed unread. */
  readonly connectionsMax: number;
  /** TLS handshakes at once; further connections wait their turn unread, in order. */
  readonly handshakesMax: number;
  /** From the start of a TLS handshake to its end. */
  readonly handshakeMsMax: number;
  /** From a secured connection to the last byte of its request's head. */
  readonly requestMsMax: number;
  /** From the request to the verdict on it; later, the peer gets 503. */
  readonly verdictMsMax: number;
  /** The request's head as a whole. */
  readonly headerBytesMax: number;
  readonly pathCharsMax: number;
  /** Sub-protocols one request may offer. */
  readonly protocolsMax: number;
  /** Lines about unwelcome connections, a second in the long run and at once; the rest are counted. */
  readonly refusalLinesPerSecond: number;
  readonly refusalLinesBurst: number;
};
export const serverLimits: ServerLimits = {
  ...wireLimits,
  connectionsMax: 20_000,
  handshakesMax: 256,
  handshakeMsMax: 10_000,
  requestMsMax: 10_000,
  verdictMsMax: 10_000,
  headerBytesMax: 8 * 1024,
  pathCharsMax: 1024,
  protocolsMax: 16,
  refusalLinesPerSecond: 5,
  refusalLinesBurst: 50,
};

export type DialLimits = WireLimits & {
  /** From the first packet to a secured connection. */
  readonly connectMsMax: number;
  /** From the request to the answer that makes it a WebSocket. */
  readonly upgradeMsMax: number;
};
export const dialLimits: DialLimits = { ...wireLimits, connectMsMax: 10_000, upgradeMsMax: 20_000 };
