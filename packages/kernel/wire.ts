/**
 * One live connection that carries whole text messages (a WebSocket after its handshake), and the two ways to get
 * one. Ports: the production adapter is `@wattward/ocpp/websocket`, the simulated one is in `@wattward/testing`.
 *
 * A wire tells `closed` exactly once, last, whatever ended it; nothing it is told to send can throw.
 */
import type { Result } from "./result.ts";

export interface Wire {
  readonly peer: Peer;
  /** The sub-protocol agreed in the handshake, "" where none was. */
  readonly protocol: string;
  /** Queues a message; silently dropped once the wire is closing or closed. */
  send(text: string): void;
  /** Bytes accepted by `send` that the peer has not taken yet: the measure of a slow reader. */
  readonly bufferedBytes: number;
  /** Bytes that came from the peer so far, whole messages or not; absent where the transport does not count. */
  readonly receivedBytes?: number | undefined;
  /** Stops reading, so that the peer is slowed down by the transport itself. */
  pause(): void;
  resume(): void;
  ping(): void;
  /** Clean close with a WebSocket code (RFC 6455 §7.4) and a reason of at most 123 bytes. */
  close(code: number, reason: string): void;
  /** Ends it now, without a word: for peers that flood, or do not read. */
  terminate(): void;
  /** Sets who listens; to be called once, synchronously after the wire was received. */
  listen(handlers: WireHandlers): void;
}

export type WireHandlers = {
  message(text: string): void;
  pong?(): void;
  closed(code: number, reason: string): void;
};

/** Who is at the other end, as far as the handshake proved it. */
export type Peer = {
  /** IP address as text, for logs and buckets; never an identity. */
  readonly address: string;
  /** The peer's certificate in DER, leaf first, possession of its key proven by TLS; absent where none was shown. */
  readonly certificateChain?: readonly Uint8Array[];
};

/** An upgrade request that waits for a verdict. Everything in it comes from the peer. */
export type UpgradeRequest = {
  readonly peer: Peer;
  /** Path of the URL as sent, percent-encoding intact, no query. */
  readonly path: string;
  /** Offered sub-protocols in the peer's order of preference. */
  readonly protocols: readonly string[];
  /** The `Authorization` header as sent, a secret: for whoever checks it, never for a log. */
  readonly authorization?: string;
};

export type UpgradeVerdict =
  | { readonly kind: "accept"; readonly protocol: string; opened(wire: Wire): void }
  /** Refused with an HTTP status and a reason for our log; the body tells the peer no more than the status does. */
  | {
      readonly kind: "refuse";
      readonly status: 400 | 401 | 403 | 404 | 426 | 429 | 503;
      readonly reason: string;
    };

export interface WireServer {
  /** TCP port it is bound to. */
  readonly port: number;
  /** Why nobody new can connect now, in a few words that an outsider may read; undefined while they can. */
  trouble(): string | undefined;
  /** Stops listening and closes what is open; resolves when all is closed. */
  close(): Promise<void>;
}

export type DialFault = {
  /** `unreachable`: no connection. `untrusted`: TLS refused, by either side. `refused`: an HTTP status, not an upgrade. */
  readonly kind: "unreachable" | "untrusted" | "refused";
  readonly status?: number;
  /** `refused`: the handshake was completed, and none of the offered sub-protocols was agreed to (Part 4 §3.2). */
  readonly noProtocol?: true;
  readonly sentence: string;
};

/** Opens a wire to a fixed peer: URL, identity and trust are the adapter's configuration. */
export interface Dialer {
  dial(path: string, protocols: readonly string[]): Promise<Result<Wire, DialFault>>;
}
