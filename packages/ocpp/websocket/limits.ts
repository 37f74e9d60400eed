/** Named limits of the socket adapter. Milliseconds of real time, bytes on the wire. */
import { FRAME_CHARS_MAX } from "../frame.ts";

/** What any open wire keeps to. */
export type WireLimits = {
  /** A larger message closes with 1009 before it is assembled. */
  readonly frameBytesMax: number;
  /** Where messages may be compressed: the same for what they inflate to, if that is less. Inflating stops there. */
  readonly inflatedBytesMax: number;
  /** A compressed wire's text per byte that came, over its life and a first `inflatedBytesMax`. JSON reaches 30. */
  readonly inflationMax: number;
  /** Text kept for a listener that has paused: what one read brought, and no more. Beyond it, 1009. */
  readonly heldCharsMax: number;
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
  inflatedBytesMax: FRAME_CHARS_MAX,
  inflationMax: 100,
  heldCharsMax: 8 * 1024 * 1024,
  closeMsMax: 5_000,
  pingsPerSecond: 10,
  pingsBurst: 50,
  pongBufferedBytesMax: 1024 * 1024,
};

export type ServerLimits = WireLimits & {
  /** TCP connections at once, wires among them; the next are closed unread. */
  readonly connectionsMax: number;
  /** Of those, the ones that are no wires yet: the rest of the places is for wires alone. */
  readonly unfinishedMax: number;
  /** Of those, the ones of one source: as many stations as may come at once from behind one carrier's address. */
  readonly unfinishedOfOneMax: number;
  /** So long an unproven connection keeps its place even where no source has more of them than a newcomer's. */
  readonly unprovenMsMin: number;
  /** From a listed proxy's connection to the last byte of its PROXY header. */
  readonly proxyHeaderMsMax: number;
  /** Connections at once whose PROXY header is awaited. They have no other place yet. */
  readonly proxyHeadersMax: number;
  /** From a connection to the first byte that its peer says in TLS. */
  readonly firstByteMsMax: number;
  /** How long such a connection waits for its turn. */
  readonly turnMsMax: number;
  /** Turns for TLS handshakes at once; further connections wait. */
  readonly handshakesMax: number;
  /** How long a handshake has its turn: the work is done by then, and what still lasts is its peer's network. */
  readonly turnHeldMsMax: number;
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
  unfinishedMax: 4_096,
  unfinishedOfOneMax: 2_048,
  unprovenMsMin: 3_000,
  proxyHeaderMsMax: 5_000,
  proxyHeadersMax: 1_024,
  firstByteMsMax: 10_000,
  turnMsMax: 30_000,
  handshakesMax: 256,
  turnHeldMsMax: 1_000,
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
